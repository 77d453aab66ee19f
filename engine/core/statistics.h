// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

namespace synann {

double mean(std::span<const double> values);                // NaN for none
double standard_deviation(std::span<const double> values);  // of a sample (n − 1); NaN for fewer than two

// Student's t-test for pairs: is the mean of a_k − b_k different from zero?
struct PairedTest {
  double difference = 0;       // mean of a − b
  double deviation = 0;        // standard deviation of a − b
  int degrees_of_freedom = 0;  // pairs − 1
  double t = 0;                // difference / (deviation / √pairs)
  double p = 1;                // two-sided
};

// Null for fewer than two pairs, spans of different length, and where all differences are the same number.
std::optional<PairedTest> paired_t_test(std::span<const double> a, std::span<const double> b);

}  // namespace synann
