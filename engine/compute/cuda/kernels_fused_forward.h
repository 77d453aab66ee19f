// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/close_call.h"
#include "engine/compute/cuda/fused_layout.h"

// The forward pass of SynaCNN up to batch norm, one block a sample, everything in shared memory.
namespace synann::compute::cuda {

// The first maximum of a 2 × 2 patch in row-major order, and which it was; a NaN wins.
SYNANN_DEVICE float patch_maximum(const float* patch, int& which) {
  which = 0;
  for (int k = 1; k < 4; ++k)
    if (patch[k] > patch[which] || isnan(patch[k])) which = k;
  return patch[which];
}

// patch[4] += what a 5 × 5 kernel makes of the 6 × 6 window whose rows lie `pitch` apart.
SYNANN_DEVICE void correlate(const float* window, int pitch, const float* kernel, float* patch) {
  SYNANN_UNROLL
  for (int u = 0; u < kKernel; ++u) {
    SYNANN_UNROLL
    for (int v = 0; v < kKernel; ++v) {
      const float w = kernel[u * kKernel + v];
      SYNANN_UNROLL
      for (int k = 0; k < 4; ++k) patch[k] += w * window[(u + k / 2) * pitch + v + k % 2];
    }
  }
}

struct FusedForward {
  FusedPlaces p;
  FusedMemory m;
  FusedSource source;
  int training;  // by the copy that is whole, with a trace for the backward pass; otherwise by copy 0
  int dropout, dropout2d_layer, dropout_layer;
  std::uint32_t threshold2d, threshold;
  float scale2d, scale;

  static constexpr int kThreads = kFusedThreads;
  static constexpr int kGroups1 = 3;  // channels of conv1 are shared out among so many threads a pixel
  static constexpr int kSplits2 = 5;  // input channels of conv2 among so many
  static constexpr int kPatches = kSplits2 * kMaps2 * kPixels2 * 4;
  Grid grid() const {
    const int floats = kPixels + kMaps1 * (kTaps + 1) + kPooled1 + kPatches + kPooled2 + 4 * kHidden +
                       2 * kThreads + 2 * kMaps2 + 64;
    return {source.count, 1, kThreads, floats * 4 + 256};
  }

  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* image = block.template shared<float>(kPixels);
    float* first = block.template shared<float>(kMaps1 * (kTaps + 1));  // conv1's weights, then its biases
    float* pooled1 = block.template shared<float>(kPooled1);
    float* patches = block.template shared<float>(kPatches);
    float* pooled2 = block.template shared<float>(kPooled2);
    int* maps =
        block.template shared<int>(2 * kMaps2 + 2);  // kept or not; then the kept ones and their number
    int* words = block.template shared<int>(32);
    collect_flags(block, m, words);
    const int slot = block.x();
    block.each([&](int t) { begin(slot, t, words, image, first, maps); });
    block.each([&](int t) {
      if (t == 0) list_maps(maps);
      convolve1(slot, t, image, first, pooled1);
    });
    block.each([&](int t) { convolve2(t, copy(words).values, maps, pooled1, patches); });
    block.each([&](int t) { pool2(slot, t, copy(words).values, maps, pooled1, patches, pooled2); });
    finish(block, slot, words, pooled2);
  }

  // Whether activations are left behind: for the backward pass, or for who handed in the batch.
  SYNANN_DEVICE bool keeps() const { return training != 0 || source.scaled != nullptr; }

  SYNANN_DEVICE const FusedCopy& copy(const int* words) const {
    return m.copies[training != 0 ? whole_copy(*m.control, words) : 0];
  }

  SYNANN_DEVICE void begin(int slot, int t, const int* words, float* image, float* first, int* maps) const {
    const Index sample = source.sample(*m.control, slot);
    for (int i = t; i < kPixels; i += kThreads) image[i] = source.pixel(sample, slot, i);
    const float* values = copy(words).values;
    for (int i = t; i < kMaps1 * kTaps; i += kThreads) first[i] = values[p.conv1 + i];
    if (t < kMaps1) first[kMaps1 * kTaps + t] = values[p.conv1_bias + t];
    if (t < kMaps2) {
      const auto element = static_cast<std::uint32_t>(slot * kMaps2 + t);
      maps[t] = dropout == 0 || m.control->dropout(dropout2d_layer).word(element) >= threshold2d ? 1 : 0;
      if (training != 0) m.kept_maps[slot * kMaps2 + t] = static_cast<std::uint8_t>(maps[t]);
    }
    if (t == 0 && source.scaled == nullptr) m.target[slot] = source.labels[sample];
  }

  // maps[20 …] = the kept maps in order, maps[41] their number; an odd last one is paired with itself.
  SYNANN_DEVICE void list_maps(int* maps) const {
    int count = 0;
    for (int c = 0; c < kMaps2; ++c)
      if (maps[c] != 0) maps[kMaps2 + count++] = c;
    maps[2 * kMaps2 + 1] = count;
    if (count % 2 != 0) maps[kMaps2 + count] = maps[kMaps2 + count - 1];
  }

  SYNANN_DEVICE void convolve1(int slot, int t, const float* image, const float* first,
                               float* pooled1) const {
    if (t >= kGroups1 * kPixels1) return;
    const int pixel = t % kPixels1, row = pixel / kSide1 * 2, column = pixel % kSide1 * 2;
    float window[36];
    SYNANN_UNROLL
    for (int k = 0; k < 36; ++k) window[k] = image[(row + k / 6) * kSide + column + k % 6];
    for (int c = t / kPixels1; c < kMaps1; c += kGroups1) {
      const float bias = first[kMaps1 * kTaps + c];
      float patch[4] = {bias, bias, bias, bias};
      correlate(window, 6, first + c * kTaps, patch);
      int which;
      const float top = patch_maximum(patch, which);
      const int k = c * kPixels1 + pixel;
      pooled1[k] = top < 0 ? 0.0f : top;
      if (!keeps()) continue;
      m.pooled1[Index{slot} * kPooled1 + k] = pooled1[k];
      m.where1[Index{slot} * kPooled1 + k] = static_cast<std::uint8_t>(which);
    }
  }

  // Two output channels a thread share each window; patches[split, place among the kept, pixel, 4].
  SYNANN_DEVICE void convolve2(int t, const float* values, const int* maps, const float* pooled1,
                               float* patches) const {
    const int pairs = (maps[2 * kMaps2 + 1] + 1) / 2;
    for (int item = t; item < pairs * kSplits2 * kPixels2; item += kThreads) {
      const int pixel = item % kPixels2, split = item / kPixels2 % kSplits2,
                pair = item / (kPixels2 * kSplits2);
      const int row = pixel / kSide2 * 2, column = pixel % kSide2 * 2;
      const int a = maps[kMaps2 + 2 * pair], b = maps[kMaps2 + 2 * pair + 1];
      float left[4] = {0, 0, 0, 0}, right[4] = {0, 0, 0, 0};
      for (int i = split * kMaps1 / kSplits2; i < (split + 1) * kMaps1 / kSplits2; ++i) {
        float window[36];
        SYNANN_UNROLL
        for (int k = 0; k < 36; ++k)
          window[k] = pooled1[i * kPixels1 + (row + k / 6) * kSide1 + column + k % 6];
        correlate(window, 6, values + p.conv2 + (a * kMaps1 + i) * kTaps, left);
        correlate(window, 6, values + p.conv2 + (b * kMaps1 + i) * kTaps, right);
      }
      float* place = patches + ((split * kMaps2 + 2 * pair) * kPixels2 + pixel) * 4;
      SYNANN_UNROLL
      for (int k = 0; k < 4; ++k) place[k] = left[k], place[kPixels2 * 4 + k] = right[k];
    }
  }

  // One sum of map c of conv2, before its dropout and pool, in double.
  SYNANN_DEVICE double exact2(const float* values, const float* pooled1, int c, int row, int column) const {
    const float* weight = values + p.conv2 + c * kMaps1 * kTaps;
    double sum = static_cast<double>(values[p.conv2_bias + c]);
    for (int i = 0; i < kMaps1; ++i)
      for (int tap = 0; tap < kTaps; ++tap)
        sum += static_cast<double>(*weight++) *
               static_cast<double>(
                   pooled1[i * kPixels1 + (row + tap / kKernel) * kSide1 + column + tap % kKernel]);
    return sum;
  }

  SYNANN_DEVICE void pool2(int slot, int t, const float* values, const int* maps, const float* pooled1,
                           const float* patches, float* pooled2) const {
    for (int k = t; k < kPooled2; k += kThreads) {
      const int c = k / kPixels2, pixel = k % kPixels2;
      int which = 0;
      float top = 0;
      if (maps[c] != 0) {
        int place = 0;
        while (maps[kMaps2 + place] != c) ++place;
        float patch[4];
        for (int e = 0; e < 4; ++e) {
          patch[e] = values[p.conv2_bias + c];
          for (int split = 0; split < kSplits2; ++split)
            patch[e] += patches[((split * kMaps2 + place) * kPixels2 + pixel) * 4 + e];
        }
        const auto sum_at = [&](int e) -> float& { return patch[e]; };
        if (training != 0 && close_call(4, sum_at)) {
          settle_sums(4, sum_at, [&](int e) {
            return exact2(values, pooled1, c, pixel / kSide2 * 2 + e / 2, pixel % kSide2 * 2 + e % 2);
          });
        }
        for (int e = 0; dropout != 0 && e < 4; ++e) patch[e] *= scale2d;
        top = patch_maximum(patch, which);
      }
      pooled2[k] = top < 0 ? 0.0f : top;
      if (!keeps()) continue;
      m.pooled2[Index{slot} * kPooled2 + k] = pooled2[k];
      m.where2[Index{slot} * kPooled2 + k] = static_cast<std::uint8_t>(which);
    }
  }

  // fc1, dropout, softmax and the synapse layer: threads are [8 stretches, 64 outputs].
  template <class Block>
  SYNANN_DEVICE void finish(Block& block, int slot, const int* words, const float* pooled2) const {
    float* sums = block.template shared<float>(kThreads);
    float* lowest = block.template shared<float>(kThreads);
    float* hidden = block.template shared<float>(kHidden);
    float* soft = block.template shared<float>(kHidden);
    float* powers = block.template shared<float>(kHidden);
    block.each([&](int t) {
      const float* weights = copy(words).fc1_by_input;
      float sum = 0;
      for (int i = t / kHidden * (kPooled2 / kFusedParts); i < (t / kHidden + 1) * (kPooled2 / kFusedParts);
           ++i) {
        const float v = pooled2[i];
        if (v != 0) sum += v * weights[i * kHidden + t % kHidden];  // the same for a whole warp
      }
      sums[t] = sum;
    });
    block.each([&](int t) {
      if (t < kHidden) hidden[t] = connect(slot, t, copy(words).values, sums);
    });
    block.each([&](int t) {
      if (t >= kHidden) return;
      float top = hidden[0];
      for (int k = 1; k < kHidden; ++k) top = greatest(top, hidden[k]);
      powers[t] = expf(hidden[t] - top);
    });
    block.each([&](int t) {
      if (t >= kHidden) return;
      float sum = 0;
      for (int k = 0; k < kHidden; ++k) sum += powers[k];
      soft[t] = powers[t] / sum;
    });
    block.each([&](int t) { multiply_factors(t, copy(words).synapse_by_input, soft, sums, lowest); });
    block.each([&](int t) {
      if (t < kHidden) mix(slot, t, soft, sums, lowest);
    });
    block.each([&](int t) {
      if (t > 0 || training == 0) return;
      float least_factor = lowest[0];
      for (int k = 1; k < kHidden; ++k) least_factor = least(least_factor, lowest[k]);
      m.headroom[slot] = least_factor;
    });
  }

  // One output of fc1 after ReLU, then after dropout.
  SYNANN_DEVICE float connect(int slot, int t, const float* values, const float* sums) const {
    float sum = values[p.fc1_bias + t];
    for (int part = 0; part < kFusedParts; ++part) sum += sums[part * kHidden + t];
    const float v = sum < 0 ? 0.0f : sum;
    const auto element = static_cast<std::uint32_t>(slot * kHidden + t);
    const bool kept = dropout == 0 || m.control->dropout(dropout_layer).word(element) >= threshold;
    if (keeps()) {
      m.hidden[slot * kHidden + t] = v;
      m.kept[slot * kHidden + t] = kept ? 1 : 0;
    }
    return dropout == 0 ? v : kept ? v * scale : 0.0f;
  }

  // A stretch of Π_j (1 − β_ij x_j), less one: the factors are close to one, and batch norm behind the layer
  // subtracts nearly equal numbers. And the smallest of its factors.
  SYNANN_DEVICE void multiply_factors(int t, const float* beta, const float* soft, float* sums,
                                      float* lowest) const {
    float less_one = 0, low = 1;
    if (p.synapse >= 0) {
      for (int j = t / kHidden * kFusedParts; j < (t / kHidden + 1) * kFusedParts; ++j) {
        const float part = beta[j * kHidden + t % kHidden] * soft[j];
        low = least(low, 1 - part);
        less_one = (less_one - part) - part * less_one;
      }
    }
    sums[t] = less_one;
    lowest[t] = low;
  }

  SYNANN_DEVICE void mix(int slot, int t, const float* soft, const float* sums, float* lowest) const {
    float less_one = 0;
    for (int part = 0; part < kFusedParts; ++part) {
      const float s = sums[part * kHidden + t];
      less_one = less_one + s + less_one * s;
      lowest[t] = least(lowest[t], lowest[part * kHidden + t]);
    }
    m.mixed[slot * kHidden + t] = soft[t] + soft[t] * less_one;
    if (keeps()) m.soft[slot * kHidden + t] = soft[t];
  }
};

}  // namespace synann::compute::cuda
