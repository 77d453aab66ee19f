// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"

// The numbers of a circuit by the names that people type: an input ("x"), or a synapse's "a.alpha", "a.beta",
// "a.start". Pure functions; any thread.
namespace synann::synapse {

enum class ParameterKind { Input, Alpha, Beta, Start };

struct CircuitParameter {
  ParameterKind kind = ParameterKind::Input;
  std::size_t index = 0;  // of the input or synapse within the circuit
  bool operator==(const CircuitParameter&) const = default;
};

// Error: there is no such name; the nearest is told.
Result<CircuitParameter> find_parameter(const Circuit& circuit, std::string_view name);
std::string parameter_name(const Circuit& circuit, CircuitParameter parameter);

// The number itself; the parameter must be one of this circuit.
double& parameter_in(Circuit& circuit, CircuitParameter parameter);
// Changes it for the steps to come; a start counts from the next reset() on.
void set_parameter(CircuitRun& run, CircuitParameter parameter, double value);

// Number of a synapse by its name. Error: there is none; the nearest is told.
Result<std::size_t> find_synapse(const Circuit& circuit, std::string_view name);

// The same for many names: a table that is built once, while the functions above look through the circuit for
// each. It refers to the circuit, which must outlive it and keep its names; its numbers may change.
class CircuitNames {
 public:
  explicit CircuitNames(const Circuit& circuit);

  std::optional<std::size_t> input(std::string_view name) const;
  std::optional<std::size_t> synapse(std::string_view name) const;
  std::optional<CircuitParameter> parameter(std::string_view name) const;
  // The errors of find_parameter() and find_synapse().
  Error no_such_parameter(std::string_view name) const;
  Error no_such_synapse(std::string_view name) const;

 private:
  const Circuit& circuit_;
  std::unordered_map<std::string_view, std::size_t> inputs_, synapses_;  // the first of a name
};

}  // namespace synann::synapse
