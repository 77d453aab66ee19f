// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/block.h"

// Matrix products and sums, with strides instead of transposes.
namespace synann::compute::cuda {

// A matrix as a pointer and the steps from row to row and from column to column.
struct View {
  const float* data;
  Index row, column;
  SYNANN_DEVICE float at(Index r, Index c) const { return data[r * row + c * column]; }
};

// out[m, n] = bias[n] + Σ_k a[m, k] b[k, n], dense rows. Blocks of 16 × 16 outputs; with `splits` > 1 the sum
// is cut into that many stretches of k, whose partial products follow each other in `out` (no bias then).
struct MatMul {
  View a, b;
  const float* bias;                // [n] or null
  float* out;                       // [splits, m, n]
  int m, n, k, splits, accumulate;  // accumulate: out is added to

  static constexpr int kTile = 16, kDepth = 32, kThreads = kTile * kTile;
  Grid grid() const {
    return {ceil_div(m, kTile) * ceil_div(n, kTile), splits, kThreads, 2 * kTile * (kDepth + 1) * 4 + 16};
  }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* left = block.template shared<float>(kTile * (kDepth + 1));
    float* right = block.template shared<float>(kTile * (kDepth + 1));
    auto sum = block.template local<double>();  // of stretches that are summed in float
    const int tiles = ceil_div(n, kTile), row = block.x() / tiles * kTile, column = block.x() % tiles * kTile;
    const int share = ceil_div(k, splits), begin = block.y() * share, end = least(k, begin + share);
    block.each([&](int t) {
      const int c = column + t % kTile;
      sum[t] = bias != nullptr && c < n ? static_cast<double>(bias[c]) : 0.0;
    });
    for (int depth = begin; depth < end; depth += kDepth) {
      block.each([&](int t) { load(t, row, column, depth, end, left, right); });
      block.each([&](int t) {
        const float* p = left + t / kTile * (kDepth + 1);
        const float* q = right + t % kTile * (kDepth + 1);
        float stretch = 0;
        SYNANN_UNROLL
        for (int d = 0; d < kDepth; ++d) stretch += p[d] * q[d];
        sum[t] += static_cast<double>(stretch);
      });
    }
    block.each([&](int t) {
      const int r = row + t / kTile, c = column + t % kTile;
      if (r >= m || c >= n) return;
      float* place = out + (Index{block.y()} * m + r) * n + c;
      const auto total = static_cast<float>(sum[t]);
      *place = accumulate != 0 ? *place + total : total;
    });
  }

  // Neighbouring threads read neighbouring numbers, whichever way the matrix lies.
  SYNANN_DEVICE void load(int t, int row, int column, int depth, int end, float* left, float* right) const {
    for (int e = t; e < kTile * kDepth; e += kThreads) {
      const int r = a.column == 1 ? e / kDepth : e % kTile, d = a.column == 1 ? e % kDepth : e / kTile;
      const bool inside = row + r < m && depth + d < end;
      left[r * (kDepth + 1) + d] = inside ? a.at(row + r, depth + d) : 0.0f;
      const int c = b.row == 1 ? e / kDepth : e % kTile, f = b.row == 1 ? e % kDepth : e / kTile;
      const bool within = column + c < n && depth + f < end;
      right[c * (kDepth + 1) + f] = within ? b.at(depth + f, column + c) : 0.0f;
    }
  }
};

// out[i] = Σ_c parts[c, i], in the order of c; parts lie `stride` apart.
struct SumParts {
  const float* parts;
  Index stride, count;
  int number;
  float* out;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(count); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, count, [&](Index i) {
      float sum = 0;
      for (int c = 0; c < number; ++c) sum += parts[c * stride + i];
      out[i] = sum;
    });
  }
};

// out[i] = factor[i] Σ_s x[s, i]: 32 columns a block, eight stretches of rows side by side.
struct ColumnSum {
  const float* x;
  const float* factor;  // [n] or null
  int rows, n;
  float* out;

  static constexpr int kColumns = 32, kLanes = 8, kThreads = kColumns * kLanes;
  Grid grid() const { return {ceil_div(n, kColumns), 1, kThreads, kThreads * 4}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* parts = block.template shared<float>(kThreads);
    block.each([&](int t) {
      const int i = block.x() * kColumns + t % kColumns;
      float sum = 0;
      for (int s = t / kColumns; i < n && s < rows; s += kLanes) sum += x[Index{s} * n + i];
      parts[t] = sum;
    });
    block.each([&](int t) {
      const int i = block.x() * kColumns + t;
      if (t >= kColumns || i >= n) return;
      float sum = 0;
      for (int lane = 0; lane < kLanes; ++lane) sum += parts[lane * kColumns + t];
      out[i] = factor != nullptr ? sum * factor[i] : sum;
    });
  }
};

}  // namespace synann::compute::cuda
