// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>
#include <vector>

#include "engine/synapse/circuit.h"

// Circuits to begin with, from docs/theory.md. Stateless; any thread.
namespace synann::synapse {

struct CircuitExample {
  std::string_view id, title, help;
  Circuit (*make)();
};

const std::vector<CircuitExample>& circuit_examples();
// By id; null where there is none.
const CircuitExample* circuit_example(std::string_view id);

}  // namespace synann::synapse
