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

template <class Parts>
std::optional<std::size_t> number_of(const Parts& parts, std::string_view name) {
  for (std::size_t k = 0; k < parts.size(); ++k)
    if (parts[k].name == name) return k;
  return {};
}

// An input, or what stands behind the last dot of a synapse's name, by two ways to look a name up.
template <class InputOf, class SynapseOf>
std::optional<CircuitParameter> parameter_of(std::string_view name, InputOf input_of, SynapseOf synapse_of) {
  if (const std::optional<std::size_t> input = input_of(name))
    return CircuitParameter{ParameterKind::Input, *input};
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos) return {};
  for (const auto& [word, kind] : kParameterWords)
    if (name.substr(dot + 1) == word)
      if (const std::optional<std::size_t> synapse = synapse_of(name.substr(0, dot)))
        return CircuitParameter{kind, *synapse};
  return {};
}

Error unknown_parameter(const Circuit& circuit, std::string_view name) {
  std::vector<std::string> candidates;
  for (const CircuitInput& input : circuit.inputs) candidates.push_back(input.name);
  for (const CircuitSynapse& s : circuit.synapses)
    for (const auto& [word, kind] : kParameterWords) candidates.push_back(fmt::format("{}.{}", s.name, word));
  return Error{.where = std::string(name),
               .problem = "there is no such input or parameter",
               .expected = "an input, or NAME.alpha, NAME.beta, NAME.start of a synapse",
               .remedy = remedy_for(name, candidates)};
}

Error unknown_synapse(const Circuit& circuit, std::string_view name) {
  std::vector<std::string> candidates;
  for (const CircuitSynapse& s : circuit.synapses) candidates.push_back(s.name);
  return Error{.where = std::string(name),
               .problem = "there is no such synapse",
               .remedy = remedy_for(name, candidates)};
}

}  // namespace

Result<CircuitParameter> find_parameter(const Circuit& circuit, std::string_view name) {
  const auto found = parameter_of(
      name, [&](std::string_view part) { return number_of(circuit.inputs, part); },
      [&](std::string_view part) { return number_of(circuit.synapses, part); });
  if (found) return *found;
  return unknown_parameter(circuit, name);
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
  if (const auto found = number_of(circuit.synapses, name)) return *found;
  return unknown_synapse(circuit, name);
}

CircuitNames::CircuitNames(const Circuit& circuit) : circuit_(circuit) {
  inputs_.reserve(circuit.inputs.size());
  synapses_.reserve(circuit.synapses.size());
  for (std::size_t k = 0; k < circuit.inputs.size(); ++k) inputs_.emplace(circuit.inputs[k].name, k);
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k) synapses_.emplace(circuit.synapses[k].name, k);
}

std::optional<std::size_t> CircuitNames::input(std::string_view name) const {
  const auto found = inputs_.find(name);
  return found == inputs_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::size_t> CircuitNames::synapse(std::string_view name) const {
  const auto found = synapses_.find(name);
  return found == synapses_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<CircuitParameter> CircuitNames::parameter(std::string_view name) const {
  return parameter_of(
      name, [this](std::string_view part) { return input(part); },
      [this](std::string_view part) { return synapse(part); });
}

Error CircuitNames::no_such_parameter(std::string_view name) const {
  return unknown_parameter(circuit_, name);
}

Error CircuitNames::no_such_synapse(std::string_view name) const {
  return unknown_synapse(circuit_, name);
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
