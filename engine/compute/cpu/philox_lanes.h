// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cpu/simd.h"

// Philox4x32-10 as engine/core/philox.h, kBlocks blocks side by side.
namespace {

inline constexpr int kBlocks = kLanes / 2;
typedef unsigned long long Wide __attribute__((vector_size(kBlocks * 8)));

// Products of the lower halves; the upper halves may hold anything.
inline Wide multiply_low(Wide a, unsigned b) {
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

struct Words {
  Wide at[4];  // the lower half of each lane counts
};

// The words of blocks `first` … first + kBlocks − 1 of a stream.
inline Words draw_blocks(unsigned long long seed, unsigned purpose, unsigned step, unsigned epoch,
                         unsigned first) {
  Wide number{};
  for (int l = 0; l < kBlocks; ++l) number[l] = static_cast<unsigned>(l);
  Words v{{number + first, purpose - Wide{}, step - Wide{}, epoch - Wide{}}};
  auto key0 = static_cast<unsigned>(seed), key1 = static_cast<unsigned>(seed >> 32);
#pragma GCC unroll 10
  for (int round = 0; round < 10; ++round) {
    const Wide p0 = multiply_low(v.at[0], 0xD2511F53u), p1 = multiply_low(v.at[2], 0xCD9E8D57u);
    v.at[0] = (p1 >> 32) ^ v.at[1] ^ key0;
    v.at[1] = p1;
    v.at[2] = (p0 >> 32) ^ v.at[3] ^ key1;
    v.at[3] = p0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return v;
}

}  // namespace
