// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/synapse_layers.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/compute/reference/network.h"
#include "engine/compute/reference/synapse.h"

namespace synann::train {
namespace {

using model::LayerKind;

// The options a recurrent cell has whatever the model's are (docs/theory.md).
constexpr model::SynapseOptions kRecurrent{.beta = model::SynapseOptions::Beta::Sigmoid};

std::span<const float> values_of(const model::Model& model, std::span<const float> values,
                                 const std::string& name) {
  const Parameter* p = model.parameters.find(name);
  return p ? values.subspan(p->offset, p->size()) : std::span<const float>();
}

Status check(const model::Model& model, const data::Dataset& set, std::span<const int> images) {
  if (set.rows != model.input.rows || set.columns != model.input.columns) {
    return Error{.where = model.id,
                 .problem = "the images do not fit the network",
                 .expected = fmt::format("{} × {} pixels", model.input.rows, model.input.columns),
                 .found = fmt::format("{} × {}", set.rows, set.columns)};
  }
  for (const int image : images) {
    if (image < 0 || image >= set.count())
      return Error{.where = model.id,
                   .problem = "there is no such image",
                   .expected = fmt::format("a number below {}", set.count()),
                   .found = fmt::format("{}", image)};
  }
  return {};
}

// A synapse layer whose β is no square over all inputs.
bool has_another_form(const model::Layer& l) {
  return l.kind == LayerKind::Synapse && !l.is_plain_synapse();
}

Error another_form(const std::string& where) {
  return {.where = where,
          .problem = "this is not available for a synapse layer of this form",
          .expected = "as many outputs as inputs, over all features, output i excited by input i"};
}

// The images as a batch in double precision.
struct Images {
  std::vector<double> input, values;
  std::vector<std::uint8_t> target;
  compute::Batch<double> batch() const {
    return {.count = static_cast<int>(target.size()), .input = input, .target = target};
  }
};

Images load(const model::Model& model, std::span<const float> values, const data::Dataset& set,
            std::span<const int> images) {
  const std::vector<std::uint32_t> order(images.begin(), images.end());
  std::vector<float> pixels(images.size() * set.image_size());
  Images loaded;
  loaded.target.resize(images.size());
  compute::gather(set, order, compute::scaling_table(model.scaling), pixels, loaded.target);
  loaded.input.assign(pixels.begin(), pixels.end());
  loaded.values.assign(values.begin(), values.end());
  return loaded;
}

}  // namespace

std::vector<SynapseLayer> synapse_layers(const model::Model& model) {
  std::vector<SynapseLayer> found;
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    const model::Layer& l = model.layers[k];
    const bool recurrent = l.kind == LayerKind::SynaRnn;
    if (!model::has_inhibition(l) || has_another_form(l)) continue;
    const bool picture = !recurrent && l.in.channels == 1 && l.in.rows > 1 && l.in.columns > 1;
    found.push_back({.name = l.name,
                     .index = k,
                     .n = recurrent ? l.out : l.in.size(),
                     .recurrent = recurrent,
                     .rows = picture ? l.in.rows : 0,
                     .columns = picture ? l.in.columns : 0});
  }
  return found;
}

Error no_synapse_layer(const model::Model& model) {
  for (const model::Layer& l : model.layers)
    if (has_another_form(l)) return another_form(l.name);
  return input_error(model.title, "has no synapse layer", "choose another network");
}

Result<SynapseLayer> layer_named(const model::Model& model, const std::string& name) {
  const auto layers = synapse_layers(model);
  if (layers.empty()) return no_synapse_layer(model);
  if (name.empty()) return layers.front();
  std::vector<std::string> names;
  for (const SynapseLayer& layer : layers) {
    if (layer.name == name) return layer;
    names.push_back(layer.name);
  }
  for (const model::Layer& l : model.layers)
    if (l.name == name && has_another_form(l)) return another_form(name);
  return Error{.where = model.title,
               .problem = "has no such synapse layer",
               .expected = fmt::format("{}", fmt::join(names, " or ")),
               .found = fmt::format("\"{}\"", name)};
}

SynapseParameters synapse_parameters(const model::Model& model, const SynapseLayer& layer,
                                     std::span<const float> weight, std::span<const float> alpha) {
  const model::SynapseOptions& options = layer.recurrent ? kRecurrent : model.layers[layer.index].synapse;
  SynapseParameters p{.beta = std::vector<float>(weight.size()),
                      .alpha = std::vector<float>(static_cast<std::size_t>(layer.n), 1.0F)};
  compute::reference::effective_beta(options, layer.n, weight.data(), p.beta.data());
  for (int i = 0; i < layer.n && !alpha.empty(); ++i)
    p.alpha[static_cast<std::size_t>(i)] = compute::reference::effective_alpha(options, alpha.data(), i);
  return p;
}

SynapseParameters synapse_parameters(const model::Model& model, const SynapseLayer& layer,
                                     std::span<const float> values) {
  return synapse_parameters(model, layer, values_of(model, values, layer.name + ".weight"),
                            values_of(model, values, layer.name + ".alpha"));
}

Result<std::vector<double>> synapse_inputs(const model::Model& model, const SynapseLayer& layer,
                                           std::span<const float> values, const data::Dataset& set,
                                           std::span<const int> images) {
  if (layer.recurrent) {
    return Error{.where = layer.name,
                 .problem = "a recurrent layer has other inputs at every row of the image",
                 .remedy = "look at its β alone"};
  }
  if (auto status = check(model, set, images); !status) return status.error();
  const Images loaded = load(model, values, set, images);
  compute::reference::Network<double> network(model);
  network.forward(loaded.values, loaded.batch(), compute::Mode::Evaluation, {});
  if (layer.index == 0) return loaded.input;
  const auto x = network.output(layer.index - 1);
  return std::vector<double>(x.begin(), x.end());
}

Result<std::vector<float>> synapse_gradient(const model::Model& model, const SynapseLayer& layer,
                                            std::span<const float> values, const data::Dataset& set,
                                            std::span<const int> images) {
  if (auto status = check(model, set, images); !status) return status.error();
  const Images loaded = load(model, values, set, images);
  compute::reference::Network<double> network(model);
  network.forward(loaded.values, loaded.batch(), compute::Mode::Training, {});
  std::vector<double> gradients(values.size());
  network.backward(loaded.values, loaded.batch(), {}, gradients);
  const Parameter* p = model.parameters.find(layer.name + ".weight");
  std::vector<float> result(p->size());
  for (std::size_t k = 0; k < result.size(); ++k) result[k] = static_cast<float>(gradients[p->offset + k]);
  return result;
}

std::vector<int> images_by_class(const data::Dataset& set, int per_class) {
  std::vector<std::vector<int>> found(static_cast<std::size_t>(std::max(1, set.classes)));
  for (int k = 0; k < set.count(); ++k) {
    auto& of_class = found[set.labels[static_cast<std::size_t>(k)]];
    if (static_cast<int>(of_class.size()) < per_class) of_class.push_back(k);
  }
  std::vector<int> images;
  for (const auto& of_class : found) images.insert(images.end(), of_class.begin(), of_class.end());
  return images;
}

}  // namespace synann::train
