// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/model/description.h"

namespace synann::model {

// A known model as data: who it is, how it sees pixels, and the function that lists its layers.
struct Recipe {
  ModelInfo info;
  InputScaling scaling;
  std::vector<Layer> (*layers)(int classes, const SynapseOptions& synapse);
};

const std::vector<Recipe>& recipes();

}  // namespace synann::model
