// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/core/folder_lock.h"
#include "engine/core/result.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/record.h"

namespace synann::train {

// What a person says about the run (engine/runs/run_notes.h).
inline constexpr const char* kNotesFile = "notes.json";

// Where runs go that no folder was named for: <XDG data>/synann-studio/runs; "synann-runs" without a home.
std::filesystem::path runs_folder();
// A new one in it: <UTC date-time>-<model>-<data>-s<seed>, made unique.
std::filesystem::path default_run_folder(const Settings& settings);

// What a run's files take up, in bytes.
struct FolderSizes {
  std::uint64_t checkpoints = 0;  // last and best
  std::uint64_t optimiser = 0;    // the optimiser's states that they name
  std::uint64_t records = 0;
  std::uint64_t history = 0;  // and notes
  std::uint64_t all() const { return checkpoints + optimiser + records + history; }
};
FolderSizes folder_sizes(const std::filesystem::path& folder);

// The files of one run: last and best checkpoint with the optimiser's states, the history and the records.
// Holds the folder's lock. Used by the training thread alone.
class RunFolder {
 public:
  // Where a run goes on: empty for a new one.
  struct Continuation {
    std::filesystem::path from;            // the checkpoint
    bool fresh_optimiser = false;          // it was asked for
    std::optional<HistoryFile> history{};  // beside the checkpoint; nothing where there is none
  };

  // `lock` is that of `folder`. An earlier run in it is moved into earlier-1, earlier-2, … unless the new run
  // continues it. A run that goes on from another file than its own last checkpoint keeps a copy of what
  // stood here, and has `checkpoint`,
  // where it stands, as its last one before its history says that it goes on: a kill in between leaves
  // nothing that does not fit together. The records go on up to `start.position`; a budget of no bytes keeps
  // none.
  static Result<RunFolder> open(FolderLock lock, const std::filesystem::path& folder,
                                Continuation continuation, const StartInfo& start,
                                const Checkpoint& checkpoint, const model::Model& model,
                                const RecordBudget& budget);

  // What the history says of the resume, where there was one.
  const std::optional<Resume>& resumed() const { return resumed_; }
  // What the history of a run that goes on holds now; once.
  std::optional<History> take_past() { return std::exchange(past_, std::nullopt); }
  // Whether the history holds the measurement before training.
  bool measured_start() const { return measured_start_; }
  // One sentence about what of the history this version does not know; empty where it knows it all.
  const std::string& note() const { return note_; }

  template <class Event>
  Status append(const Event& event) {
    return history_->append(event);
  }
  // Seconds that the steps of the epoch at hand had taken where the run was resumed.
  double epoch_seconds() const { return epoch_seconds_; }
  std::uint64_t record_bytes() const;
  // Whether a record wants the numbers after this many steps of the run, and how many steps later it does
  // next.
  bool record_due(std::int64_t steps) const;
  std::int64_t until_record(std::int64_t steps) const;
  // `values` is the model's flat block [float_count]. With `always` the frames are kept whether due or not.
  Status record(const FrameStep& at, const model::Model& model, std::span<const float> values, bool always);
  // Brings the history up to date, then CheckpointWriter::save().
  Status save(const Checkpoint& checkpoint, const model::Model& model, bool best);
  // Hands what the history was told to the operating system.
  Status flush() { return history_->flush(); }

  std::filesystem::path last_checkpoint() const { return folder_ / kLastCheckpoint; }

 private:
  RunFolder(FolderLock lock, std::filesystem::path folder)
      : lock_(std::move(lock)), folder_(std::move(folder)) {}
  Status begin_history(Continuation& continuation, bool in_place, const StartInfo& start);
  Status open_records(const std::filesystem::path& resumed_from, const StartInfo& start,
                      const model::Model& model, const RecordBudget& budget);

  FolderLock lock_;
  std::filesystem::path folder_;
  double epoch_seconds_ = 0;
  std::optional<Resume> resumed_;
  std::optional<History> past_;
  bool measured_start_ = false;
  std::string note_;
  std::unique_ptr<HistoryWriter> history_;
  std::optional<CheckpointWriter> checkpoints_;
  std::optional<RecordWriter> synapses_;  // none for models without a synapse layer, or without a budget
  std::optional<RecordWriter> network_;   // at the ends of epochs alone
};

}  // namespace synann::train
