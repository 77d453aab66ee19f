// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/asker.h"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

namespace synann::infer {
namespace {

// The layer that is exposed under a name.
std::size_t layer_of(const model::Model& model, const std::string& name) {
  const auto found = std::find_if(model.layers.begin(), model.layers.end(),
                                  [&](const model::Layer& l) { return l.exposes == name; });
  return static_cast<std::size_t>(found - model.layers.begin());
}

void append(std::vector<float>& to, const std::vector<float>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace

Result<std::vector<std::uint32_t>> samples_of(const Network& network, const data::Dataset& set,
                                              std::span<const std::uint32_t> samples) {
  if (auto status = check_fit(network, set); !status) return status.error();
  if (samples.empty()) {
    std::vector<std::uint32_t> all(static_cast<std::size_t>(set.count()));
    std::iota(all.begin(), all.end(), 0u);
    return all;
  }
  for (const std::uint32_t sample : samples) {
    if (sample < static_cast<std::uint32_t>(set.count())) continue;
    return Error{.where = "image",
                 .problem = "there is no such image",
                 .expected = fmt::format("a number below {}", set.count()),
                 .found = fmt::format("{}", sample)};
  }
  return std::vector<std::uint32_t>(samples.begin(), samples.end());
}

Result<compute::Backend*> Asker::backend(const Network& network) {
  if (!backend_ || loaded_.model != network.model) {
    loaded_ = {};
    auto made = compute::make_backend(asking_.backend, network.model, nullptr);
    if (!made) return made.error();
    backend_ = std::move(*made);
  }
  if (loaded_ != network) {
    loaded_ = {};
    if (auto status = backend_->load(state_of(network)); !status) return status.error();
    loaded_ = network;
  }
  return backend_.get();
}

Result<Predictions> Asker::predict(const Network& network, const data::Dataset& set,
                                   std::span<const std::uint32_t> samples, const Work& work) {
  auto order = samples_of(network, set, samples);
  if (!order) return order.error();
  auto on = backend(network);
  if (!on) return on.error();
  Predictions p{
      .classes = network.model->classes, .samples = std::move(*order), .labels = {}, .log_probs = {}};
  for (const std::uint32_t sample : p.samples) p.labels.push_back(set.labels[sample]);
  p.log_probs.reserve(p.samples.size() * static_cast<std::size_t>(p.classes));
  for (int done = 0; done < p.count();) {
    if (work.stopped()) return interrupted();
    const int count = std::min(asking_.batch, p.count() - done);
    const auto reply = (*on)->ask(
        set, std::span(p.samples).subspan(static_cast<std::size_t>(done), static_cast<std::size_t>(count)),
        false);
    if (!reply) return reply.error();
    append(p.log_probs, reply->log_probs);
    work.tell(done += count, p.count());
  }
  return p;
}

Result<std::vector<Activation>> Asker::activations(const Network& network, const data::Dataset& set,
                                                   std::span<const std::uint32_t> samples, const Work& work) {
  const auto order = samples_of(network, set, samples);
  if (!order) return order.error();
  auto on = backend(network);
  if (!on) return on.error();
  const model::Model& m = *network.model;
  std::vector<Activation> all;
  const int total = static_cast<int>(order->size());
  for (int done = 0; done < total;) {
    if (work.stopped()) return interrupted();
    const int count = std::min(asking_.batch, total - done);
    auto reply = (*on)->ask(
        set, std::span(*order).subspan(static_cast<std::size_t>(done), static_cast<std::size_t>(count)),
        true);
    if (!reply) return reply.error();
    if (all.empty()) {
      for (const auto& [name, values] : reply->activations) {
        const std::size_t layer = layer_of(m, name);
        all.push_back({name, layer, m.layers[layer].result, {}});
      }
      all.push_back({"output", m.layers.size() - 1, m.layers.back().result, {}});
    }
    for (std::size_t k = 0; k + 1 < all.size(); ++k) append(all[k].values, reply->activations[k].second);
    append(all.back().values, reply->log_probs);
    work.tell(done += count, total);
  }
  return all;
}

}  // namespace synann::infer
