// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace synann {

double mean(std::span<const double> values);                // NaN for none
double standard_deviation(std::span<const double> values);  // of a sample (n − 1); NaN for fewer than two

// What a box in a figure is drawn of: the least value, the quartiles (between two values as NumPy does,
// linearly) and the largest one. NaN for no values.
struct FiveNumbers {
  double least = 0, lower = 0, median = 0, upper = 0, most = 0;
};
FiveNumbers five_numbers(std::span<const double> values);

// Where the mean of what the values were drawn from lies with this confidence, after Student's t: mean ∓
// t · s / √n.
struct MeanInterval {
  double from = 0, to = 0;
};
// Null for fewer than two values, where one of them is not finite, and for a confidence outside (0, 1).
std::optional<MeanInterval> mean_interval(std::span<const double> values, double confidence = 0.95);

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

// Holm's step-down correction: p-values for which the chance of a single false finding among all of them is
// at most the level that they are compared with. NaN, a test that was not made, stays NaN and counts for
// none.
std::vector<double> holm_corrected(std::span<const double> p);

}  // namespace synann
