// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/compute/cuda/storage.h"

namespace synann::compute::cuda {

// A batch of samples in device memory, already scaled; where it stands, and its labels.
struct DeviceBatch {
  const float* input = nullptr;
  const std::uint8_t* target = nullptr;
  int count = 0;
};

// The arithmetic of a model on a device: what the plain kernels and the fused ones have in common, and all
// that they must supply. Everything is queued, nothing waits. Owned and called by one thread.
class Network {
 public:
  virtual ~Network() = default;
  virtual const char* tier() const = 0;

  // Room for batches of `batch` samples; before anything else with such a batch.
  virtual void reserve(int batch) = 0;
  // The storage's numbers were loaded.
  virtual void loaded() {}
  // One step of training, of samples order[batch_size · step …]: all of it, update included.
  virtual void step(const StepForm& form) = 0;
  // Behind the last step of a piece: the storage holds the state from here on.
  virtual void finish_piece() {}
  // Forward in evaluation mode of samples first … of a set; losses and hits of each go to score arrays.
  virtual void evaluate(const DeviceSet& set, int first, int count, float* losses, std::uint8_t* hits) = 0;

  // Gradients of a given batch without dropout, into the storage's block, and control->loss.
  virtual void gradient(const DeviceBatch& batch) = 0;
  // After gradient(), or with `running` statistics after evaluate(): [count, classes], and the exposed
  // activations [count, size].
  virtual std::vector<float> log_probs(int count) = 0;
  virtual std::vector<std::pair<std::string, std::vector<float>>> activations(int count, bool running) = 0;
  // Forward in evaluation mode: [count, classes].
  virtual std::vector<float> evaluate(const DeviceBatch& batch) = 0;
};

// One kernel for each layer and direction: every model, every size.
std::unique_ptr<Network> make_plain_network(Storage& storage);
// SynaCNN in four kernels a step; null for other models (fused_plan.h says which).
std::unique_ptr<Network> make_fused_network(Storage& storage);

// The smallest factors of synapse layers and the layer of each.
struct HeadroomView {
  const float* values = nullptr;  // null where nothing is watched
  const int* layers = nullptr;
  int count = 0;
};

// Queues what follows the gradient in the storage: the watch, the verdict, the update.
void queue_update(Storage& storage, const StepForm& form, const HeadroomView& headroom);

}  // namespace synann::compute::cuda
