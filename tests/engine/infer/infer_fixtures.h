// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <QtGlobal>

#include "engine/compute/backend.h"
#include "engine/data/digits.h"
#include "engine/infer/ablation.h"

// Small networks that have learnt something, and small sets.
namespace synann::testing {

inline data::DataPairPtr few_digits(int train = 400, int test = 230) {
  auto pair = std::make_shared<data::DataPair>();
  pair->name = "Few digits";
  pair->train = data::make_digits(train, 5);
  pair->test = data::make_digits(test, 6);
  pair->sha256 = data::data_digest(pair->train, pair->test);
  return pair;
}

// A model after some epochs on few digits.
inline infer::Network trained(const std::string& id, const model::SynapseOptions& options = {},
                              int epochs = 3) {
  const auto data = few_digits();
  auto model = std::make_shared<const model::Model>(*model::build(id, 28, 28, 10, options));
  auto backend =
      std::move(*compute::make_backend({.device = "cpu", .tier = "eigen", .threads = 1}, model, data));
  model::State state = model::initialise(*model, 3);
  if (!backend->load(state)) qFatal("cannot load");
  std::vector<std::uint32_t> order(static_cast<std::size_t>(data->train.count()));
  std::iota(order.begin(), order.end(), 0u);
  const int steps = data->train.count() / 20;
  const std::vector<float> rates(static_cast<std::size_t>(steps), 0.05f);
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    const auto done = backend->run({.seed = 1,
                                    .epoch = epoch,
                                    .step_count = steps,
                                    .batch_size = 20,
                                    .order = order,
                                    .learning_rates = rates,
                                    .optimiser = {.momentum = 0.5},
                                    .watch = {}},
                                   {});
    if (!done || done->failure) qFatal("cannot train");
  }
  if (!backend->fetch(state)) qFatal("cannot fetch");
  return {model, std::make_shared<const std::vector<float>>(std::move(state.values))};
}

inline infer::Asking asking(const char* tier, int threads = 1) {
  return {.backend = {.device = "cpu", .tier = tier, .threads = threads}};
}

// An evaluation of a state dict, as `synann eval` makes it.
inline infer::Score evaluated(const infer::Network& network, const data::DataPairPtr& data,
                              const char* tier) {
  auto backend =
      std::move(*compute::make_backend({.device = "cpu", .tier = tier, .threads = 1}, network.model, data));
  if (!backend->load(infer::state_of(network))) qFatal("cannot load");
  const auto result = *backend->evaluate(compute::EvaluationSet::Test, 100, {}, {});
  return {result.loss_sum, result.correct, result.count};
}

}  // namespace synann::testing
