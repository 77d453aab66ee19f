// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/function.h"

// Log-concavity, seen along a straight line. Pure; any thread.
namespace synann::synapse {

// A place of the plane of the two inputs.
struct Place {
  double x = 0.5, y = 0.5;
};

// log S along the line from one place to another, and the chord between its ends. The Hessian of log S by
// (x, y) is diag(−1/x², −β²/(1 − βy)²), so that the curve never lies below the chord.
struct LogLine {
  std::vector<double> t;      // [points], 0 … 1 from the one end to the other
  std::vector<double> value;  // log S, in nats
  std::vector<double> chord;  // (1 − t) log S(from) + t log S(to)
  // The least and the largest of curve − chord between the ends, and where the largest is.
  double least_gap = 0, largest_gap = 0, largest_at = 0;
};

// Errors: α ≤ 0, or an end outside of x > 0, βy < 1, where log S has its value and is concave; fewer than 3
// points or more than kLargestSurfaceSide.
Result<LogLine> log_line(const Synapse& s, Place from, Place to, std::size_t points);

}  // namespace synann::synapse
