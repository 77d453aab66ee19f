// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "engine/core/result.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"

// Private to fork*.cpp: what a fork reads of the parent's folder and writes into its own.
namespace synann::runs {

// The first setting that differs of those that shape a run's parameters and steps, which its history holds
// once: "batch-size".
std::optional<std::string> changed_shape(const train::Settings& from, const train::Settings& to);

// Whether the records of a run hold these numbers after so many steps; nothing where they have no frame
// there.
std::optional<bool> record_agrees(const std::filesystem::path& run, std::int64_t steps,
                                  const model::Model& model, std::span<const float> values);

// The latest whole state of the run that is kept at or before a step.
std::optional<train::LoadedCheckpoint> nearest_state(const std::filesystem::path& run,
                                                     const train::History& history, std::int64_t steps);

// One sentence where the folder holds a run.
Status check_no_run(const std::filesystem::path& folder);

struct ForkFiles {
  std::filesystem::path run, folder;  // the parent's, the new one's
  const train::LoadedCheckpoint& state;
  std::int64_t steps = 0;  // where it begins
  std::string history{};   // of the parent up to there
  train::Fork fork{};      // without its digests
  double epoch_seconds = 0;
};

// Writes the new run; returns the event with its digests.
Result<train::Fork> write_fork(ForkFiles files);

}  // namespace synann::runs
