// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/summary.h"

#include <algorithm>

namespace synann::bench {
namespace {

// Between the two nearest of sorted numbers, part in [0, 1].
double quantile(const std::vector<double>& sorted, double part) {
  const double rank = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Summary summarise(std::vector<double> measurements) {
  if (measurements.empty()) return {};
  std::sort(measurements.begin(), measurements.end());
  const double median = quantile(measurements, 0.5),
               range = quantile(measurements, 0.75) - quantile(measurements, 0.25);
  return {.least = measurements.front(),
          .median = median,
          .spread = median > 0 ? range / median : 0,
          .rounds = static_cast<int>(measurements.size())};
}

}  // namespace synann::bench
