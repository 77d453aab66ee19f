// SPDX-License-Identifier: GPL-3.0-or-later
// conv2 with its dropout, pool and ReLU. Lanes are pooled pixels: the four pixels that compete in a pool are
// four vectors, so pooling is a comparison between registers, and no lane is ever wasted.
#include "engine/compute/cpu/kernels_convolve.h"
#include "engine/compute/cpu/kernels_winograd.h"

namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {
namespace {

#if SYNANN_LANES == 16
constexpr int kTile = 5;  // maps per register tile; 32 registers
#else
constexpr int kTile = 2;  // 16 registers
#endif

// A map of conv1 as its even rows, then its odd rows, so that four rows that belong to one row of taps follow
// each other.
constexpr int kOddRows = 80, kMap = 2 * kOddRows;
constexpr int kFourRows = 4 * kSide1;
inline constexpr int map_row(int row) {
  return row % 2 * kOddRows + row / 2 * kSide1;
}

void spread_pixels(const float* pooled, const Ink& ink, float* map) {
  const Vec blank = spread(pooled[ink.count]);
#pragma GCC unroll 12
  for (int row = 0; row < kSide1; ++row)
#pragma GCC unroll 3
    for (int c = 0; c < kSide1; c += kLanes) {
      const Lanes lanes(static_cast<unsigned>(ink.rows[row]) >> c);
      store(map + map_row(row) + c, lanes.back(load(pooled), blank));
      pooled += lanes.count();
    }
}

// Every other column of kLanes / 4 rows of twelve, from column kFirst on: four columns a row.
#if SYNANN_LANES == 16
template <int kFirst, int... kLane>
inline Vec every_other(const float* rows, LaneList<kLane...>) {
  // Lane l takes number 12 (l / 4) + 2 (l % 4) + kFirst.
  const Vec two = __builtin_shufflevector(load(rows), load(rows + 16),
                                          ((12 * (kLane / 4) + 2 * (kLane % 4) + kFirst) % 32)...);
  return __builtin_shufflevector(two, load(rows + 32),
                                 (12 * (kLane / 4) + 2 * (kLane % 4) + kFirst < 32
                                      ? kLane
                                      : 12 * (kLane / 4) + 2 * (kLane % 4) + kFirst - 16)...);
}
#elif SYNANN_LANES == 8
inline Eight load_two(const float* p) {
  return __builtin_shufflevector(load_four(p), load_four(p + kSide1), 0, 1, 2, 3, 4, 5, 6, 7);
}
template <int kFirst>
inline Vec every_other(const float* rows, AllLanes) {
  constexpr int kOdd = kFirst % 2;
  rows += kFirst - kOdd;
  return __builtin_shufflevector(load_two(rows), load_two(rows + 4), kOdd, kOdd + 2, kOdd + 8, kOdd + 10,
                                 kOdd + 4, kOdd + 6, kOdd + 12, kOdd + 14);
}
#else
template <int kFirst>
inline Vec every_other(const float* rows, AllLanes) {
  constexpr int kOdd = kFirst % 2;
  rows += kFirst - kOdd;
  return __builtin_shufflevector(load_four(rows), load_four(rows + 4), kOdd, kOdd + 2, kOdd + 4, kOdd + 6);
}
#endif

// Bit l: float32 may have confused the largest sum of lane l, `top`, with the next largest or with zero.
inline unsigned close_calls(const Vec (&x)[4], Vec top, float rounding) {
  const Vec a = larger(x[0], x[1]), b = larger(x[2], x[3]);
  const Vec next = larger(smaller(a, b), larger(smaller(x[0], x[1]), smaller(x[2], x[3])));
  const Vec near = spread(rounding);
  return at_most(-near, top) & (at_most(top - next, near) | at_most(top, near));
}

// to[6, 6, map, pixel] = Bᵀ x B of one input map
void transform_map(const float* map, float* to) {
  alignas(64) float rows[6][kFourRows];
#pragma GCC unroll 1
  for (int k = 0; k < kFourRows; k += kLanes) {
    Six x;
#pragma GCC unroll 6
    for (int p = 0; p < 6; ++p) x.at[p] = load(map + map_row(p) + k);
    const Six y = transform_input(x);
#pragma GCC unroll 6
    for (int r = 0; r < 6; ++r) store(rows[r] + k, y.at[r]);
  }
#pragma GCC unroll 1
  for (int r = 0; r < 6; ++r)
    for (int pixel = 0; pixel < kPixels2; pixel += kLanes) {
      const float* from = rows[r] + pixel / kSide2 * kSide1;
      const Six y = transform_input({{every_other<0>(from, AllLanes()), every_other<1>(from, AllLanes()),
                                      every_other<2>(from, AllLanes()), every_other<3>(from, AllLanes()),
                                      every_other<4>(from, AllLanes()), every_other<5>(from, AllLanes())}});
#pragma GCC unroll 6
      for (int c = 0; c < 6; ++c) store(to + (r * 6 + c) * (kMaps1 * kPixels2) + pixel, y.at[c]);
    }
}

// kMaps maps of conv2 at kLanes pooled pixels from their transformed input; `maps` are their numbers.
template <int kMaps>
void tile2(const float* input, const Weights& w, const Sample& s, const int* maps, int pixel, float rounding,
           Scratch& scratch) {
  const float* weight[static_cast<unsigned>(kMaps)];
  Vec sum[static_cast<unsigned>(kMaps)][4];
#pragma GCC unroll 8
  for (int m = 0; m < kMaps; ++m) {
    weight[m] = w.conv2_transformed + maps[m] * kMapTransformed;
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) sum[m][k] = spread(w.conv2_bias[maps[m]]);
  }
  constexpr float kUpper[6] = {1, 1, 1, 1, 1, 0}, kLower[6] = {0, 1, -1, 0.5f, -2, 1};
  input += pixel;
#pragma GCC unroll 1
  for (int r = 0; r < 6; ++r) {
    Six product[static_cast<unsigned>(kMaps)];
#pragma GCC unroll 8
    for (int m = 0; m < kMaps; ++m)
#pragma GCC unroll 6
      for (int c = 0; c < 6; ++c) product[m].at[c] = Vec{};
#pragma GCC unroll 1
    for (int i = 0; i < kMaps1; ++i, input += kPixels2) {
#pragma GCC unroll 6
      for (int c = 0; c < 6; ++c) {
        const Vec x = load(input + c * (kMaps1 * kPixels2));
#pragma GCC unroll 8
        for (int m = 0; m < kMaps; ++m) product[m].at[c] += weight[m][c * kMaps1 + i] * x;
      }
    }
    input += 5 * kMaps1 * kPixels2;
#pragma GCC unroll 8
    for (int m = 0; m < kMaps; ++m) {
      const Pair z = transform_output(product[m]);
      sum[m][0] += kUpper[r] * z.at[0];
      sum[m][1] += kUpper[r] * z.at[1];
      sum[m][2] += kLower[r] * z.at[0];
      sum[m][3] += kLower[r] * z.at[1];
      weight[m] += 6 * kMaps1;
    }
  }
#pragma GCC unroll 8
  for (int m = 0; m < kMaps; ++m) {
    const int at = maps[m] * kPixels2 + pixel;
    const Largest best = largest(sum[m]);
    unsigned close = close_calls(sum[m], best.value, rounding);
    for (; close != 0; close &= close - 1)
      scratch.close[scratch.close_count++] = static_cast<short>(at + __builtin_ctz(close));
    store(s.pooled2 + at, positive_part(best.value * s.map_scale));
    note(best, pixel, s.where2 + maps[m]);
  }
}

void run_tile2(int count, const float* input, const Weights& w, const Sample& s, const int* maps, int pixel,
               float rounding, Scratch& scratch) {
  switch (count) {
#if SYNANN_LANES == 16
    case 5:
      return tile2<5>(input, w, s, maps, pixel, rounding, scratch);
    case 4:
      return tile2<4>(input, w, s, maps, pixel, rounding, scratch);
    case 3:
      return tile2<3>(input, w, s, maps, pixel, rounding, scratch);
#endif
    case 2:
      return tile2<2>(input, w, s, maps, pixel, rounding, scratch);
    default:
      return tile2<1>(input, w, s, maps, pixel, rounding, scratch);
  }
}

// The four sums that one pool chooses from, in double from conv1's floats on; the output map's `weight` has
// the input maps as lanes.
void sum_in_double(const float* weight, double bias, const float* pooled1, const Ink& ink, int pixel,
                   double (&sums)[4]) {
  const int first_row = 2 * (pixel / kSide2), first_column = 2 * (pixel % kSide2);
  int positions[6][6], before = 0;
  for (int row = 0; row < first_row; ++row) before += __builtin_popcount(ink.rows[row]);
  for (int p = 0; p < 6; ++p) {
    const unsigned bits = ink.rows[first_row + p];
    for (int q = 0; q < 6; ++q) {
      const int column = first_column + q;
      const bool inked = ((bits >> column) & 1u) != 0;
      positions[p][q] = inked ? before + __builtin_popcount(bits & ((1u << column) - 1)) : ink.count;
    }
    before += __builtin_popcount(bits);
  }
  for (double& sum : sums) sum = bias;
  for (int i = 0; i < kMaps1; ++i, pooled1 += kOrder) {
    double x[6][6];
    for (int p = 0; p < 6; ++p)
      for (int q = 0; q < 6; ++q) x[p][q] = static_cast<double>(pooled1[positions[p][q]]);
    for (int u = 0; u < 5; ++u)
      for (int v = 0; v < 5; ++v) {
        const auto tap = static_cast<double>(weight[(u * 5 + v) * kMaps1Padded + i]);
        for (int k = 0; k < 4; ++k) sums[k] += tap * x[u + k / 2][v + k % 2];
      }
  }
}

// Takes the close calls of the products again in double and lists only those that conv1's rounding leaves
// open.
void settle(const Weights& w, const Sample& s, const Ink& ink, float largest_input, Scratch& scratch) {
  const double near = kInputRounding * (1.0 + static_cast<double>(largest_input));
  int open = 0;
  for (int n = 0; n < scratch.close_count; ++n) {
    const int at = scratch.close[n], map = at / kPixels2, pixel = at % kPixels2;
    double sums[4];
    sum_in_double(w.conv2_by_tap + map * kTaps * kMaps1Padded, static_cast<double>(w.conv2_bias[map]),
                  s.pooled1, ink, pixel, sums);
    int best = 0;
    for (int k = 1; k < 4; ++k)
      if (sums[k] > sums[best]) best = k;
    const double top = sums[best];
    // Sums that are equal bit by bit are sums over the same pixels (the side of a stroke, say): a true tie,
    // which goes to the first.
    bool close = top <= near;
    for (const double sum : sums) close |= sum != top && top - sum <= near;
    close &= top >= -near;
    s.pooled2[at] = (top > 0 ? static_cast<float>(top) : 0.0f) * s.map_scale;
    choose(s.where2[map], pixel, best);
    if (close) scratch.close[open++] = static_cast<short>(at);
  }
  scratch.close_count = open;
}

// Only the maps that dropout2d keeps are computed, in tiles as even as possible.
void convolve2(const Weights& w, const Sample& s, const Ink& ink, float largest_input, Scratch& scratch) {
  int maps[kMaps2 + 1], count = 0;
  for (int m = 0; m < kMaps2; ++m) {
    maps[count] = m;
    count += static_cast<int>((s.kept_maps >> m) & 1u);
  }
  if (count == 0) return;
  alignas(64) float map[2][kMap];
  spread_pixels(s.pooled1, ink, map[0]);
  for (int i = 0; i < kMaps1; ++i) {
    // One map ahead, so that its stores are done before they are read.
    if (i + 1 < kMaps1) spread_pixels(s.pooled1 + (i + 1) * kOrder, ink, map[(i + 1) % 2]);
    transform_map(map[i % 2], scratch.transformed + i * kPixels2);
  }
  const int tiles = (count + kTile - 1) / kTile;
  const float rounding = kProductRounding * (1 + largest_input);
  for (int t = 0; t < tiles; ++t) {
    const int begin = count * t / tiles, end = count * (t + 1) / tiles;
    for (int pixel = 0; pixel < kPixels2; pixel += kLanes)
      run_tile2(end - begin, scratch.transformed, w, s, maps + begin, pixel, rounding, scratch);
  }
  settle(w, s, ink, largest_input, scratch);
}

}  // namespace

void scale_image(const unsigned char* pixels, float scale, float offset, float* image) {
  // The last line of the last row would read beyond the image.
  unsigned char last[kImageRow] = {};
  __builtin_memcpy(last, pixels + (kImage - 1) * kImage, kImage);
  for (int r = 0; r < kImage; ++r) {
    const unsigned char* row = r < kImage - 1 ? pixels + r * kImage : last;
    for (int column = 0; column < 24; column += 8)
      for (int k = 0; k < 16; k += kLanes, image += kLanes)
        store(image, load_bytes(row + column + k) * scale + offset);
  }
}

void transform_filters(const float* by_tap, float* to) {
  for (int i = 0; i < kMaps1; i += kLanes) {
    Six columns[5];
    for (int v = 0; v < 5; ++v) {
      Vec w[5];
      for (int u = 0; u < 5; ++u) w[u] = load(by_tap + (u * 5 + v) * kMaps1Padded + i);
      columns[v] = transform_filter(w);
    }
    for (int r = 0; r < 6; ++r) {
      Vec w[5];
      for (int v = 0; v < 5; ++v) w[v] = columns[v].at[r];
      const Six row = transform_filter(w);
      for (int c = 0; c < 6; ++c) {
        float lanes[kLanes];
        store(lanes, row.at[c]);
        for (int l = 0; l < kLanes && i + l < kMaps1; ++l) to[(r * 6 + c) * kMaps1 + i + l] = lanes[l];
      }
    }
  }
}

void convolve(const Weights& w, Sample& s, Scratch& scratch) {
  scratch.close_count = 0;
  Ink ink;
  const float largest_input = convolve1(w, s, ink, scratch);
  s.inked = ink.count;
  convolve2(w, s, ink, largest_input, scratch);
}

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
