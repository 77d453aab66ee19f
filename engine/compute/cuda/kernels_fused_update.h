// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/fused_layout.h"
#include "engine/compute/cuda/kernels_fused_head.h"
#include "engine/compute/cuda/kernels_synapse.h"

// The end of the fused step: gradients summed over the samples in their order, and the optimiser.
namespace synann::compute::cuda {

// One thread a number of the flat block. With `update`, from the current copy to the other one; a block flags
// the tensors whose gradient is not finite.
struct FusedReduce {
  FusedPlaces p;
  FusedMemory m;
  int batch, update;
  UpdateForm form;
  const std::uint8_t* moving;   // [count − trained]: whether it is a running statistic
  const std::uint8_t* frozen;   // [trained]: whether it stays as it is; null where none does
  const std::uint8_t* watched;  // [count]: number of the watched tensor, 255 for none
  float towards;

  static constexpr int kThreads = 256;
  Grid grid() const {
    Grid grid = elementwise(p.count, kThreads);
    grid.shared_bytes = kThreads * 4;
    return grid;
  }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    int* words = block.template shared<int>(kThreads);
    if (update != 0 && m.control->apply == 0) return;  // the same for all threads
    block.each([&](int t) {
      const int k = block.x() * kThreads + t;
      words[t] = 0;
      if (k >= p.count) return;
      const float g = gradient(k);
      if (watched[k] != 255 && !isfinite(g)) words[t] = 1 << watched[k];
      if (update != 0) take_step(k, g);
    });
    for (int half = kThreads / 2; half > 0; half /= 2) {
      block.each([&](int t) {
        if (t < half) words[t] |= words[t + half];
      });
    }
    block.each([&](int t) {
      if (t > 0) return;
      m.flags[block.x()] = words[0];
      if (update != 0 && block.x() == 0) ++m.control->step;  // which no other block reads
    });
  }

  // Those of batch norm and fc2 are there already.
  SYNANN_DEVICE float gradient(int k) const {
    int i;
    if (inside(k, p.conv1, kMaps1 * kTaps, i)) return keep(k, sum_parts(kPart1 + i));
    if (inside(k, p.conv1_bias, kMaps1, i)) return keep(k, sum_parts(kPartBias1 + i));
    if (inside(k, p.conv2, kMaps2 * kMaps1 * kTaps, i)) return keep(k, sum_parts(kPart2 + i));
    if (inside(k, p.conv2_bias, kMaps2, i)) return keep(k, sum_parts(kPartBias2 + i));
    if (inside(k, p.fc1, kHidden * kPooled2, i)) return keep(k, sum_products(i / kPooled2, i % kPooled2));
    if (inside(k, p.fc1_bias, kHidden, i)) return keep(k, sum_column(i));
    if (p.synapse >= 0 && inside(k, p.synapse, kHidden * kHidden, i))
      return keep(k, sum_synapse(k, i / kHidden, i % kHidden));
    return m.gradients[k];
  }
  SYNANN_DEVICE static bool inside(int k, int first, int size, int& i) {
    i = k - first;
    return i >= 0 && i < size;
  }
  SYNANN_DEVICE float keep(int k, float g) const {
    m.gradients[k] = g;
    return g;
  }
  SYNANN_DEVICE float sum_parts(int i) const {
    float sum = 0;
    SYNANN_UNROLL_8
    for (int s = 0; s < batch; ++s) sum += m.parts[Index{s} * kPartSize + i];
    return sum;
  }
  SYNANN_DEVICE float sum_products(int o, int i) const {
    float sum = 0;
    SYNANN_UNROLL_8
    for (int s = 0; s < batch; ++s) sum += m.dhidden[s * kHidden + o] * m.pooled2[Index{s} * kPooled2 + i];
    return sum;
  }
  SYNANN_DEVICE float sum_column(int o) const {
    float sum = 0;
    SYNANN_UNROLL_8
    for (int s = 0; s < batch; ++s) sum += m.dhidden[s * kHidden + o];
    return sum;
  }
  SYNANN_DEVICE float sum_synapse(int k, int i, int j) const {
    const float beta = m.copies[update != 0 ? m.control->current : 0].values[k];
    float sum = 0;
    SYNANN_UNROLL_8
    for (int s = 0; s < batch; ++s) {
      const float x = m.soft[s * kHidden + j];
      sum -= x * without_factor(beta, x, m.rest[s * kHidden + i], m.alone[s * kHidden + i]);
    }
    return sum;
  }

  SYNANN_DEVICE void take_step(int k, float g) const {
    const FusedCopy &from = m.copies[m.control->current], &to = m.copies[1 - m.control->current];
    float value = from.values[k];
    if (k < p.trained) {
      float momentum = from.momenta[k], square = from.squares != nullptr ? from.squares[k] : 0.0f;
      if (frozen == nullptr || frozen[k] == 0)
        update_element(form, *m.control, g, &value, &momentum, &square);
      to.momenta[k] = momentum;
      if (to.squares != nullptr) to.squares[k] = square;
    } else if (moving[k - p.trained] != 0) {
      value = (1 - towards) * value + towards * g;
    }
    to.values[k] = value;
    int i;
    if (inside(k, p.fc1, kHidden * kPooled2, i))
      to.fc1_by_input[i % kPooled2 * kHidden + i / kPooled2] = value;
    if (p.synapse >= 0 && inside(k, p.synapse, kHidden * kHidden, i))
      to.synapse_by_input[i % kHidden * kHidden + i / kHidden] = value;
  }
};

// The layouts that are derived from the values of a copy.
struct FusedDerive {
  FusedPlaces p;
  FusedCopy copy;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(kHidden * kPooled2, kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    block.each([&](int t) {
      const int i = block.x() * kThreads + t;
      if (i >= kHidden * kPooled2) return;
      copy.fc1_by_input[i % kPooled2 * kHidden + i / kPooled2] = copy.values[p.fc1 + i];
      if (p.synapse >= 0 && i < kHidden * kHidden)
        copy.synapse_by_input[i % kHidden * kHidden + i / kHidden] = copy.values[p.synapse + i];
    });
  }
};

// At the end of a piece: what the last step leaves becomes copy 0, where the host looks.
struct FusedSettle {
  FusedPlaces p;
  FusedMemory m;

  static constexpr int kThreads = 256;
  Grid grid() const {
    Grid grid = elementwise(p.count, kThreads);
    grid.shared_bytes = 32 * 4;
    return grid;
  }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    int* words = block.template shared<int>(32);
    collect_flags(block, m, words);
    block.each([&](int t) {
      const int k = block.x() * kThreads + t;
      if (k >= p.count || whole_copy(*m.control, words) == 0) return;
      const FusedCopy &from = m.copies[1], &to = m.copies[0];
      to.values[k] = from.values[k];
      if (k >= p.trained) return;
      to.momenta[k] = from.momenta[k];
      if (to.squares != nullptr) to.squares[k] = from.squares[k];
    });
  }
};

// Behind it: the verdict on the last step. One block.
struct FusedConclude {
  FusedMemory m;

  static constexpr int kThreads = 32;
  Grid grid() const { return {1, 1, kThreads, 32 * 4}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    int* words = block.template shared<int>(32);
    collect_flags(block, m, words);
    block.each([&](int t) {
      if (t > 0) return;
      FusedHead::settle(*m.control, words);
      m.control->current = 0;
    });
  }
};

}  // namespace synann::compute::cuda
