// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/fused_layout.h"
#include "engine/compute/cuda/kernels_synapse.h"

// The backward pass of SynaCNN from batch norm's input down, one block a sample. Leaves what the reduction
// adds up over the samples: the operands of fc1 and of the synapse layer, and the sample's gradients of the
// convolutions.
namespace synann::compute::cuda {

struct FusedBackward {
  FusedPlaces p;
  FusedMemory m;
  FusedSource source;
  int update;  // by the current copy, if the step is to be made at all; otherwise by copy 0
  int dropout;
  float scale2d, scale;

  static constexpr int kThreads = kFusedThreads;
  static constexpr int kBorder = 4,
                       kGradientSide = 8 + 2 * kBorder,  // conv2's gradient with a border of zeros
      kGradientMap = kGradientSide * kGradientSide;
  static constexpr int kHalves = 2;  // of the positions in conv1's sums
  Grid grid() const {
    const int floats = kPixels + kPooled1 + kMaps2 * kGradientMap + kPooled2 + kPooled1 +
                       kHalves * kMaps1 * (kTaps + 1) + 2 * kThreads + 5 * kHidden;
    return {source.count, 1, kThreads, floats * 4 + 256};
  }

  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* image = block.template shared<float>(kPixels);
    float* pooled1 = block.template shared<float>(kPooled1);
    float* maps = block.template shared<float>(kMaps2 * kGradientMap);  // [20, 16, 16]
    float* dpooled2 = block.template shared<float>(kPooled2);
    float* dpooled1 = block.template shared<float>(kPooled1);
    float* halves = block.template shared<float>(kHalves * kMaps1 * (kTaps + 1));
    float* dhidden = block.template shared<float>(kHidden);
    if (update != 0 && m.control->apply == 0) return;  // the same for all threads
    const int slot = block.x();
    const float* values = m.copies[update != 0 ? m.control->current : 0].values;
    block.each([&](int t) { begin(slot, t, image, pooled1, maps); });
    head(block, slot, values, dhidden);
    block.each([&](int t) {
      for (int i = t; i < kPooled2; i += kThreads)
        dpooled2[i] = pooled_gradient(slot, i, values, dhidden, maps);
    });
    block.each([&](int t) {
      second_weights(slot, t, pooled1, dpooled2);
      for (int item = t; item < kMaps1 * kPixels1 / 4; item += kThreads)
        first_outputs(slot, item, values, pooled1, maps, dpooled1);
    });
    block.each([&](int t) {
      for (int k = t; k < kHalves * kMaps1 * (kTaps + 1); k += kThreads)
        halves[k] =
            first_weight(slot, k % (kMaps1 * (kTaps + 1)), k / (kMaps1 * (kTaps + 1)), image, dpooled1);
    });
    block.each([&](int t) {
      for (int k = t; k < kMaps1 * (kTaps + 1); k += kThreads)
        part(slot)[kPart1 + k] = halves[k] + halves[kMaps1 * (kTaps + 1) + k];
    });
  }

  SYNANN_DEVICE float* part(int slot) const { return m.parts + Index{slot} * kPartSize; }

  SYNANN_DEVICE void begin(int slot, int t, float* image, float* pooled1, float* maps) const {
    const Index sample = source.sample(*m.control, slot);
    for (int i = t; i < kPixels; i += kThreads) image[i] = source.pixel(sample, slot, i);
    for (int i = t; i < kPooled1; i += kThreads) pooled1[i] = m.pooled1[Index{slot} * kPooled1 + i];
    for (int i = t; i < kMaps2 * kGradientMap; i += kThreads) maps[i] = 0;
  }

  // Synapse layer, softmax, dropout and ReLU: threads are [8 stretches, 64].
  template <class Block>
  SYNANN_DEVICE void head(Block& block, int slot, const float* values, float* dhidden) const {
    float* sums = block.template shared<float>(kThreads);
    float* zeros = block.template shared<float>(kThreads);
    float* soft = block.template shared<float>(kHidden);
    float* rest = block.template shared<float>(kHidden);
    float* alone = block.template shared<float>(kHidden);
    float* dsoft = block.template shared<float>(kHidden);
    const int row = slot * kHidden;
    block.each([&](int t) {
      if (t < kHidden) soft[t] = m.soft[row + t];
    });
    block.each([&](int t) { multiply_factors(t, soft, sums, zeros); });
    block.each([&](int t) {
      if (t < kHidden) split_gradient(row + t, t, soft, sums, zeros, rest, alone, dsoft);
    });
    block.each([&](int t) {
      const int j = t % kHidden;
      float sum = 0;
      for (int i = t / kHidden * kFusedParts; p.synapse >= 0 && i < (t / kHidden + 1) * kFusedParts; ++i) {
        const float beta = values[p.synapse + i * kHidden + j];
        sum += beta * without_factor(beta, soft[j], rest[i], alone[i]);
      }
      sums[t] = sum;
    });
    block.each([&](int t) {
      if (t >= kHidden) return;
      float sum = 0;
      for (int k = 0; k < kFusedParts; ++k) sum += sums[k * kHidden + t];
      dsoft[t] -= sum;
    });
    block.each([&](int t) {
      if (t >= kHidden) return;
      float dot = 0;
      for (int k = 0; k < kHidden; ++k) dot += dsoft[k] * soft[k];
      const float kept = dropout == 0 ? 1.0f : m.kept[row + t] != 0 ? scale : 0.0f;
      dhidden[t] = m.hidden[row + t] > 0 ? soft[t] * (dsoft[t] - dot) * kept : 0.0f;
      m.dhidden[row + t] = dhidden[t];
    });
  }
  // A stretch of P_i without the factors that are exactly zero, and their number.
  SYNANN_DEVICE void multiply_factors(int t, const float* soft, float* sums, float* zeros) const {
    float product = 1, none = 0;
    if (p.synapse >= 0) {
      const float* beta = m.copies[update != 0 ? m.control->current : 0].synapse_by_input;
      for (int j = t / kHidden * kFusedParts; j < (t / kHidden + 1) * kFusedParts; ++j) {
        const float factor = fmaf(-beta[j * kHidden + t % kHidden], soft[j], 1.0f);
        if (factor == 0) {
          none += 1;
        } else {
          product *= factor;
        }
      }
    }
    sums[t] = product;
    zeros[t] = none;
  }
  SYNANN_DEVICE void split_gradient(int k, int t, const float* soft, const float* sums, const float* zeros,
                                    float* rest, float* alone, float* dsoft) const {
    float product = 1, none = 0;
    for (int part_of = 0; part_of < kFusedParts; ++part_of) {
      product *= sums[part_of * kHidden + t];
      none += zeros[part_of * kHidden + t];
    }
    const float d = m.dmixed[k], w = d * soft[t] * product;
    rest[t] = none == 0 ? w : 0.0f;
    alone[t] = none == 1 ? w : 0.0f;
    dsoft[t] = none == 0 ? d * product : 0.0f;
    m.rest[k] = rest[t];
    m.alone[k] = alone[t];
  }

  // The gradient of conv2's output at the maximum of patch i, also entered into the padded map.
  SYNANN_DEVICE float pooled_gradient(int slot, int i, const float* values, const float* dhidden,
                                      float* maps) const {
    const Index k = Index{slot} * kPooled2 + i;
    if (!(m.pooled2[k] > 0)) return 0;  // dropped maps too
    float sum = 0;
    for (int o = 0; o < kHidden; ++o)
      if (dhidden[o] != 0) sum += dhidden[o] * values[p.fc1 + o * kPooled2 + i];
    if (dropout != 0) sum *= scale2d;
    const int c = i / kPixels2, pixel = i % kPixels2, which = m.where2[k];
    const int row = pixel / kSide2 * 2 + which / 2, column = pixel % kSide2 * 2 + which % 2;
    maps[c * kGradientMap + (row + kBorder) * kGradientSide + column + kBorder] = sum;
    return sum;
  }

  // The sample's gradients of conv2's weights and biases.
  SYNANN_DEVICE void second_weights(int slot, int t, const float* pooled1, const float* dpooled2) const {
    for (int k = t; k < kMaps2 * kMaps1 * kTaps + kMaps2; k += kThreads) {
      const bool bias = k >= kMaps2 * kMaps1 * kTaps;
      const int c = bias ? k - kMaps2 * kMaps1 * kTaps : k / (kMaps1 * kTaps);
      const int tap = k % kTaps, input = k / kTaps % kMaps1;
      float sum = 0;
      if (m.kept_maps[slot * kMaps2 + c] != 0) {
        for (int pixel = 0; pixel < kPixels2; ++pixel) {
          const float g = dpooled2[c * kPixels2 + pixel];
          if (g == 0) continue;
          const int which = m.where2[Index{slot} * kPooled2 + c * kPixels2 + pixel];
          const int row = pixel / kSide2 * 2 + which / 2, column = pixel % kSide2 * 2 + which % 2;
          sum +=
              bias ? g
                   : g * pooled1[input * kPixels1 + (row + tap / kKernel) * kSide1 + column + tap % kKernel];
        }
      }
      part(slot)[kPart2 + k] = sum;
    }
  }

  // The gradient of a 2 × 2 patch of conv1's pooled output, behind its ReLU: the padded maps of conv2's
  // gradient correlated with its kernels turned round.
  SYNANN_DEVICE void first_outputs(int slot, int item, const float* values, const float* pooled1,
                                   const float* maps, float* dpooled1) const {
    const int patches = kPixels1 / 4, i = item / patches, row = item % patches / (kSide1 / 2) * 2,
              column = item % patches % (kSide1 / 2) * 2;
    float sums[4] = {0, 0, 0, 0};
    for (int c = 0; c < kMaps2; ++c) {
      if (m.kept_maps[slot * kMaps2 + c] == 0) continue;
      float window[36];
      SYNANN_UNROLL
      for (int k = 0; k < 36; ++k)
        window[k] = maps[c * kGradientMap + (row + k / 6) * kGradientSide + column + k % 6];
      const float* kernel = values + p.conv2 + (c * kMaps1 + i) * kTaps;
      SYNANN_UNROLL
      for (int tap = 0; tap < kTaps; ++tap) {
        const float w = kernel[kTaps - 1 - tap];
        SYNANN_UNROLL
        for (int k = 0; k < 4; ++k)
          sums[k] += w * window[(tap / kKernel + k / 2) * 6 + tap % kKernel + k % 2];
      }
    }
    SYNANN_UNROLL
    for (int k = 0; k < 4; ++k) {
      const int place = i * kPixels1 + (row + k / 2) * kSide1 + column + k % 2;
      dpooled1[place] = pooled1[place] > 0 ? sums[k] : 0.0f;
    }
  }

  // Half of the sum of one of conv1's weights, [10, 25], or biases behind them.
  SYNANN_DEVICE float first_weight(int slot, int k, int half, const float* image,
                                   const float* dpooled1) const {
    const bool bias = k >= kMaps1 * kTaps;
    const int c = bias ? k - kMaps1 * kTaps : k / kTaps, tap = k % kTaps;
    const std::uint8_t* where = m.where1 + Index{slot} * kPooled1 + c * kPixels1;
    float sum = 0;
    for (int pixel = half * (kPixels1 / 2); pixel < (half + 1) * (kPixels1 / 2); ++pixel) {
      const float g = dpooled1[c * kPixels1 + pixel];
      if (g == 0) continue;
      const int row = pixel / kSide1 * 2 + where[pixel] / 2, column = pixel % kSide1 * 2 + where[pixel] % 2;
      sum += bias ? g : g * image[(row + tap / kKernel) * kSide + column + tap % kKernel];
    }
    return sum;
  }
};

}  // namespace synann::compute::cuda
