// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include <QString>

#include "engine/runs/catalogue.h"

namespace synann::ui {

// A number that every run has, or may have: what runs are laid out by.
struct RunNumber {
  QString id;    // in files and at the prompt: "lr", "best"
  QString text;  // for people: "Learning rate"
  std::function<std::optional<double>(const runs::RunSummary&)> of;  // nothing where the run has none
};

// What came out first, then the settings that are numbers; always the same.
const std::vector<RunNumber>& runNumbers();
// The place of one of them; 0 where there is no such id.
int runNumberAt(const QString& id);

}  // namespace synann::ui
