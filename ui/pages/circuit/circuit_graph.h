// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/synapse/circuit.h"

namespace synann::ui {

// What feeds one port of a synapse.
struct CircuitWire {
  int from = -1;  // a node; −1: a constant
  int to = 0;     // the synapse, as a node
  bool inhibitory = false;
  bool previous = false;  // what the synapse gave one step before
  double constant = 0;

  bool operator==(const CircuitWire&) const = default;
};

// A circuit by numbers in place of names. Nodes are its inputs in their order, then its synapses; every
// synapse has two wires, the exciting one first. Plain and immutable.
class CircuitGraph {
 public:
  CircuitGraph() = default;
  // A source whose name is not there counts as a constant.
  explicit CircuitGraph(const synapse::Circuit& circuit);

  int inputCount() const { return inputs_; }
  int nodeCount() const { return static_cast<int>(names_.size()); }
  bool isInput(int node) const { return node < inputs_; }
  // Among the circuit's inputs or synapses.
  std::size_t place(int node) const {
    return static_cast<std::size_t>(isInput(node) ? node : node - inputs_);
  }
  const std::string& name(int node) const { return names_[static_cast<std::size_t>(node)]; }
  int node(std::string_view name) const;  // −1 where there is none

  const std::vector<CircuitWire>& wires() const { return wires_; }
  const CircuitWire& wire(int number) const { return wires_[static_cast<std::size_t>(number)]; }
  int wireCount() const { return static_cast<int>(wires_.size()); }
  int wireInto(int synapse, bool inhibitory) const { return 2 * (synapse - inputs_) + (inhibitory ? 1 : 0); }
  // The wires that leave a node.
  const std::vector<int>& wiresFrom(int node) const { return from_[static_cast<std::size_t>(node)]; }

  bool operator==(const CircuitGraph& other) const {
    return names_ == other.names_ && wires_ == other.wires_;
  }

 private:
  int inputs_ = 0;
  std::vector<std::string> names_;
  std::unordered_map<std::string, int> nodes_;
  std::vector<CircuitWire> wires_;
  std::vector<std::vector<int>> from_;
};

}  // namespace synann::ui
