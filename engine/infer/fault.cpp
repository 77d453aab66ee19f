// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/fault.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/compute/reference/network.h"
#include "engine/core/random.h"

namespace synann::infer {
namespace {

using Forward = compute::reference::Network<float>;

// One image's part of a layer's output.
std::span<const float> part(std::span<const float> output, std::size_t place, int size) {
  const auto n = static_cast<std::size_t>(size);
  return output.subspan(place * n, n);
}

// The place in the batch of the image at fault.
std::size_t worst_image(const Forward& forward, std::span<const std::uint8_t> target, int classes) {
  std::size_t worst = 0;
  float most = -1;
  for (std::size_t s = 0; s < target.size(); ++s) {
    const float loss = -part(forward.log_probs(), s, classes)[target[s]];
    if (!std::isfinite(loss)) return s;
    if (loss > most) {
      most = loss;
      worst = s;
    }
  }
  return worst;
}

std::string first_broken_layer(const Forward& forward, const model::Model& model, std::size_t place) {
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    const model::Layer& l = model.layers[k];
    if ((l.name.empty() && l.exposes.empty()) ||
        compute::all_finite(part(forward.output(k), place, l.result.size())))
      continue;
    return l.name.empty() ? l.exposes : l.name;
  }
  return {};
}

// The smallest factor of all synapse layers that have one input for each image.
std::optional<Fault::Headroom> least_headroom(const Forward& forward, const FaultQuery& q,
                                              std::span<const float> input,
                                              const std::vector<std::uint32_t>& batch) {
  std::optional<Fault::Headroom> least;
  for (const train::SynapseLayer& layer : train::synapse_layers(*q.network.model)) {
    if (layer.recurrent) continue;
    const auto beta = beta_of(q.network, layer);
    const auto n = static_cast<std::size_t>(layer.n);
    const auto x = layer.index == 0 ? input : forward.output(layer.index - 1);
    for (std::size_t s = 0; s < batch.size(); ++s)
      for (std::size_t k = 0; k < n * n; ++k) {
        const double value = 1 - static_cast<double>(beta[k]) * static_cast<double>(x[s * n + k % n]);
        if (std::isnan(value) || (least && !(value < least->value))) continue;
        least = {layer.name, {static_cast<int>(k / n), static_cast<int>(k % n)}, batch[s], value};
      }
  }
  return least;
}

}  // namespace

Result<Fault> locate_fault(const FaultQuery& q) {
  if (!q.train) return input_error("images", "no data set is open", "choose the one the run was trained on");
  if (auto status = check_fit(q.network, *q.train); !status) return status.error();
  const int steps = q.batch_size > 0 ? (q.train->count() + q.batch_size - 1) / q.batch_size : 0;
  if (q.step < 0 || q.step >= steps) {
    return Error{.where = fmt::format("epoch {}", q.epoch),
                 .problem = "there is no such step",
                 .expected = fmt::format("from 0 to {}", steps - 1),
                 .found = fmt::format("{}", q.step)};
  }
  const model::Model& model = *q.network.model;
  const auto order = epoch_order(q.seed, q.epoch, q.train->count());
  const int first = q.step * q.batch_size, end = std::min(q.train->count(), first + q.batch_size);
  Fault fault;
  fault.batch.assign(order.begin() + first, order.begin() + end);
  std::vector<float> input(fault.batch.size() * q.train->image_size());
  std::vector<std::uint8_t> target(fault.batch.size());
  compute::gather(*q.train, fault.batch, compute::scaling_table(model.scaling), input, target);
  Forward forward(model);
  forward.forward(*q.network.values, {.count = end - first, .input = input, .target = target},
                  compute::Mode::Training,
                  {.enabled = q.dropout, .seed = q.seed, .epoch = q.epoch, .step = q.step});
  const std::size_t place = worst_image(forward, target, model.classes);
  fault.image = fault.batch[place];
  fault.loss = -static_cast<double>(part(forward.log_probs(), place, model.classes)[target[place]]);
  fault.layer = first_broken_layer(forward, model, place);
  fault.headroom = least_headroom(forward, q, input, fault.batch);
  return fault;
}

}  // namespace synann::infer
