// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/description.h"

#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace synann::model {
namespace {

struct Recipe {
  ModelInfo info;
  InputScaling scaling;
  std::vector<Layer> (*layers)(int classes);
};

// The original network, in the order of its forward(): pool before ReLU, dropout2d between conv2 and its
// pool.
std::vector<Layer> syna_cnn(int classes) {
  using enum LayerKind;
  return {
      {.kind = Conv2d, .name = "conv1", .out = 10, .kernel = 5},
      {.kind = MaxPool2d, .kernel = 2},
      {.kind = Relu, .exposes = "conv1"},
      {.kind = Conv2d, .name = "conv2", .out = 20, .kernel = 5},
      {.kind = Dropout2d, .p = 0.5},
      {.kind = MaxPool2d, .kernel = 2},
      {.kind = Relu, .exposes = "conv2"},
      {.kind = Linear, .name = "fc1", .out = 64},
      {.kind = Relu, .exposes = "fc1"},
      {.kind = Dropout, .p = 0.5},
      {.kind = Softmax, .exposes = "softmax"},
      {.kind = Synapse, .name = "fcn", .exposes = "fcn"},
      {.kind = BatchNorm1d, .name = "fcb", .exposes = "fcb"},
      {.kind = Linear, .name = "fc2", .out = classes},
      {.kind = LogSoftmax},
  };
}

std::vector<Layer> linear(int classes) {
  return {{.kind = LayerKind::Linear, .name = "fc", .out = classes}, {.kind = LayerKind::LogSoftmax}};
}

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> all = {
      {{"syna-cnn", "SynaCNN", "The original network: two convolutions, a synapse layer of 64, batch norm."},
       {},
       syna_cnn},
      {{"linear", "Linear", "A linear classifier: the floor every other model has to beat."}, {}, linear},
  };
  return all;
}

Parameter uniform(std::string name, std::vector<std::int64_t> shape, int fan_in, Role role = Role::Trained) {
  return {.name = std::move(name),
          .shape = std::move(shape),
          .role = role,
          .initialiser = Initialiser::Uniform,
          .bound = 1.0 / std::sqrt(fan_in)};
}

// PyTorch's distributions: kaiming_uniform(a = √5) is U(±1/√fan_in) for weights, and so are the biases.
void add_parameters(const Layer& layer, std::vector<Parameter>& table) {
  const auto& n = layer.name;
  const std::int64_t in = layer.in.size(), out = layer.result.size();
  switch (layer.kind) {
    case LayerKind::Conv2d: {
      const int fan_in = layer.in.channels * layer.kernel * layer.kernel;
      table.push_back(
          uniform(n + ".weight", {layer.out, layer.in.channels, layer.kernel, layer.kernel}, fan_in));
      table.push_back(uniform(n + ".bias", {layer.out}, fan_in));
      break;
    }
    case LayerKind::Linear:
      table.push_back(uniform(n + ".weight", {out, in}, layer.in.size()));
      table.push_back(uniform(n + ".bias", {out}, layer.in.size()));
      break;
    case LayerKind::Synapse:
      table.push_back(uniform(n + ".weight", {out, in}, layer.in.size()));
      table.push_back(uniform(n + ".bias", {out}, layer.in.size(), Role::Unused));
      break;
    case LayerKind::BatchNorm1d:
      table.push_back({.name = n + ".weight", .shape = {out}, .initialiser = Initialiser::One});
      table.push_back({.name = n + ".bias", .shape = {out}});
      table.push_back({.name = n + ".running_mean", .shape = {out}, .role = Role::Buffer});
      table.push_back({.name = n + ".running_var",
                       .shape = {out},
                       .role = Role::Buffer,
                       .initialiser = Initialiser::One});
      table.push_back(
          {.name = n + ".num_batches_tracked", .shape = {}, .role = Role::Buffer, .type = ElementType::I64});
      break;
    default:
      break;
  }
}

Shape result_shape(const Layer& layer, const Shape& in) {
  switch (layer.kind) {
    case LayerKind::Conv2d:
      return {layer.out, in.rows - layer.kernel + 1, in.columns - layer.kernel + 1};
    case LayerKind::MaxPool2d:
      return {in.channels, in.rows / layer.kernel, in.columns / layer.kernel};
    case LayerKind::Linear:
      return {layer.out, 1, 1};
    default:
      return in;
  }
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

Result<Model> build(std::string_view id, int rows, int columns, int classes) {
  for (const auto& recipe : recipes()) {
    if (recipe.info.id != id) continue;
    return resolve({.id = std::string(id),
                    .title = std::string(recipe.info.title),
                    .help = std::string(recipe.info.help),
                    .scaling = recipe.scaling,
                    .input = {1, rows, columns},
                    .classes = classes,
                    .layers = recipe.layers(classes),
                    .parameters = {}});
  }
  return unknown_model(id);
}

}  // namespace synann::model
