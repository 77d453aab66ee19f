// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QString>

#include "engine/runs/catalogue.h"

// Runs and their settings in words.
namespace synann::ui {

// A key of runs::differing_settings(): "Learning rate"; and its value in a run: "0.006", "Adam", "SynaCNN".
QString runSettingName(const std::string& key);
QString runSettingValue(const train::Settings& settings, const std::string& key);
// Those of the keys that matter in the run, with their values: "SynaCNN, Learning rate 0.006".
QString runSettingsText(const runs::RunSummary& run, const std::vector<std::string>& keys);
// One name for each run: what differs between them, else, or where that is the same for some, the run's name.
std::vector<QString> runNames(const std::vector<runs::RunSummary>& runs);
// "finished", "stopped: by you", "cannot be read"
QString runStateText(const runs::RunSummary& run);

}  // namespace synann::ui
