// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_examples.h"

#include <algorithm>
#include <string>

namespace synann::synapse {
namespace {

CircuitSource constant(double value) {
  return {.kind = SourceKind::Constant, .value = value};
}
CircuitSource input(const char* name) {
  return {.kind = SourceKind::Input, .name = name};
}
CircuitSource from(const char* name) {
  return {.kind = SourceKind::Synapse, .name = name};
}
CircuitSource before(const char* name) {
  return {.kind = SourceKind::Previous, .name = name};
}

CircuitSynapse node(const char* name, CircuitSource excitatory, CircuitSource inhibitory, double alpha = 1,
                    double beta = 1, double start = 0) {
  return {.name = name,
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
