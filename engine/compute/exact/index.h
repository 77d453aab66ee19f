// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace synann::compute::exact {

// The place of [a, b, c] in a row-major block whose last two sides are nb and nc.
inline std::size_t at(int a, int b, int c, int nb, int nc) {
  return (static_cast<std::size_t>(a) * static_cast<std::size_t>(nb) + static_cast<std::size_t>(b)) *
             static_cast<std::size_t>(nc) +
         static_cast<std::size_t>(c);
}

// A number in double, in which sums are added up.
inline double wide(double v) {
  return v;
}
inline double wide(float v) {
  return static_cast<double>(v);
}

}  // namespace synann::compute::exact
