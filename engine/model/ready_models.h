// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "engine/model/description.h"

namespace synann::model {

// Networks that come with the program as model files, beside the known models that are compiled in: those of
// the earlier publications, and one in which the synapse layer has strong rivals. Built at the first call;
// any thread.
std::span<const DefinitionPtr> ready_models();

// The one of that id; null where there is none.
DefinitionPtr find_ready_model(std::string_view id);

}  // namespace synann::model
