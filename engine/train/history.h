// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/append_file.h"
#include "engine/core/result.h"
#include "engine/train/events.h"

namespace synann::train {

// Everything a run recorded and that still counts, every step of it: nothing is thinned. The file is a log
// that only grows; what a resume overtook is in the file and not here.
struct History {
  StartInfo start;                      // with the settings the run began with
  std::vector<std::int64_t> examples;   // x of each train point: examples seen before the step
  std::vector<float> losses;            // y of each train point, nats; same length
  std::vector<Evaluation> evaluations;  // in order; the first is epoch 0
  std::vector<SettingChange> changes;   // in order: made live, or where the run was resumed
  std::vector<DeviceChange> devices;    // in order; one for each resume on another device
  std::vector<EpochTime> times;         // in order
  std::vector<Fork> forks;              // in order
  std::vector<Resume> resumes;          // in order
  std::vector<Pause> pauses;            // in order
  std::optional<End> end;               // how the run was left; nothing while it runs, or where it was killed
  bool truncated = false;               // the last line was incomplete (a killed process) and was left out
  int torn = 0;                      // what the next event is to say it follows: unreadable lines, 1 at least
                                     // where the last one has no end
  bool open_line = false;            // the last line has no end
  std::vector<std::string> unknown;  // what a newer version wrote and this one left out, each once

  std::int64_t steps_at(const Position& position) const;     // done since the start of the run
  std::int64_t examples_at(const Position& position) const;  // seen since the start of the run
  // In force for the step that is made after `steps` steps of the run.
  Settings settings_at(std::int64_t steps) const;
  Settings settings() const { return settings_at(INT64_MAX); }  // in force at the end
  // One sentence about `unknown`; empty where there is nothing to say.
  std::string unknown_note() const;
};

// The name of the history's file inside a run's folder: JSON lines, described in docs/formats.md.
inline constexpr const char* kHistoryFile = "history.jsonl";

// Reads folder/history.jsonl, or the file itself. Errors name file, line, expected and found.
Result<History> read_history(const std::filesystem::path& folder_or_file);
// A history with the bytes it was read from.
struct HistoryFile {
  History history;
  std::vector<std::uint8_t> bytes;
  std::string_view text() const { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
};
Result<HistoryFile> read_history_file(const std::filesystem::path& file);
// What a resume does to a history that has been read: what was made behind its position is forgotten.
void go_on(History& history, Resume resume);
// The settings in force after so many steps of the run in `folder`; nothing where no history is there to
// tell.
std::optional<Settings> recorded_settings(const std::filesystem::path& folder, std::int64_t steps);
// Pure function of the bytes.
Result<History> parse_history(std::string_view text, const std::string& file);

// Appends to folder/history.jsonl. Used by the training thread alone, which holds the folder's lock.
class HistoryWriter {
 public:
  // Begins the file of a new run.
  static Result<std::unique_ptr<HistoryWriter>> create(const std::filesystem::path& folder,
                                                       const StartInfo& start);
  // Begins the file of a run that leaves another one with a copy of that one's file, whose bytes these are.
  static Result<std::unique_ptr<HistoryWriter>> copy(const std::filesystem::path& folder,
                                                     std::span<const std::uint8_t> other,
                                                     const History& past);
  // Goes on with the file that is there; `past` is what was read from it.
  static Result<std::unique_ptr<HistoryWriter>> open(const std::filesystem::path& folder,
                                                     const History& past);

  // Losses are collected and reach the file at the next evaluation or flush(), after half a second, or after
  // some thousand steps: whoever reads the file is never far behind.
  Status append(const StepLosses& losses);
  Status append(const Evaluation& evaluation);
  Status append(const SettingChange& change);
  Status append(const DeviceChange& change);
  Status append(const EpochTime& time);
  Status append(const Fork& fork);
  Status append(Resume resume);  // says itself how many torn lines it follows
  Status append(const Pause& pause);
  Status append(const End& end);
  Status flush();  // to the operating system, not synced

  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;
  ~HistoryWriter();

 private:
  explicit HistoryWriter(AppendFile file) : file_(std::move(file)) {}
  template <class Event>
  Status append_event(const Event& event);

  AppendFile file_;
  std::string pending_;  // the open "losses" line
  int pending_epoch_ = 0, pending_next_step_ = 0, pending_count_ = 0;
  int torn_ = 0;  // of the History that was read
  bool open_line_ = false;
  std::chrono::steady_clock::time_point collected_since_{};  // of what is pending
};

}  // namespace synann::train
