// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_graph.h"

namespace synann::ui {

CircuitGraph::CircuitGraph(const synapse::Circuit& circuit)
    : inputs_(static_cast<int>(circuit.inputs.size())) {
  names_.reserve(circuit.inputs.size() + circuit.synapses.size());
  for (const synapse::CircuitInput& input : circuit.inputs) names_.push_back(input.name);
  for (const synapse::CircuitSynapse& s : circuit.synapses) names_.push_back(s.name);
  for (int k = 0; k < nodeCount(); ++k) nodes_.emplace(name(k), k);
  from_.resize(names_.size());
  wires_.reserve(2 * circuit.synapses.size());
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k) {
    const synapse::CircuitSynapse& s = circuit.synapses[k];
    for (const synapse::CircuitSource* source : {&s.excitatory, &s.inhibitory}) {
      CircuitWire wire{.to = inputs_ + static_cast<int>(k), .inhibitory = source == &s.inhibitory};
      if (source->kind == synapse::SourceKind::Constant) {
        wire.constant = source->value;
      } else {
        wire.from = node(source->name);
        wire.previous = source->kind == synapse::SourceKind::Previous;
      }
      if (wire.from >= 0) from_[static_cast<std::size_t>(wire.from)].push_back(wireCount());
      wires_.push_back(wire);
    }
  }
}

int CircuitGraph::node(std::string_view name) const {
  const auto found = nodes_.find(std::string(name));
  return found == nodes_.end() ? -1 : found->second;
}

}  // namespace synann::ui
