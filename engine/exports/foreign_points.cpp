// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/foreign_points.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace synann::exports {

void add_foreign_curve(ForeignRun& run, ForeignCurve curve) {
  std::vector<std::size_t> order(curve.x.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order,
                [&](std::size_t k) { return !std::isfinite(curve.x[k]) || !std::isfinite(curve.y[k]); });
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return curve.x[k]; });
  ForeignCurve sorted{.name = std::move(curve.name), .unit = curve.unit, .x = {}, .y = {}, .wall = {}};
  for (const std::size_t k : order) {
    if (!sorted.x.empty() && sorted.x.back() == curve.x[k]) {
      sorted.y.back() = curve.y[k];
      if (!curve.wall.empty()) sorted.wall.back() = curve.wall[k];
      continue;
    }
    sorted.x.push_back(curve.x[k]);
    sorted.y.push_back(curve.y[k]);
    if (!curve.wall.empty()) sorted.wall.push_back(curve.wall[k]);
  }
  if (!sorted.x.empty()) run.curves.push_back(std::move(sorted));
}

}  // namespace synann::exports
