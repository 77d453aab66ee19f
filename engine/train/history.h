// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/train/events.h"

namespace synann::train {

// Everything a run recorded, every step of it: nothing is thinned.
struct History {
  StartInfo start;                      // of the latest start or resume
  std::vector<std::int64_t> examples;   // x of each train point: examples seen before the step
  std::vector<float> losses;            // y of each train point, nats; same length
  std::vector<Evaluation> evaluations;  // in order; the first is epoch 0
  bool truncated = false;               // the last line was incomplete (a killed process) and was left out
};

// The name of the history's file inside a run's folder: JSON lines, described in docs/formats.md.
inline constexpr const char* kHistoryFile = "history.jsonl";

// Reads folder/history.jsonl, or the file itself. Errors name file, line, expected and found.
Result<History> read_history(const std::filesystem::path& folder_or_file);

// Appends to folder/history.jsonl. Losses are collected and written at least at every evaluation and flush().
class HistoryWriter {
 public:
  // Starts a new file, or continues one cut back to `resume_at` (points at or after it are dropped).
  static Result<std::unique_ptr<HistoryWriter>> create(const std::filesystem::path& folder, const StartInfo& start);

  Status append(const StepLosses& losses);
  Status append(const Evaluation& evaluation);
  Status flush();  // to the operating system, not synced

  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;
  ~HistoryWriter();

 private:
  HistoryWriter();
  struct File;
  std::unique_ptr<File> file_;
};

}  // namespace synann::train
