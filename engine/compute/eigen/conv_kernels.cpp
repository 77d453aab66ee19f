// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix product of wide convolutions, whose left matrix is never made: its numbers are looked up where
// they lie.
#include "engine/compute/cpu/simd.h"
#include "engine/compute/eigen/kernels_parts.h"

namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kBlock = kOutputs / kLanes;  // vectors of a row of the result
// Rows at a time: as many sums as the registers hold beside the weights, and at least eight to hide how long
// an addition takes.
constexpr int kTallest = kLanes == 16 ? 12 : kLanes == 8 ? 6 : 2;
constexpr int kTapsAtOnce = 256;  // whose weights, 16 KiB, stay in the cache next to the processor

template <int kRows>
inline void gather_rows(int taps, const float* x, const int* row_at, const int* tap_at, const float* w,
                        float* c, bool add) {
  const float* from[kRows];
  Vec sum[kRows][kBlock];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
    from[r] = x + row_at[r];
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v) sum[r][v] = add ? load(c + r * kOutputs + v * kLanes) : Vec{};
  }
#pragma GCC unroll 1
  for (int t = 0; t < taps; ++t) {
    const long at = tap_at[t];
    Vec weight[kBlock];
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v) weight[v] = load(w + static_cast<long>(t) * kOutputs + v * kLanes);
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
      const Vec pixel = spread(from[r][at]);
#pragma GCC unroll 4
      for (int v = 0; v < kBlock; ++v) sum[r][v] += pixel * weight[v];
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kBlock; ++v) store(c + r * kOutputs + v * kLanes, sum[r][v]);
}

// The rows that are left over, fewer than kRows + 1.
template <int kRows>
inline void gather_last(int rows, int taps, const float* x, const int* row_at, const int* tap_at,
                        const float* w, float* c, bool add) {
  if (rows == kRows) return gather_rows<kRows>(taps, x, row_at, tap_at, w, c, add);
  if constexpr (kRows > 1) gather_last<kRows - 1>(rows, taps, x, row_at, tap_at, w, c, add);
}

}  // namespace

void gather_multiply(int rows, int taps, const float* x, const int* row_at, const int* tap_at, const float* w,
                     float* c, bool add) {
  int t = 0;
  do {
    const int count = taps - t < kTapsAtOnce ? taps - t : kTapsAtOnce;
    const float* weights = w + static_cast<long>(t) * kOutputs;
    int r = 0;
    for (; r + kTallest <= rows; r += kTallest)
      gather_rows<kTallest>(count, x, row_at + r, tap_at + t, weights, c + static_cast<long>(r) * kOutputs,
                            add || t > 0);
    if (r < rows)
      gather_last<kTallest - 1>(rows - r, count, x, row_at + r, tap_at + t, weights,
                                c + static_cast<long>(r) * kOutputs, add || t > 0);
    t += kTapsAtOnce;
  } while (t < taps);
}

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
