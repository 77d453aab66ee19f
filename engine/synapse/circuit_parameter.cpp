// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_parameter.h"

#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "engine/core/text_value.h"

namespace synann::synapse {
namespace {

constexpr std::pair<const char*, ParameterKind> kParameterWords[] = {
    {"alpha", ParameterKind::Alpha}, {"beta", ParameterKind::Beta}, {"start", ParameterKind::Start}};

std::string remedy_for(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string near = nearest_word(name, candidates);
  return near.empty() ? std::string() : fmt::format("did you mean {}?", near);
}

std::optional<std::size_t> synapse_number(const Circuit& circuit, std::string_view name) {
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k)
    if (circuit.synapses[k].name == name) return k;
  return {};
}

}  // namespace

Result<CircuitParameter> find_parameter(const Circuit& circuit, std::string_view name) {
  for (std::size_t k = 0; k < circuit.inputs.size(); ++k)
    if (circuit.inputs[k].name == name) return CircuitParameter{ParameterKind::Input, k};
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos)
    if (const auto synapse = synapse_number(circuit, name.substr(0, dot)))
      for (const auto& [word, kind] : kParameterWords)
        if (name.substr(dot + 1) == word) return CircuitParameter{kind, *synapse};
  std::vector<std::string> candidates;
  for (const CircuitInput& input : circuit.inputs) candidates.push_back(input.name);
  for (const CircuitSynapse& s : circuit.synapses)
    for (const auto& [word, kind] : kParameterWords) candidates.push_back(fmt::format("{}.{}", s.name, word));
  return Error{.where = std::string(name),
               .problem = "there is no such input or parameter",
               .expected = "an input, or NAME.alpha, NAME.beta, NAME.start of a synapse",
               .remedy = remedy_for(name, candidates)};
}

std::string parameter_name(const Circuit& circuit, CircuitParameter parameter) {
  if (parameter.kind == ParameterKind::Input) return circuit.inputs[parameter.index].name;
  for (const auto& [word, kind] : kParameterWords)
    if (kind == parameter.kind) return fmt::format("{}.{}", circuit.synapses[parameter.index].name, word);
  return {};
}

double& parameter_in(Circuit& circuit, CircuitParameter parameter) {
  switch (parameter.kind) {
    case ParameterKind::Input:
      return circuit.inputs[parameter.index].value;
    case ParameterKind::Alpha:
      return circuit.synapses[parameter.index].alpha;
    case ParameterKind::Beta:
      return circuit.synapses[parameter.index].beta;
    case ParameterKind::Start:
      break;
  }
  return circuit.synapses[parameter.index].start;
}

void set_parameter(CircuitRun& run, CircuitParameter parameter, double value) {
  const std::size_t k = parameter.index;
  switch (parameter.kind) {
    case ParameterKind::Input:
      return run.set_input(k, value);
    case ParameterKind::Alpha:
      return run.set_parameters(k, value, run.nodes()[k].beta);
    case ParameterKind::Beta:
      return run.set_parameters(k, run.nodes()[k].alpha, value);
    case ParameterKind::Start:
      return run.set_start(k, value);
  }
}

Result<std::size_t> find_synapse(const Circuit& circuit, std::string_view name) {
  if (const auto found = synapse_number(circuit, name)) return *found;
  std::vector<std::string> candidates;
  for (const CircuitSynapse& s : circuit.synapses) candidates.push_back(s.name);
  return Error{.where = std::string(name),
               .problem = "there is no such synapse",
               .remedy = remedy_for(name, candidates)};
}

Status set_in_circuit(Circuit& circuit, std::string_view name, double value) {
  if (!std::isfinite(value))
    return Error{
        .where = std::string(name), .problem = "is no finite number", .found = fmt::format("{}", value)};
  const auto parameter = find_parameter(circuit, name);
  if (!parameter) return parameter.error();
  parameter_in(circuit, *parameter) = value;
  return {};
}

}  // namespace synann::synapse
