// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/model/description.h"

// The cells of β that training leaves as they are (Settings::frozen).
namespace synann::train {

// The weights behind these cells, by their places in the model's block of values, in ascending order; the
// text is one that engine/synapse/cells_text.h reads, or empty. Any thread. Errors: text that means nothing;
// layers and cells that the model does not have.
Result<std::vector<std::uint32_t>> frozen_places(const model::Model& model, const std::string& cells);

}  // namespace synann::train
