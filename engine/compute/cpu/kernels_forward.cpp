// SPDX-License-Identifier: GPL-3.0-or-later
// The convolutions of the forward pass. Lanes are pooled pixels: the four pixels that compete in a pool are
// four accumulators, so pooling is a comparison between registers, and no lane is ever wasted.
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

namespace synann::compute::fused::SYNANN_ISA_NAMESPACE {
namespace {

#if SYNANN_LANES == 16
constexpr int kTile1 = 5, kTile2 = 4;  // maps per register tile; 32 registers
#else
constexpr int kTile1 = 2, kTile2 = 2;  // 16 registers
#endif

// The largest of four and its place among the candidates; ties go to the first, as in PyTorch.
struct Largest {
  Vec value;
  VecInt where;
};

inline Largest largest(const Vec (&x)[4], VecInt first, int row) {
  Largest best{x[0], first};
  const VecInt second = x[1] > best.value;
  best = {second ? x[1] : best.value, second ? first + 1 : best.where};
  const VecInt third = x[2] > best.value;
  best = {third ? x[2] : best.value, third ? first + row : best.where};
  const VecInt fourth = x[3] > best.value;
  return {fourth ? x[3] : best.value, fourth ? first + (row + 1) : best.where};
}

#if SYNANN_LANES == 16
template <int kFirst, int... kLane>
inline Vec every_other(Vec a, Vec b, LaneList<kLane...>) {
  return __builtin_shufflevector(a, b, (2 * kLane + kFirst)...);
}

// The even and the odd columns of a row of the image.
inline void split_columns(const float* row, float* even, float* odd) {
  const Vec left = load(row), right = load(row + 32);
  store(even, every_other<0>(left, right, AllLanes()));
  store(odd, every_other<1>(left, right, AllLanes()));
}

// Sixteen of the 48 floats of four rows of twelve: those from 16 · kChunk on, out of the two rows they lie
// in.
template <int kChunk, int kShift, int... kLane>
inline Vec join_rows(Vec a, Vec b, LaneList<kLane...>) {
  constexpr int kFirst = 16 * kChunk;
  return __builtin_shufflevector(
      a, b, (((kFirst + kLane) / kSide1 - kFirst / kSide1) * 16 + (kFirst + kLane) % kSide1 + kShift)...);
}

template <int kShift>
inline void copy_patches(const float* from, float* to) {
  for (int group = 0; group < kSide1 / 4; ++group, from += 128, to += 48) {
    const Vec a = load(from), b = load(from + 32), c = load(from + 64), d = load(from + 96);
    store(to, join_rows<0, kShift>(a, b, AllLanes()));
    store(to + 16, join_rows<1, kShift>(b, c, AllLanes()));
    store(to + 32, join_rows<2, kShift>(c, d, AllLanes()));
  }
}
#else
inline void split_columns(const float* row, float* even, float* odd) {
  for (int c = 0; c < kImage; c += 8) {
    const Four a = load_four(row + image_index(0, c)), b = load_four(row + image_index(0, c) + 4);
    store_four(even + c / 2, __builtin_shufflevector(a, b, 0, 2, 4, 6));
    store_four(odd + c / 2, __builtin_shufflevector(a, b, 1, 3, 5, 7));
  }
}

template <int kShift>
inline void copy_patches(const float* from, float* to) {
  for (int row = 0; row < kSide1; ++row, from += 32, to += kSide1)
    for (int k = 0; k < kSide1; k += 4) store_four(to + k, load_four(from + kShift + k));
}
#endif

// patches[p, q, R, C] = image[2 R + p, 2 C + q]: the six by six pixels that pooled pixel (R, C) depends on.
void gather_patches(const float* image, float* patches) {
  alignas(64) float even[kImage * 16], odd[kImage * 16];
  for (int r = 0; r < kImage; ++r) split_columns(image + r * kImageRow, even + r * 16, odd + r * 16);
  for (int p = 0; p < 6; ++p, patches += 6 * kPixels1) {
    copy_patches<0>(even + p * 16, patches);
    copy_patches<0>(odd + p * 16, patches + kPixels1);
    copy_patches<1>(even + p * 16, patches + 2 * kPixels1);
    copy_patches<1>(odd + p * 16, patches + 3 * kPixels1);
    copy_patches<2>(even + p * 16, patches + 4 * kPixels1);
    copy_patches<2>(odd + p * 16, patches + 5 * kPixels1);
  }
}

// kMaps maps of conv1 at kLanes pooled pixels.
template <int kMaps>
void tile1(const float* patches, const float* weight, const float* bias, VecInt first, float* pooled,
           short* where, Vec& top) {
  Vec sum[static_cast<unsigned>(kMaps)][4];
#pragma GCC unroll 8
  for (int m = 0; m < kMaps; ++m)
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) sum[m][k] = spread(bias[m]);
#pragma GCC unroll 1
  for (int u = 0; u < 5; ++u, patches += 6 * kPixels1, weight += 5) {
#pragma GCC unroll 5
    for (int v = 0; v < 5; ++v) {
      // Opaque: reading x1 again as the next x0 is cheaper than keeping it in one of the registers.
      const float* x = opaque(patches + v * kPixels1);
      const Vec x0 = load(x), x1 = load(x + kPixels1), x2 = load(x + 6 * kPixels1),
                x3 = load(x + 7 * kPixels1);
#pragma GCC unroll 8
      for (int m = 0; m < kMaps; ++m) {
        const Vec w = spread(weight[m * kTaps + v]);
        sum[m][0] += w * x0;
        sum[m][1] += w * x1;
        sum[m][2] += w * x2;
        sum[m][3] += w * x3;
      }
    }
  }
#pragma GCC unroll 8
  for (int m = 0; m < kMaps; ++m) {
    const Largest best = largest(sum[m], first, kImageRow);
    top = larger(best.value, top);
    store(pooled + m * kPixels1, positive_part(best.value));
    store_short(where + m * kPixels1, best.where);
  }
}

// Bit 12 R + C of ink, in words of sixteen: pooled pixel (R, C) depends on a pixel that differs from the
// image's first, its ground.
void find_ink(const float* image, unsigned short* ink) {
  const Vec ground = spread(image[0]);
  unsigned rows[kImage];
  for (int r = 0; r < kImage; ++r, image += kImageRow) {
    unsigned left = 0, right = 0;
    for (int k = 0; k < 16; k += kLanes) {
      left |= differing(load(image + k), ground) << k;
      right |= differing(load(image + 32 + k), ground) << k;
    }
    rows[r] = left | (right & 0xfffu) << 16;
  }
  unsigned long long words = 0;
  for (int row = 0; row < kSide1; ++row) {
    unsigned any = 0;
    for (int p = 0; p < 6; ++p) any |= rows[2 * row + p];
    const unsigned two = any | any >> 1;
    unsigned six = two | two >> 2 | two >> 4;  // bit c: columns c … c + 5
    six &= 0x555555u;                          // every other column, packed
    six = (six | six >> 1) & 0x333333u;
    six = (six | six >> 2) & 0x0f0f0fu;
    six = (six | six >> 4) & 0xff00ffu;
    six = (six | six >> 8) & 0xfffu;
    words |= static_cast<unsigned long long>(six) << (row % 4 * kSide1);
    if (row % 4 == 3) {
      for (int k = 0; k < 3; ++k) *ink++ = static_cast<unsigned short>(words >> (16 * k));
      words = 0;
    }
  }
}

// Returns the largest number in pooled1.
float convolve1(const Weights& w, const Sample& s, Scratch& scratch) {
  Vec top{};
  find_ink(scratch.image, s.ink);
  gather_patches(scratch.image, scratch.inputs);
  for (int pixel = 0; pixel < kPixels1; pixel += kLanes) {
    const VecInt number = lane_numbers() + pixel, row = number / kSide1, column = number - row * kSide1;
    const VecInt first = row * (2 * kImageRow) + column * 2 + (column >> 2) * 8;
    for (int m = 0; m < kMaps1; m += kTile1) {
      tile1<kTile1>(scratch.inputs + pixel, w.conv1 + m * kTaps, w.conv1_bias + m, first,
                    s.pooled1 + m * kPixels1 + pixel, s.where1 + m * kPixels1 + pixel, top);
    }
  }
  return largest_lane(top);
}

// Four floats of a row and four of the row after next.
inline Eight load_two(const float* p) {
  return __builtin_shufflevector(load_four(p), load_four(p + 2 * kSide1), 0, 1, 2, 3, 4, 5, 6, 7);
}

// windows[i, p, q, R, C] = pooled1[i, 2 R + p, 2 C + q]: what conv2's sixteen pooled pixels read for one tap.
// Built from rows r and r + 2, which are the first half of p = r and the second half of p = r − 4.
void gather_windows(const float* pooled, float* windows) {
  for (int i = 0; i < kMaps1; ++i, pooled += kPixels1, windows += 36 * kPixels2)
    for (int r = 0; r < 10; ++r) {
      const float* row = pooled + r * kSide1;
      const Eight a = load_two(row), b = load_two(row + 2), c = load_two(row + 4), d = load_two(row + 6),
                  e = load_two(row + 8);
      const Eight columns[6] = {__builtin_shufflevector(a, c, 0, 2, 8, 10, 4, 6, 12, 14),
                                __builtin_shufflevector(a, c, 1, 3, 9, 11, 5, 7, 13, 15),
                                __builtin_shufflevector(b, d, 0, 2, 8, 10, 4, 6, 12, 14),
                                __builtin_shufflevector(b, d, 1, 3, 9, 11, 5, 7, 13, 15),
                                __builtin_shufflevector(c, e, 0, 2, 8, 10, 4, 6, 12, 14),
                                __builtin_shufflevector(c, e, 1, 3, 9, 11, 5, 7, 13, 15)};
#pragma GCC unroll 6
      for (int q = 0; q < 6; ++q) {
        if (r < 6) store_eight(windows + (r * 6 + q) * kPixels2, columns[q]);
        if (r >= 4) store_eight(windows + ((r - 4) * 6 + q) * kPixels2 + 8, columns[q]);
      }
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
void tile2(const float* windows, const Weights& w, const Sample& s, const int* maps, int pixel,
           float rounding, Scratch& scratch) {
  const float* weight[static_cast<unsigned>(kMaps)];
  Vec sum[static_cast<unsigned>(kMaps)][4];
#pragma GCC unroll 8
  for (int m = 0; m < kMaps; ++m) {
    weight[m] = w.conv2 + maps[m] * (kMaps1 * kTaps);
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) sum[m][k] = spread(w.conv2_bias[maps[m]]);
  }
  int tap = 0;
  for (int i = 0; i < kMaps1; ++i, windows += 6 * kPixels2) {
#pragma GCC unroll 1
    for (int u = 0; u < 5; ++u, tap += 5, windows += 6 * kPixels2) {
#pragma GCC unroll 5
      for (int v = 0; v < 5; ++v) {
        const float* x = opaque(windows + v * kPixels2);
        const Vec x0 = load(x), x1 = load(x + kPixels2), x2 = load(x + 6 * kPixels2),
                  x3 = load(x + 7 * kPixels2);
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

void run_tile2(int count, const float* windows, const Weights& w, const Sample& s, const int* maps, int pixel,
               float rounding, Scratch& scratch) {
  switch (count) {
#if SYNANN_LANES == 16
    case 4:
      return tile2<4>(windows, w, s, maps, pixel, rounding, scratch);
    case 3:
      return tile2<3>(windows, w, s, maps, pixel, rounding, scratch);
#endif
    case 2:
      return tile2<2>(windows, w, s, maps, pixel, rounding, scratch);
    default:
      return tile2<1>(windows, w, s, maps, pixel, rounding, scratch);
  }
}

// Only the maps that dropout2d keeps are computed, in tiles as even as possible.
void convolve2(const Weights& w, const Sample& s, float rounding, Scratch& scratch) {
  int maps[kMaps2], count = 0;
  for (int m = 0; m < kMaps2; ++m) {
    if ((s.kept_maps >> m) & 1u) {
      maps[count++] = m;
    } else {
      for (int k = 0; k < kPixels2; k += kLanes) store(s.pooled2 + m * kPixels2 + k, Vec{});
    }
  }
  if (count == 0) return;
  gather_windows(s.pooled1, scratch.inputs);
  const int tiles = (count + kTile2 - 1) / kTile2;
  for (int t = 0; t < tiles; ++t) {
    const int begin = count * t / tiles, end = count * (t + 1) / tiles;
    for (int pixel = 0; pixel < kPixels2; pixel += kLanes)
      run_tile2(end - begin, scratch.inputs + pixel, w, s, maps + begin, pixel, rounding, scratch);
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

void convolve(const Weights& w, const Sample& s, Scratch& scratch) {
  scratch.close_count = 0;
  const float largest_input = convolve1(w, s, scratch);
  convolve2(w, s, kRounding * (1 + largest_input), scratch);
}

}  // namespace synann::compute::fused::SYNANN_ISA_NAMESPACE
