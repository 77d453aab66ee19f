// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/description.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/model/layer_words.h"
#include "engine/model/recipes.h"
#include "engine/model/shapes.h"
#include "engine/model/tensors.h"

namespace synann::model {
namespace {

constexpr std::int64_t kMostFeatures = 1 << 24;  // of a layer, a sample

// "my-net: layer 3 (max_pool2d)"
std::string named(const Model& model, std::size_t k) {
  return fmt::format("{}: layer {} ({})", model.id, layer_number(model, k), kind_id(model.layers[k].kind));
}

// Links the ends of residual blocks; where they enclose nothing or overlap the parser is at fault.
Status link_blocks(Model& model) {
  std::vector<std::size_t> open;
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    if (model.layers[k].kind == LayerKind::ResidualBegin) open.push_back(k);
    if (model.layers[k].kind != LayerKind::ResidualEnd) continue;
    if (open.empty()) return Error{.where = named(model, k), .problem = "ends a block that was not begun"};
    model.layers[k].block = static_cast<int>(open.back());
    model.layers[open.back()].block = static_cast<int>(k);
    open.pop_back();
  }
  if (!open.empty()) return Error{.where = named(model, open.back()), .problem = "is not ended"};
  return {};
}

std::int64_t feature_count(const Shape& s) {
  return std::int64_t{s.channels} * s.rows * s.columns;
}

// Fills in the shapes of layer k.
Status shape_layer(Model& model, std::size_t k, const Shape& in) {
  Layer& l = model.layers[k];
  l.in = in;
  if (l.out == kOutClasses) l.out = model.classes;
  const auto shape = result_shape(l);
  if (!shape) {
    Error error = shape.error();
    error.where = named(model, k);
    return error;
  }
  l.result = *shape;
  if (l.result.rows < 1 || l.result.columns < 1) {
    return Error{.where = model.id,
                 .problem = kImagesTooSmall,
                 .found = fmt::format("{} × {} pixels", model.input.rows, model.input.columns),
                 .remedy = fmt::format("layer {} ({}) sees {}; use 28 × 28 pixels or choose another model",
                                       layer_number(model, k), kind_id(l.kind), shape_text(in))};
  }
  if (feature_count(l.result) > kMostFeatures) {
    return Error{.where = named(model, k),
                 .problem = "makes too many numbers of one image",
                 .expected = fmt::format("at most {}", kMostFeatures),
                 .found = shape_text(l.result)};
  }
  if (l.kind == LayerKind::ResidualEnd) {
    const Shape& kept = model.layers[static_cast<std::size_t>(l.block)].in;
    if (kept != in) {
      return Error{.where = named(model, k),
                   .problem = "cannot add what comes out of its layers to what went in",
                   .expected = shape_text(kept),
                   .found = shape_text(in)};
    }
  }
  return {};
}

Status check_head(const Model& model) {
  if (model.layers.empty() || model.layers.back().kind != LayerKind::LogSoftmax)
    return Error{
        .where = model.id, .problem = "does not end with log_softmax", .remedy = "add it as the last layer"};
  const Shape& out = model.layers.back().in;
  if (out.size() == model.classes) return {};
  return Error{.where = named(model, model.layers.size() - 1),
               .problem = "does not see one number for each class",
               .expected = fmt::format("{}", model.classes),
               .found = shape_text(out),
               .remedy = "put a linear layer with \"out\": \"classes\" before it"};
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

int Layer::synapse_inputs() const {
  switch (over) {
    case Over::Features:
      return in.size();
    case Over::Channels:
      return in.channels;
    case Over::Positions:
      return in.rows * in.columns;
  }
  return in.size();
}

bool has_inhibition(const Layer& layer) {
  return layer.kind == LayerKind::Synapse ||
         (layer.kind == LayerKind::SynaRnn && layer.twin == Twin::Synapse);
}

int layer_number(const Model& model, std::size_t index) {
  if (model.layers[index].kind == LayerKind::ResidualEnd && model.layers[index].block >= 0)
    return layer_number(model, static_cast<std::size_t>(model.layers[index].block));
  const auto end = model.layers.begin() + static_cast<std::ptrdiff_t>(index);
  return static_cast<int>(index) + 1 -
         static_cast<int>(std::count_if(model.layers.begin(), end,
                                        [](const Layer& l) { return l.kind == LayerKind::ResidualEnd; }));
}

bool has_synapse(const Model& model) {
  return std::any_of(model.layers.begin(), model.layers.end(),
                     [](const Layer& l) { return l.kind == LayerKind::Synapse; });
}

bool is_batch_coupled(std::span<const Layer> layers) {
  return std::any_of(layers.begin(), layers.end(), [](const Layer& l) {
    return l.kind == LayerKind::Synapse && l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled;
  });
}

bool has_batch_norm(const Model& model) {
  return std::any_of(model.layers.begin(), model.layers.end(), [](const Layer& l) {
    return l.kind == LayerKind::BatchNorm1d || l.kind == LayerKind::BatchNorm2d;
  });
}

Result<Model> resolve(Model model) {
  if (auto status = link_blocks(model); !status) return status.error();
  std::vector<Parameter> table;
  std::int64_t numbers = 0;
  Shape shape = model.input;
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    if (auto status = shape_layer(model, k, shape); !status) return status.error();
    shape = model.layers[k].result;
    const std::size_t first = table.size();
    add_tensors(model.layers[k], table);
    for (std::size_t t = first; t < table.size(); ++t) numbers += static_cast<std::int64_t>(table[t].size());
    if (numbers > kMostParameters) {
      return Error{.where = named(model, k),
                   .problem = "makes more parameters than this program trains",
                   .expected = fmt::format("at most {}", kMostParameters),
                   .found = fmt::format("{} with this layer", numbers)};
    }
  }
  model.parameters = ParameterTable(std::move(table));
  return model;
}

Result<Model> build(std::string_view id, int rows, int columns, int classes, const SynapseOptions& synapse) {
  const auto definition = definition_of(id, synapse);
  if (!definition) return definition.error();
  return build(*definition, rows, columns, classes);
}

Result<Model> build(const Definition& d, int rows, int columns, int classes) {
  auto model = resolve({.id = d.id,
                        .title = d.title,
                        .help = d.help,
                        .scaling = d.scaling,
                        .input = {1, rows, columns},
                        .classes = classes,
                        .layers = d.layers,
                        .parameters = {}});
  if (!model) return model;
  if (auto status = check_head(*model); !status) return status.error();
  return model;
}

Result<Definition> definition_of(std::string_view id, const SynapseOptions& synapse) {
  for (const auto& recipe : recipes())
    if (recipe.info.id == id)
      return Definition{.id = std::string(id),
                        .title = std::string(recipe.info.title),
                        .help = std::string(recipe.info.help),
                        .scaling = recipe.scaling,
                        .layers = recipe.layers(synapse)};
  return unknown_model(id);
}

}  // namespace synann::model
