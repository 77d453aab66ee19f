// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cpu/simd.h"

// Moves between vectors where the lanes are not known before the run.
namespace {

// The lanes of a vector whose bits are set, to be moved to the front of a vector and back.
class Lanes {
 public:
#if SYNANN_LANES == 16
  explicit Lanes(unsigned bits) : bits_(bits & 0xffffu) {}
  // The lanes one after the other; what follows them is zero.
  Vec front(Vec v) const {
    return _mm512_maskz_compress_ps(static_cast<__mmask16>(bits_), v);
  }
  // `others`, with the first lanes of `packed` where the bits are set.
  Vec back(Vec packed, Vec others) const {
    return _mm512_mask_expand_ps(others, static_cast<__mmask16>(bits_), packed);
  }
#elif SYNANN_LANES == 8
  explicit Lanes(unsigned bits) : bits_(bits & 0xffu) {
    const unsigned long long bytes = _pdep_u64(bits_, 0x0101010101010101ull) * 0xff,
                             all = 0x0706050403020100ull;
    front_ = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(_pext_u64(all, bytes))));
    back_ = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(_pdep_u64(all, bytes))));
    mask_ = _mm256_cvtepi8_epi32(_mm_cvtsi64_si128(static_cast<long long>(bytes)));
  }
  Vec front(Vec v) const {
    return _mm256_permutevar8x32_ps(v, front_);
  }
  Vec back(Vec packed, Vec others) const {
    return _mm256_blendv_ps(others, _mm256_permutevar8x32_ps(packed, back_), _mm256_castsi256_ps(mask_));
  }
#else
  explicit Lanes(unsigned bits) : bits_(bits & 0xfu) {}
  Vec front(Vec v) const {
    Vec packed{};
    int count = 0;
    for (int l = 0; l < kLanes; ++l) {
      packed[count & 3] = v[l];
      count += static_cast<int>((bits_ >> l) & 1u);
    }
    return packed;
  }
  Vec back(Vec packed, Vec others) const {
    int count = 0;
    for (int l = 0; l < kLanes; ++l) {
      if ((bits_ >> l) & 1u) others[l] = packed[count++];
    }
    return others;
  }
#endif
  VecInt front(VecInt v) const {
    return reinterpret_cast<VecInt>(front(reinterpret_cast<Vec>(v)));
  }
  int count() const {
    return __builtin_popcount(bits_);
  }
  Lanes others() const {
    return Lanes(~bits_);
  }

 private:
  unsigned bits_;
#if SYNANN_LANES == 8
  __m256i front_, back_, mask_;
#endif
};

// Collects a vector of floats that lie anywhere in the kVectors vectors behind a pointer.
template <int kVectors>
class Picks {
 public:
  // Lane l takes number place[l] ≥ 0; the lanes from `count` on are those of `others`.
  Picks(VecInt place, int count, Vec others) : place_(place), others_(others) {
    const VecInt vector = lane_numbers() < count ? place / kLanes : spread_int(kVectors);
#pragma GCC unroll 12
    for (int v = 0; v < kVectors; ++v) lanes_[v] = mask(vector == v);
#if SYNANN_LANES == 16
    if constexpr (kVectors > 1) {
      first_two_ = mask(vector < 2);
      place_or_other_ = vector < 2 ? place : reinterpret_cast<VecInt>(others);
    }
#endif
  }
  Vec of(const float* from) const {
    Vec picked = others_;
    int v = 0;
#if SYNANN_LANES == 16
    if constexpr (kVectors > 1) {  // one instruction picks from two vectors
      picked = _mm512_mask2_permutex2var_ps(load(from), reinterpret_cast<__m512i>(place_or_other_),
                                            first_two_, load(from + kLanes));
      v = 2;
    }
#endif
#pragma GCC unroll 12
    for (; v < kVectors; ++v) {
      const Vec x = load(from + v * kLanes);
#if SYNANN_LANES == 16
      picked = _mm512_mask_permutexvar_ps(picked, lanes_[v], reinterpret_cast<__m512i>(place_), x);
#elif SYNANN_LANES == 8
      picked =
          _mm256_blendv_ps(picked, _mm256_permutevar8x32_ps(x, reinterpret_cast<__m256i>(place_)), lanes_[v]);
#else
      for (int l = 0; l < kLanes; ++l) picked[l] = lanes_[v][l] ? x[place_[l] % kLanes] : picked[l];
#endif
    }
    return picked;
  }

 private:
#if SYNANN_LANES == 16
  typedef __mmask16 Mask;
  static Mask mask(VecInt v) {
    return _mm512_movepi32_mask(reinterpret_cast<__m512i>(v));
  }
  Mask first_two_;
  VecInt place_or_other_;
#elif SYNANN_LANES == 8
  typedef __m256 Mask;
  static Mask mask(VecInt v) {
    return reinterpret_cast<Mask>(v);
  }
#else
  typedef VecInt Mask;
  static Mask mask(VecInt v) {
    return v;
  }
#endif
  VecInt place_;
  Vec others_;
  Mask lanes_[static_cast<unsigned>(kVectors)];
};

}  // namespace
