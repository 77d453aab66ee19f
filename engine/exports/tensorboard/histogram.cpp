// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/histogram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace synann::exports::tensorboard {

Histogram histogram_of(std::span<const float> values) {
  Histogram histogram;
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (const float value : values) {
    if (!std::isfinite(value)) {
      ++histogram.not_finite;
      continue;
    }
    least = std::min(least, static_cast<double>(value));
    most = std::max(most, static_cast<double>(value));
  }
  if (least > most) return histogram;
  std::array<double, kBuckets> counts{};
  const double per_bucket = (most - least) / static_cast<double>(kBuckets);
  for (const float value : values) {
    if (!std::isfinite(value)) continue;
    const double place = per_bucket > 0 ? (static_cast<double>(value) - least) / per_bucket : kBuckets;
    counts[std::min(static_cast<std::size_t>(place), kBuckets - 1)] += 1;
  }
  const auto edge = [&](std::size_t k) {
    return k == kBuckets || most == least ? most : least + per_bucket * static_cast<double>(k);
  };
  for (std::size_t k = 0; k < kBuckets; ++k)
    histogram.rows.insert(histogram.rows.end(), {edge(k), edge(k + 1), counts[k]});
  return histogram;
}

}  // namespace synann::exports::tensorboard
