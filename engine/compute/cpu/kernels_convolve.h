// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd_lanes.h"

// What the two convolutions of the forward pass share.
namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {

// The pooled pixels of conv1 that see more than the blank ground of their image: bit C of row R, the same as
// bit 12 R + C in words of sixteen, and their number.
struct Ink {
  unsigned short rows[kSide1], words[kPixels1 / 16];
  int count;
};

// Returns the largest number in pooled1.
float convolve1(const Weights& w, const Sample& s, Ink& ink, Scratch& scratch);

namespace {

constexpr int kInkVectors = kPixels1 / kLanes;

// Those of kLanes pixels, vector by vector.
inline Lanes lanes_of(const Ink& ink, int vector) {
  const int pixel = vector * kLanes;
  return Lanes(static_cast<unsigned>(ink.words[pixel / 16]) >> (pixel % 16));
}

// The largest of four, and which of them it is: 2 · row + column. Ties go to the first, as in PyTorch.
struct Largest {
  Vec value;
  unsigned column, row;  // bit l is lane l's
};

inline Largest largest(const Vec (&x)[4]) {
  const unsigned upper = more_than(x[1], x[0]), lower = more_than(x[3], x[2]);
  const Vec a = larger(x[1], x[0]), b = larger(x[3], x[2]);
  const unsigned row = more_than(b, a);
  return {larger(b, a), (row & lower) | (~row & upper), row};
}

// Notes the choices of kLanes pools from number `pool` on; those of lower numbers are noted already.
inline void note(const Largest& best, int pool, Choice* choices) {
  Choice& c = choices[pool / 16];
  const int shift = pool % 16;
  if (shift == 0) c = {};
  c.column = static_cast<unsigned short>(c.column | best.column << shift);
  c.row = static_cast<unsigned short>(c.row | best.row << shift);
}

}  // namespace
}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
