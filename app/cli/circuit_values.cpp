// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/circuit_values.h"

#include <fmt/format.h>
#include <iterator>
#include <string_view>
#include <unordered_set>

#include "app/cli/json_number.h"
#include "engine/io/json_tree.h"

namespace synann::cli {

std::vector<std::size_t> shown_synapses(const synapse::Circuit& circuit) {
  const std::unordered_set<std::string_view> outputs(circuit.outputs.begin(), circuit.outputs.end());
  std::vector<std::size_t> shown;
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k)
    if (outputs.empty() || outputs.contains(circuit.synapses[k].name)) shown.push_back(k);
  return shown;
}

std::string values_text(const synapse::Circuit& circuit, std::span<const std::size_t> shown,
                        std::span<const double> values) {
  std::string line;
  for (const std::size_t k : shown)
    fmt::format_to(std::back_inserter(line), "  {} {:.15g}", circuit.synapses[k].name, values[k]);
  return line;
}

nlohmann::ordered_json values_json(const synapse::Circuit& circuit, std::span<const double> values) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k)
    append_member(object, circuit.synapses[k].name, number_or_null(values[k]));
  return object;
}

}  // namespace synann::cli
