// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_layout.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "ui/pages/circuit/circuit_graph.h"

namespace synann::ui {
namespace {

constexpr int kSweeps = 4;            // of the ordering, forth and back
constexpr double kShape = 1.6;        // width by height that a long circuit is wrapped to
constexpr int kLongestLine = 16;      // layers that stand in one line whatever their shape
constexpr double kBetweenLines = 96;  // pixels, for the wires from the end of a line to the next

// The layers of one circuit, as they come to be.
class Layers {
 public:
  explicit Layers(const synapse::Circuit& circuit) : graph_(circuit) {
    rank();
    for (int sweep = 0; sweep < kSweeps; ++sweep) order(sweep % 2 == 0);
    stack();
  }
  synapse::CircuitLayout places() const;

 private:
  int& rankOf(int node) { return ranks_[static_cast<std::size_t>(node)]; }
  double height(int node) const { return graph_.isInput(node) ? CircuitSize::kInput : CircuitSize::kSynapse; }
  double outputAt(int node) const { return y_[static_cast<std::size_t>(node)] + height(node) / 2; }
  void rank();
  void order(bool forth);
  void stack();

  CircuitGraph graph_;
  std::vector<int> ranks_;                // [nodes]
  std::vector<double> y_;                 // [nodes] upper edges
  std::vector<std::vector<int>> layers_;  // nodes from top to bottom
};

// The longest path to each synapse; Kahn's order, over wires of the same step alone.
void Layers::rank() {
  const auto count = static_cast<std::size_t>(graph_.nodeCount());
  ranks_.assign(count, 0);
  y_.assign(count, 0);
  std::vector<int> missing(count, 0), ready;
  for (const CircuitWire& wire : graph_.wires())
    if (wire.from >= 0 && !wire.previous) ++missing[static_cast<std::size_t>(wire.to)];
  for (int node = 0; node < graph_.nodeCount(); ++node)
    if (missing[static_cast<std::size_t>(node)] == 0) ready.push_back(node);
  for (std::size_t k = 0; k < ready.size(); ++k)
    for (const int number : graph_.wiresFrom(ready[k])) {
      const CircuitWire& wire = graph_.wire(number);
      if (wire.previous) continue;
      rankOf(wire.to) = std::max(rankOf(wire.to), rankOf(wire.from) + 1);
      if (--missing[static_cast<std::size_t>(wire.to)] == 0) ready.push_back(wire.to);
    }
  // An input stands just before the first that takes it.
  for (int node = 0; node < graph_.inputCount(); ++node) {
    int first = std::numeric_limits<int>::max();
    for (const int number : graph_.wiresFrom(node)) first = std::min(first, rankOf(graph_.wire(number).to));
    if (first != std::numeric_limits<int>::max()) rankOf(node) = first - 1;
  }
  int last = 0;
  for (const int rank : ranks_) last = std::max(last, rank);
  layers_.resize(static_cast<std::size_t>(last) + 1);
  // Synapses above the inputs that stand beside them: a chain goes straight on.
  for (const bool inputs : {false, true})
    for (int node = 0; node < graph_.nodeCount(); ++node)
      if (graph_.isInput(node) == inputs) layers_[static_cast<std::size_t>(rankOf(node))].push_back(node);
}

// By the mean of the neighbours in earlier layers, or in later ones.
void Layers::order(bool forth) {
  std::vector<double> at(y_.size(), 0);
  for (const auto& layer : layers_)
    for (std::size_t k = 0; k < layer.size(); ++k)
      at[static_cast<std::size_t>(layer[k])] = static_cast<double>(k);
  for (std::size_t step = 0; step < layers_.size(); ++step) {
    auto& layer = layers_[forth ? step : layers_.size() - 1 - step];
    std::vector<std::pair<double, int>> keys;
    for (const int node : layer) {
      double sum = 0;
      int neighbours = 0;
      const auto count = [&](int other, double shift) {
        if (other < 0 || (rankOf(other) < rankOf(node)) != forth || rankOf(other) == rankOf(node)) return;
        sum += at[static_cast<std::size_t>(other)] + shift;
        ++neighbours;
      };
      if (forth && !graph_.isInput(node))
        for (const bool inhibitory : {false, true}) {
          const CircuitWire& wire = graph_.wire(graph_.wireInto(node, inhibitory));
          if (!wire.previous) count(wire.from, 0);
        }
      if (!forth)
        for (const int number : graph_.wiresFrom(node)) {
          const CircuitWire& wire = graph_.wire(number);
          if (!wire.previous) count(wire.to, wire.inhibitory ? 0.25 : -0.25);
        }
      keys.emplace_back(neighbours > 0 ? sum / neighbours : at[static_cast<std::size_t>(node)], node);
    }
    std::stable_sort(keys.begin(), keys.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (std::size_t k = 0; k < keys.size(); ++k) {
      layer[k] = keys[k].second;
      at[static_cast<std::size_t>(layer[k])] = static_cast<double>(k);
    }
  }
}

// Each as near as can be to where its wires would be straight.
void Layers::stack() {
  for (const auto& layer : layers_) {
    double next = -std::numeric_limits<double>::infinity(), shift = 0;
    int wanted = 0;
    for (const int node : layer) {
      double sum = 0;
      int known = 0;
      if (!graph_.isInput(node))
        for (const bool inhibitory : {false, true}) {
          const CircuitWire& wire = graph_.wire(graph_.wireInto(node, inhibitory));
          if (wire.from < 0 || wire.previous || rankOf(wire.from) >= rankOf(node)) continue;
          // A chain along the exciting inputs goes straight on.
          if (!inhibitory && !graph_.isInput(wire.from)) {
            sum = outputAt(wire.from) - 0.5 * CircuitSize::kSynapse;
            known = 1;
            break;
          }
          sum += outputAt(wire.from) - (inhibitory ? 0.75 : 0.25) * CircuitSize::kSynapse;
          ++known;
        }
      double& y = y_[static_cast<std::size_t>(node)];
      const double wish = known > 0 ? sum / known : std::isinf(next) ? 0 : next;
      y = std::max(wish, next);
      if (known > 0) {
        shift += wish - y;
        ++wanted;
      }
      next = y + height(node) + CircuitSize::kGap;
    }
    if (wanted > 0)
      for (const int node : layer) y_[static_cast<std::size_t>(node)] += shift / wanted;
  }
}

synapse::CircuitLayout Layers::places() const {
  const auto layers = layers_.size();
  double least = 0, most = 0;
  for (const double y : y_) {
    least = std::min(least, y);
    most = std::max(most, y);
  }
  std::size_t line = layers;
  const double line_height = most - least + CircuitSize::kSynapse + kBetweenLines;
  if (layers > kLongestLine) {
    const double lines =
        std::sqrt(static_cast<double>(layers) * CircuitSize::kColumn / (kShape * line_height));
    line = std::max<std::size_t>(8, static_cast<std::size_t>(std::ceil(static_cast<double>(layers) /
                                                                       std::max(1.0, std::round(lines)))));
  }
  // A line is as high as what stands in it.
  synapse::CircuitLayout places;
  double top = 0;
  for (std::size_t first = 0; first < layers; first += line) {
    double upper = std::numeric_limits<double>::infinity(), lower = -upper;
    for (std::size_t k = first; k < std::min(layers, first + line); ++k)
      for (const int node : layers_[k]) {
        upper = std::min(upper, y_[static_cast<std::size_t>(node)]);
        lower = std::max(lower, y_[static_cast<std::size_t>(node)] + height(node));
      }
    for (std::size_t k = first; k < std::min(layers, first + line); ++k)
      for (const int node : layers_[k])
        places[graph_.name(node)] = onGrid({static_cast<double>(k - first) * CircuitSize::kColumn,
                                            top + y_[static_cast<std::size_t>(node)] - upper});
    top += lower - upper + kBetweenLines;
  }
  return places;
}

}  // namespace

synapse::CircuitPlace onGrid(const synapse::CircuitPlace& place) {
  const auto nearest = [](double value) {
    return CircuitSize::kGrid * std::round(value / CircuitSize::kGrid) + 0.0;
  };
  return {nearest(place.x), nearest(place.y)};
}

synapse::CircuitLayout layOutCircuit(const synapse::Circuit& circuit) {
  if (circuit.inputs.empty() && circuit.synapses.empty()) return {};
  return Layers(circuit).places();
}

}  // namespace synann::ui
