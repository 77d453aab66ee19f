// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_row.h"

#include <cmath>
#include <fmt/format.h>
#include <vector>

namespace synann::synapse {
namespace {

Status check_row(std::span<const double> beta, double alpha, std::size_t excitatory,
                 std::span<const double> x) {
  const std::size_t n = beta.size();
  if (n == 0 || n > kMostInputs)
    return Error{.where = "unit",
                 .problem = "has too few or too many inputs for a circuit",
                 .expected = fmt::format("1 to {}", kMostInputs),
                 .found = fmt::format("{}", n)};
  if (x.size() != n)
    return Error{.where = "unit",
                 .problem = "has another number of inputs than of β",
                 .expected = fmt::format("{}", n),
                 .found = fmt::format("{}", x.size())};
  if (excitatory >= n)
    return Error{.where = "unit",
                 .problem = "is excited by an input that is not there",
                 .expected = fmt::format("0 to {}", n - 1),
                 .found = fmt::format("{}", excitatory)};
  if (!std::isfinite(alpha)) return input_error("unit", "its α is no finite number");
  for (std::size_t j = 0; j < n; ++j)
    if (!std::isfinite(beta[j]) || !std::isfinite(x[j]))
      return input_error(
          "unit", fmt::format("its {} {} is no finite number", std::isfinite(beta[j]) ? "input" : "β", j));
  return {};
}

}  // namespace

Result<Circuit> circuit_of_row(std::span<const double> beta, double alpha, std::size_t excitatory,
                               std::span<const double> x) {
  if (auto status = check_row(beta, alpha, excitatory, x); !status) return status.error();
  Circuit circuit{.name = fmt::format("unit {}", excitatory), .inputs = {}, .synapses = {}, .outputs = {}};
  const auto named_input = [](std::size_t j) {
    return CircuitSource{.kind = SourceKind::Input, .name = fmt::format("x{}", j + 1)};
  };
  for (std::size_t j = 0; j < beta.size(); ++j) {
    circuit.inputs.push_back({fmt::format("x{}", j + 1), x[j]});
    circuit.synapses.push_back(
        {.name = fmt::format("s{}", j + 1),
         .excitatory = j == 0 ? named_input(excitatory)
                              : CircuitSource{.kind = SourceKind::Synapse, .name = fmt::format("s{}", j)},
         .inhibitory = named_input(j),
         .alpha = j == 0 ? alpha : 1.0,
         .beta = beta[j]});
  }
  circuit.outputs = {circuit.synapses.back().name};
  return circuit;
}

Result<Circuit> circuit_of_row(std::span<const float> beta, double alpha, std::size_t excitatory,
                               std::span<const double> x) {
  const std::vector<double> wide(beta.begin(), beta.end());
  return circuit_of_row(std::span<const double>(wide), alpha, excitatory, x);
}

}  // namespace synann::synapse
