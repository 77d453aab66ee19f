// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/train/events.h"
#include "engine/train/history.h"
#include "engine/train/log_lines.h"

namespace synann::ui {

// The original script's log lines for these steps: one every `interval` steps. `count` = training samples.
std::vector<std::string> logLines(const train::StepLosses& steps, int count, int steps_per_epoch,
                                  int interval = train::kLogInterval);

// The same for an evaluation: blank line, result, blank line. Epoch 0, before training, is named as such,
// because the original script does not measure it.
std::vector<std::string> logLines(const train::Evaluation& evaluation);

// The log of a recorded run as it was when it ran, with the log interval in force at each step.
std::vector<std::string> logLines(const train::History& history);

// "Learning rate 0.006 from step 120 of epoch 3 on": not a line of the original's.
std::string changeLine(const train::SettingChange& change);

}  // namespace synann::ui
