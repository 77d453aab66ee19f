// SPDX-License-Identifier: GPL-3.0-or-later
// The matrix product of wide convolutions, whose left matrix is never made: its numbers are looked up where
// they lie.
#include "engine/compute/cpu/simd.h"
#include "engine/compute/eigen/kernels_parts.h"

namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kBlock = kOutputs / kLanes;  // vectors of a row of a block
constexpr int kTapsAtOnce = 256;  // whose weights, 16 KiB a block, stay in a cache next to the processor

// Rows at a time: as many sums as the registers hold beside the weights, and at least eight to hide how long
// an addition takes. Two blocks share each number that is spread over a vector.
constexpr int tallest(int blocks) {
  return kLanes == 16 ? (blocks == 2 ? 8 : 12) : kLanes == 8 ? 6 : 2;
}

// c of block b stands c_pitch numbers after that of block b − 1, w w_pitch numbers.
struct Gather {
  const float* x;
  const int *row_at, *tap_at;
  const float* w;
  long w_pitch;
  float* c;
  long c_pitch;
};

template <int kRows, int kBlocks>
inline void gather_rows(int taps, const Gather& g, bool add) {
  constexpr int kVectors = kBlocks * kBlock;
  const float* from[kRows];
  Vec sum[kRows][kVectors];
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r) {
    from[r] = g.x + g.row_at[r];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v)
      sum[r][v] = add ? load(g.c + v / kBlock * g.c_pitch + r * kOutputs + v % kBlock * kLanes) : Vec{};
  }
  const float *w = g.w, *w_next = w + g.w_pitch;
#pragma GCC unroll 1
  for (int t = 0; t < taps; ++t, w += kOutputs, w_next += kOutputs) {
    const long at = g.tap_at[t];
    Vec weight[kVectors];
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) weight[v] = load((v < kBlock ? w : w_next) + v % kBlock * kLanes);
#pragma GCC unroll 12
    for (int r = 0; r < kRows; ++r) {
      const Vec pixel = spread(from[r][at]);
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v) sum[r][v] += pixel * weight[v];
    }
  }
#pragma GCC unroll 12
  for (int r = 0; r < kRows; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v)
      store(g.c + v / kBlock * g.c_pitch + r * kOutputs + v % kBlock * kLanes, sum[r][v]);
}

// The rows that are left over, fewer than kRows + 1.
template <int kRows, int kBlocks>
inline void gather_last(int rows, int taps, const Gather& g, bool add) {
  if (rows == kRows) return gather_rows<kRows, kBlocks>(taps, g, add);
  if constexpr (kRows > 1) gather_last<kRows - 1, kBlocks>(rows, taps, g, add);
}

template <int kBlocks>
void gather_blocks(int rows, int taps, Gather g, bool add) {
  constexpr int kTallest = tallest(kBlocks);
  for (int t = 0; t == 0 || t < taps; t += kTapsAtOnce) {
    const int count = taps - t < kTapsAtOnce ? taps - t : kTapsAtOnce;
    Gather rest = g;
    int r = 0;
    for (; r + kTallest <= rows; r += kTallest) {
      gather_rows<kTallest, kBlocks>(count, rest, add || t > 0);
      rest.row_at += kTallest;
      rest.c += kTallest * kOutputs;
    }
    if (r < rows) gather_last<kTallest - 1, kBlocks>(rows - r, count, rest, add || t > 0);
    g.tap_at += kTapsAtOnce;
    g.w += kTapsAtOnce * kOutputs;
  }
}

}  // namespace

void gather_multiply(int rows, int taps, int blocks, const float* x, const int* row_at, const int* tap_at,
                     const float* w, long w_pitch, float* c, long c_pitch, bool add) {
  const Gather g{x, row_at, tap_at, w, w_pitch, c, c_pitch};
  if constexpr (kGatherBlocks == 2)
    if (blocks == 2) return gather_blocks<2>(rows, taps, g, add);
  gather_blocks<1>(rows, taps, g, add);
}

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
