// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/model/description.h"

namespace synann::model {

// A known model as data: who it is, how it sees pixels, and the function that lists its layers, with
// kOutClasses where there are as many as classes.
struct Recipe {
  ModelInfo info;
  InputScaling scaling;
  std::vector<Layer> (*layers)(const SynapseOptions& synapse);
};

const std::vector<Recipe>& recipes();

}  // namespace synann::model
