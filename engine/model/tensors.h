// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/core/parameter_table.h"
#include "engine/model/description.h"

namespace synann::model {

// Appends the tensors of a layer whose shapes are known, in the order and with the initial distributions of
// PyTorch's module of that kind; those of the synapse layers are of docs/theory.md.
void add_tensors(const Layer& layer, std::vector<Parameter>& table);

}  // namespace synann::model
