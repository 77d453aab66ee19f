// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/tensorboard/run_tensors.h"

#include <fmt/format.h>

#include "engine/exports/tensorboard/event_names.h"

namespace synann::exports::tensorboard {

TensorTags::TensorTags(const model::Model& model) {
  UniqueNames names;
  for (const Parameter& p : model.parameters.all())
    if (p.type == ElementType::F32)
      tensors_.push_back({names.take(fmt::format("tensors/{}", safe_tag(p.name))), p.offset, p.size()});
  for (train::SynapseLayer& layer : train::synapse_layers(model)) {
    std::string tag = names.take(fmt::format("beta/{}", safe_tag(layer.name)));
    synapses_.push_back({std::move(tag), std::move(layer)});
  }
}

void TensorTags::add_tensors(EventLog& log, const EventTime& at, std::span<const float> values) const {
  for (const Tensor& tensor : tensors_)
    log.histogram(at, tensor.tag, histogram_of(values.subspan(tensor.offset, tensor.size)));
}

}  // namespace synann::exports::tensorboard
