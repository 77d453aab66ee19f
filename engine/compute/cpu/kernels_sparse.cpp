// SPDX-License-Identifier: GPL-3.0-or-later
// The backward pass of the convolutions. A pool passes its gradient to one of four pixels and ReLU stops it
// where the maximum is not positive, so each map's gradient is a short list of (pixel, gradient).
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kRows = kLanes == 16 ? 5 : 1;  // rows of taps per pass over a list: what the registers hold
constexpr int kSums = kRows * 5 * kPerLine;

// The first pixels of the patches that kLanes pools from number `pool` on chose among four, rows of pixels
// being `row` apart.
inline VecInt chosen(VecInt first, Choice choice, int pool, int row) {
  return add_where(static_cast<unsigned>(choice.row) >> pool,
                   add_where(static_cast<unsigned>(choice.column) >> pool, first, 1), row);
}

// What all pixels without ink hold, the maps as lanes; rubbish where there is no such pixel.
struct Blank {
  explicit Blank(const Sample& s) {
    for (int m = 0; m < kMaps1; ++m) pooled[m] = s.pooled1[m * kOrder + s.inked];
  }
  alignas(64) float pooled[kMaps1Padded] = {};
};

// to[pixel, 16] = pooled1[10, position of pixel]ᵀ, zero where padded
void spread_maps(const Sample& s, float* to) {
  for (int k = 0; k < s.inked; k += kLanes)
    for (int m = 0; m < kMaps1Padded; m += kLanes) {
      Vec rows[kLanes];
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; ++r)
        rows[r] = m + r < kMaps1 ? load(s.pooled1 + (m + r) * kOrder + k) : Vec{};
      transpose_rows(rows);
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; ++r) store(to + s.order[k + r] * kMaps1Padded + m, rows[r]);
    }
  const Blank blank(s);
  for (int m = 0; m < kMaps1Padded; m += kLanes) {
    const Vec row = load(blank.pooled + m);
    for (int k = s.inked; k < kPixels1; ++k) store(to + s.order[k] * kMaps1Padded + m, row);
  }
}

// to[10, position of pixel] = from[pixel, 16]ᵀ for the pixels with ink
void collect_maps(const Sample& s, const float* from, float* to) {
  for (int k = 0; k < s.inked; k += kLanes)
    for (int m = 0; m < kMaps1; m += kLanes) {
      Vec rows[kLanes];
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; ++r) rows[r] = load(from + s.order[k + r] * kMaps1Padded + m);
      transpose_rows(rows);
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; ++r)
        if (m + r < kMaps1) store(to + (m + r) * kOrder + k, rows[r]);
    }
}

// What fc1 passes back that is not zero: its outputs and their gradients.
struct Active {
  int outputs[kHidden + 16];
  float values[kHidden + 16];
  int count;
};

// The gradient of pooled2 of kMaps maps, dropout's scale included.
template <int kMaps>
inline void pooled_gradient(const Weights& w, const Sample& s, const Active& active, const int* maps,
                            float* dpooled) {
  for (int pixel = 0; pixel < kPixels2; pixel += kLanes) {
    Vec sum[2][static_cast<unsigned>(kMaps)];
#pragma GCC unroll 8
    for (int m = 0; m < kMaps; ++m) sum[0][m] = sum[1][m] = Vec{};
    for (int k = 0; k < active.count; k += 2) {
#pragma GCC unroll 2
      for (int c = 0; c < 2; ++c) {
        const float* row = w.fc1 + active.outputs[k + c] * kFeatures + pixel;
        const Vec g = spread(active.values[k + c]);
#pragma GCC unroll 8
        for (int m = 0; m < kMaps; ++m) sum[c][m] += g * load(row + maps[m] * kPixels2);
      }
    }
#pragma GCC unroll 8
    for (int m = 0; m < kMaps; ++m) {
      const int k = maps[m] * kPixels2 + pixel;
      const Vec total = (sum[0][m] + sum[1][m]) * s.map_scale;
      store(dpooled + k, load(s.pooled2 + k) > 0.0f ? total : Vec{});
    }
  }
}

// Where the vector t of the taps from a row on lies in dw: one tap's input maps follow the other's.
inline constexpr int packed(int row, int t) {
  return (row * 5 + t / kPerLine) * kMaps1 + t % kPerLine * kLanes;
}

// dw[25, 10] += Σ over the list of gradient · input patch; dx of the patch += gradient · w[25, 16].
inline void backward_map(const float* weight, const float* input, float* dinput, const int* pixels,
                         const float* gradients, int count, bool add, float* dweight) {
#pragma GCC unroll 1
  for (int row = 0; row < 5; row += kRows) {
    const int tap = row * 5 * kMaps1Padded, down = row * kSide1 * kMaps1Padded;
    Vec sum[kSums];
#pragma GCC unroll 32
    for (int t = 0; t < kSums; ++t) sum[t] = add ? load(dweight + packed(row, t)) : Vec{};
#pragma GCC unroll 1
    for (int k = 0; k < count; ++k) {
      const int at_pixel = pixels[k] * kMaps1Padded + down;
      const float* x = opaque(input + at_pixel);
      float* dx = opaque(dinput + at_pixel);
      const float* tap_weight = opaque(weight + tap);
      const Vec g = spread(gradients[k]);
#pragma GCC unroll 32
      for (int t = 0; t < kSums; ++t) {
        const int u = t / (5 * kPerLine), rest = t % (5 * kPerLine),
                  place = u * kSide1 * kMaps1Padded + rest * kLanes;
        sum[t] += g * load(x + place);
        store(dx + place, load(dx + place) + g * load(tap_weight + t * kLanes));
      }
    }
#pragma GCC unroll 32
    for (int t = 0; t < kSums; ++t)
      store_first(dweight + packed(row, t), sum[t], kMaps1 - t % kPerLine * kLanes);
  }
}

void backward2(const Weights& w, const Sample& s, Scratch& scratch, BackwardSums& sums) {
  spread_maps(s, scratch.by_pixel);
  for (int k = 0; k < (kPixels1 + 1) * kMaps1Padded; k += kLanes) store(scratch.dby_pixel + k, Vec{});
  Active active;
  active.count = 0;
  for (int f = 0; f < kHidden; f += kLanes) {
    const Vec d = load(s.dhidden + f);
    active.count = append(d, lane_numbers() + f, active.outputs, active.values, active.count);
  }
  active.outputs[active.count] = 0;
  active.values[active.count] = 0;  // rounds the list up
  int maps[kMaps2], kept = 0;
  for (int m = 0; m < kMaps2; ++m) {
    maps[kept] = m;
    kept += static_cast<int>((s.kept_maps >> m) & 1u);
  }
  constexpr int kTile = kLanes == 16 ? 5 : 4;
  int done = 0;
  for (; done + kTile <= kept; done += kTile)
    pooled_gradient<kTile>(w, s, active, maps + done, scratch.dpooled2);
  for (; done < kept; ++done) pooled_gradient<1>(w, s, active, maps + done, scratch.dpooled2);
  for (int n = 0; n < kept; ++n) {
    const int m = maps[n];
    int count = 0;
    for (int pixel = m * kPixels2; pixel < (m + 1) * kPixels2; pixel += kLanes) {
      const Vec d = load(scratch.dpooled2 + pixel);
      const int first = pixel % kPixels2;
      const VecInt number = lane_numbers() + first;
      const VecInt place =
          chosen((number >> 2) * (2 * kSide1) + (number & 3) * 2, s.where2[m], first, kSide1);
      count = append(d, place, scratch.list_index, scratch.list_value, count);
      float* bias = sums.conv2_bias + m * 16 + (pixel & 15);
      store(bias, load(bias) + d);
    }
    backward_map(w.conv2_by_tap + m * kTaps * kMaps1Padded, scratch.by_pixel, scratch.dby_pixel,
                 scratch.list_index, scratch.list_value, count, ((sums.touched >> m) & 1u) != 0,
                 sums.conv2 + m * kMapRow);
  }
  sums.touched |= s.kept_maps;
}

// totals[5, 8] += Σ over the list of gradient · the five rows of eight pixels at `pixels`.
inline void add_patches(const float* image, const int* pixels, const float* gradients, int count,
                        float* totals) {
  Eight even[5], odd[5];
#pragma GCC unroll 5
  for (int u = 0; u < 5; ++u) even[u] = load_eight(totals + u * kTapRow), odd[u] = Eight{};
#pragma GCC unroll 1
  for (int k = 0; k < count; k += 2) {
    const float *x = image + pixels[k], *y = image + pixels[k + 1];
    const Eight g = gradients[k] - Eight{}, h = gradients[k + 1] - Eight{};
#pragma GCC unroll 5
    for (int u = 0; u < 5; ++u) {
      even[u] += g * load_eight(x + u * kImageRow);
      odd[u] += h * load_eight(y + u * kImageRow);
    }
  }
#pragma GCC unroll 5
  for (int u = 0; u < 5; ++u) store_eight(totals + u * kTapRow, even[u] + odd[u]);
}

// A patch without ink is one number 25 times: its gradients need no list, only their sum. `by_pixel` is the
// gradient of pooled1, the maps as lanes.
void backward_blanks(const Sample& s, float ground, const float* by_pixel, BackwardSums& sums) {
  if (s.inked == kPixels1) return;
  const Blank blank(s);
  for (int m = 0; m < kMaps1Padded; m += kLanes) {
    Vec sum{};
    for (int k = s.inked; k < kPixels1; ++k) sum += load(by_pixel + s.order[k] * kMaps1Padded + m);
    sum = load(blank.pooled + m) > 0.0f ? sum : Vec{};
    store(sums.blank_bias + m, load(sums.blank_bias + m) + sum);
    store(sums.blank_taps + m, load(sums.blank_taps + m) + sum * ground);
  }
}

void backward1(const Sample& s, Scratch& scratch, BackwardSums& sums) {
  backward_blanks(s, scratch.image[0], scratch.dby_pixel, sums);
  collect_maps(s, scratch.dby_pixel, scratch.dpooled1);
  alignas(64) int first[kOrder];  // pixel of the image that the pools look at, an image_index
  for (int k = 0; k < s.inked; k += kLanes) {
    const VecInt number = load_short(s.order + k), row = number / kSide1, column = number - row * kSide1;
    store_int(first + k, row * (2 * kImageRow) + column * 2 + (column >> 2) * 8);
  }
  for (int m = 0; m < kMaps1; ++m) {
    int count = 0;
    Vec bias = load(sums.conv1_bias + m * 16);
    for (int k = 0; k < s.inked; k += kLanes) {
      const int at = m * kOrder + k;
      const VecInt active = (load(s.pooled1 + at) > 0.0f) & (lane_numbers() + k < s.inked);
      const Vec d = active ? load(scratch.dpooled1 + at) : Vec{};
      bias += d;
      const VecInt place = chosen(load_int(first + k), s.where1[m * kChoices1 + k / 16], k % 16, kImageRow);
      count = append(d, place, scratch.list_index, scratch.list_value, count);
    }
    store(sums.conv1_bias + m * 16, bias);
    scratch.list_index[count] = 0;
    scratch.list_value[count] = 0;  // rounds the list up
    add_patches(scratch.image, scratch.list_index, scratch.list_value, count, sums.conv1 + m * 5 * kTapRow);
  }
}

}  // namespace

void backward_convolutions(const Weights& w, const Sample& s, Scratch& scratch, BackwardSums& sums) {
  backward2(w, s, scratch, sums);
  backward1(s, scratch, sums);
}

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
