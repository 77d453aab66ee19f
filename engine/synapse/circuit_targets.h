// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"

// What a circuit shall give for some inputs: the table that circuit_fit.h learns from (docs/formats.md). Pure
// functions but for the reading of the file; any thread.
namespace synann::synapse {

inline constexpr std::size_t kMostTargetRows = 100'000;
inline constexpr std::size_t kLargestTargetFile = std::size_t{64} << 20;  // bytes
inline constexpr std::size_t kMostTargetFields = 10'000'000;              // rows times columns

// Row by row. Inputs without a column keep their value of the circuit.
struct CircuitTargets {
  std::vector<std::size_t> inputs;    // numbers of the inputs that the rows set
  std::vector<std::size_t> synapses;  // numbers of the synapses that have targets
  std::size_t rows = 0;
  std::vector<double> input_values;   // [rows, inputs]
  std::vector<double> target_values;  // [rows, synapses]

  std::span<const double> inputs_of(std::size_t row) const {
    return std::span(input_values).subspan(row * inputs.size(), inputs.size());
  }
  std::span<const double> targets_of(std::size_t row) const {
    return std::span(target_values).subspan(row * synapses.size(), synapses.size());
  }
};

// A table as of engine/io/csv_table.h whose header names inputs and synapses of the circuit exactly, one each
// column, in any order. Errors name `file`, line and column: those of the table; a name that is neither an
// input nor a synapse, no synapse among them, no rows or more than kMostTargetRows, a field that is no finite
// number.
Result<CircuitTargets> parse_circuit_targets(std::string_view text, const std::string& file,
                                             const Circuit& circuit);
Result<CircuitTargets> read_circuit_targets(const std::filesystem::path& path, const Circuit& circuit);

}  // namespace synann::synapse
