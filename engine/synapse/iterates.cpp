// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/iterates.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/synapse/function.h"
#include "engine/synapse/surprisal.h"

namespace synann::synapse {

Result<Iterates> iterate_inhibition(double beta, double x0, std::size_t steps) {
  if (!(x0 > 0 && x0 < 1))
    return Error{.where = "x",
                 .problem = "has no orbit in both spaces",
                 .expected = "a number between 0 and 1, both excluded",
                 .found = fmt::format("{}", x0)};
  const auto there = to_surprisal({1, beta});
  if (!there || !std::isfinite(beta))
    return Error{
        .where = "β", .problem = "is not finite", .expected = "a number", .found = fmt::format("{}", beta)};
  if (steps > kMostIterates)
    return Error{.where = "iterates",
                 .problem = "are too many",
                 .expected = fmt::format("{} at most", kMostIterates),
                 .found = fmt::format("{}", steps)};
  Iterates all{.x = {x0}, .u = {surprisal(x0)}};
  for (std::size_t t = 0; t < steps; ++t) {
    all.x.push_back(open_fraction({1, beta}, all.x.back()));
    all.u.push_back(mode_surprisal(there->mode, all.u.back()));
    const double gap = std::abs(probability(all.u.back()) - all.x.back());
    if (gap > all.largest_gap) all.largest_gap = gap;
  }
  return all;
}

}  // namespace synann::synapse
