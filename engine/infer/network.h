// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/model/state.h"
#include "engine/train/checkpoint.h"
#include "engine/train/events.h"

// What is asked, and of what. Values that are shared freely between threads.
namespace synann::infer {

// A model with its numbers. Immutable.
struct Network {
  std::shared_ptr<const model::Model> model;
  std::shared_ptr<const std::vector<float>> values;  // [float_count] of the model's parameter table

  bool operator==(const Network&) const = default;  // the same objects, not equal numbers
};

// The numbers of a run at one moment.
Network network_of(const std::shared_ptr<const train::Weights>& weights);

// For a back end: no momenta.
model::State state_of(const Network& network);

// A network out of a checkpoint or a bare state dict.
struct OpenedNetwork {
  Network network;
  train::DataSizes sizes;                // of the images it is for
  std::string data_sha256;               // of the data it was trained on; empty where that is not known
  std::vector<std::string> class_names;  // of these data; empty: their numbers, or not known
  std::vector<std::string> notes;        // what a person is to be told of it, each one sentence
};
// Errors: as read_checkpoint.
Result<OpenedNetwork> open_network(const std::filesystem::path& path, const train::Reading& reading = {});

// One of the sets of a data set, kept alive with all of it.
using SetPtr = std::shared_ptr<const data::Dataset>;
enum class Part { Test, Validation, Train };
SetPtr set_of(const data::DataPairPtr& data, Part part = Part::Test);

// An error where the images of a set are not of the size, or have more classes than the network was made for.
Status check_fit(const Network& network, const data::Dataset& set);

}  // namespace synann::infer
