// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/epoch_numbers.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "engine/compute/batch.h"
#include "engine/compute/exact/headroom.h"
#include "engine/train/synapse_layers.h"

namespace synann::train {
namespace {

double sum_of_squares(std::span<const float> values) {
  double sum = 0;
  for (const float v : values) sum += static_cast<double>(v) * static_cast<double>(v);
  return sum;
}

std::optional<double> finite_only(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

const std::vector<float>* activation_of(const compute::Probe& probe, const std::string& name) {
  for (const auto& [exposed, values] : probe.activations)
    if (!name.empty() && exposed == name) return &values;
  return nullptr;
}

// Units are the channels of an image layer, and the single numbers of any other one. A NaN is not close to 0.
int dead_units(std::span<const float> values, const model::Shape& shape, int images) {
  const int inside = shape.rows * shape.columns;
  int dead = 0;
  for (int unit = 0; unit < shape.channels; ++unit) {
    bool alive = false;
    for (int image = 0; image < images && !alive; ++image) {
      const auto first = static_cast<std::size_t>(image) * static_cast<std::size_t>(shape.size()) +
                         static_cast<std::size_t>(unit) * static_cast<std::size_t>(inside);
      const auto part = values.subspan(first, static_cast<std::size_t>(inside));
      alive = std::any_of(part.begin(), part.end(),
                          [](float v) { return !(std::abs(static_cast<double>(v)) < kDeadBelow); });
    }
    dead += alive ? 0 : 1;
  }
  return dead;
}

std::optional<double> dead_share(const model::Model& model, const compute::Probe& probe, int images) {
  int dead = 0, all = 0;
  for (const model::Layer& layer : model.layers) {
    if (layer.kind != model::LayerKind::Relu && layer.kind != model::LayerKind::Synapse) continue;
    const std::vector<float>* const values = activation_of(probe, layer.exposes);
    if (values == nullptr) continue;
    dead += dead_units(*values, layer.result, images);
    all += layer.result.channels;
  }
  if (all == 0) return std::nullopt;
  return static_cast<double>(dead) / all;
}

}  // namespace

EpochNumbers epoch_numbers(compute::Backend& backend, const model::Model& model, const model::State& state,
                           const data::Dataset& train) {
  EpochNumbers numbers;
  const int images = std::min(kWatchedImages, train.count());
  std::vector<std::uint32_t> samples(static_cast<std::size_t>(images));
  std::iota(samples.begin(), samples.end(), 0U);
  std::vector<float> input(samples.size() * train.image_size());
  std::vector<std::uint8_t> target(samples.size());
  compute::gather(train, samples, compute::scaling_table(model.scaling), input, target);
  const auto probe = backend.probe(input, target);
  if (!probe) return numbers;
  numbers.gradient_norm = finite_only(
      std::sqrt(sum_of_squares(std::span(probe->gradients).first(model.parameters.trained_count()))));
  numbers.dead_share = dead_share(model, *probe, images);
  double squares = 0;
  std::optional<double> least;
  const std::vector<SynapseLayer> layers = synapse_layers(model);
  for (const SynapseLayer& layer : layers) {
    const SynapseParameters parameters = synapse_parameters(model, layer, state.values);
    squares += sum_of_squares(parameters.beta);
    if (layer.recurrent) continue;
    const std::vector<float>* const x =
        layer.index == 0 ? &input : activation_of(*probe, model.layers[layer.index - 1].exposes);
    if (x == nullptr) continue;
    const double headroom = compute::exact::headroom(images, layer.n, x->data(), parameters.beta.data());
    if (std::isfinite(headroom)) least = std::min(least.value_or(headroom), headroom);
  }
  numbers.headroom = least;
  if (!layers.empty()) numbers.beta_norm = finite_only(std::sqrt(squares));
  return numbers;
}

}  // namespace synann::train
