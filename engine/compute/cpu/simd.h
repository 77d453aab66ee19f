// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Vectors of SYNANN_LANES floats by the compiler's vector extension, so that one source serves every
// instruction set. Everything here has internal linkage: each object keeps its own copy.
namespace {

constexpr int kLanes = SYNANN_LANES;
constexpr int kPerLine = 16 / kLanes;  // vectors per 64 bytes

typedef float Vec __attribute__((vector_size(kLanes * sizeof(float))));
typedef int VecInt __attribute__((vector_size(kLanes * sizeof(int))));
typedef short VecShort __attribute__((vector_size(kLanes * sizeof(short))));
typedef unsigned char VecByte __attribute__((vector_size(kLanes)));
typedef float Four __attribute__((vector_size(16)));
typedef float Eight __attribute__((vector_size(32)));

typedef float VecAny __attribute__((vector_size(kLanes * sizeof(float)), aligned(4), may_alias));
typedef int VecIntAny __attribute__((vector_size(kLanes * sizeof(int)), aligned(4), may_alias));
typedef short VecShortAny __attribute__((vector_size(kLanes * sizeof(short)), aligned(2), may_alias));
typedef unsigned char VecByteAny __attribute__((vector_size(kLanes), aligned(1), may_alias));
typedef float FourAny __attribute__((vector_size(16), aligned(4), may_alias));
typedef float EightAny __attribute__((vector_size(32), aligned(4), may_alias));

inline Vec load(const float* p) {
  return *reinterpret_cast<const VecAny*>(p);
}
inline void store(float* p, Vec v) {
  *reinterpret_cast<VecAny*>(p) = v;
}
// Only the first `count` lanes; count may be 0 or less, or more than there are.
inline void store_first(float* p, Vec v, int count) {
  if (count >= kLanes) return store(p, v);
#if SYNANN_LANES == 16
  if (count > 0) _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << count) - 1), v);
#else
  for (int l = 0; l < count; ++l) p[l] = v[l];
#endif
}
inline Four load_four(const float* p) {
  return *reinterpret_cast<const FourAny*>(p);
}
inline void store_four(float* p, Four v) {
  *reinterpret_cast<FourAny*>(p) = v;
}
inline Eight load_eight(const float* p) {
  return *reinterpret_cast<const EightAny*>(p);
}
inline void store_eight(float* p, Eight v) {
  *reinterpret_cast<EightAny*>(p) = v;
}
inline VecInt load_int(const int* p) {
  return *reinterpret_cast<const VecIntAny*>(p);
}
inline void store_int(int* p, VecInt v) {
  *reinterpret_cast<VecIntAny*>(p) = v;
}
// The compiler takes conversions between distant widths apart, hence the intrinsics.
inline VecInt load_short(const short* p) {
#if SYNANN_LANES == 16
  return reinterpret_cast<VecInt>(
      _mm512_cvtepi16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))));
#elif SYNANN_LANES == 8
  return reinterpret_cast<VecInt>(
      _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
#else
  return __builtin_convertvector(*reinterpret_cast<const VecShortAny*>(p), VecInt);
#endif
}
inline void store_short(short* p, VecInt v) {
#if SYNANN_LANES == 16
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_cvtepi32_epi16(reinterpret_cast<__m512i>(v)));
#else
  *reinterpret_cast<VecShortAny*>(p) = __builtin_convertvector(v, VecShort);
#endif
}
inline Vec load_bytes(const unsigned char* p) {
#if SYNANN_LANES == 16
  const __m512i wide = _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  return __builtin_convertvector(reinterpret_cast<VecInt>(wide), Vec);
#elif SYNANN_LANES == 8
  const __m256i wide = _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
  return __builtin_convertvector(reinterpret_cast<VecInt>(wide), Vec);
#else
  return __builtin_convertvector(*reinterpret_cast<const VecByteAny*>(p), Vec);
#endif
}
inline Vec spread(float x) {
  return x - Vec{};
}
inline VecInt spread_int(int x) {
  return x - VecInt{};
}
// Hides where a pointer comes from, so that addresses stay pointer plus constant.
template <class T>
inline T* opaque(T* p) {
  __asm__("" : "+r"(p));
  return p;
}
// x where it is not negative; a NaN stays, so that a broken number stays visible.
inline Vec positive_part(Vec x) {
  return x < 0.0f ? Vec{} : x;
}

inline Vec square_root(Vec x) {
#if defined(__x86_64__) && SYNANN_LANES == 16
  return _mm512_sqrt_ps(x);
#elif defined(__x86_64__) && SYNANN_LANES == 8
  return _mm256_sqrt_ps(x);
#elif defined(__x86_64__)
  return _mm_sqrt_ps(x);
#else
  for (int l = 0; l < kLanes; ++l) x[l] = __builtin_sqrtf(x[l]);
  return x;
#endif
}

// e^x for x ≤ 88, within two units in the last place; below −87 it stays at e^−87. NaN stays NaN.
inline Vec exponential(Vec x) {
  x = x < -87.0f ? spread(-87.0f) : x;
  const Vec kRound = spread(12582912.0f);  // 1.5 · 2²³: adding it rounds to an integer
  const Vec shifted = x * 1.44269504f + kRound;
  const Vec power = shifted - kRound;
  const Vec r = (x - power * 0.693359375f) - power * -2.12194440e-4f;
  Vec p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + (r + 1.0f);
  const VecInt exponent = (reinterpret_cast<VecInt>(shifted) - reinterpret_cast<VecInt>(kRound)) << 23;
  return reinterpret_cast<Vec>(reinterpret_cast<VecInt>(p) + exponent);
}

inline float sum_lanes(Vec v) {
  float lanes[kLanes], total = 0;
  __builtin_memcpy(lanes, &v, sizeof lanes);
  for (int step = kLanes / 2; step > 0; step /= 2)
    for (int l = 0; l < step; ++l) lanes[l] += lanes[l + step];
  total += lanes[0];
  return total;
}

// Bit l: lane l of a comparison's result is set.
#if SYNANN_LANES == 16
// GCC 12 may spill a mask as sixteen bits and read thirty-two back, with rubbish above; seen in its popcount
// under ThreadSanitizer. A number that has been in a general register is spilled whole.
inline unsigned bits_of(__mmask16 mask) {
  unsigned bits = _cvtmask16_u32(mask);
  __asm__("" : "+r"(bits));
  return bits;
}
#else
inline unsigned bits_of(VecInt result) {
#if SYNANN_LANES == 8
  return static_cast<unsigned>(_mm256_movemask_ps(reinterpret_cast<__m256>(result)));
#elif defined(__x86_64__)
  return static_cast<unsigned>(_mm_movemask_ps(reinterpret_cast<__m128>(result)));
#else
  unsigned bits = 0;
  for (int l = 0; l < kLanes; ++l) bits |= static_cast<unsigned>(result[l] != 0) << l;
  return bits;
#endif
}
#endif

// Bit l of the result: lane l of x differs from y (as NaN does).
inline unsigned differing(Vec x, Vec y) {
#if SYNANN_LANES == 16
  return bits_of(_mm512_cmp_ps_mask(x, y, _CMP_NEQ_UQ));
#else
  return bits_of(x != y);
#endif
}
// Bit l of the result: lane l of x is at most that of y (never with NaN).
inline unsigned at_most(Vec x, Vec y) {
#if SYNANN_LANES == 16
  return bits_of(_mm512_cmp_ps_mask(x, y, _CMP_LE_OQ));
#else
  return bits_of(x <= y);
#endif
}
// Bit l of the result: lane l of x is larger than that of y (never with NaN).
inline unsigned more_than(Vec x, Vec y) {
#if SYNANN_LANES == 16
  return bits_of(_mm512_cmp_ps_mask(x, y, _CMP_GT_OQ));
#else
  return bits_of(x > y);
#endif
}

inline Vec larger(Vec a, Vec b) {
  return a > b ? a : b;
}
inline Vec smaller(Vec a, Vec b) {
  return a < b ? a : b;
}
inline float largest_lane(Vec v) {
  float lanes[kLanes];
  __builtin_memcpy(lanes, &v, sizeof lanes);
  for (int step = kLanes / 2; step > 0; step /= 2)
    for (int l = 0; l < step; ++l) lanes[l] = lanes[l] > lanes[l + step] ? lanes[l] : lanes[l + step];
  return lanes[0];
}

// Appends (index, value) of the lanes that are not zero to a list of `count`, and returns the new count. The
// list needs room for kLanes more.
inline int append(Vec value, VecInt index, int* indices, float* values, int count) {
  const unsigned lanes = differing(value, Vec{});
#if SYNANN_LANES == 16
  const auto mask = static_cast<__mmask16>(lanes);
  _mm512_storeu_si512(indices + count, _mm512_maskz_compress_epi32(mask, reinterpret_cast<__m512i>(index)));
  _mm512_storeu_ps(values + count, _mm512_maskz_compress_ps(mask, value));
  return count + __builtin_popcount(lanes);
#else
  for (int l = 0; l < kLanes; ++l) {
    indices[count] = index[l];
    values[count] = value[l];
    count += static_cast<int>((lanes >> l) & 1u);
  }
  return count;
#endif
}

template <int... kLane>
struct LaneList {};
#if SYNANN_LANES == 16
typedef LaneList<0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15> AllLanes;
#elif SYNANN_LANES == 8
typedef LaneList<0, 1, 2, 3, 4, 5, 6, 7> AllLanes;
#else
typedef LaneList<0, 1, 2, 3> AllLanes;
#endif

template <int... kLane>
inline VecInt numbers(LaneList<kLane...>) {
  return VecInt{kLane...};
}
inline VecInt lane_numbers() {
  return numbers(AllLanes());
}

// x + n in the lanes whose bits are set, x in the others.
inline VecInt add_where(unsigned bits, VecInt x, int n) {
#if SYNANN_LANES == 16
  const __m512i lanes = reinterpret_cast<__m512i>(x);
  return reinterpret_cast<VecInt>(
      _mm512_mask_add_epi32(lanes, static_cast<__mmask16>(bits), lanes, _mm512_set1_epi32(n)));
#else
  return x + (-((spread_int(static_cast<int>(bits)) >> lane_numbers()) & 1) & n);
#endif
}

// One step of a transposition by butterflies: exchanges the off-diagonal blocks of `kStep` lanes of two rows.
template <int kStep, int... kLane>
inline void exchange(Vec& a, Vec& b, LaneList<kLane...>) {
  const Vec first = __builtin_shufflevector(a, b, ((kLane & kStep) ? kLane - kStep + kLanes : kLane)...);
  const Vec second = __builtin_shufflevector(a, b, ((kLane & kStep) ? kLane + kLanes : kLane + kStep)...);
  a = first;
  b = second;
}

template <int kStep>
inline void exchange_rows(Vec* rows) {
  if constexpr (kStep > 0) {
#pragma GCC unroll 16
    for (int r = 0; r < kLanes; ++r)
      if ((r & kStep) == 0) exchange<kStep>(rows[r], rows[r + kStep], AllLanes());
    exchange_rows<kStep / 2>(rows);
  }
}

// rows[r][l] becomes rows[l][r]
inline void transpose_rows(Vec* rows) {
  exchange_rows<kLanes / 2>(rows);
}

// Halves the rows until lane l holds the sum of row l's lanes.
template <int kStep>
inline void add_rows(Vec* rows) {
  if constexpr (kStep > 0) {
#pragma GCC unroll 16
    for (int r = 0; r < kStep; ++r) {
      exchange<kStep>(rows[r], rows[r + kStep], AllLanes());
      rows[r] += rows[r + kStep];
    }
    add_rows<kStep / 2>(rows);
  }
}

}  // namespace
