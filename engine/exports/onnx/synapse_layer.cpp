// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/onnx/synapse_layer.h"

#include <numeric>
#include <utility>
#include <vector>

#include "engine/compute/batch.h"

namespace synann::exports::onnx {
namespace {

using model::SynapseOptions;

// Π over the last axis of [rows, outputs, count], in halves: what is left over waits for the next round.
std::string product_in_halves(Graph& graph, const std::string& path, std::string factors, int count) {
  while (count > 1) {
    const int half = count / 2;
    std::vector<std::int64_t> sizes{half, half};
    if (count % 2 != 0) sizes.push_back(1);
    const Values parts = graph.split(path + "/halves", factors, 2, sizes);
    factors = graph.add("Mul", path + "/product", {parts[0], parts[1]});
    if (count % 2 != 0)
      factors = graph.add("Concat", path + "/with_rest", {factors, parts[2]}, {{"axis", std::int64_t{2}}});
    count = half + count % 2;
  }
  return factors;
}

// All factors [rows, outputs, inputs], then their product.
std::string inhibition_at_once(Graph& graph, const std::string& path, const std::string& x,
                               const std::string& beta, int inputs) {
  const std::string row =
      graph.add("Unsqueeze", path + "/x_row", {x, graph.integers(path + "/x_row/axes", {1})});
  const std::string inhibited = graph.add("Mul", path + "/beta_x", {row, beta});
  const std::string factors = graph.add("Sub", path + "/factors", {graph.one(), inhibited});
  const std::string product = product_in_halves(graph, path, factors, inputs);
  return graph.add("Squeeze", path + "/inhibition",
                   {product, graph.integers(path + "/inhibition/axes", {2})});
}

// [rows, columns] of one number, as many rows as `like` has.
std::string filled(Graph& graph, const std::string& path, const std::string& like, int columns,
                   double value) {
  const std::string rows =
      graph.add("Shape", path + "/rows", {like}, {{"start", std::int64_t{0}}, {"end", std::int64_t{1}}});
  const std::string shape =
      graph.add("Concat", path + "/shape", {rows, graph.integers(path + "/columns", {columns})},
                {{"axis", std::int64_t{0}}});
  return graph.add("ConstantOfShape", path, {shape}, {{"value", value}});
}

// One input after the other: state [rows, outputs] times 1 − x_j β_j, x_j [rows], β_j [outputs].
std::string inhibition_by_inputs(Graph& graph, const std::string& path, const std::string& x,
                                 const std::string& beta, int outputs) {
  const std::string ones = filled(graph, path + "/ones", x, outputs, 1);
  messages::GraphProto body;
  Graph inner = graph.body(body);
  const std::string product = inner.body_input(path + "/so_far", Number::Double);
  const std::string x_j = inner.body_input(path + "/x_j", Number::Double);
  const std::string beta_j = inner.body_input(path + "/beta_j", Number::Double);
  const std::string column =
      inner.add("Unsqueeze", path + "/x_column", {x_j, inner.integers(path + "/x_column/axes", {1})});
  const std::string inhibited = inner.add("Mul", path + "/beta_x", {column, beta_j});
  const std::string factor = inner.add("Sub", path + "/factor", {inner.one(), inhibited});
  inner.body_output(inner.add("Mul", path + "/product", {product, factor}), Number::Double);
  return graph.scan(path + "/inhibition", std::move(body), ones, {x, beta}, {1, 1});
}

// One product over all rows of [rows, outputs]: [outputs].
std::string product_of_rows(Graph& graph, const std::string& path, const std::string& rows, int outputs) {
  const std::vector<double> ones(static_cast<std::size_t>(outputs), 1.0);
  const std::string start = graph.doubles(path + "/batch_start", {outputs}, ones);
  messages::GraphProto body;
  Graph inner = graph.body(body);
  const std::string product = inner.body_input(path + "/batch_so_far", Number::Double);
  const std::string row = inner.body_input(path + "/batch_row", Number::Double);
  inner.body_output(inner.add("Mul", path + "/batch_product", {product, row}), Number::Double);
  return graph.scan(path + "/batch_inhibition", std::move(body), start, {rows}, {0});
}

std::vector<std::int64_t> excitatory_inputs(const model::Layer& layer) {
  std::vector<std::int64_t> inputs;
  inputs.reserve(static_cast<std::size_t>(layer.synapse_outputs()));
  for (int i = 0; i < layer.synapse_outputs(); ++i) inputs.push_back(layer.excitatory_input(i));
  return inputs;
}

// β with zeros where an input both excites and inhibits the same output.
std::string without_diagonal(const LayerWriter& w, const std::string& beta) {
  std::vector<std::int64_t> inputs(static_cast<std::size_t>(w.layer.synapse_inputs()));
  std::iota(inputs.begin(), inputs.end(), 0);
  Graph& g = w.graph;
  const std::string excitatory = w.node("Unsqueeze", "excitatory_column",
                                        {g.integers(w.name("diagonal"), excitatory_inputs(w.layer)),
                                         g.integers(w.name("excitatory_column/axes"), {1})});
  const std::string same = w.node("Equal", "is_diagonal", {excitatory, g.integers(w.name("inputs"), inputs)});
  constexpr double kZero = 0;
  return w.node("Where", "beta_without_diagonal", {same, g.doubles(w.name("zero"), {}, {&kZero, 1}), beta});
}

// What the weights mean under an option: [outputs, inputs], double.
std::string effective_beta(const LayerWriter& w, SynapseOptions::Beta option) {
  std::string weight = w.wide_parameter(".weight");
  switch (option) {
    case SynapseOptions::Beta::Free:
      return weight;
    case SynapseOptions::Beta::Sigmoid:
      return w.node("Sigmoid", "beta", {weight});
    case SynapseOptions::Beta::Clamp: {
      constexpr double kLeast = 0, kMost = static_cast<float>(1 - compute::kClampMargin);
      return w.node("Clip", "beta",
                    {weight, w.graph.doubles(w.name("beta_least"), {}, {&kLeast, 1}),
                     w.graph.doubles(w.name("beta_most"), {}, {&kMost, 1})});
    }
  }
  return weight;
}

// α_i times its input: x [rows, outputs], double.
std::string amplified(const LayerWriter& w, const std::string& x) {
  const SynapseOptions::Alpha option = w.layer.synapse.alpha;
  if (option == SynapseOptions::Alpha::One) return x;
  std::string alpha = w.node("Exp", "exp_alpha", {w.wide_parameter(".alpha")});
  // softplus; the operator of that name is there for floats alone in common runtimes.
  if (option == SynapseOptions::Alpha::Softplus)
    alpha = w.node("Log", "softplus_alpha", {w.node("Add", "one_plus_exp", {w.graph.one(), alpha})});
  return w.node("Mul", "excitation", {x, alpha});
}

// x [rows, inputs] to x_e(i) [rows, outputs]
std::string excitation(const LayerWriter& w, const std::string& x) {
  const model::Layer& l = w.layer;
  if (l.excitatory.empty() && l.synapse_outputs() == l.synapse_inputs()) return x;
  return w.node("Gather", "excitatory",
                {x, w.graph.integers(w.name("excitatory/inputs"), excitatory_inputs(l))},
                {{"axis", std::int64_t{1}}});
}

// The two Gemm are added apart: network.cpp says why no Gemm stands before an activation.
std::string gate(const LayerWriter& w, Graph& body, char letter, const std::string& z, const std::string& h) {
  const auto with = [letter](const char* text) { return std::string(text) + letter; };
  const std::vector<Attribute> transposed{{"transB", std::int64_t{1}}};
  const std::string of_input =
      body.add("Gemm", w.name(with("input_")),
               {z, w.wide_parameter(with(".weight_i")), w.wide_parameter(with(".bias_"))}, transposed);
  const std::string of_state =
      body.add("Gemm", w.name(with("state_")), {h, w.wide_parameter(with(".weight_h"))}, transposed);
  const std::string sum = body.add("Add", w.name(with("sum_")), {of_input, of_state});
  return body.add("Sigmoid", w.name(with("gate_")), {sum});
}

// What inhibits the candidate state, [N, states] of h; empty for nothing. β, transposed for the dense twin,
// stands outside of the body.
std::string cell_inhibition(const LayerWriter& w, Graph& body, const std::string& beta,
                            const std::string& h) {
  switch (w.layer.twin) {
    case model::Twin::Synapse:
      return inhibition(body, w.path, h, beta, w.layer.out, w.layer.out);
    case model::Twin::Dense:
      return body.add("Sigmoid", w.name("q"), {body.add("MatMul", w.name("dense"), {h, beta})});
    case model::Twin::Identity:
      return {};
  }
  return {};
}

}  // namespace

std::string inhibition(Graph& graph, const std::string& path, const std::string& x, const std::string& beta,
                       int inputs, int outputs) {
  if (std::int64_t{inputs} * outputs <= kMostFactorsAtOnce)
    return inhibition_at_once(graph, path, x, beta, inputs);
  return inhibition_by_inputs(graph, path, x, beta, outputs);
}

std::string synapse_rows(const LayerWriter& w, const std::string& x) {
  const model::Layer& l = w.layer;
  std::string beta = effective_beta(w, l.synapse.beta);
  if (l.synapse.diagonal == SynapseOptions::Diagonal::Zero) beta = without_diagonal(w, beta);
  std::string open = inhibition(w.graph, w.path, x, beta, l.synapse_inputs(), l.synapse_outputs());
  if (l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled)
    open = product_of_rows(w.graph, w.path, open, l.synapse_outputs());
  return w.node("Mul", "y", {amplified(w, excitation(w, x)), open});
}

// e = σ(W_e z + U_e h + b_e), f likewise, s = e ∘ q, h ← h ∘ (1 − f) + f ∘ s; y = 4 h_T − 2.
std::string recurrent_cell(const LayerWriter& w, const std::string& x) {
  Graph& g = w.graph;
  std::string beta;
  if (w.layer.twin == model::Twin::Synapse) beta = effective_beta(w, SynapseOptions::Beta::Sigmoid);
  if (w.layer.twin == model::Twin::Dense)
    beta = w.node("Transpose", "weight_transposed", {w.wide_parameter(".weight")},
                  {{"perm", std::vector<std::int64_t>{1, 0}}});
  const std::string start = filled(g, w.name("h_start"), x, w.layer.out, compute::kRnnStart);
  messages::GraphProto written;
  Graph body = g.body(written);
  const std::string h = body.body_input(w.name("h"), Number::Double);
  const std::string z = body.body_input(w.name("z"), Number::Double);
  const std::string f = gate(w, body, 'f', z, h);
  std::string s = gate(w, body, 'e', z, h);
  if (const std::string q = cell_inhibition(w, body, beta, h); !q.empty())
    s = body.add("Mul", w.name("s"), {s, q});
  const std::string kept = body.add("Sub", w.name("kept"), {g.one(), f});
  const std::string next =
      body.add("Add", w.name("h_next"),
               {body.add("Mul", w.name("old"), {h, kept}), body.add("Mul", w.name("new"), {f, s})});
  body.body_output(next, Number::Double);
  const std::string last = g.scan(w.name("cell"), std::move(written), start, {x}, {1});
  const std::string four = w.node("Mul", "four_h", {last, w.number("four", 4, Number::Double)});
  return w.node("Sub", "y", {four, w.number("two", 2, Number::Double)});
}

}  // namespace synann::exports::onnx
