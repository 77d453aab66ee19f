// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/train/settings.h"

namespace synann::exports {

// The settings in force as people read them, "Learning rate", "0.012": those that matter beside the others,
// without what is switched off.
std::vector<std::pair<std::string, std::string>> setting_rows(const train::Settings& settings);

}  // namespace synann::exports
