// SPDX-License-Identifier: GPL-3.0-or-later
// Moves images and makes the elastic field. No product contracts with a sum here (CMakeLists.txt).
#include "engine/compute/cpu/augment_kernels.h"
#include "engine/compute/cpu/philox_lanes.h"

namespace synann::compute::augment::SYNANN_ISA_NAMESPACE {
namespace {

typedef unsigned char Bytes __attribute__((vector_size(16)));
typedef unsigned char BytesAny __attribute__((vector_size(16), aligned(1), may_alias));
typedef unsigned short Pairs __attribute__((vector_size(16)));
typedef unsigned short PairsAny __attribute__((vector_size(16), aligned(1), may_alias));

template <class Vector>
inline Vector first_halves(Vector a, Vector b) {
  if constexpr (sizeof a[0] == 1) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  } else {
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  }
}
template <class Vector>
inline Vector last_halves(Vector a, Vector b) {
  if constexpr (sizeof a[0] == 1) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  } else {
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  }
}

// The four pixels around each corner in one word, so that one access finds them: cell (i, j) holds pixels
// (i − 1, j − 1), (i − 1, j), (i, j − 1), (i, j) from the lowest byte on, black beyond the edges.
inline void fill_cells(const Warp& w) {
  const int stride = w.columns + 2, line = w.columns + 3;
  __builtin_memset(w.padded, 0, static_cast<unsigned long>((w.rows + 3) * line + kSlack));
  for (int r = 0; r < w.rows; ++r)
    __builtin_memcpy(w.padded + (r + 1) * line + 1, w.from + r * w.columns,
                     static_cast<unsigned long>(w.columns));
  for (int i = 0; i < w.rows + 2; ++i) {
    const unsigned char* const above = w.padded + i * line;
    const unsigned char* const below = above + line;
    unsigned char* const cell = reinterpret_cast<unsigned char*>(w.cells + i * stride);
    for (int j = 0; j < stride; j += 16) {  // beyond the line: the next one replaces it
      const auto bytes = [j](const unsigned char* from) {
        return *reinterpret_cast<const BytesAny*>(from + j);
      };
      const auto put = [cell, j](int quarter, Pairs cells) {
        *reinterpret_cast<PairsAny*>(cell + 4 * j + 16 * quarter) = cells;
      };
      const Bytes a = bytes(above), b = bytes(above + 1), c = bytes(below), d = bytes(below + 1);
      const auto a_first = reinterpret_cast<Pairs>(first_halves(a, b)),
                 a_last = reinterpret_cast<Pairs>(last_halves(a, b)),
                 c_first = reinterpret_cast<Pairs>(first_halves(c, d)),
                 c_last = reinterpret_cast<Pairs>(last_halves(c, d));
      put(0, first_halves(a_first, c_first));
      put(1, last_halves(a_first, c_first));
      put(2, first_halves(a_last, c_last));
      put(3, last_halves(a_last, c_last));
    }
  }
}

inline VecInt find(const unsigned* cells, VecInt index) {
#if SYNANN_LANES == 16
  return reinterpret_cast<VecInt>(_mm512_i32gather_epi32(reinterpret_cast<__m512i>(index), cells, 4));
#elif SYNANN_LANES == 8
  return reinterpret_cast<VecInt>(
      _mm256_i32gather_epi32(reinterpret_cast<const int*>(cells), reinterpret_cast<__m256i>(index), 4));
#else
  VecInt found;
  for (int l = 0; l < kLanes; ++l) found[l] = static_cast<int>(cells[index[l]]);
  return found;
#endif
}

inline void store_bytes(unsigned char* to, VecInt v) {
#if SYNANN_LANES == 16
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(v)));
#elif defined(__x86_64__)
  // All are in 0 … 255, so nothing saturates.
  __m128i words;
#if SYNANN_LANES == 8
  const __m256i all = reinterpret_cast<__m256i>(v);
  words = _mm_packs_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words, words));
#else
  words = _mm_packs_epi32(reinterpret_cast<__m128i>(v), reinterpret_cast<__m128i>(v));
  const int bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words));
  __builtin_memcpy(to, &bytes, sizeof bytes);
#endif
#else
  for (int l = 0; l < kLanes; ++l) to[l] = static_cast<unsigned char>(v[l]);
#endif
}

// Interpolated values of one vector of pixels, as bytes in 32 bits. (y, x) is where they come from.
inline VecInt interpolate(const Warp& w, Vec y, Vec x) {
  // A pixel beyond the edge is black, however far.
  y = smaller(larger(y, spread(-1.0f)), spread(static_cast<float>(w.rows))) + 1.0f;
  x = smaller(larger(x, spread(-1.0f)), spread(static_cast<float>(w.columns))) + 1.0f;
  const Vec top = __builtin_convertvector(__builtin_convertvector(y, VecInt), Vec);
  const Vec left = __builtin_convertvector(__builtin_convertvector(x, VecInt), Vec);
  const Vec down = y - top, right = x - left;
  const Vec place = top * static_cast<float>(w.columns + 2) + left;  // exact: whole and below 2²⁴
  const VecInt cell = find(w.cells, __builtin_convertvector(place, VecInt));
  const auto corner = [cell](int shift) { return __builtin_convertvector((cell >> shift) & 255, Vec); };
  const Vec a = corner(0), c = corner(16);
  const Vec above = a + right * (corner(8) - a), below = c + right * (corner(24) - c);
  return __builtin_convertvector(above + down * (below - above) + 0.5f, VecInt);
}

void warp(const Warp& w) {
  fill_cells(w);
  const Vec lanes = __builtin_convertvector(lane_numbers(), Vec);
  const auto row_by_column = static_cast<float>(w.row[2]), column_by_column = static_cast<float>(w.column[2]);
  for (int r = 0; r < w.rows; ++r) {
    const auto row = static_cast<float>(w.row[0] + w.row[1] * r),
               column = static_cast<float>(w.column[0] + w.column[1] * r);
    const auto make = [&](int first) {
      const Vec c = lanes + static_cast<float>(first);
      Vec y = c * row_by_column + row, x = c * column_by_column + column;
      if (w.row_field != nullptr) {
        y += load(w.row_field + r * w.pitch + first);
        x += load(w.column_field + r * w.pitch + first);
      }
      return interpolate(w, y, x);
    };
    unsigned char* const to = w.to + r * w.columns;
    int first = 0;
    for (; first + kLanes <= w.columns; first += kLanes) store_bytes(to + first, make(first));
    if (first == w.columns) continue;
    if (w.columns >= kLanes) {  // the last vector overlaps the one before: what is in both is the same
      store_bytes(to + w.columns - kLanes, make(w.columns - kLanes));
    } else {
      unsigned char bytes[kLanes];
      store_bytes(bytes, make(0));
      __builtin_memcpy(to, bytes, static_cast<unsigned long>(w.columns));
    }
  }
}

void noise(unsigned long long seed, unsigned purpose, unsigned step, unsigned epoch, int blocks, float* to) {
  for (int first = 0; first < blocks; first += kBlocks) {
    const Words v = draw_blocks(seed, purpose, step, epoch, static_cast<unsigned>(first));
#pragma GCC unroll 4
    for (int word = 0; word < 4; ++word) {
      typedef int Half __attribute__((vector_size(kBlocks * sizeof(int))));
      typedef float HalfVec __attribute__((vector_size(kBlocks * sizeof(float))));
      const Half bits = __builtin_convertvector((v.at[word] & 0xffffffffull) >> 8, Half);
      const HalfVec value = __builtin_convertvector(bits, HalfVec) * 0x1.0p-23f - 1.0f;
      __builtin_memcpy(to + word * blocks + first, &value, sizeof value);
    }
  }
}

// Some rows and vectors of columns at a time, which stay in registers.
constexpr int kSums = kLanes == 16 ? 2 : 4;  // vectors
template <unsigned long kCount>
inline void multiply_rows(const float* a, int a_pitch, const float* b, int inner, int columns, float* to) {
  constexpr int kRows = static_cast<int>(kCount);
  for (int c = 0; c < columns; c += kSums * kLanes) {
    Vec sum[kCount][kSums];
    for (auto& row : sum)
      for (Vec& s : row) s = Vec{};
    for (int k = 0; k < inner; ++k) {
      const float* const line = b + k * columns + c;
#pragma GCC unroll 4
      for (int v = 0; v < kSums; ++v) {
        const Vec x = load(line + v * kLanes);
#pragma GCC unroll 4
        for (int r = 0; r < kRows; ++r) sum[r][v] += a[r * a_pitch + k] * x;
      }
    }
    for (int r = 0; r < kRows; ++r)
      for (int v = 0; v < kSums; ++v) store(to + r * columns + c + v * kLanes, sum[r][v]);
  }
}

void multiply(const float* a, int a_pitch, const float* b, int rows, int inner, int columns, float* to) {
  constexpr unsigned long kTogether = kLanes == 16 ? 4 : 2;
  constexpr int kStep = static_cast<int>(kTogether);
  int r = 0;
  for (; r + kStep <= rows; r += kStep)
    multiply_rows<kTogether>(a + r * a_pitch, a_pitch, b, inner, columns, to + r * columns);
  for (; r < rows; ++r) multiply_rows<1>(a + r * a_pitch, a_pitch, b, inner, columns, to + r * columns);
}

}  // namespace

extern const Kernels table;
const Kernels table = {.warp = warp, .noise = noise, .multiply = multiply};

}  // namespace synann::compute::augment::SYNANN_ISA_NAMESPACE
