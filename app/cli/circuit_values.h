// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/synapse/circuit.h"

// What the modes of `synann circuit` print of a circuit's values, in time that grows with the circuit alone.
namespace synann::cli {

// The numbers of the outputs in the order of the circuit; of all synapses where none are named.
std::vector<std::size_t> shown_synapses(const synapse::Circuit& circuit);

// "  x 0.5  y 0.25", of the shown ones. values: [synapses]
std::string values_text(const synapse::Circuit& circuit, std::span<const std::size_t> shown,
                        std::span<const double> values);

// {NAME: value} of all synapses; what is not finite is null.
nlohmann::ordered_json values_json(const synapse::Circuit& circuit, std::span<const double> values);

}  // namespace synann::cli
