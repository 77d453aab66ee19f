// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/log_line.h"

#include <cmath>
#include <fmt/format.h>

namespace synann::synapse {
namespace {

// log S has a value there, and in the whole region that the place lies in.
bool has_logarithm(const Synapse& s, const Place& at) {
  return at.x > 0 && open_fraction(s, at.y) > 0 && std::isfinite(minus_log(s, at.x, at.y));
}

}  // namespace

Result<LogLine> log_line(const Synapse& s, Place from, Place to, std::size_t points) {
  if (!(s.alpha > 0))
    return Error{.where = "α",
                 .problem = "leaves log S without a value",
                 .expected = "more than 0",
                 .found = fmt::format("{}", s.alpha)};
  for (const Place& end : {from, to})
    if (!has_logarithm(s, end))
      return Error{.where = "an end of the line",
                   .problem = "lies where log S has no value",
                   .expected = "x > 0 and β y < 1",
                   .found = fmt::format("x = {}, y = {}, β = {}", end.x, end.y, s.beta)};
  if (points < 3 || points > kLargestSurfaceSide)
    return Error{.where = "the points of the line",
                 .problem = "are too few or too many",
                 .expected = fmt::format("3 to {}", kLargestSurfaceSide),
                 .found = fmt::format("{}", points)};
  const double first = -minus_log(s, from.x, from.y), last = -minus_log(s, to.x, to.y);
  LogLine line{.t = {}, .value = {}, .chord = {}, .least_gap = HUGE_VAL, .largest_gap = -HUGE_VAL};
  for (std::size_t k = 0; k < points; ++k) {
    const double t = static_cast<double>(k) / static_cast<double>(points - 1);
    const double x = std::lerp(from.x, to.x, t), y = std::lerp(from.y, to.y, t);
    line.t.push_back(t);
    line.value.push_back(-minus_log(s, x, y));
    line.chord.push_back(std::lerp(first, last, t));
    if (k == 0 || k + 1 == points) continue;
    const double gap = line.value.back() - line.chord.back();
    if (gap < line.least_gap) line.least_gap = gap;
    if (gap > line.largest_gap) {
      line.largest_gap = gap;
      line.largest_at = t;
    }
  }
  return line;
}

}  // namespace synann::synapse
