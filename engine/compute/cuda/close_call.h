// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/block.h"

// The decisions of a MaxPool2d and a ReLU behind a convolution that float32 leaves open, for one pooling
// window of `count` sums, as exact/close_calls.h. place(p) is sum p, for settle_sums a reference to it.
namespace synann::compute::cuda {

inline constexpr float kNear = 4e-6f;  // more than float32 is off by for inputs of order one

// Whether the two largest sums, or the largest and zero, are too near to each other to be told apart.
template <class Place>
SYNANN_DEVICE bool close_call(int count, const Place& place) {
  float top = place(0);
  for (int p = 1; p < count; ++p) top = fmaxf(top, place(p));
  int close = 0;
  for (int p = 0; p < count; ++p) close += top - place(p) <= kNear ? 1 : 0;
  return top >= -kNear && (close > 1 || top <= kNear);
}

// Takes each sum as exact(p) in double, rounded so that the first largest double is the first largest float
// as well.
template <class Place, class Exact>
SYNANN_DEVICE void settle_sums(int count, const Place& place, const Exact& exact) {
  int best = 0;
  double largest = 0;
  for (int p = 0; p < count; ++p) {
    const double sum = exact(p);
    place(p) = static_cast<float>(sum);
    if (p > 0 && sum <= largest) continue;
    best = p;
    largest = sum;
  }
  const float winner = place(best);
  for (int p = 0; p < count; ++p) {
    float& value = place(p);
    if (p < best ? value >= winner : value > winner) value = nextafterf(winner, -HUGE_VALF);
  }
}

}  // namespace synann::compute::cuda
