// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "engine/core/result.h"

// A map and its conjugate, iterated: what repeats in one space repeats in the other. Pure; any thread.
namespace synann::synapse {

// Iterates of x ↦ 1 − βx and of u ↦ −log(1 − β e^(−u)), each computed in its own space, from x₀ and from
// u₀ = −log x₀. With β = 1 they are F(x) = 1 − x and G, which are their own inverses: every orbit but that of
// the fixed point has period 2. With 0 < β < 1 both contract to the fixed point 1/(1 + β).
struct Iterates {
  std::vector<double> x;  // [steps + 1], x₀ first
  std::vector<double> u;  // as many, in nats; NaN where x leaves the positive numbers
  // The largest |e^(−u) − x|: what rounding made of the conjugacy.
  double largest_gap = 0;
};

inline constexpr std::size_t kMostIterates = 100'000;

// Errors: x₀ not in (0, 1), β not finite, more than kMostIterates steps.
Result<Iterates> iterate_inhibition(double beta, double x0, std::size_t steps);

}  // namespace synann::synapse
