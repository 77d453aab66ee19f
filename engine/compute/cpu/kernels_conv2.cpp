// SPDX-License-Identifier: GPL-3.0-or-later
// conv2 with its dropout, pool and ReLU. Lanes are pooled pixels: the four pixels that compete in a pool are
// four accumulators, so pooling is a comparison between registers, and no lane is ever wasted.
#include "engine/compute/cpu/kernels_convolve.h"

namespace synann::compute::fused::SYNANN_ISA_NAMESPACE {
namespace {

#if SYNANN_LANES == 16
constexpr int kTile = 4;  // maps per register tile; 32 registers
#else
constexpr int kTile = 2;  // 16 registers
#endif

// What conv2's sixteen pooled pixels read for tap (p, q) of their six by six pixels are four rows of four:
// sixteen floats one after the other, in the plane of p's and q's parity and of q / 2.
constexpr int kPlane = 6 * 4;
inline constexpr int plane_row(int p) {
  return p % 2 * (6 * kPlane) + p / 2 * 4;
}
inline constexpr int plane_column(int q) {
  return (q % 2 * 3 + q / 2) * kPlane;
}

// A map of conv1 in the order of its pixels.
void spread_pixels(const float* pooled, const Ink& ink, float* map) {
  const Vec blank = spread(pooled[ink.count]);
#pragma GCC unroll 9
  for (int k = 0; k < kInkVectors; ++k) {
    const Lanes lanes = lanes_of(ink, k);
    store(map + k * kLanes, lanes.back(load(pooled), blank));
    pooled += lanes.count();
  }
}

// Four floats of a row and four of the row after next.
inline Eight load_two(const float* p) {
  return __builtin_shufflevector(load_four(p), load_four(p + 2 * kSide1), 0, 1, 2, 3, 4, 5, 6, 7);
}

// Two rows at a time, which follow each other in their planes.
void gather_planes(const float* map, float* planes) {
#pragma GCC unroll 6
  for (int pair = 0; pair < 6; ++pair) {
    const int r = pair / 2 * 4 + pair % 2;
    const float* row = map + r * kSide1;
    float* to = planes + plane_row(r);
    const Eight a = load_two(row), b = load_two(row + 4), c = load_two(row + 8);
    const Eight even = __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14),
                odd = __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15),
                last_even = __builtin_shufflevector(b, c, 0, 2, 8, 10, 4, 6, 12, 14),
                last_odd = __builtin_shufflevector(b, c, 1, 3, 9, 11, 5, 7, 13, 15);
    store_eight(to + plane_column(0), even);
    store_eight(to + plane_column(1), odd);
    store_eight(to + plane_column(2), __builtin_shufflevector(even, last_even, 1, 2, 9, 10, 5, 6, 13, 14));
    store_eight(to + plane_column(3), __builtin_shufflevector(odd, last_odd, 1, 2, 9, 10, 5, 6, 13, 14));
    store_eight(to + plane_column(4), last_even);
    store_eight(to + plane_column(5), last_odd);
  }
}

// Bit l: float32 may have confused the largest sum of lane l, `top`, with the next largest or with zero.
inline unsigned close_calls(const Vec (&x)[4], Vec top, float rounding) {
  const Vec a = larger(x[0], x[1]), b = larger(x[2], x[3]);
  const Vec next = larger(smaller(a, b), larger(smaller(x[0], x[1]), smaller(x[2], x[3])));
  const Vec near = spread(rounding);
  return at_most(-near, top) & (at_most(top - next, near) | at_most(top, near));
}

// kMaps maps of conv2 at kLanes pooled pixels; `maps` are their numbers.
template <int kMaps>
void tile2(const float* planes, const Weights& w, const Sample& s, const int* maps, int pixel, float rounding,
           Scratch& scratch) {
  const float* weight[static_cast<unsigned>(kMaps)];
  Vec sum[static_cast<unsigned>(kMaps)][4];
#pragma GCC unroll 8
  for (int m = 0; m < kMaps; ++m) {
    weight[m] = w.conv2 + maps[m] * (kMaps1 * kTaps);
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) sum[m][k] = spread(w.conv2_bias[maps[m]]);
  }
  int tap = 0;
  for (int i = 0; i < kMaps1; ++i, planes += kPlanes) {
#pragma GCC unroll 1
    for (int u = 0; u < 5; ++u, tap += 5) {
      const float *upper = planes + plane_row(u), *lower = planes + plane_row(u + 1);
#pragma GCC unroll 5
      for (int v = 0; v < 5; ++v) {
        const float *above = opaque(upper), *below = opaque(lower);
        const Vec x0 = load(above + plane_column(v)), x1 = load(above + plane_column(v + 1)),
                  x2 = load(below + plane_column(v)), x3 = load(below + plane_column(v + 1));
#pragma GCC unroll 8
        for (int m = 0; m < kMaps; ++m) {
          const Vec tap_weight = spread(weight[m][tap + v]);
          sum[m][0] += tap_weight * x0;
          sum[m][1] += tap_weight * x1;
          sum[m][2] += tap_weight * x2;
          sum[m][3] += tap_weight * x3;
        }
      }
    }
  }
  const VecInt number = lane_numbers() + pixel;
  const VecInt first = (number >> 2) * (2 * kSide1) + (number & 3) * 2;
#pragma GCC unroll 8
  for (int m = 0; m < kMaps; ++m) {
    const Largest best = largest(sum[m], first, kSide1);
    unsigned close = close_calls(sum[m], best.value, rounding);
    for (; close != 0; close &= close - 1)
      scratch.close[scratch.close_count++] =
          static_cast<short>(maps[m] * kPixels2 + pixel + __builtin_ctz(close));
    store(s.pooled2 + maps[m] * kPixels2 + pixel, positive_part(best.value * s.map_scale));
    store_short(s.where2 + maps[m] * kPixels2 + pixel, best.where);
  }
}

void run_tile2(int count, const float* planes, const Weights& w, const Sample& s, const int* maps, int pixel,
               float rounding, Scratch& scratch) {
  switch (count) {
#if SYNANN_LANES == 16
    case 4:
      return tile2<4>(planes, w, s, maps, pixel, rounding, scratch);
    case 3:
      return tile2<3>(planes, w, s, maps, pixel, rounding, scratch);
#endif
    case 2:
      return tile2<2>(planes, w, s, maps, pixel, rounding, scratch);
    default:
      return tile2<1>(planes, w, s, maps, pixel, rounding, scratch);
  }
}

// Only the maps that dropout2d keeps are computed, in tiles as even as possible.
void convolve2(const Weights& w, const Sample& s, const Ink& ink, float rounding, Scratch& scratch) {
  int maps[kMaps2], count = 0;
  for (int m = 0; m < kMaps2; ++m) {
    if ((s.kept_maps >> m) & 1u) {
      maps[count++] = m;
    } else {
      for (int k = 0; k < kPixels2; k += kLanes) store(s.pooled2 + m * kPixels2 + k, Vec{});
    }
  }
  if (count == 0) return;
  alignas(64) float map[kPixels1];
  for (int i = 0; i < kMaps1; ++i) {
    spread_pixels(s.pooled1 + i * kOrder, ink, map);
    gather_planes(map, scratch.planes + i * kPlanes);
  }
  const int tiles = (count + kTile - 1) / kTile;
  for (int t = 0; t < tiles; ++t) {
    const int begin = count * t / tiles, end = count * (t + 1) / tiles;
    for (int pixel = 0; pixel < kPixels2; pixel += kLanes)
      run_tile2(end - begin, scratch.planes + pixel, w, s, maps + begin, pixel, rounding, scratch);
  }
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

void convolve(const Weights& w, Sample& s, Scratch& scratch) {
  scratch.close_count = 0;
  Ink ink;
  const float largest_input = convolve1(w, s, ink, scratch);
  s.inked = ink.count;
  convolve2(w, s, ink, kRounding * (1 + largest_input), scratch);
}

}  // namespace synann::compute::fused::SYNANN_ISA_NAMESPACE
