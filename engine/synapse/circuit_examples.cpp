// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_examples.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

namespace synann::synapse {
namespace {

CircuitSource constant(double value) {
  return {.kind = SourceKind::Constant, .value = value};
}
CircuitSource input(std::string name) {
  return {.kind = SourceKind::Input, .name = std::move(name)};
}
CircuitSource from(std::string name) {
  return {.kind = SourceKind::Synapse, .name = std::move(name)};
}
CircuitSource before(const char* name) {
  return {.kind = SourceKind::Previous, .name = name};
}

CircuitSynapse node(std::string name, CircuitSource excitatory, CircuitSource inhibitory, double alpha = 1,
                    double beta = 1, double start = 0) {
  return {.name = std::move(name),
          .excitatory = std::move(excitatory),
          .inhibitory = std::move(inhibitory),
          .alpha = alpha,
          .beta = beta,
          .start = start};
}

Circuit single() {
  return {.name = "synapse",
          .inputs = {{"x", 0.7}, {"y", 0.4}},
          .synapses = {node("s", input("x"), input("y"), 1, 0.5)},
          .outputs = {"s"}};
}

// α x (1 − β₁ y₁)(1 − β₂ y₂)(1 − β₃ y₃): one row of the synapse tensor.
Circuit chain() {
  return {
      .name = "chain",
      .inputs = {{"x", 0.9}, {"y1", 0.2}, {"y2", 0.5}, {"y3", 0.8}},
      .synapses = {node("s1", input("x"), input("y1"), 1, 0.9), node("s2", from("s1"), input("y2"), 1, 0.5),
                   node("s3", from("s2"), input("y3"), 1, 0.25)},
      .outputs = {"s3"}};
}

// S(x, S(y, z)): z frees x from y.
Circuit disinhibition() {
  return {.name = "disinhibition",
          .inputs = {{"x", 0.8}, {"y", 0.9}, {"z", 0.7}},
          .synapses = {node("i", input("y"), input("z"), 1, 0.9), node("s", input("x"), from("i"), 1, 0.9)},
          .outputs = {"s"}};
}

Circuit gate_not() {
  return {.name = "not",
          .inputs = {{"x", 1}},
          .synapses = {node("not", constant(1), input("x"))},
          .outputs = {"not"}};
}

Circuit gate_and() {
  return {.name = "and",
          .inputs = {{"x", 1}, {"y", 1}},
          .synapses = {node("not_y", constant(1), input("y")), node("and", input("x"), from("not_y"))},
          .outputs = {"and"}};
}

Circuit gate_nor() {
  return {.name = "nor",
          .inputs = {{"x", 0}, {"y", 0}},
          .synapses = {node("not_x", constant(1), input("x")), node("nor", from("not_x"), input("y"))},
          .outputs = {"nor"}};
}

Circuit gate_or() {
  Circuit circuit = gate_nor();
  circuit.name = "or";
  circuit.synapses.push_back(node("or", constant(1), from("nor")));
  circuit.outputs = {"or"};
  return circuit;
}

Circuit gate_nand() {
  Circuit circuit = gate_and();
  circuit.name = "nand";
  circuit.synapses.push_back(node("nand", constant(1), from("and")));
  circuit.outputs = {"nand"};
  return circuit;
}

// OR(S(x, y), S(y, x)): exact on {0, 1} alone, because both halves share their inputs.
Circuit gate_xor() {
  return {.name = "xor",
          .inputs = {{"x", 1}, {"y", 0}},
          .synapses = {node("x_only", input("x"), input("y")), node("y_only", input("y"), input("x")),
                       node("not_x_only", constant(1), from("x_only")),
                       node("neither", from("not_x_only"), from("y_only")),
                       node("xor", constant(1), from("neither"))},
          .outputs = {"xor"}};
}

// As the original draws it: both halves become one logistic map after a step.
Circuit flip() {
  return {.name = "flip",
          .inputs = {},
          .synapses = {node("x", before("x"), before("y"), 2, 0.5, 0.2),
                       node("y", before("x"), before("y"), 2, 0.5, 0.7)},
          .outputs = {"x", "y"}};
}

// x' = α x (1 − β_s x)(1 − β_c y) and the same for y: remembers which of them was larger.
Circuit latch() {
  constexpr double kAlpha = 2, kSelf = 0.6, kCross = 0.9;
  return {.name = "latch",
          .inputs = {},
          .synapses = {node("x_self", before("x"), before("x"), kAlpha, kSelf),
                       node("x", from("x_self"), before("y"), 1, kCross, 0.5),
                       node("y_self", before("y"), before("y"), kAlpha, kSelf),
                       node("y", from("y_self"), before("x"), 1, kCross, 0.4)},
          .outputs = {"x", "y"}};
}

// The cell of SynaRNN for two features, without the sigmoids in front of it: candidate s_i = e_i Π_j (1 −
// β_ij h_j) with β = σ(B), kept_i = h_i (1 − f_i), new_i = f_i s_i, and h' = kept + new outside, because
// nothing adds here. The numbers are those of the first step of the golden cell (docs/theory.md).
Circuit rnn_cell() {
  const double bias[2][2] = {{-1.0, -2.0}, {-1.5, -0.5}};
  Circuit circuit{.name = "synarnn",
                  .inputs = {{"e1", 0.68783133058284},
                             {"e2", 0.460085115444434},
                             {"f1", 0.182425523806356},
                             {"f2", 0.171504769975401},
                             {"h1", 0.3},
                             {"h2", 0.6}},
                  .synapses = {},
                  .outputs = {"kept1", "new1", "kept2", "new2"}};
  for (int i = 1; i <= 2; ++i) {
    const auto beta = [&](int j) { return 1 / (1 + std::exp(-bias[i - 1][j - 1])); };
    const auto named = [i](const char* what) { return fmt::format("{}{}", what, i); };
    circuit.synapses.push_back(node(named("a"), input(named("e")), input("h1"), 1, beta(1)));
    circuit.synapses.push_back(node(named("s"), from(named("a")), input("h2"), 1, beta(2)));
    circuit.synapses.push_back(node(named("kept"), input(named("h")), input(named("f"))));
    // f_i s_i is S(f_i, 1 − s_i), as AND is.
    circuit.synapses.push_back(node(named("not_s"), constant(1), from(named("s"))));
    circuit.synapses.push_back(node(named("new"), input(named("f")), from(named("not_s"))));
  }
  return circuit;
}

// The original's picture of a small network, 8 – 5 – 5 – 3: each unit of a layer is a chain over all units of
// the layer before, excited by the one of its own place there: 5 · 8 + 5 · 5 + 3 · 5 = 80 synapses. β_ij =
// 0.5 / (1 + |i − j|): a unit inhibits most what is beside it. Inputs rise evenly from 0.55 to 0.9.
Circuit network() {
  constexpr int kSizes[] = {8, 5, 5, 3};
  Circuit circuit{.name = "network", .inputs = {}, .synapses = {}, .outputs = {}};
  std::vector<CircuitSource> before;
  for (int j = 1; j <= kSizes[0]; ++j) {
    const std::string name = fmt::format("x{}", j);
    circuit.inputs.push_back({name, (50 + 5 * j) / 100.0});
    before.push_back(input(name));
  }
  for (int layer = 1; layer <= 3; ++layer) {
    const char letter = "abc"[layer - 1];
    std::vector<CircuitSource> units;
    for (int i = 1; i <= kSizes[layer]; ++i) {
      CircuitSource path = before[static_cast<std::size_t>(i - 1)];
      for (int j = 1; j <= kSizes[layer - 1]; ++j) {
        const std::string name = fmt::format("{}{}_{}", letter, i, j);
        circuit.synapses.push_back(node(name, std::move(path), before[static_cast<std::size_t>(j - 1)], 1,
                                        0.5 / (1 + std::abs(i - j))));
        path = from(name);
      }
      if (layer == 3) circuit.outputs.push_back(path.name);
      units.push_back(std::move(path));
    }
    before = std::move(units);
  }
  return circuit;
}

}  // namespace

const std::vector<CircuitExample>& circuit_examples() {
  static const std::vector<CircuitExample> all = {
      {"synapse", "One synapse", "S = α x (1 − β y)", single},
      {"chain", "Chain", "one row of the synapse tensor: α x Π_j (1 − β_j y_j)", chain},
      {"disinhibition", "Disinhibition", "z inhibits y, which inhibits x", disinhibition},
      {"not", "NOT", "S(1, x)", gate_not},
      {"and", "AND", "S(x, S(1, y))", gate_and},
      {"or", "OR", "NOT NOR", gate_or},
      {"nor", "NOR", "S(S(1, x), y)", gate_nor},
      {"nand", "NAND", "S(1, AND)", gate_nand},
      {"xor", "XOR", "exact on 0 and 1 alone: its halves share their inputs", gate_xor},
      {"flip", "The flip as drawn", "a logistic map: it settles, oscillates or is chaotic", flip},
      {"latch", "Latch", "remembers which of two was larger, where 1 < α < 3 and β_c > β_s", latch},
      {"synarnn", "SynaRNN's cell",
       "two features; nothing adds in a circuit, so the new state h' = kept + new is read outside it",
       rnn_cell},
      {"network", "Small network", "8 – 5 – 5 – 3 units, each a chain over the layer before: 80 synapses",
       network},
  };
  return all;
}

const CircuitExample* circuit_example(std::string_view id) {
  const auto& all = circuit_examples();
  const auto found =
      std::find_if(all.begin(), all.end(), [id](const CircuitExample& e) { return e.id == id; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace synann::synapse
