// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {

float multiply_add(long rounds) {
  Vec sums[kPeakChains];
#pragma GCC unroll 16
  for (int k = 0; k < kPeakChains; ++k) sums[k] = spread(0.1f * static_cast<float>(k));
  const Vec factor = spread(0.999f), term = spread(0.001f);  // all sums tend to one
  for (long round = 0; round < rounds; ++round) {
#pragma GCC unroll 16
    for (int k = 0; k < kPeakChains; ++k) sums[k] = sums[k] * factor + term;
  }
  Vec total{};
#pragma GCC unroll 16
  for (int k = 0; k < kPeakChains; ++k) total += sums[k];
  return sum_lanes(total);
}

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
