// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/description.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/model/recipes.h"

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
  const std::int64_t n = l.in.size();
  const double spread = 1.0 / std::sqrt(static_cast<double>(n));
  Parameter weight = uniform(l.name + ".weight", {n, n}, spread);
  // A clamped β starts inside its interval; the sigmoid's starts at about one half.
  if (l.synapse.beta == SynapseOptions::Beta::Clamp) weight.centre = weight.spread = spread / 2;
  table.push_back(weight);
  table.push_back(uniform(l.name + ".bias", {n}, spread, Role::Unused));
  if (l.synapse.alpha == SynapseOptions::Alpha::Exp) table.push_back(constant(l.name + ".alpha", {n}, 0.0));
  if (l.synapse.alpha == SynapseOptions::Alpha::Softplus)
    table.push_back(constant(l.name + ".alpha", {n}, std::log(std::expm1(1.0))));
}

void add_batch_norm_parameters(const Layer& l, std::vector<Parameter>& table) {
  const std::int64_t n = l.in.size();
  table.push_back(constant(l.name + ".weight", {n}, 1));
  table.push_back(constant(l.name + ".bias", {n}, 0));
  table.push_back(constant(l.name + ".running_mean", {n}, 0, Role::Buffer));
  table.push_back(constant(l.name + ".running_var", {n}, 1, Role::Buffer));
  table.push_back(
      {.name = l.name + ".num_batches_tracked", .shape = {}, .role = Role::Buffer, .type = ElementType::I64});
}

// PyTorch's distributions: kaiming_uniform(a = √5) is U(±1/√fan_in) for weights, and so are the biases.
void add_weight_and_bias(const Layer& l, std::vector<std::int64_t> shape, int fan_in,
                         std::vector<Parameter>& table) {
  const double spread = 1.0 / std::sqrt(static_cast<double>(fan_in));
  const std::int64_t out = shape.front();
  table.push_back(uniform(l.name + ".weight", std::move(shape), spread));
  table.push_back(uniform(l.name + ".bias", {out}, spread));
}

void add_parameters(const Layer& l, std::vector<Parameter>& table) {
  switch (l.kind) {
    case LayerKind::Conv2d:
      add_weight_and_bias(l, {l.out, l.in.channels, l.kernel, l.kernel}, l.in.channels * l.kernel * l.kernel,
                          table);
      break;
    case LayerKind::Linear:
      add_weight_and_bias(l, {l.out, l.in.size()}, l.in.size(), table);
      break;
    case LayerKind::Synapse:
      add_synapse_parameters(l, table);
      break;
    case LayerKind::BatchNorm1d:
      add_batch_norm_parameters(l, table);
      break;
    case LayerKind::SynaRnn:
      add_rnn_parameters(l, table);
      break;
    case LayerKind::AvgPool2d:
    case LayerKind::MaxPool2d:
    case LayerKind::Relu:
    case LayerKind::Dropout2d:
    case LayerKind::Dropout:
    case LayerKind::Softmax:
    case LayerKind::LogSoftmax:
      break;  // nothing to train
  }
}

Shape result_shape(const Layer& layer, const Shape& in) {
  switch (layer.kind) {
    case LayerKind::Conv2d:
      return {layer.out, in.rows - layer.kernel + 1, in.columns - layer.kernel + 1};
    case LayerKind::AvgPool2d:
    case LayerKind::MaxPool2d:
      return {in.channels, in.rows / layer.kernel, in.columns / layer.kernel};
    case LayerKind::Linear:
    case LayerKind::SynaRnn:
      return {layer.out, 1, 1};
    case LayerKind::Relu:
    case LayerKind::Dropout2d:
    case LayerKind::Dropout:
    case LayerKind::Softmax:
    case LayerKind::Synapse:
    case LayerKind::BatchNorm1d:
    case LayerKind::LogSoftmax:
      return in;
  }
  return in;
}

Error unknown_model(std::string_view id) {
  std::vector<std::string_view> ids;
  for (const auto& info : known_models()) ids.push_back(info.id);
  return {.where = "--model",
          .problem = "unknown model",
          .expected = fmt::format("one of {}", fmt::join(ids, ", ")),
          .found = fmt::format("\"{}\"", id)};
}

}  // namespace

std::vector<ModelInfo> known_models() {
  std::vector<ModelInfo> infos;
  for (const auto& recipe : recipes()) infos.push_back(recipe.info);
  return infos;
}

bool has_inhibition(const Layer& layer) {
  switch (layer.kind) {
    case LayerKind::Synapse:
      return true;
    case LayerKind::SynaRnn:
      return layer.twin == Twin::Synapse;
    case LayerKind::AvgPool2d:
    case LayerKind::Conv2d:
    case LayerKind::MaxPool2d:
    case LayerKind::Relu:
    case LayerKind::Dropout2d:
    case LayerKind::Dropout:
    case LayerKind::Linear:
    case LayerKind::Softmax:
    case LayerKind::BatchNorm1d:
    case LayerKind::LogSoftmax:
      return false;
  }
  return false;
}

bool has_synapse(const Model& model) {
  return std::any_of(model.layers.begin(), model.layers.end(),
                     [](const Layer& l) { return l.kind == LayerKind::Synapse; });
}

bool has_batch_norm(const Model& model) {
  return std::any_of(model.layers.begin(), model.layers.end(),
                     [](const Layer& l) { return l.kind == LayerKind::BatchNorm1d; });
}

Result<Model> resolve(Model model) {
  std::vector<Parameter> table;
  Shape shape = model.input;
  for (auto& layer : model.layers) {
    layer.in = shape;
    layer.result = shape = result_shape(layer, shape);
    if (shape.rows < 1 || shape.columns < 1) {
      return Error{.where = model.id,
                   .problem = "the images are too small for this model",
                   .found = fmt::format("{} × {} pixels", model.input.rows, model.input.columns),
                   .remedy = "use 28 × 28 pixels or choose another model"};
    }
    add_parameters(layer, table);
  }
  model.parameters = ParameterTable(std::move(table));
  return model;
}

Result<Model> build(std::string_view id, int rows, int columns, int classes, const SynapseOptions& synapse) {
  for (const auto& recipe : recipes()) {
    if (recipe.info.id != id) continue;
    return resolve({.id = std::string(id),
                    .title = std::string(recipe.info.title),
                    .help = std::string(recipe.info.help),
                    .scaling = recipe.scaling,
                    .input = {1, rows, columns},
                    .classes = classes,
                    .layers = recipe.layers(classes, synapse),
                    .parameters = {}});
  }
  return unknown_model(id);
}

}  // namespace synann::model
