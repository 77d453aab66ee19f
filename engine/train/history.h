// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstdio>
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
  std::vector<SettingChange> changes;   // in order
  std::vector<DeviceChange> devices;    // in order
  std::vector<EpochTime> times;         // in order
  std::vector<Fork> forks;              // in order
  bool truncated = false;               // the last line was incomplete (a killed process) and was left out
};

// The name of the history's file inside a run's folder: JSON lines, described in docs/formats.md.
inline constexpr const char* kHistoryFile = "history.jsonl";

// Reads folder/history.jsonl, or the file itself. Errors name file, line, expected and found.
Result<History> read_history(const std::filesystem::path& folder_or_file);

// Appends to folder/history.jsonl. Used by the training thread alone.
class HistoryWriter {
 public:
  // Begins the file with `past` (an earlier part of the same run, cut back to start.position; empty for a new
  // run) and the start event. The file is replaced atomically, then grows line by line.
  static Result<std::unique_ptr<HistoryWriter>> create(const std::filesystem::path& folder,
                                                       const History& past, const StartInfo& start);

  // Losses are collected and reach the file at the next evaluation or flush(), or after some thousand steps.
  Status append(const StepLosses& losses);
  Status append(const Evaluation& evaluation);
  Status append(const SettingChange& change);
  Status append(const DeviceChange& change);
  Status append(const EpochTime& time);
  Status append(const Fork& fork);
  Status flush();  // to the operating system, not synced

  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;
  ~HistoryWriter();

 private:
  HistoryWriter();
  template <class Event>
  Status append_event(const Event& event);
  Status write(const std::string& text);

  std::string path_;
  std::FILE* file_ = nullptr;
  std::string pending_;  // the open "losses" line
  int pending_epoch_ = 0, pending_next_step_ = 0, pending_count_ = 0;
};

}  // namespace synann::train
