// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/compute/cpu/fused_net.h"
#include "engine/model/description.h"

namespace synann::compute::fused {
namespace SYNANN_NET {

// What an exposed layer's output is made of.
enum class Exposed { Pooled1, Pooled2, Hidden, Soft, Mixed, Normed, LogProbs };

// Where a model that the fused kernels can run keeps its tensors, and what of it is free to vary.
struct Plan {
  struct Tensor {
    std::size_t weight = 0, bias = 0;  // offsets into the flat blocks
  };
  Tensor conv1, conv2, fc1, norm, fc2;
  std::optional<std::size_t> synapse;  // offset of β; the layer may be absent
  std::size_t running_mean = 0, running_var = 0;
  int conv2_layer = 0;                         // its number in the model
  int dropout2d_layer = 0, dropout_layer = 0;  // theirs: their random streams
  double dropout2d = 0, dropout = 0;           // their probabilities
  int classes = 0;
  std::vector<std::pair<std::string, Exposed>> exposed;
};

// The plan of a model whose layers are those of SYNANN_NET in every detail, on images of 28 × 28; dropout
// probabilities and the number of classes (up to 16) may differ, and the synapse layer may be missing.
std::optional<Plan> plan(const model::Model& model);

}  // namespace SYNANN_NET
}  // namespace synann::compute::fused
