// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include "engine/train/settings.h"

namespace CLI {
class App;
}

// Options that several commands share, generated from the engine's tables.
namespace synann::cli {

// The settings that were named on the command line, and only those.
struct AskedSettings {
  std::map<std::string, double, std::less<>> numbers;
  std::map<std::string, std::string, std::less<>> choices;
};

// One option per setting_infos() and choice_infos(); `asked` must outlive parsing.
void add_settings(CLI::App& command, AskedSettings& asked);

// --device, --tier, --threads.
void add_execution(CLI::App& command, train::Execution& execution);

std::string model_list();  // "syna-cnn, syna-mlp, …"

}  // namespace synann::cli
