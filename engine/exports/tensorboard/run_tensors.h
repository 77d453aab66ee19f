// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/exports/tensorboard/event_log.h"
#include "engine/model/description.h"
#include "engine/train/synapse_layers.h"

namespace synann::exports::tensorboard {

// The tensors of a network and the β of its synapse layers under their tags: tensors/<name>, beta/<layer>.
// Tags are safe, and each stands for one of them. Immutable.
class TensorTags {
 public:
  explicit TensorTags(const model::Model& model);

  struct Tensor {
    std::string tag;
    std::size_t offset = 0, size = 0;  // floats of the model's flat block
  };
  struct Synapse {
    std::string tag;
    train::SynapseLayer layer;  // whose β is square
  };
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const std::vector<Synapse>& synapses() const { return synapses_; }

  // A histogram of each tensor; `values` is the model's flat block [float_count].
  void add_tensors(EventLog& log, const EventTime& at, std::span<const float> values) const;

 private:
  std::vector<Tensor> tensors_;
  std::vector<Synapse> synapses_;
};

}  // namespace synann::exports::tensorboard
