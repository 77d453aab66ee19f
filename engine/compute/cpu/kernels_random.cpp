// SPDX-License-Identifier: GPL-3.0-or-later
// Dropout's draws: Philox4x32-10 as engine/core/philox.h, many blocks side by side.
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

namespace synann::compute::fused::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kBlocks = kLanes / 2;
typedef unsigned long long Wide __attribute__((vector_size(kBlocks * 8)));

// Products of the lower halves; the upper halves may hold anything.
inline Wide multiply(Wide a, unsigned b) {
  const Wide factor = static_cast<unsigned long long>(b) - Wide{};
#if SYNANN_LANES == 16
  return reinterpret_cast<Wide>(
      _mm512_mul_epu32(reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(factor)));
#elif SYNANN_LANES == 8
  return reinterpret_cast<Wide>(
      _mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(factor)));
#elif defined(__x86_64__)
  return reinterpret_cast<Wide>(
      _mm_mul_epu32(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(factor)));
#else
  return (a & 0xffffffffull) * factor;
#endif
}

}  // namespace

unsigned long long draw(unsigned long long seed, unsigned purpose, unsigned step, unsigned epoch,
                        unsigned first, int count, unsigned threshold) {
  unsigned long long bits = 0;
  for (int k = 0; k < count; k += 4 * kBlocks) {
    Wide number{};
    for (int l = 0; l < kBlocks; ++l) number[l] = static_cast<unsigned>(l);
    Wide v[4] = {number + (first + static_cast<unsigned>(k)) / 4, purpose - Wide{}, step - Wide{},
                 epoch - Wide{}};
    auto key0 = static_cast<unsigned>(seed), key1 = static_cast<unsigned>(seed >> 32);
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round) {
      const Wide p0 = multiply(v[0], 0xD2511F53u), p1 = multiply(v[2], 0xCD9E8D57u);
      v[0] = (p1 >> 32) ^ v[1] ^ key0;
      v[1] = p1;
      v[2] = (p0 >> 32) ^ v[3] ^ key1;
      v[3] = p0;
      key0 += 0x9E3779B9u;
      key1 += 0xBB67AE85u;
    }
#pragma GCC unroll 4
    for (int word = 0; word < 4; ++word) {
#if SYNANN_LANES == 16
      const __m512i low = _mm512_and_si512(reinterpret_cast<__m512i>(v[word]), _mm512_set1_epi64(0xffffffff));
      const unsigned kept = _mm512_cmpge_epu64_mask(low, _mm512_set1_epi64(threshold));
      bits |= _pdep_u64(kept, 0x11111111ull << word) << k;
#else
      for (int l = 0; l < kBlocks; ++l) {
        const bool kept = static_cast<unsigned>(v[word][l]) >= threshold;
        bits |= static_cast<unsigned long long>(kept) << (k + 4 * l + word);
      }
#endif
    }
  }
  return count == 64 ? bits : bits & ((1ull << count) - 1);
}

}  // namespace synann::compute::fused::SYNANN_ISA_NAMESPACE
