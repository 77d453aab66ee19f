// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "engine/compute/cuda/block.h"
#include "engine/compute/cuda/control.h"
#include "engine/compute/cuda/kernels_step.h"

// The fused step of SynaCNN: four kernels (forward, head, backward, reduce with the optimiser inside). A step
// goes from one of two copies of the parameters to the other, so that one with a broken gradient can be left
// untaken: the next step looks at the flags of the one before and goes on from the copy that is whole.
namespace synann::compute::cuda {

inline constexpr int kSide = 28, kPixels = kSide * kSide;                   // the image
inline constexpr int kMaps1 = 10, kSide1 = 12, kPixels1 = kSide1 * kSide1;  // conv1 after its pool
inline constexpr int kMaps2 = 20, kSide2 = 4, kPixels2 = kSide2 * kSide2;   // conv2 after its pool
inline constexpr int kTaps = 25, kKernel = 5;                               // of either convolution
inline constexpr int kPooled1 = kMaps1 * kPixels1, kPooled2 = kMaps2 * kPixels2;
inline constexpr int kHidden = 64, kMostClasses = 16;
inline constexpr int kFusedThreads = 512;        // of the kernels with a block a sample
inline constexpr int kFusedParts = kHidden / 8;  // stretches in which sums over 64 are cut: 512 = 64 · 8
// A sample's gradients of the convolutions, one after the other.
inline constexpr int kPart1 = 0, kPartBias1 = kMaps1 * kTaps, kPart2 = kPartBias1 + kMaps1,
                     kPartBias2 = kPart2 + kMaps2 * kMaps1 * kTaps, kPartSize = kPartBias2 + kMaps2;

// Where the tensors lie in the flat blocks; synapse is negative where the model has no such layer.
struct FusedPlaces {
  int conv1, conv1_bias, conv2, conv2_bias, fc1, fc1_bias, synapse, norm, norm_bias, running_mean,
      running_var, fc2, fc2_bias;
  int classes, trained, count;  // trained numbers, all numbers
};

// One copy of what a step changes.
struct FusedCopy {
  float *values, *momenta, *squares;       // squares: null unless Adam
  float *fc1_by_input, *synapse_by_input;  // [320, 64], [64 (j), 64 (i)]: what neighbouring threads read
};

// Device memory of the fused step; arrays are [batch, …].
struct FusedMemory {
  FusedCopy copies[2];
  float* gradients;
  Control* control;
  int* flags;  // a word for each block of FusedReduce: bit k: the gradient of watched tensor k is not finite
  int flag_count;
  float *pooled1, *pooled2;        // [1440], [320]: after pool and ReLU
  std::uint8_t *where1, *where2;   // the same: which pixel of the 2 × 2 patch was the maximum
  std::uint8_t *kept_maps, *kept;  // [20], [64]: what dropout keeps
  float *hidden, *soft, *mixed;    // [64]: fc1 after ReLU, softmax, synapse layer
  float *normal, *dmixed;          // [64]: batch norm before scale and shift, the gradient of its input
  float *dhidden, *rest, *alone;   // [64]: fc1's gradient, and what without_factor() needs
  float *log_probs, *dlogits;      // [classes]
  float *losses, *headroom;        // [1]: of each sample; headroom: its smallest factor
  float* parts;                    // [kPartSize]
  std::uint8_t* target;            // [1]
};

// Where the samples of a batch come from: a set through an order, a set as it stands, or scaled numbers.
struct FusedSource {
  const std::uint32_t* order;  // null: samples from `first` on
  const std::uint8_t *pixels, *labels;
  const float* table;   // [256]
  const float* scaled;  // [batch, 784], or null; the labels are then in place already
  int batch_size, first, count;

  SYNANN_DEVICE Index sample(const Control& control, int slot) const {
    return order != nullptr ? static_cast<Index>(order[Index{control.step} * batch_size + slot])
                            : Index{first} + slot;
  }
  SYNANN_DEVICE float pixel(Index sample, int slot, int i) const {
    return scaled != nullptr ? scaled[Index{slot} * kPixels + i] : table[pixels[sample * kPixels + i]];
  }
};

// words[32] gather what the blocks of the last FusedReduce flagged; joined() makes one word of them, in a
// later phase.
template <class Block>
SYNANN_DEVICE void collect_flags(Block& block, const FusedMemory& m, int* words) {
  block.each([&](int t) {
    if (t >= 32) return;
    int word = 0;
    for (int i = t; i < m.flag_count; i += 32) word |= m.flags[i];
    words[t] = word;
  });
}
SYNANN_DEVICE int joined(const int* words) {
  int word = 0;
  for (int i = 0; i < 32; ++i) word |= words[i];
  return word;
}
// The copy that the step at hand starts from, seen before the head has settled the step before it.
SYNANN_DEVICE int whole_copy(const Control& control, const int* words) {
  return control.pending != 0 && joined(words) == 0 ? 1 - control.current : control.current;
}

}  // namespace synann::compute::cuda
