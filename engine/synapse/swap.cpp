// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/swap.h"

#include <cmath>

namespace synann::synapse {

Swap swap(const Synapse& s, double x, double y) {
  Swap result;
  result.forward = evaluate(s, x, y);
  result.backward = evaluate(s, y, x);
  // α cancels: with α = 0 the ratio is still that of the odds.
  const double there = x * open_fraction(s, y), back = y * open_fraction(s, x);
  result.ratio = there / back;
  result.log_ratio = std::log(there) - std::log(back);
  result.difference = s.alpha * (x - y);
  result.preference = there / (there + back);
  return result;
}

}  // namespace synann::synapse
