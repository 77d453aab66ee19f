// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

// What the two convolutions of the forward pass share.
namespace synann::compute::fused::SYNANN_ISA_NAMESPACE {

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

}  // namespace
}  // namespace synann::compute::fused::SYNANN_ISA_NAMESPACE
