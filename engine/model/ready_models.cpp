// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/ready_models.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "engine/model/model_file.h"

namespace synann::model {
namespace {

// Each as a person would write it.
constexpr std::string_view kReadyFiles[] = {
    R"({"format": "synann-model-1", "id": "syna-mlp-relu", "title": "SynaMLP with ReLU",
 "help": "14 × 14 means, 128 units with batch norm and ReLU, a synapse layer of 128 (α = exp a), batch norm.",
 "input": {"scale": [0, 1]},
 "training": {"epochs": 10, "optimizer": "adam", "lr": 0.004, "schedule": "cosine", "watch_headroom": false},
 "layers": [
  {"kind": "avg_pool2d", "kernel": 2, "exposes": "pixels"},
  {"kind": "linear", "name": "fc1", "out": 128},
  {"kind": "batch_norm1d", "name": "fc1b"},
  {"kind": "relu", "exposes": "fc1"},
  {"kind": "synapse", "name": "fcn", "alpha": "exp", "exposes": "fcn"},
  {"kind": "batch_norm1d", "name": "fcb", "exposes": "fcb"},
  {"kind": "linear", "name": "fc2", "out": "classes"},
  {"kind": "log_softmax"}]})",
    R"({"format": "synann-model-1", "id": "syna-mlp-250", "title": "SynaMLP of 250",
 "help": "The published Keras program: 784–250, batch norm, softmax, a synapse layer of 250, batch norm.",
 "input": {"scale": [0, 1]},
 "training": {"epochs": 30, "lr": 0.01, "momentum": 0.9, "nesterov": 1},
 "layers": [
  {"kind": "linear", "name": "fc1", "out": 250, "exposes": "fc1"},
  {"kind": "batch_norm1d", "name": "fc1b"},
  {"kind": "softmax", "exposes": "softmax"},
  {"kind": "synapse", "name": "fcn", "exposes": "fcn"},
  {"kind": "batch_norm1d", "name": "fcb", "exposes": "fcb"},
  {"kind": "linear", "name": "fc2", "out": "classes"},
  {"kind": "log_softmax"}]})",
    R"({"format": "synann-model-1", "id": "syna-mlp-280", "title": "SynaMLP of 280",
 "help": "The first paper's network: 784–280, softmax for its \"normalised\", a synapse layer of 280, dropout.",
 "input": {"scale": [0, 1]},
 "training": {"epochs": 18, "optimizer": "adam", "lr": 0.003, "schedule": "cosine"},
 "layers": [
  {"kind": "linear", "name": "fc1", "out": 280, "exposes": "fc1"},
  {"kind": "softmax", "scale": 280, "exposes": "softmax"},
  {"kind": "synapse", "name": "fcn", "exposes": "fcn"},
  {"kind": "dropout", "p": 0.25},
  {"kind": "linear", "name": "fc2", "out": "classes"},
  {"kind": "log_softmax"}]})",
    R"({"format": "synann-model-1", "id": "syna-cnn-tf", "title": "SynaCNN of TensorFlow",
 "help": "The TensorFlow program: four convolutions, 5,097,242 parameters, a batch-coupled synapse layer of 784; for a GPU.",
 "input": {"scale": [0, 1]},
 "training": {"epochs": 40, "batch_size": 64, "optimizer": "adam", "lr": 0.001, "schedule": "breaks",
              "schedule_breaks": "12:0.0001,30:0.00001"},
 "layers": [
  {"kind": "conv2d", "name": "conv1", "out": 28, "kernel": 3},
  {"kind": "relu", "exposes": "conv1"},
  {"kind": "conv2d", "name": "conv2", "out": 56, "kernel": 3},
  {"kind": "relu", "exposes": "conv2"},
  {"kind": "conv2d", "name": "conv3", "out": 112, "kernel": 5},
  {"kind": "relu", "exposes": "conv3"},
  {"kind": "conv2d", "name": "conv4", "out": 784, "kernel": 7},
  {"kind": "relu", "exposes": "conv4"},
  {"kind": "global_max_pool2d", "exposes": "pool"},
  {"kind": "dropout", "p": 0.25},
  {"kind": "synapse", "name": "fcn", "semantics": "batch-coupled", "exposes": "fcn"},
  {"kind": "dropout", "p": 0.25},
  {"kind": "linear", "name": "fc2", "out": "classes"},
  {"kind": "log_softmax"}]})",
};

}  // namespace

std::span<const DefinitionPtr> ready_models() {
  static const std::vector<DefinitionPtr> all = [] {
    std::vector<DefinitionPtr> models;
    for (const std::string_view text : kReadyFiles)
      if (auto definition = parse_model_file(text, "a ready model"))
        models.push_back(std::make_shared<const Definition>(std::move(*definition)));
    return models;
  }();
  return all;
}

DefinitionPtr find_ready_model(std::string_view id) {
  const auto all = ready_models();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const DefinitionPtr& d) { return d->id == id; });
  return found == all.end() ? nullptr : *found;
}

}  // namespace synann::model
