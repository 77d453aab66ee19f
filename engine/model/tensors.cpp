// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tensors.h"

#include <cmath>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace synann::model {
namespace {

Parameter uniform(std::string name, std::vector<std::int64_t> shape, double spread,
                  Role role = Role::Trained) {
  return {.name = std::move(name),
          .shape = std::move(shape),
          .role = role,
          .initialiser = Initialiser::Uniform,
          .spread = spread};
}

Parameter constant(std::string name, std::vector<std::int64_t> shape, double value,
                   Role role = Role::Trained) {
  return {.name = std::move(name), .shape = std::move(shape), .role = role, .centre = value};
}

// The state cell of THEORY's SynaRNN: Xavier for the maps, b_f = −1 so that states change slowly at first, β
// ≈ 1/n.
void add_rnn_parameters(const Layer& l, std::vector<Parameter>& table) {
  const std::int64_t n = l.out, m = l.in.columns;
  const double in = std::sqrt(6.0 / static_cast<double>(n + m)),
               recurrent = std::sqrt(6.0 / static_cast<double>(2 * n));
  for (const char* gate : {"e", "f"}) {
    table.push_back(uniform(fmt::format("{}.weight_i{}", l.name, gate), {n, m}, in));
    table.push_back(uniform(fmt::format("{}.weight_h{}", l.name, gate), {n, n}, recurrent));
    table.push_back(constant(fmt::format("{}.bias_{}", l.name, gate), {n}, gate[0] == 'f' ? -1.0 : 0.0));
  }
  if (l.twin == Twin::Synapse) {
    table.push_back({.name = l.name + ".weight",
                     .shape = {n, n},
                     .initialiser = Initialiser::Normal,
                     .centre = -std::log(static_cast<double>(n)),
                     .spread = 0.5});
  } else if (l.twin == Twin::Dense) {
    table.push_back(uniform(l.name + ".weight", {n, n}, recurrent));
  }
}

void add_synapse_parameters(const Layer& l, std::vector<Parameter>& table) {
  const std::int64_t n = l.synapse_outputs(), inputs = l.synapse_inputs();
  const double spread = 1.0 / std::sqrt(static_cast<double>(inputs));
  Parameter weight = uniform(l.name + ".weight", {n, inputs}, spread);
  // A clamped β starts inside its interval; the sigmoid's starts at about one half.
  if (l.synapse.beta == SynapseOptions::Beta::Clamp) weight.centre = weight.spread = spread / 2;
  table.push_back(weight);
  table.push_back(uniform(l.name + ".bias", {n}, spread, Role::Unused));
  if (l.synapse.alpha == SynapseOptions::Alpha::Exp) table.push_back(constant(l.name + ".alpha", {n}, 0.0));
  if (l.synapse.alpha == SynapseOptions::Alpha::Softplus)
    table.push_back(constant(l.name + ".alpha", {n}, std::log(std::expm1(1.0))));
}

void add_batch_norm_parameters(const Layer& l, std::int64_t n, std::vector<Parameter>& table) {
  table.push_back(constant(l.name + ".weight", {n}, 1));
  table.push_back(constant(l.name + ".bias", {n}, 0));
  table.push_back(constant(l.name + ".running_mean", {n}, 0, Role::Buffer));
  table.push_back(constant(l.name + ".running_var", {n}, 1, Role::Buffer));
  table.push_back(
      {.name = l.name + ".num_batches_tracked", .shape = {}, .role = Role::Buffer, .type = ElementType::I64});
}

// PyTorch's distributions: kaiming_uniform(a = √5) is U(±1/√fan_in) for weights, and so are the biases.
void add_weight_and_bias(const Layer& l, std::vector<std::int64_t> shape, double fan_in,
                         std::vector<Parameter>& table) {
  const double spread = 1.0 / std::sqrt(fan_in);
  const std::int64_t out = shape.front();
  table.push_back(uniform(l.name + ".weight", std::move(shape), spread));
  if (l.bias) table.push_back(uniform(l.name + ".bias", {out}, spread));
}

}  // namespace

void add_tensors(const Layer& l, std::vector<Parameter>& table) {
  switch (l.kind) {
    case LayerKind::Conv2d: {
      const int in = l.in.channels / l.groups;
      add_weight_and_bias(l, {l.out, in, l.kernel, l.kernel}, 1.0 * in * l.kernel * l.kernel, table);
      break;
    }
    case LayerKind::Linear:
      add_weight_and_bias(l, {l.out, l.in.size()}, l.in.size(), table);
      break;
    case LayerKind::Synapse:
      add_synapse_parameters(l, table);
      break;
    case LayerKind::BatchNorm1d:
      add_batch_norm_parameters(l, l.in.size(), table);
      break;
    case LayerKind::BatchNorm2d:
      add_batch_norm_parameters(l, l.in.channels, table);
      break;
    case LayerKind::SynaRnn:
      add_rnn_parameters(l, table);
      break;
    case LayerKind::AvgPool2d:
    case LayerKind::MaxPool2d:
    case LayerKind::GlobalAvgPool2d:
    case LayerKind::GlobalMaxPool2d:
    case LayerKind::Relu:
    case LayerKind::Sigmoid:
    case LayerKind::Tanh:
    case LayerKind::Glu:
    case LayerKind::Clamp:
    case LayerKind::Dropout2d:
    case LayerKind::Dropout:
    case LayerKind::Softmax:
    case LayerKind::ResidualBegin:
    case LayerKind::ResidualEnd:
    case LayerKind::LogSoftmax:
      break;  // nothing to train
  }
}

}  // namespace synann::model
