// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_targets.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "engine/core/file.h"
#include "engine/core/text_value.h"
#include "engine/io/csv_table.h"
#include "engine/synapse/circuit_parameter.h"

namespace synann::synapse {
namespace {

// What a column of the table sets.
struct TargetColumn {
  bool synapse = false;
  std::size_t number = 0;
};

Error no_part_of(const Circuit& circuit, std::string where, const std::string& name) {
  std::vector<std::string> candidates;
  for (const CircuitInput& input : circuit.inputs) candidates.push_back(input.name);
  for (const CircuitSynapse& s : circuit.synapses) candidates.push_back(s.name);
  const std::string near = nearest_word(name, candidates);
  return {.where = std::move(where),
          .problem = "is neither an input nor a synapse of the circuit",
          .found = in_quotes(name),
          .remedy = near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near)};
}

Result<std::vector<TargetColumn>> target_columns(const CsvTable& table, const Circuit& circuit) {
  const CircuitNames names(circuit);
  std::vector<TargetColumn> columns;
  for (std::size_t k = 0; k < table.columns(); ++k) {
    const std::string& name = table.names[k];
    if (const auto input = names.input(name)) {
      columns.push_back({.synapse = false, .number = *input});
    } else if (const auto synapse = names.synapse(name)) {
      columns.push_back({.synapse = true, .number = *synapse});
    } else {
      return no_part_of(circuit, fmt::format("{}, line {}, column {}", table.file, table.header_line, k + 1),
                        name);
    }
  }
  if (std::none_of(columns.begin(), columns.end(), [](const TargetColumn& c) { return c.synapse; }))
    return Error{.where = table.file,
                 .problem = "has no column of a synapse, so that there are no targets",
                 .remedy = "add a column whose name is that of a synapse"};
  return columns;
}

}  // namespace

Result<CircuitTargets> parse_circuit_targets(std::string_view text, const std::string& file,
                                             const Circuit& circuit) {
  const CsvLimits limits{
      .bytes = kLargestTargetFile, .columns = kMostSynapses + kMostInputs, .fields = kMostTargetFields};
  const auto table = parse_csv_table({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, file,
                                     limits, CsvNames::Exact);
  if (!table) return table.error();
  const auto columns = target_columns(*table, circuit);
  if (!columns) return columns.error();
  if (table->rows() == 0) return input_error(file, "has no rows below its names");
  if (table->rows() > kMostTargetRows)
    return Error{.where = file,
                 .problem = "has too many rows",
                 .expected = fmt::format("{} at most", kMostTargetRows),
                 .found = fmt::format("{}", table->rows())};
  CircuitTargets targets{
      .inputs = {}, .synapses = {}, .rows = table->rows(), .input_values = {}, .target_values = {}};
  for (const TargetColumn& c : *columns) (c.synapse ? targets.synapses : targets.inputs).push_back(c.number);
  for (std::size_t row = 0; row < table->rows(); ++row)
    for (std::size_t k = 0; k < table->columns(); ++k) {
      const auto number = table->number(row, k);
      if (!number) return number.error();
      ((*columns)[k].synapse ? targets.target_values : targets.input_values).push_back(*number);
    }
  return targets;
}

Result<CircuitTargets> read_circuit_targets(const std::filesystem::path& path, const Circuit& circuit) {
  const auto bytes = read_file(path, kLargestTargetFile);
  if (!bytes) return bytes.error();
  return parse_circuit_targets({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path.string(),
                               circuit);
}

}  // namespace synann::synapse
