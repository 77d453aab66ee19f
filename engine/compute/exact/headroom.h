// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "engine/compute/exact/index.h"

// Whether a step is one the theory speaks of: decided alike for every tier.
namespace synann::compute::exact {

// The smallest factor min (1 − β_ij x_bj) over outputs, inhibitors and samples: at or below zero the theory's
// probabilities have ended. For each j it is reached where β and x are extreme, so n² + batch · n numbers
// suffice.
template <class T>
double headroom(int batch, int n, const T* x, const T* beta) {
  double least = 1;
  for (int j = 0; j < n; ++j) {
    T low_x = x[j], high_x = x[j], low_b = beta[j], high_b = beta[j];
    for (int s = 0; s < batch; ++s) {
      low_x = std::min(low_x, x[at(0, s, j, batch, n)]);
      high_x = std::max(high_x, x[at(0, s, j, batch, n)]);
    }
    for (int i = 0; i < n; ++i) {
      low_b = std::min(low_b, beta[at(0, i, j, n, n)]);
      high_b = std::max(high_b, beta[at(0, i, j, n, n)]);
    }
    for (const T b : {low_b, high_b})
      for (const T v : {low_x, high_x})
        least = std::min(least, 1 - static_cast<double>(b) * static_cast<double>(v));
  }
  return least;
}

}  // namespace synann::compute::exact
