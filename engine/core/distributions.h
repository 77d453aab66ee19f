// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

// Quantiles and tails of the distributions that intervals and tests need, from Boost.Math, which is compiled
// here alone. Pure; any thread. Arguments without a value give NaN; nothing throws.
namespace synann {

// z with P(Z ≤ z) = p for a standard normal Z; p in (0, 1), infinite at the ends.
double normal_quantile(double p);
// t with P(T ≤ t) = p for Student's t; p in (0, 1), freedom > 0.
double student_t_quantile(double p, double freedom);
// b with P(B ≤ b) = p for a beta distribution; p in [0, 1], a and b > 0.
double beta_quantile(double p, double a, double b);
// P(K ≤ k) for K successes of n tries that succeed with probability p each.
double binomial_at_most(std::uint64_t k, std::uint64_t n, double p);

}  // namespace synann
