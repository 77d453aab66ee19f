// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "engine/compute/backend.h"
#include "engine/compute/cuda/memory.h"

namespace synann::compute::cuda {

// A data set in device memory, as the bytes it came as.
struct DeviceSet {
  Buffer<std::uint8_t> pixels, labels;
  int count = 0;
};

// What stays the same from step to step of a recorded graph.
struct StepForm {
  UpdateForm update{};
  double clip_norm = 0;
  float largest_loss = 0;
  bool dropout = true, headroom = false;
  bool frozen = false;            // some numbers stay as they are: Storage::frozen
  int batch_size = 0, count = 0;  // of the batch at hand: the last of an epoch may be smaller

  bool operator==(const StepForm& o) const {
    return update.rule == o.update.rule && update.momentum == o.update.momentum &&
           update.weight_decay == o.update.weight_decay && update.new1 == o.update.new1 &&
           update.beta2 == o.update.beta2 && update.epsilon == o.update.epsilon && clip_norm == o.clip_norm &&
           largest_loss == o.largest_loss && dropout == o.dropout && headroom == o.headroom &&
           frozen == o.frozen && batch_size == o.batch_size && count == o.count;
  }
};

// The device memory that every network of a back end works on: the model's flat blocks, the data, the order
// of the epoch, and what host and kernels tell each other.
class Storage {
 public:
  Storage(Memory& memory, const model::Model& model);

  void load(const model::State& state);
  void fetch(model::State& state);  // all but the counters
  void make_squares();              // Adam's, zero, where there are none yet
  void upload_set(const data::Dataset& set, DeviceSet& to);
  // Puts images that take the place of training images first … on the device.
  void upload_training(const data::Dataset& images, std::size_t first, int all);
  void upload_order(std::span<const std::uint32_t> order);    // skipped where it is there already
  void upload_frozen(std::span<const std::uint32_t> places);  // the same
  // Of the trained numbers: whether each is frozen; null where none is.
  const std::uint8_t* frozen_mask(const StepForm& form) const {
    return form.frozen ? frozen.data() : nullptr;
  }

  Memory& memory;
  const model::Model& model;
  Buffer<float> values, momenta, squares, gradients;  // squares: empty until Adam needs them
  Buffer<std::uint8_t> moving;  // which numbers behind the trained ones are running statistics
  Buffer<std::uint8_t> frozen;  // [trained]; empty until something is
  Buffer<Range> ranges;         // of the tensors that are watched
  std::vector<const Parameter*> watched;
  Buffer<int> flags;          // [watched, kFlagChunks]
  Buffer<double> norm_parts;  // [kNormBlocks]
  Buffer<Control> control;    // [1]
  Buffer<float> table;        // [256]
  Buffer<std::uint32_t> order;
  DeviceSet train, test, validation;

 private:
  std::vector<std::uint32_t> order_, frozen_;  // what was uploaded last
  bool adam_ = false;
};

}  // namespace synann::compute::cuda
