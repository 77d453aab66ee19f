// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"
#include "engine/synapse/circuit_work.h"

// Bifurcation diagrams: where a circuit ends up over one of its numbers. Pure functions; any thread.
namespace synann::synapse {

// The number is varied, each time from the starts; what a synapse gives at first is dropped, then so many of
// its values are kept.
struct BifurcationPlan {
  std::vector<std::string> parameters{};  // names as of find_parameter(); all of them take the same value
  double from = 0, to = 1;
  int points = 1000;      // values of the parameter, both ends included; 2 … kMostBifurcationPoints
  std::string synapse{};  // whose values are kept
  std::int64_t drop = 1000;
  int keep = 500;  // values of the synapse for each value of the parameter
  bool clamped = false;
};
inline constexpr int kMostBifurcationPoints = 20'000, kMostBifurcationKept = 20'000;
inline constexpr std::int64_t kMostDropped = 100'000'000;

struct Bifurcation {
  int keep = 0;
  std::vector<double> parameter{};  // [points]
  std::vector<double> values{};     // [points, keep], in the order of the steps; not finite where it left

  std::size_t points() const { return parameter.size(); }
  double at(std::size_t point, std::size_t k) const {
    return values[point * static_cast<std::size_t>(keep) + k];
  }
};

// The same numbers on any number of threads. Errors: those of CircuitRun::create(); no such parameter or
// synapse; a range that is no interval of finite numbers; a count out of its range; more than 100,000,000
// values; ErrorKind::Cancelled.
Result<Bifurcation> bifurcation(const Circuit& circuit, const BifurcationPlan& plan, int threads = 1,
                                const CircuitProgress& progress = {}, const std::stop_token& stop = {});

}  // namespace synann::synapse
