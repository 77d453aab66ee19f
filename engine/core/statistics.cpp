// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unsupported/Eigen/SpecialFunctions>
#include <vector>

#include "engine/core/distributions.h"

namespace synann {

double mean(std::span<const double> values) {
  double sum = 0;
  for (const double v : values) sum += v;
  return sum / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  if (values.size() < 2) return std::numeric_limits<double>::quiet_NaN();
  const double centre = mean(values);
  double squares = 0;
  for (const double v : values) squares += (v - centre) * (v - centre);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

FiveNumbers five_numbers(std::span<const double> values) {
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  if (values.empty()) return {none, none, none, none, none};
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const auto at = [&](double share) {
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
  };
  return {sorted.front(), at(0.25), at(0.5), at(0.75), sorted.back()};
}

std::optional<MeanInterval> mean_interval(std::span<const double> values, double confidence) {
  if (values.size() < 2 || !(confidence > 0 && confidence < 1)) return std::nullopt;
  const double centre = mean(values), count = static_cast<double>(values.size());
  const double half =
      student_t_quantile((1 + confidence) / 2, count - 1) * standard_deviation(values) / std::sqrt(count);
  if (!std::isfinite(centre) || !std::isfinite(half)) return std::nullopt;
  return MeanInterval{.from = centre - half, .to = centre + half};
}

std::optional<PairedTest> paired_t_test(std::span<const double> a, std::span<const double> b) {
  if (a.size() != b.size() || a.size() < 2) return std::nullopt;
  std::vector<double> differences;
  for (std::size_t k = 0; k < a.size(); ++k) differences.push_back(a[k] - b[k]);
  PairedTest test{.difference = mean(differences),
                  .deviation = standard_deviation(differences),
                  .degrees_of_freedom = static_cast<int>(a.size()) - 1};
  // Equal differences leave a deviation of rounding only.
  if (!(test.deviation > 1e-12 * std::abs(test.difference))) return std::nullopt;
  test.t = test.difference / (test.deviation / std::sqrt(static_cast<double>(a.size())));
  // P(|T| > t) = I_{ν / (ν + t²)}(ν / 2, 1 / 2), the regularised incomplete beta function.
  const double freedom = test.degrees_of_freedom;
  test.p = Eigen::numext::betainc(freedom / 2, 0.5, freedom / (freedom + test.t * test.t));
  return test;
}

std::vector<double> holm_corrected(std::span<const double> p) {
  std::vector<std::size_t> order;  // of the tests that were made, the smallest p first
  for (std::size_t k = 0; k < p.size(); ++k)
    if (!std::isnan(p[k])) order.push_back(k);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p[a] < p[b]; });
  std::vector<double> corrected(p.size(), std::numeric_limits<double>::quiet_NaN());
  double largest = 0;  // no corrected value is below that of a smaller p
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const double factor = static_cast<double>(order.size() - rank);
    largest = std::max(largest, std::min(1.0, factor * p[order[rank]]));
    corrected[order[rank]] = largest;
  }
  return corrected;
}

}  // namespace synann
