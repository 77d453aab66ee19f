// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_latch.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace synann::synapse {
namespace {

constexpr double kLatchRest = 1e-12;

Status check_latch_plan(const LatchMapPlan& plan) {
  for (const auto& [name, range] : {std::pair("β_s", plan.self), std::pair("β_c", plan.cross)})
    if (!std::isfinite(range.from) || !std::isfinite(range.to) || !(range.from < range.to))
      return Error{.where = fmt::format("latch: range of {}", name),
                   .problem = "is no interval",
                   .expected = "finite ends, the first below the second",
                   .found = fmt::format("{} to {}", range.from, range.to)};
  if (!std::isfinite(plan.alpha)) return input_error("latch", "its α is no finite number");
  if (!(plan.smaller > 0) || !(plan.larger > plan.smaller) || !std::isfinite(plan.larger))
    return Error{.where = "latch",
                 .problem = "its starts are no two different positive numbers",
                 .expected = "the larger one first",
                 .found = fmt::format("{} and {}", plan.larger, plan.smaller)};
  for (const int side : {plan.columns, plan.rows})
    if (side < 1 || side > kLargestLatchMapSide)
      return Error{.where = "latch: cells along a side",
                   .problem = "are out of range",
                   .expected = fmt::format("1 to {}", kLargestLatchMapSide),
                   .found = fmt::format("{}", side)};
  if (plan.most_steps < 1) return input_error("latch", "needs at least one step");
  return {};
}

// x − y in the end, the least of the last steps.
double lead_after(const LatchParameters& latch, double x, double y, std::int64_t most_steps) {
  double least = std::numeric_limits<double>::infinity();
  for (std::int64_t t = 0; t < most_steps; ++t) {
    // Without evaluate(): a map takes tens of millions of these steps.
    const double next_x = latch.alpha * x * (1 - latch.self * x) * (1 - latch.cross * y);
    const double next_y = latch.alpha * y * (1 - latch.self * y) * (1 - latch.cross * x);
    const double change = std::max(std::abs(next_x - x), std::abs(next_y - y));
    x = next_x;
    y = next_y;
    if (!(std::isfinite(x) && std::isfinite(y))) return std::numeric_limits<double>::quiet_NaN();
    if (change <= kLatchRest) return x - y;
    if (most_steps - t <= kLatchWindow) least = std::min(least, x - y);
  }
  return least;
}

double cell_middle(Range range, int index, int count) {
  return std::lerp(range.from, range.to, (index + 0.5) / count);
}

}  // namespace

const char* latch_outcome_word(LatchOutcome outcome) {
  switch (outcome) {
    case LatchOutcome::Dies:
      return "dies";
    case LatchOutcome::Memory:
      return "memory";
    case LatchOutcome::Shared:
      return "shared";
    case LatchOutcome::Neutral:
      return "neutral";
    case LatchOutcome::Restless:
      return "restless";
  }
  return "";
}

LatchRegion latch_region(const LatchParameters& latch) {
  LatchRegion region;
  const double rise = 1 - 1 / latch.alpha;
  region.inside = rise < latch.self && latch.cross < 1;
  if (latch.alpha <= 1) return region;
  region.winner = rise / latch.self;
  region.along = 2 - latch.alpha;
  region.across = latch.alpha * (1 - latch.cross * region.winner);
  if (latch.alpha >= 3 || region.across <= -1) {
    region.outcome = LatchOutcome::Restless;
  } else if (latch.cross == latch.self) {
    region.outcome = LatchOutcome::Neutral;
  } else {
    region.outcome = latch.cross > latch.self ? LatchOutcome::Memory : LatchOutcome::Shared;
  }
  region.bistable = region.outcome == LatchOutcome::Memory && region.inside;
  return region;
}

std::vector<LatchCorner> latch_boundary(double alpha) {
  if (!(alpha > 1 && alpha < 3)) return {};
  const double least = 1 - 1 / alpha;
  return {{least, least}, {least, 1}, {1, 1}, {least, least}};
}

double LatchMap::self_at(int column) const {
  return cell_middle(self, column, columns);
}
double LatchMap::cross_at(int row) const {
  return cell_middle(cross, row, rows);
}

Result<LatchMap> latch_map(const LatchMapPlan& plan, int threads, const CircuitProgress& progress,
                           const std::stop_token& stop) {
  if (auto status = check_latch_plan(plan); !status) return status.error();
  LatchMap map{
      .self = plan.self, .cross = plan.cross, .columns = plan.columns, .rows = plan.rows, .lead = {}};
  const auto columns = static_cast<std::size_t>(plan.columns);
  map.lead.resize(columns * static_cast<std::size_t>(plan.rows));
  const bool done = run_indices(plan.rows, threads, progress, stop, [&](int row, int) {
    for (int column = 0; column < plan.columns && !stop.stop_requested(); ++column) {
      const LatchParameters latch{
          .alpha = plan.alpha, .self = map.self_at(column), .cross = map.cross_at(row)};
      const double lead = lead_after(latch, plan.larger, plan.smaller, plan.most_steps);
      map.lead[static_cast<std::size_t>(row) * columns + static_cast<std::size_t>(column)] =
          std::isnan(lead) ? lead : std::max(0.0, lead);
    }
  });
  if (!done) return circuit_cancelled();
  return map;
}

}  // namespace synann::synapse
