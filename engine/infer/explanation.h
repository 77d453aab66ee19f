// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/infer/network.h"
#include "engine/synapse/tensor.h"
#include "engine/train/synapse_layers.h"

namespace synann::infer {

struct ExplanationQuery {
  Network network;
  SetPtr set;
  std::uint32_t image = 0;  // of the set
  int a = 0, b = 1;         // classes
  std::string layer{};      // empty: the first
};

// What made it class a rather than class b, through the synapse layer. Behind the layer everything is linear
// up to the log-softmax, so log p_a − log p_b is a sum over its units, and the surprisal of each unit's
// output is a sum over its inhibitors: exact, in double precision, and no attribution by gradients.
//   log p_a − log p_b = rest + Σ_i contribution_i,   contribution_i = weight_i (y_i − mean_i)
//   −log y_i = −log α_i − log x_i + Σ_j −log (1 − β_ij x_j)
struct Explanation {
  train::SynapseLayer layer;
  double difference = 0;  // log p_a − log p_b, nats
  double rest = 0;        // that of an image whose outputs are the running means: the same for every image
  std::vector<double> x, y, mean;             // [n]: inputs, outputs, running means (0 without batch norm)
  std::vector<double> weight, contribution;   // [n]: ∂difference/∂y_i; nats
  std::vector<synapse::Decomposition> units;  // [n]: the surprisal of each output, term by term
  std::vector<int> order;                     // units by |contribution|, the largest first
};

// Errors: as layer_named() and train::synapse_inputs(); classes that there are not; a network whose layer is
// followed by something else than batch norm, one linear layer and the log-softmax, or couples the images of
// a batch.
Result<Explanation> explain(const ExplanationQuery& query);

}  // namespace synann::infer
