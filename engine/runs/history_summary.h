// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/result.h"
#include "engine/runs/catalogue.h"

// Private to the catalogue: what a history alone says of a run, and its text in the index.
namespace synann::runs {

struct HistorySummary {
  // Without what other files say: folder, notes, writer, times and sizes. The state is that of a run that
  // nobody writes.
  RunSummary run;
  bool waits = false;  // it ends with a pause: a run that is written is paused
};

// Reads the folder's history. Errors: those of read_history().
Result<HistorySummary> read_summary(const std::filesystem::path& folder);

// JSON; nothing where the text is not what was written of a summary.
std::string summary_text(const HistorySummary& summary);
std::optional<HistorySummary> summary_from_text(const std::string& text);

}  // namespace synann::runs
