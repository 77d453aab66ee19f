// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QList>
#include <QPointF>
#include <QRectF>
#include <QString>

#include "engine/synapse/circuit_file.h"
#include "ui/pages/circuit/circuit_graph.h"
#include "ui/pages/circuit/circuit_index.h"

namespace synann::ui {

// Something of a circuit that can be chosen: an input or a synapse, or a wire together with the port that it
// enters. A port that takes a constant is a wire too.
struct CircuitItem {
  enum class Kind { None, Node, Wire };
  Kind kind = Kind::None;
  int number = -1;

  static CircuitItem node(int number) { return {Kind::Node, number}; }
  static CircuitItem wire(int number) { return {Kind::Wire, number}; }
  explicit operator bool() const { return kind != Kind::None; }
  bool operator==(const CircuitItem&) const = default;
};

// What the synapses of a circuit give at one step.
struct CircuitValues {
  std::vector<double> shown;      // [synapses]
  std::vector<double> unclamped;  // [synapses] the same before clamping
  qint64 step = 0;
};

// Where everything of a circuit stands: symbols, ports and the ways of the wires, with what is shown beside
// them. Places in pixels at zoom 1. A value; knows no widget.
class CircuitScene {
 public:
  CircuitScene() = default;
  // What has no place is arranged.
  explicit CircuitScene(const synapse::DrawnCircuit& drawn) { setDrawn(drawn); }

  // Another state of a circuit. Where only places differ, only the wires that they concern are led anew.
  void setDrawn(const synapse::DrawnCircuit& drawn);
  // Moves symbols without an edit, as while they are dragged; what changed is in takeChanged().
  void moveNodes(const std::vector<int>& nodes, QPointF by);
  void setValues(CircuitValues values);
  // Boxes that have to be painted again since the last call; one empty box: everything.
  QList<QRectF> takeChanged() { return std::exchange(changed_, {}); }

  const synapse::Circuit& circuit() const { return circuit_; }
  synapse::CircuitLayout layout() const;  // of all nodes, as they stand
  const CircuitGraph& graph() const { return graph_; }
  const CircuitValues& values() const { return values_; }
  bool empty() const { return graph_.nodeCount() == 0; }

  double value(int node) const;  // of an input, or what a synapse gives; NaN where it is not known
  double unclamped(int node) const;
  QPointF place(int node) const { return places_[static_cast<std::size_t>(node)]; }
  QRectF symbol(int node) const;       // the triangle, or an input with its texts
  QRectF body(int node) const;         // with constants at the ports and texts
  QRectF constantBox(int wire) const;  // of a port that takes a constant
  QPointF output(int node) const;
  QPointF port(int wire) const;
  const QList<QPointF>& path(int wire) const { return paths_[static_cast<std::size_t>(wire)]; }
  QRectF delayBox(int wire) const;            // of the mark z⁻¹ on a wire of the step before
  QRectF box(const CircuitItem& item) const;  // of all that is painted of it
  QRectF bounds() const;                      // of everything; empty where there is nothing

  // What is at a place, symbols before wires; ports within `reach`.
  CircuitItem itemAt(QPointF place, double reach) const;
  int nodeAt(QPointF place) const;                  // −1: none
  int portAt(QPointF place, double reach) const;    // the wire that enters it; −1: none
  int outputAt(QPointF place, double reach) const;  // a node; −1: none
  std::vector<int> nodesIn(const QRectF& band) const;
  // In the order of reading: each node, and behind a synapse its two wires.
  int itemCount() const { return graph_.inputCount() + 3 * (graph_.nodeCount() - graph_.inputCount()); }
  CircuitItem item(int place) const;             // none where there is no such place
  int itemPlace(const CircuitItem& item) const;  // −1: it is none
  // The nearest node in a direction, one of (±1, 0) and (0, ±1); −1 where there is none.
  int nodeTowards(int node, QPointF direction) const;

 private:
  void rebuild(const synapse::CircuitLayout& layout);
  void place(int node, QPointF at);
  void moveAll(QPointF by);
  void leadWire(int wire);
  void leadAll();
  void placeDelay(int wire);
  bool isFree(const QRectF& box) const;
  QRectF wireBox(int wire) const;

  synapse::Circuit circuit_;
  CircuitGraph graph_;
  CircuitValues values_;
  std::vector<QPointF> places_;        // [nodes]
  std::vector<QList<QPointF>> paths_;  // [wires]; empty where a constant is
  std::vector<QPointF> delays_;        // [wires] middles of the marks z⁻¹, of wires of the step before
  CircuitIndex index_;                 // of the bodies
  CircuitIndex delay_index_;           // of the marks
  QList<QRectF> changed_;
};

}  // namespace synann::ui
