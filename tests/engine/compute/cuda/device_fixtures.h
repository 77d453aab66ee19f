// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "engine/compute/backend.h"
#include "engine/compute/cuda/cuda_backend.h"
#include "engine/compute/cuda/gpu_device.h"
#include "engine/compute/cuda/host_device.h"
#include "tests/engine/compute/fixtures.h"

// Back ends on the host in a GPU's place, and the models and data they are tried on.
namespace synann::testing {

using ModelPtr = std::shared_ptr<const model::Model>;

inline ModelPtr shared(model::Model model) {
  return std::make_shared<const model::Model>(std::move(model));
}

// Every kind of layer and every option of the synapse layer; the last of them are small and awkward.
inline std::vector<ModelPtr> device_models() {
  using enum model::LayerKind;
  using Options = model::SynapseOptions;
  std::vector<ModelPtr> all;
  for (const auto& info : model::known_models()) all.push_back(shared(*model::build(info.id, 28, 28, 10)));
  const auto add = [&](const Options& options) {
    all.push_back(shared(*model::build("syna-cnn", 28, 28, 10, options)));
  };
  add({.beta = Options::Beta::Sigmoid,
       .alpha = Options::Alpha::Softplus,
       .diagonal = Options::Diagonal::Zero});
  add({.beta = Options::Beta::Clamp, .alpha = Options::Alpha::Exp});
  add({.semantics = Options::Semantics::BatchCoupled});
  add({.semantics = Options::Semantics::BatchCoupled,
       .beta = Options::Beta::Sigmoid,
       .alpha = Options::Alpha::Exp});
  // 37 synapses, odd images: no multiple of any tile.
  all.push_back(shared(resolved({{.kind = Conv2d, .name = "c", .out = 3, .kernel = 2},
                                 {.kind = AvgPool2d, .kernel = 2, .exposes = "means"},
                                 {.kind = Dropout, .p = 0.25},
                                 {.kind = Linear, .name = "a", .out = 37},
                                 {.kind = Softmax},
                                 {.kind = Synapse, .name = "fcn"},
                                 {.kind = BatchNorm1d, .name = "fcb"},
                                 {.kind = Synapse, .name = "again"},
                                 {.kind = Relu},
                                 {.kind = Linear, .name = "b", .out = 5},
                                 {.kind = LogSoftmax}},
                                {2, 9, 7}, 5)));
  // The recurrent cell behind another layer, so that its input has a gradient.
  all.push_back(shared(resolved({{.kind = Conv2d, .name = "c", .out = 2, .kernel = 3},
                                 {.kind = SynaRnn, .name = "rnn", .out = 11, .exposes = "rnn"},
                                 {.kind = Linear, .name = "b", .out = 4},
                                 {.kind = LogSoftmax}},
                                {1, 6, 8}, 4)));
  return all;
}

// A state away from its start, so that evaluation mode cannot pass by luck.
inline model::State moved_state(const model::Model& model, std::uint64_t seed = 9) {
  auto state = model::initialise(model, seed);
  for (std::size_t k = model.parameters.trained_count(); k < state.values.size(); ++k)
    state.values[k] += 0.25f;
  return state;
}

// Random ink on a blank ground with random labels: enough to learn by heart.
inline data::Dataset random_set(const model::Model& model, int count, std::uint64_t seed) {
  data::Dataset set{.rows = model.input.rows * model.input.channels,
                    .columns = model.input.columns,
                    .classes = model.classes,
                    .pixels = {},
                    .labels = {}};
  const auto stream = random_stream(seed, Purpose::Check);
  for (int k = 0; k < count * model.input.size(); ++k) {
    const auto word = stream.word(static_cast<std::uint32_t>(k));
    set.pixels.push_back(word % 4 == 0 ? static_cast<std::uint8_t>(word >> 24) : std::uint8_t{0});
  }
  for (int k = 0; k < count; ++k) set.labels.push_back(static_cast<std::uint8_t>(k * 7 % model.classes));
  return set;
}

inline data::DataPairPtr random_data(const model::Model& model, int train, int test) {
  return std::make_shared<const data::DataPair>(data::DataPair{.name = "random",
                                                               .spec = "random",
                                                               .sha256 = {},
                                                               .train = random_set(model, train, 1),
                                                               .test = random_set(model, test, 2)});
}

// With SYNANN_TEST_GPU set the same tests run on this machine's GPU, unless something is to go wrong on
// purpose. (The order of its threads is its own: then a second run has to be equal to the first.)
inline Result<std::unique_ptr<compute::Backend>> host_backend(
    ModelPtr model, data::DataPairPtr data, const std::string& tier = "plain",
    const compute::cuda::HostOptions& options = {}) {
  auto device = Result<std::unique_ptr<compute::cuda::Device>>(compute::cuda::make_host_device(options));
  if (std::getenv("SYNANN_TEST_GPU") != nullptr && options.memory_bytes == SIZE_MAX && options.lost_after < 0)
    device = compute::cuda::make_gpu_device();
  if (!device) return device.error();
  return compute::cuda::make_device_backend(std::move(*device), std::move(model), std::move(data), tier);
}

inline std::unique_ptr<compute::Backend> reference_backend(ModelPtr model, data::DataPairPtr data) {
  return std::move(*compute::make_backend({.device = "cpu", .tier = "reference", .threads = 1},
                                          std::move(model), std::move(data)));
}

struct Trained {
  std::vector<float> losses;
  std::optional<compute::NumericFailure> failure;
  model::State state;
  compute::EvaluationResult evaluation;
};

// One epoch and a second, over all samples in reversed order; `piece` steps a span.
inline Trained train(compute::Backend& backend, const model::Model& model, int samples, int batch,
                     const compute::Optimiser& optimiser, float rate, int piece = 1000) {
  Trained trained;
  std::vector<std::uint32_t> order(static_cast<std::size_t>(samples));
  std::iota(order.rbegin(), order.rend(), 0u);
  const int steps = (samples + batch - 1) / batch;
  const compute::CancelFlag cancel;
  if (!backend.load(moved_state(model))) return trained;
  for (int at = 0; at < 2 * steps && !trained.failure;) {
    const int epoch = at / steps + 1, first = at % steps, count = std::min(piece, steps - first);
    std::vector<float> rates(static_cast<std::size_t>(count));
    for (int k = 0; k < count; ++k)
      rates[static_cast<std::size_t>(k)] = rate / static_cast<float>(1 + (at + k) % 3);
    const auto span = backend.run({.seed = 5,
                                   .epoch = epoch,
                                   .first_step = first,
                                   .step_count = count,
                                   .batch_size = batch,
                                   .order = order,
                                   .learning_rates = rates,
                                   .optimiser = optimiser,
                                   .first_count = at,
                                   .watch = {.headroom = true}},
                                  cancel);
    if (!span) return trained;
    trained.losses.insert(trained.losses.end(), span->losses.begin(), span->losses.end());
    trained.failure = span->failure;
    at += count;
  }
  if (!backend.fetch(trained.state)) return trained;
  trained.evaluation = *backend.evaluate(compute::EvaluationSet::Test, 8, cancel, {});
  return trained;
}

}  // namespace synann::testing
