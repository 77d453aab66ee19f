// SPDX-License-Identifier: GPL-3.0-or-later
// conv1 with its pool and ReLU. Lanes are pooled pixels, and only those that see more than the blank ground
// of their image; all others are one number per map.
#include "engine/compute/cpu/kernels_convolve.h"

namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {
namespace {

#if SYNANN_LANES == 16
constexpr int kTile = kMaps1 % 5 == 0 ? 5 : 4;  // maps per register tile; 32 registers
#else
constexpr int kTile = 2;  // 16 registers
#endif

// Every other column of the image from column q on, one block of even and one of odd rows for each q in 0 …
// 5: what tap (p, q) of the pools' six by six pixels reads is twelve consecutive rows of a block.
constexpr int kBlockRow = 16;  // floats, of which kSide1 count
constexpr int kBlock = kImage / 2 * kBlockRow;
inline int block_index(int q, int row) {
  return (2 * q + row % 2) * kBlock + row / 2 * kBlockRow;
}

#if SYNANN_LANES == 16
template <int kFirst, int... kLane>
inline Vec every_other(Vec a, Vec b, LaneList<kLane...>) {
  return __builtin_shufflevector(a, b, ((2 * kLane + kFirst) % 32)...);
}

void split_columns(const float* image, float* blocks) {
  for (int r = 0; r < kImage; ++r, image += kImageRow) {
    const Vec left = load(image), right = load(image + 32);
    store(blocks + block_index(0, r), every_other<0>(left, right, AllLanes()));
    store(blocks + block_index(1, r), every_other<1>(left, right, AllLanes()));
    store(blocks + block_index(2, r), every_other<2>(left, right, AllLanes()));
    store(blocks + block_index(3, r), every_other<3>(left, right, AllLanes()));
    store(blocks + block_index(4, r), every_other<4>(left, right, AllLanes()));
    store(blocks + block_index(5, r), every_other<5>(left, right, AllLanes()));
  }
}
#else
void split_columns(const float* image, float* blocks) {
  float columns[2][16];
  for (int r = 0; r < kImage; ++r) {
    for (int c = 0; c < kImage; c += 8) {
      const float* from = image + image_index(r, c);
      const Four a = load_four(from), b = load_four(from + 4);
      store_four(columns[0] + c / 2, __builtin_shufflevector(a, b, 0, 2, 4, 6));
      store_four(columns[1] + c / 2, __builtin_shufflevector(a, b, 1, 3, 5, 7));
    }
    for (int q = 0; q < 6; ++q)
      for (int k = 0; k < kSide1; k += 4)
        store_four(blocks + block_index(q, r) + k, load_four(columns[q % 2] + q / 2 + k));
  }
}
#endif

// Pooled pixel (R, C) has ink where a pixel it depends on differs from the image's first, its ground.
void find_ink(const float* image, Ink& ink) {
  unsigned short* to = ink.words;
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
    ink.rows[row] = static_cast<unsigned short>(six);
    words |= static_cast<unsigned long long>(six) << (row % 4 * kSide1);
    if (row % 4 == 3) {
      for (int k = 0; k < 3; ++k) *to++ = static_cast<unsigned short>(words >> (16 * k));
      words = 0;
    }
  }
}

// Writes the numbers of the pixels of `ink`, one after the other, and rubbish up to a vector's end.
short* list_pixels(const Ink& ink, bool with, short* to) {
  for (int k = 0; k < kInkVectors; ++k) {
    const Lanes lanes = with ? lanes_of(ink, k) : lanes_of(ink, k).others();
    store_short(to, lanes.front(lane_numbers() + k * kLanes));
    to += lanes.count();
  }
  return to;
}

// Puts the pooled pixels with ink first, and all others behind them.
void put_in_order(const float* image, const Sample& s, Ink& ink) {
  find_ink(image, ink);
  short* end = list_pixels(ink, true, s.order);
  ink.count = static_cast<int>(end - s.order);
  end = list_pixels(ink, false, end);
  for (int k = 0; k < kOrder - kPixels1; k += kLanes) store_short(end + k, spread_int(kPixels1));
}

template <int kVectors>
void pick_patches(VecInt place, int count, Vec ground, const float* from, float* patches) {
  const Picks<kVectors> picks(place, count, ground);
  for (int p = 0; p < 6; ++p)
#pragma GCC unroll 6
    for (int q = 0; q < 6; ++q, patches += kLanes) store(patches, picks.of(from + block_index(q, p)));
}

// patches[p, q, lane] = image[2 R + p, 2 C + q] for the pooled pixels (R, C) listed, `count` of them; then
// the ground.
void gather_patches(const float* blocks, const short* order, int count, Vec ground, float* patches) {
  constexpr int kRow = kBlockRow / kLanes;  // vectors
  const VecInt number = load_short(order), row = number / kSide1, column = number - row * kSide1;
  const int first = order[0] / kSide1, listed = count < kLanes ? count : kLanes,
            rows = listed > 0 ? order[listed - 1] / kSide1 - first + 1 : 0;
  const VecInt place = (row - first) * kBlockRow + column;
  const float* from = blocks + first * kBlockRow;
  // Fixed numbers spare the processor wrong guesses.
  if (rows <= 2) {
    pick_patches<2 * kRow>(place, count, ground, from, patches);
  } else if (rows <= 3) {
    pick_patches<3 * kRow>(place, count, ground, from, patches);
  } else if (rows <= 5) {
    pick_patches<5 * kRow>(place, count, ground, from, patches);
  } else {
    pick_patches<kSide1 * kRow>(place, count, ground, from, patches);
  }
}

// kMaps maps of conv1 at kLanes pooled pixels.
template <int kMaps>
void tile1(const float* patches, const float* weight, const float* bias, int position, float* pooled,
           Choice* where, Vec& top) {
  Vec sum[static_cast<unsigned>(kMaps)][4];
#pragma GCC unroll 8
  for (int m = 0; m < kMaps; ++m)
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) sum[m][k] = spread(bias[m]);
#pragma GCC unroll 1
  for (int u = 0; u < 5; ++u, patches += 6 * kLanes, weight += 5) {
#pragma GCC unroll 5
    for (int v = 0; v < 5; ++v) {
      // Opaque: reading x1 again as the next x0 is cheaper than keeping it in one of the registers.
      const float* x = opaque(patches + v * kLanes);
      const Vec x0 = load(x), x1 = load(x + kLanes), x2 = load(x + 6 * kLanes), x3 = load(x + 7 * kLanes);
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
    const Largest best = largest(sum[m]);
    top = larger(best.value, top);
    store(pooled + m * kOrder + position, positive_part(best.value));
    note(best, position, where + m * kChoices1);
  }
}

}  // namespace

float convolve1(const Weights& w, const Sample& s, Ink& ink, Scratch& scratch) {
  Vec top{};
  put_in_order(scratch.image, s, ink);
  static_assert(12 * kBlock * sizeof(float) <= sizeof scratch.transformed);
  split_columns(scratch.image, scratch.transformed);
  const Vec ground = spread(scratch.image[0]);
  const int end = ink.count < kPixels1 ? ink.count + 1 : kPixels1;
  alignas(64) float patches[36 * kLanes];  // small, so that it stays in the first cache
  for (int k = 0; k < end; k += kLanes) {
    gather_patches(scratch.transformed, s.order + k, ink.count - k, ground, patches);
    for (int m = 0; m < kMaps1; m += kTile) {
      tile1<kTile>(patches, w.conv1 + m * kTaps, w.conv1_bias + m, k, s.pooled1 + m * kOrder,
                   s.where1 + m * kChoices1, top);
    }
  }
  return largest_lane(top);
}

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
