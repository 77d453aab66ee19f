// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/io/safetensors.h"
#include "engine/model/state.h"

namespace synann::train {

// The state dict, for a TensorFile; what the views show belongs to the state and the model.
std::vector<io::TensorView> tensor_views(const model::State& state, const model::Model& model);

}  // namespace synann::train
