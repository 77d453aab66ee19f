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
    R"({"format": "synann-model-1", "id": "syna-fast", "title": "SynaFast",
 "help": "SynaCNN with more maps, without dropout and softmax: 99 % of MNIST after one epoch of two seconds.",
 "training": {"epochs": 1, "batch_size": 96, "optimizer": "adam", "lr": 0.004, "adam_beta1": 0.7, "adam_beta2": 0.9,
              "schedule": "cosine", "watch_headroom": false},
 "layers": [
  {"kind": "conv2d", "name": "conv1", "out": 16, "kernel": 5},
  {"kind": "max_pool2d", "kernel": 2},
  {"kind": "relu", "exposes": "conv1"},
  {"kind": "conv2d", "name": "conv2", "out": 32, "kernel": 5},
  {"kind": "max_pool2d", "kernel": 2},
  {"kind": "relu", "exposes": "conv2"},
  {"kind": "linear", "name": "fc1", "out": 64},
  {"kind": "relu", "exposes": "fc1"},
  {"kind": "synapse", "name": "fcn", "exposes": "fcn"},
  {"kind": "batch_norm1d", "name": "fcb", "exposes": "fcb"},
  {"kind": "linear", "name": "fc2", "out": "classes"},
  {"kind": "log_softmax"}]})",
    R"({"format": "synann-model-1", "id": "syna-best", "title": "SynaBest",
 "help": "Seven convolutions with batch norm and dropout, a synapse layer of 128 (α = exp a): 35 epochs of moved images.",
 "training": {"epochs": 35, "batch_size": 64, "optimizer": "adam", "lr": 0.001, "schedule": "step", "schedule_epochs": 1,
              "schedule_factor": 0.95, "augment_rotation": 15, "augment_zoom": 0.15, "augment_shift": 0.1,
              "watch_headroom": false},
 "layers": [
  {"kind": "conv2d", "name": "conv1", "out": 32, "kernel": 3},
  {"kind": "relu"},
  {"kind": "batch_norm2d", "name": "bn1"},
  {"kind": "conv2d", "name": "conv2", "out": 32, "kernel": 3},
  {"kind": "relu"},
  {"kind": "batch_norm2d", "name": "bn2"},
  {"kind": "conv2d", "name": "conv3", "out": 32, "kernel": 5, "stride": 2, "padding": 2},
  {"kind": "relu"},
  {"kind": "batch_norm2d", "name": "bn3"},
  {"kind": "dropout", "p": 0.4},
  {"kind": "conv2d", "name": "conv4", "out": 64, "kernel": 3},
  {"kind": "relu"},
  {"kind": "batch_norm2d", "name": "bn4"},
  {"kind": "conv2d", "name": "conv5", "out": 64, "kernel": 3},
  {"kind": "relu"},
  {"kind": "batch_norm2d", "name": "bn5"},
  {"kind": "conv2d", "name": "conv6", "out": 64, "kernel": 5, "stride": 2, "padding": 2},
  {"kind": "relu"},
  {"kind": "batch_norm2d", "name": "bn6"},
  {"kind": "dropout", "p": 0.4},
  {"kind": "conv2d", "name": "conv7", "out": 128, "kernel": 4},
  {"kind": "relu"},
  {"kind": "batch_norm2d", "name": "bn7"},
  {"kind": "synapse", "name": "fcn", "alpha": "exp"},
  {"kind": "batch_norm1d", "name": "fcb"},
  {"kind": "dropout", "p": 0.4},
  {"kind": "linear", "name": "fc", "out": "classes"},
  {"kind": "log_softmax"}]})",
    R"({"format": "synann-model-1", "id": "syna-small", "title": "SynaSmall",
 "help": "8,826 parameters: five small convolutions with batch norm, a synapse layer of 16 (α = exp a); 30 epochs of moved images.",
 "training": {"epochs": 30, "batch_size": 64, "optimizer": "adam", "lr": 0.008, "schedule": "one-cycle",
              "augment_rotation": 10, "augment_zoom": 0.1, "augment_shift": 0.1, "watch_headroom": false},
 "layers": [
  {"kind": "conv2d", "name": "conv1", "out": 8, "kernel": 3},
  {"kind": "batch_norm2d", "name": "bn1"},
  {"kind": "relu"},
  {"kind": "conv2d", "name": "conv2", "out": 16, "kernel": 3},
  {"kind": "batch_norm2d", "name": "bn2"},
  {"kind": "relu"},
  {"kind": "max_pool2d", "kernel": 2},
  {"kind": "conv2d", "name": "conv3", "out": 16, "kernel": 3},
  {"kind": "batch_norm2d", "name": "bn3"},
  {"kind": "relu"},
  {"kind": "conv2d", "name": "conv4", "out": 16, "kernel": 3},
  {"kind": "batch_norm2d", "name": "bn4"},
  {"kind": "relu"},
  {"kind": "max_pool2d", "kernel": 2},
  {"kind": "conv2d", "name": "conv5", "out": 16, "kernel": 3},
  {"kind": "batch_norm2d", "name": "bn5"},
  {"kind": "relu"},
  {"kind": "global_avg_pool2d"},
  {"kind": "synapse", "name": "fcn", "alpha": "exp"},
  {"kind": "batch_norm1d", "name": "fcb"},
  {"kind": "linear", "name": "fc", "out": "classes"},
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
