// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/adam_numbers.h"
#include "engine/compute/cpu/fused_net.h"

// The inner loops of the fused tier, compiled once per network and instruction set from kernels_*.cpp. Only
// plain pointers and numbers cross this boundary, and nothing of the standard library is used behind it: the
// objects hold code that must never be shared between instruction sets.
namespace synann::compute::fused {
namespace SYNANN_NET {

// The shapes of the network the kernels are written for. They are constants so that tiles live in registers.
inline constexpr int kImage = 28;  // rows and columns of the input
// A scaled image keeps each row as three overlapping lines of sixteen floats, columns 0 …, 8 … and 16 …, so
// that eight floats from any column on are found within one line of the cache. What lies behind column 27 is
// rubbish.
inline constexpr int kImageRow = 48;
inline constexpr int image_index(int row, int column) {
  return row * kImageRow + column + (column < 16 ? column / 8 : 2) * 8;
}
inline constexpr int kTaps = 25;  // of a 5 × 5 kernel
inline constexpr Net kNet = nets::SYNANN_NET;
inline constexpr int kMaps1 = kNet.maps1, kSide1 = 12, kPixels1 = kSide1 * kSide1;  // conv1 after its pool
// Pooled pixels of conv1 in an order of their own (Sample::order); behind the last, room for a vector.
inline constexpr int kOrder = kPixels1 + 16;
inline constexpr int kMaps2 = kNet.maps2, kSide2 = 4, kPixels2 = kSide2 * kSide2;  // conv2 after its pool
inline constexpr int kMapTransformed = 36 * kMaps1;                                // of conv2's weights
inline constexpr int kFeatures = kMaps2 * kPixels2;                                // inputs of fc1
inline constexpr int kHidden = 64;                                                 // outputs of fc1
inline constexpr int kMaps1Padded = 16;  // maps of conv1 side by side where they are the lanes
inline constexpr int kClasses = 16;      // at most; unused ones are padded
inline constexpr int kTapRow = 8;        // floats per row of five taps in a partial gradient of conv1
// Floats per output map in a partial gradient of conv2.
inline constexpr int kMapRow = (kTaps - 1) * kMaps1 + kMaps1Padded;
inline constexpr unsigned kAllMaps = ~0u >> (32 - kMaps2);  // bits of conv2's maps
static_assert(kMaps1 <= kMaps1Padded && kMaps2 % 4 == 0 && kMaps2 <= 32 && kMapRow % 16 == 0);
inline constexpr int kPeakChains = 12;  // independent sums of multiply_add: enough to hide its latency

// Parameters in the layouts the kernels read. Rows are dense.
struct Weights {
  const float *conv1, *conv1_bias;              // [kMaps1, 25], [kMaps1]
  const float *conv2_transformed, *conv2_bias;  // [20, 6, 6, 10] for Winograd's products, [20]
  const float* conv2_by_tap;                    // [20, 25, 16]: the input maps as lanes, zero where padded
  const float *fc1, *fc1_bias;                  // [64, 320], [64]
  const float* synapse_by_input;  // [64 (j), 64 (i)]: β_ij, or null where the model has no synapse layer
  const float *norm_scale, *norm_shift;  // [64]
  const float *fc2, *fc2_by_input;       // [16, 64], [64, 16], zero where padded
  const float* fc2_bias;                 // [16]
  int classes;
};

// Which of the four sums the maxima of sixteen pools are: bit k of `column` and of `row` say it of pool k.
struct Choice {
  unsigned short column, row;
};
[[gnu::always_inline]] inline void choose(Choice& choice, int pool, int which) {
  const int bit = 1 << pool;
  choice.column = static_cast<unsigned short>((choice.column & ~bit) | (which % 2 << pool));
  choice.row = static_cast<unsigned short>((choice.row & ~bit) | (which / 2 << pool));
}
inline constexpr int kChoices1 = kOrder / 16;  // of one map of conv1

// What the forward pass of one sample leaves for its backward pass; all aligned to 64 bytes.
struct Sample {
  // The pooled pixels of conv1, 12 R + C: first the `inked` ones that see more than the blank ground of their
  // image, the colour of its first pixel. The others all hold the same numbers, so only one of them is kept,
  // at position `inked`. Behind the last pixel, 144.
  short* order;  // [160]
  int inked;
  float* pooled1;           // [10, 160] by position, after pool and ReLU
  Choice* where1;           // [10, 10]: of sixteen positions each
  float* pooled2;           // [320], after dropout, pool and ReLU; rubbish where dropout2d drops the map
  Choice* where2;           // [20]: of the sixteen pixels of a map
  float* hidden;            // [64], fc1 after ReLU
  float* soft;              // [64], after dropout and softmax: the synapse layer's input
  float* mixed;             // [64], the synapse layer's output
  float* normal;            // [64], batch norm before scale and shift
  float* dnormed;           // [64], the gradient of batch norm's output, then of its input
  float* dhidden;           // [64], the gradient of fc1's output (before its ReLU)
  float* log_probs;         // [16]
  unsigned kept_maps;       // bit c: dropout2d keeps map c of conv2
  float map_scale;          // of the kept maps
  unsigned long long kept;  // bit i: dropout keeps element i of hidden
  float kept_scale;
  int target;
};

// Batch norm's input over one chunk: mean, Σ (x − mean)².
struct Moments {
  double mean[kHidden], squares[kHidden];
};

// What `classify` sums over the samples of one chunk, in sample order.
struct LossSums {
  float fc2[kClasses * kHidden];  // [16, 64]
  float fc2_bias[kClasses];
  float norm_sum[kHidden], norm_dot[kHidden];  // Σ dz and Σ dz x̂ of batch norm: its own gradients
  double loss;
};

// What `backward` sums over the samples of one chunk, in sample order.
struct BackwardSums {
  unsigned touched;  // bit c: map c of conv2 has been added to; the others' numbers mean nothing
  float conv1[kMaps1 * 5 * kTapRow];                       // [10, 5, 8]: five taps of a row, then rubbish
  float conv2[kMaps2 * kMapRow];                           // [20, 25, 10], then rubbish
  float synapse_by_input[kHidden * kHidden];               // [64 (j), 64 (i)]
  float conv1_bias[kMaps1 * 16], conv2_bias[kMaps2 * 16];  // sixteen lanes make one bias
  // Of blank patches, by map: the gradient of the bias, and what all 25 taps get.
  float blank_bias[kMaps1Padded], blank_taps[kMaps1Padded];
  float fc1_bias[kHidden];
};

// Batch statistics as the kernels want them: the mean in two floats, so that x − mean keeps its digits.
struct Norm {
  const float *mean, *mean_rest, *inverse;  // [64]
  const float *mean_dz, *mean_dot;          // [64], means over the batch; backward only
};

// Memory of one thread; aligned to 64 bytes.
struct alignas(64) Scratch {
  float image[kImage * kImageRow];
  float transformed[36 * kMaps1 * kPixels2];       // conv2's input, [6, 6, 10, 16]; before that conv1's
  float by_pixel[(kPixels1 + 1) * kMaps1Padded];   // pooled1 with the maps as lanes, then rubbish
  float dby_pixel[(kPixels1 + 1) * kMaps1Padded];  // its gradient
  float dpooled1[kMaps1 * kOrder], dpooled2[kFeatures];
  float list_value[kFeatures + 64], vector[2 * kHidden * 16], prefix[kHidden * 32];
  int list_index[kFeatures + 64];
  // Of the sample convolved last: pixels of pooled2 whose maximum cannot be told from the next or from zero
  // as long as pooled1 is float32.
  short close[kFeatures];
  int close_count;
};

// Over inputs up to x, a sum is off by less than … · (1 + x): fc1's; conv2's by Winograd's products; conv2's
// in double, which leaves the rounding of its inputs. Between 1.4 and 1.7 times the worst seen.
inline constexpr float kRounding = 6e-7f, kProductRounding = 1.2e-6f;
inline constexpr double kInputRounding = 1.5e-7;

struct Kernels {
  const char* isa;  // "x86-64", "AVX2", "AVX-512", or "portable"
  int lanes;        // floats per vector

  // The image of the scratch memory = pixel · scale + offset.
  void (*scale_image)(const unsigned char* pixels, float scale, float offset, float* image);
  // The draws of `count` consecutive elements of a random stream, from a multiple of four on, as
  // engine/core/random.h defines them: bit k is set when element first + k is at or above the threshold.
  // count is at most 64.
  unsigned long long (*draw)(unsigned long long seed, unsigned purpose, unsigned step, unsigned epoch,
                             unsigned first, int count, unsigned threshold);
  // The scratch memory's image → order, inked, pooled1, where1, pooled2, where2, and the list of close calls
  void (*convolve)(const Weights&, Sample&, Scratch&);
  // One output map of conv2 from [25, 16] (Weights::conv2_by_tap) to [6, 6, 10] (conv2_transformed).
  void (*transform_filters)(const float* by_tap, float* to);
  // pooled2 → hidden, soft, mixed
  void (*mix)(const Weights&, const Sample* samples, int count);
  // The last part of that: soft → mixed
  void (*inhibit)(const Weights&, const Sample* samples, int count);
  // The chunk's mean and squares of `mixed`, rows of 64 one after the other.
  void (*measure)(const float* mixed, int samples, Moments&);
  // mixed → normal, log_probs and the loss; with `gradients` also dnormed, fc2's and batch norm's sums.
  void (*classify)(const Weights&, const Norm&, const Sample&, float loss_scale, bool gradients, LossSums&);
  // dnormed → dhidden for all samples of a chunk; begins the sums.
  void (*backward_head)(const Weights&, const Norm&, const Sample* samples, int count, Scratch&,
                        BackwardSums&);
  // dhidden and the scratch memory's image → the sums of the convolutions.
  void (*backward_convolutions)(const Weights&, const Sample&, Scratch&, BackwardSums&);

  // out[16 from row `first`, 16 from column 16·map] = Σ dhiddenᵀ pooled2 over the samples listed; rows of out
  // are 320 apart.
  void (*fc1_gradient)(const float* pooled2, const float* dhidden, const int* samples, int count, int map,
                       int first, float* out);
  // out[count] = Σ over the partials of the floats at `first`, `stride` floats from partial to partial.
  void (*reduce)(const float* first, long stride, int partials, int count, float* out);
  // Whether x [rows, columns], with rows `pitch` apart, holds neither NaN nor infinity.
  bool (*finite)(const float* x, int rows, int columns, int pitch);
  // As PyTorch's SGD: velocity = momentum · velocity + gradient; value −= rate · velocity.
  void (*update)(int count, const float* gradient, float rate, float momentum, float* value, float* velocity);
  // As PyTorch's Adam (adam_numbers.h).
  void (*adam)(int count, const float* gradient, const AdamNumbers&, float* value, float* momentum,
               float* square);
  // to[columns, rows] = from[rows, columns]ᵀ; rows and columns are multiples of 16.
  void (*transpose)(const float* from, int from_pitch, int rows, int columns, float* to, int to_pitch);
  // The speed of the machine: rounds · kPeakChains · lanes multiply-adds on registers. The result is theirs.
  float (*multiply_add)(long rounds);
};

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
