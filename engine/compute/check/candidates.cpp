// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "engine/compute/batch_backend.h"
#include "engine/compute/check/check.h"
#include "engine/compute/cpu/fused_backend.h"
#include "engine/compute/cpu/fused_network.h"
#include "engine/model/model_file.h"
#include "engine/model/ready_models.h"

namespace synann::compute {
namespace {

using ModelPtr = std::shared_ptr<const model::Model>;

// Two threads, so that what is shared between them is checked as well.
constexpr int kThreads = 2;

void add_cpu(std::vector<Candidate>& all) {
  for (const Isa isa : available_isas()) {
    const char* name = fused::kernels(isa).isa;
    all.push_back({.name = fmt::format("fused · {}", name),
                   .make = [isa](ModelPtr model, data::DataPairPtr data) -> Result<std::unique_ptr<Backend>> {
                     return make_fused_backend(std::move(model), std::move(data), kThreads, isa);
                   },
                   .runs = [](const model::Model& model) { return fused_runs(model); }});
    all.push_back({.name = fmt::format("eigen · {}", name),
                   .make = [isa](ModelPtr model, data::DataPairPtr data) -> Result<std::unique_ptr<Backend>> {
                     auto network = make_eigen_network(*model, kThreads, isa);
                     return std::unique_ptr<Backend>(std::make_unique<BatchBackend>(
                         std::move(model), std::move(data), std::move(network)));
                   },
                   .runs = [](const model::Model&) { return true; }});
  }
}

// Every tier that make_backend has for CUDA; a model that a tier does not run is left out.
Status add_cuda(const std::string& device, std::vector<Candidate>& all) {
  const auto original = std::make_shared<const model::Model>(*model::build("syna-cnn", 28, 28, 10));
  for (const std::string& tier : known_tiers(device)) {
    const auto make = [device, tier](ModelPtr model, data::DataPairPtr data) {
      return make_backend({.device = device, .tier = tier}, std::move(model), std::move(data));
    };
    auto backend = make(original, nullptr);
    if (!backend) return backend.error();
    all.push_back({.name = fmt::format("{} · {} {}", tier, device, (*backend)->info().isa),
                   .make = make,
                   .runs = [make](const model::Model& model) {
                     return make(std::make_shared<const model::Model>(model), nullptr).ok();
                   }});
  }
  return {};
}

using model::Layer;

// Convolutions and pools with every option, batch norm of channels, blocks.
std::vector<Layer> image_layers() {
  using enum model::LayerKind;
  return {{.kind = Conv2d, .name = "conv1", .out = 6, .kernel = 3, .padding = 1, .bias = false},
          {.kind = BatchNorm2d, .name = "bn1"},
          {.kind = Relu},
          {.kind = MaxPool2d, .kernel = 3, .stride = 2},
          {.kind = ResidualBegin},
          {.kind = Conv2d, .name = "conv2", .out = 6, .kernel = 3, .padding = 1, .groups = 2},
          {.kind = Tanh},
          {.kind = ResidualEnd},
          {.kind = AvgPool2d, .kernel = 2, .stride = 1},
          {.kind = Conv2d, .name = "conv3", .out = 8, .kernel = 2, .stride = 2, .padding = 1},
          {.kind = Dropout2d, .p = 0.25},
          {.kind = Glu, .exposes = "gated"},
          {.kind = GlobalMaxPool2d, .exposes = "pooled"},
          {.kind = Linear, .name = "fc", .out = model::kOutClasses},
          {.kind = LogSoftmax}};
}

// Everything that has neither windows nor channels.
std::vector<Layer> vector_layers() {
  using enum model::LayerKind;
  return {{.kind = Linear, .name = "fc1", .out = 40, .bias = false},
          {.kind = Sigmoid},
          {.kind = ResidualBegin},
          {.kind = Linear, .name = "fc2", .out = 80},
          {.kind = Glu},
          {.kind = ResidualEnd, .exposes = "block"},
          {.kind = Dropout, .p = 0.25},
          {.kind = Clamp, .exposes = "clamped", .least = -0.25, .most = 0.75},
          {.kind = Softmax, .exposes = "softmax", .temperature = 0.5, .scale = 8},
          {.kind = Synapse, .name = "fcn", .out = 20, .exposes = "synapse"},
          {.kind = Linear, .name = "fc3", .out = model::kOutClasses},
          {.kind = LogSoftmax}};
}

// Synapse layers over channels and over positions.
std::vector<Layer> synapse_layers(const model::SynapseOptions& options) {
  using enum model::LayerKind;
  return {{.kind = Conv2d, .name = "conv1", .out = 4, .kernel = 3, .stride = 2},
          {.kind = Sigmoid},
          {.kind = Synapse,
           .name = "channels",
           .out = 5,
           .synapse = options,
           .exposes = "channels",
           .over = model::Over::Channels,
           .excitatory = {3, 0, 1, 2, 0}},
          {.kind = BatchNorm2d, .name = "bn1"},
          {.kind = Softmax, .scale = 20},
          {.kind = Synapse,
           .name = "positions",
           .synapse = options,
           .exposes = "positions",
           .over = model::Over::Positions},
          {.kind = GlobalAvgPool2d},
          {.kind = Linear, .name = "fc", .out = model::kOutClasses},
          {.kind = LogSoftmax}};
}

// One product for all samples and positions: of small inputs, so that it is neither zero nor infinite.
std::vector<Layer> coupled_layers() {
  using enum model::LayerKind;
  using Options = model::SynapseOptions;
  return {{.kind = Conv2d, .name = "conv1", .out = 4, .kernel = 3, .stride = 2},
          {.kind = Softmax, .scale = 0.5},
          {.kind = Synapse,
           .name = "channels",
           .out = 3,
           .synapse = {.semantics = Options::Semantics::BatchCoupled, .alpha = Options::Alpha::Exp},
           .exposes = "channels",
           .over = model::Over::Channels},
          {.kind = Linear, .name = "fc", .out = model::kOutClasses},
          {.kind = LogSoftmax}};
}

void add_any_layers(std::vector<CheckModel>& all) {
  using Options = model::SynapseOptions;
  const auto add = [&](std::string name, std::vector<Layer> layers) {
    const model::Definition definition{
        .id = "layers", .title = name, .help = "For the self-test.", .layers = std::move(layers)};
    all.push_back(
        {std::move(name), std::make_shared<const model::Model>(*model::build(definition, 12, 10, 10))});
  };
  add("layers of images", image_layers());
  add("layers of vectors", vector_layers());
  add("synapses over channels and positions", synapse_layers({.beta = Options::Beta::Sigmoid,
                                                              .alpha = Options::Alpha::Softplus,
                                                              .diagonal = Options::Diagonal::Zero}));
  add("synapses over channels, batch-coupled", coupled_layers());
}

}  // namespace

Result<std::vector<Candidate>> check_candidates(const std::string& device) {
  std::vector<Candidate> all;
  const bool cuda = device == "cuda" || device == "cuda-host";
  if (device != "auto" && device != "cpu" && !cuda) {
    return Error{.where = "--device",
                 .problem = "unknown device",
                 .expected = "auto, cpu or cuda",
                 .found = fmt::format("\"{}\"", device)};
  }
  if (!cuda) add_cpu(all);
  if (device == "cpu") return all;
  // With auto a machine without CUDA has nothing to check there.
  if (auto status = add_cuda(cuda ? device : "cuda", all); !status && cuda) return status.error();
  return all;
}

std::vector<CheckModel> check_models() {
  using Options = model::SynapseOptions;
  std::vector<CheckModel> all;
  const auto add = [&](std::string name, const char* id, const Options& options) {
    all.push_back(
        {std::move(name), std::make_shared<const model::Model>(*model::build(id, 28, 28, 10, options))});
  };
  for (const auto& info : model::known_models()) add(std::string(info.id), info.id.data(), {});
  // Of the networks that are model files the one with fused kernels; nothing between its layers damps a
  // gradient.
  all.push_back(
      {"syna-fast",
       std::make_shared<const model::Model>(*model::build(*model::find_ready_model("syna-fast"), 28, 28, 10)),
       0.002f});
  for (const char* id : {"syna-cnn", "syna-pixel"}) {
    const auto variant = [&](const char* name, const Options& options) {
      add(fmt::format("{}, {}", id, name), id, options);
    };
    variant("batch-coupled", {.semantics = Options::Semantics::BatchCoupled});
    variant("batch-coupled, α = exp a",
            {.semantics = Options::Semantics::BatchCoupled, .alpha = Options::Alpha::Exp});
    variant("β = σ(w)", {.beta = Options::Beta::Sigmoid});
    variant("β clamped", {.beta = Options::Beta::Clamp});
    variant("α = exp a", {.alpha = Options::Alpha::Exp});
    variant("α = softplus a", {.alpha = Options::Alpha::Softplus});
    variant("β_ii = 0", {.diagonal = Options::Diagonal::Zero});
    variant("β = σ(w), α = softplus a, β_ii = 0", {.beta = Options::Beta::Sigmoid,
                                                   .alpha = Options::Alpha::Softplus,
                                                   .diagonal = Options::Diagonal::Zero});
  }
  add_any_layers(all);
  return all;
}

}  // namespace synann::compute
