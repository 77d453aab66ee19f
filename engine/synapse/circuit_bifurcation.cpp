// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_bifurcation.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/synapse/circuit_parameter.h"

namespace synann::synapse {
namespace {

constexpr std::int64_t kMostBifurcationValues = 100'000'000;

Status check_count(const char* what, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return {};
  return Error{.where = what,
               .problem = "is out of range",
               .expected = fmt::format("{} to {}", least, most),
               .found = fmt::format("{}", value)};
}

Status check_plan(const BifurcationPlan& plan) {
  if (plan.parameters.empty()) return input_error("bifurcation", "varies no parameter");
  if (!std::isfinite(plan.from) || !std::isfinite(plan.to) || !(plan.from < plan.to) ||
      !std::isfinite(plan.to - plan.from))
    return Error{.where = plan.parameters.front(),
                 .problem = "is varied over no interval",
                 .expected = "finite ends, the first below the second",
                 .found = fmt::format("{} to {}", plan.from, plan.to)};
  if (auto status = check_count("points", plan.points, 2, kMostBifurcationPoints); !status) return status;
  if (auto status = check_count("values kept", plan.keep, 1, kMostBifurcationKept); !status) return status;
  if (auto status = check_count("steps dropped", plan.drop, 0, kMostDropped); !status) return status;
  return check_count("points times values kept", std::int64_t{plan.points} * plan.keep, 1,
                     kMostBifurcationValues);
}

}  // namespace

Result<Bifurcation> bifurcation(const Circuit& circuit, const BifurcationPlan& plan, int threads,
                                const CircuitProgress& progress, const std::stop_token& stop) {
  auto run = CircuitRun::create(circuit);
  if (!run) return run.error();
  if (auto status = check_plan(plan); !status) return status.error();
  const CircuitNames names(circuit);
  const auto synapse = names.synapse(plan.synapse);
  if (!synapse) return names.no_such_synapse(plan.synapse);
  std::vector<CircuitParameter> parameters;
  for (const std::string& name : plan.parameters) {
    const auto parameter = names.parameter(name);
    if (!parameter) return names.no_such_parameter(name);
    parameters.push_back(*parameter);
  }
  Bifurcation diagram{.keep = plan.keep, .parameter = {}, .values = {}};
  for (int k = 0; k < plan.points; ++k)
    diagram.parameter.push_back(std::lerp(plan.from, plan.to, static_cast<double>(k) / (plan.points - 1)));
  const auto keep = static_cast<std::size_t>(plan.keep);
  diagram.values.resize(diagram.points() * keep);
  run->set_clamped(plan.clamped);
  const int used = std::clamp(threads, 1, plan.points);
  std::vector<CircuitRun> runs(static_cast<std::size_t>(used), *run);
  const bool done = run_indices(plan.points, used, progress, stop, [&](int point, int thread) {
    CircuitRun& own = runs[static_cast<std::size_t>(thread)];
    const auto row = static_cast<std::size_t>(point);
    for (const CircuitParameter parameter : parameters) set_parameter(own, parameter, diagram.parameter[row]);
    own.reset();
    for (std::int64_t t = 0; t < plan.drop && !stop.stop_requested(); ++t) own.step();
    for (std::size_t k = 0; k < keep && !stop.stop_requested(); ++k) {
      own.step();
      diagram.values[row * keep + k] = own.values()[*synapse];
    }
  });
  if (!done) return circuit_cancelled();
  return diagram;
}

}  // namespace synann::synapse
