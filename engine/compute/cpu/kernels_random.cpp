// SPDX-License-Identifier: GPL-3.0-or-later
// Dropout's draws.
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/philox_lanes.h"

namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {

unsigned long long draw(unsigned long long seed, unsigned purpose, unsigned step, unsigned epoch,
                        unsigned first, int count, unsigned threshold) {
  unsigned long long bits = 0;
  for (int k = 0; k < count; k += 4 * kBlocks) {
    const Words v = draw_blocks(seed, purpose, step, epoch, (first + static_cast<unsigned>(k)) / 4);
#pragma GCC unroll 4
    for (int word = 0; word < 4; ++word) {
#if SYNANN_LANES == 16
      const __m512i low =
          _mm512_and_si512(reinterpret_cast<__m512i>(v.at[word]), _mm512_set1_epi64(0xffffffff));
      const unsigned kept = _mm512_cmpge_epu64_mask(low, _mm512_set1_epi64(threshold));
      bits |= _pdep_u64(kept, 0x11111111ull << word) << k;
#else
      for (int l = 0; l < kBlocks; ++l) {
        const bool kept = static_cast<unsigned>(v.at[word][l]) >= threshold;
        bits |= static_cast<unsigned long long>(kept) << (k + 4 * l + word);
      }
#endif
    }
  }
  return count == 64 ? bits : bits & ((1ull << count) - 1);
}

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
