// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/kernels_synapse.h"

// The two big sums of the synapse layer's backward pass, tiled like its forward pass.
namespace synann::compute::cuda {

// dx_sj = direct_sj − Σ_i β_ij w_si P_si∖j; a thread for each (sample, input).
struct SynapseBackwardInput {
  const float *x, *beta, *direct, *rest, *alone;
  float* dx;
  int batch, n;

  static constexpr int kThreads = kSynapseThreads;
  Grid grid() const {
    return {ceil_div(batch, kSynapseTile) * ceil_div(n, kSynapseTile), 1, kThreads,
            3 * kSynapseTile * kSynapseRow * 4 + 48};
  }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* rests = block.template shared<float>(kSynapseTile * kSynapseRow);
    float* alones = block.template shared<float>(kSynapseTile * kSynapseRow);
    float* betas = block.template shared<float>(kSynapseTile * kSynapseRow);
    auto sum = block.template local<float>();
    const int tiles = ceil_div(n, kSynapseTile), sample = block.x() / tiles * kSynapseTile,
              input = block.x() % tiles * kSynapseTile;
    block.each([&](int t) { sum[t] = 0; });
    for (int depth = 0; depth < n; depth += kSynapseDepth) {
      block.each([&](int t) {
        load_tile(t, rest, sample, batch, depth, n, rests);
        load_tile(t, alone, sample, batch, depth, n, alones);
        for (int e = t; e < kSynapseTile * kSynapseDepth; e += kThreads) {
          const int j = input + e % kSynapseTile, i = depth + e / kSynapseTile;
          betas[e % kSynapseTile * kSynapseRow + e / kSynapseTile] =
              i < n && j < n ? beta[Index{i} * n + j] : 0.0f;
        }
      });
      block.each([&](int t) {
        const int row = t / kSynapseTile, s = sample + row, j = input + t % kSynapseTile;
        if (s >= batch || j >= n) return;
        const float* bs = betas + t % kSynapseTile * kSynapseRow;
        const float v = x[Index{s} * n + j];
        for (int d = 0; d < kSynapseDepth; ++d)
          sum[t] +=
              bs[d] * without_factor(bs[d], v, rests[row * kSynapseRow + d], alones[row * kSynapseRow + d]);
      });
    }
    block.each([&](int t) {
      const int s = sample + t / kSynapseTile, j = input + t % kSynapseTile;
      if (s >= batch || j >= n) return;
      const Index k = Index{s} * n + j;
      dx[k] = (direct != nullptr ? direct[k] : 0.0f) - sum[t];
    });
  }
};

// dβ_ij = −Σ_s x_sj w_si P_si∖j over stretches of samples: parts[split, n, n]; a thread for each (i, j).
struct SynapseBackwardWeight {
  const float *x, *beta, *rest, *alone;
  float* parts;
  int batch, n, splits;

  static constexpr int kThreads = kSynapseThreads;
  Grid grid() const {
    return {ceil_div(n, kSynapseTile) * ceil_div(n, kSynapseTile), splits, kThreads,
            3 * kSynapseTile * kSynapseDepth * 4};
  }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* inputs = block.template shared<float>(kSynapseTile * kSynapseDepth);  // [depth, tile]
    float* rests = block.template shared<float>(kSynapseTile * kSynapseDepth);
    float* alones = block.template shared<float>(kSynapseTile * kSynapseDepth);
    auto sum = block.template local<float>();
    const int tiles = ceil_div(n, kSynapseTile), output = block.x() / tiles * kSynapseTile,
              input = block.x() % tiles * kSynapseTile;
    const int share = ceil_div(batch, splits), begin = block.y() * share, end = least(batch, begin + share);
    block.each([&](int t) { sum[t] = 0; });
    for (int depth = begin; depth < end; depth += kSynapseDepth) {
      block.each([&](int t) {
        for (int e = t; e < kSynapseTile * kSynapseDepth; e += kThreads) {
          const int s = depth + e / kSynapseTile, j = input + e % kSynapseTile, i = output + e % kSynapseTile;
          inputs[e] = s < end && j < n ? x[Index{s} * n + j] : 0.0f;
          rests[e] = s < end && i < n ? rest[Index{s} * n + i] : 0.0f;
          alones[e] = s < end && i < n ? alone[Index{s} * n + i] : 0.0f;
        }
      });
      block.each([&](int t) {
        const int row = t / kSynapseTile, column = t % kSynapseTile, i = output + row, j = input + column;
        if (i >= n || j >= n) return;
        const float b = beta[Index{i} * n + j];
        for (int d = 0; d < kSynapseDepth; ++d) {
          const float v = inputs[d * kSynapseTile + column];
          sum[t] += v * without_factor(b, v, rests[d * kSynapseTile + row], alones[d * kSynapseTile + row]);
        }
      });
    }
    block.each([&](int t) {
      const int i = output + t / kSynapseTile, j = input + t % kSynapseTile;
      if (i < n && j < n) parts[(Index{block.y()} * n + i) * n + j] = -sum[t];
    });
  }
};

// headroom[j] = the smallest of 1 − β_ij x_sj over i and s, reached where β and x are extreme.
struct Headroom {
  const float *x, *beta;
  float* headroom;  // [n]
  int batch, n;

  static constexpr int kThreads = 64;
  Grid grid() const { return elementwise(n, kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    block.each([&](int t) {
      const int j = block.x() * kThreads + t;
      if (j >= n) return;
      float low_x = x[j], high_x = x[j], low_b = beta[j], high_b = beta[j];
      for (int s = 1; s < batch; ++s) {
        low_x = least(low_x, x[Index{s} * n + j]);
        high_x = greatest(high_x, x[Index{s} * n + j]);
      }
      for (int i = 1; i < n; ++i) {
        low_b = least(low_b, beta[Index{i} * n + j]);
        high_b = greatest(high_b, beta[Index{i} * n + j]);
      }
      const float a = greatest(low_b * low_x, low_b * high_x), b = greatest(high_b * low_x, high_b * high_x);
      headroom[j] = 1.0f - greatest(a, b);
    });
  }
};

}  // namespace synann::compute::cuda
