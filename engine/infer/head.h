// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "engine/infer/network.h"
#include "engine/train/synapse_layers.h"

namespace synann::infer {

// What follows a synapse layer, where it is linear up to the log-softmax: batch norm with running statistics
// and one linear layer, as one matrix in double precision. logit_k = bias_k + Σ_i weight_ki y_i.
struct LinearHead {
  int n = 0, classes = 0;
  std::vector<double> weight;  // [classes, n]
  std::vector<double> bias;    // [classes]
  // The same around the layer's running means μ: logit_k = mean_logit_k + Σ_i weight_ki (y_i − μ_i); μ = 0
  // where there is no batch norm.
  std::vector<double> mean;         // [n]
  std::vector<double> mean_logits;  // [classes]
};

// Nothing where what follows is something else, or the layer is a recurrent one.
std::optional<LinearHead> linear_head(const Network& network, const train::SynapseLayer& layer);

}  // namespace synann::infer
