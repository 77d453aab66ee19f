// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/compute/backend.h"
#include "engine/infer/network.h"
#include "engine/infer/predictions.h"
#include "engine/infer/work.h"

namespace synann::infer {

// What one layer gave for some images.
struct Activation {
  std::string name;           // Layer::exposes; "output" for the log-probabilities
  std::size_t layer = 0;      // into Model::layers
  model::Shape shape;         // of one image
  std::vector<float> values;  // [count, shape]
};

// How one is to ask.
struct Asking {
  compute::BackendRequest backend{.device = "cpu", .tier = "auto", .threads = 0};
  // Images at a time; matters to the answers only where a synapse layer couples the images of a batch.
  int batch = 100;
};

// Puts networks onto a back end and asks them, with running statistics and without dropout. Answers are those
// of an evaluation in the same batches, bit for bit, for any number of threads. Keeps the back end of the
// model and the numbers that were asked last. One thread at a time.
class Asker {
 public:
  explicit Asker(Asking asking = {}) : asking_(std::move(asking)) {}

  // For these samples of a set; none = all of them. Progress counts samples. Errors: images that do not fit,
  // samples that there are not, as make_backend, given up.
  Result<Predictions> predict(const Network& network, const data::Dataset& set,
                              std::span<const std::uint32_t> samples, const Work& work);
  // The activations of every exposed layer and the output, in the order of the layers; whole batches stay in
  // memory, so ask for a few images.
  Result<std::vector<Activation>> activations(const Network& network, const data::Dataset& set,
                                              std::span<const std::uint32_t> samples, const Work& work);

  // Of a back end that holds this network, for who goes beyond the above; the Asker's own.
  Result<compute::Backend*> backend(const Network& network);
  int batch() const { return asking_.batch; }

 private:
  Asking asking_;
  Network loaded_;
  std::unique_ptr<compute::Backend> backend_;
};

// 0, 1, … of a set, where none are named.
Result<std::vector<std::uint32_t>> samples_of(const Network& network, const data::Dataset& set,
                                              std::span<const std::uint32_t> samples);

}  // namespace synann::infer
