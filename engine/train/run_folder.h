// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/core/result.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/record.h"

namespace synann::train {

// The files of one run: last and best checkpoint, the history and the records. Used by the training thread
// alone.
class RunFolder {
 public:
  // Makes the folder. An earlier run in it is moved into earlier-1, earlier-2, … unless the new run continues
  // it; `resumed_from` is the checkpoint it continues (empty for a new run). A run that goes on from another
  // file than its own last checkpoint keeps a copy of what stood here.
  // The records go on up to `steps` of the run; a budget of no bytes keeps none.
  static Result<RunFolder> open(const std::filesystem::path& folder,
                                const std::filesystem::path& resumed_from, const StartInfo& start,
                                const model::Model& model, const RecordBudget& budget);

  Status append(const StepLosses& losses) { return history_->append(losses); }
  Status append(const Evaluation& evaluation) { return history_->append(evaluation); }
  Status append(const SettingChange& change) { return history_->append(change); }
  Status append(const DeviceChange& change) { return history_->append(change); }
  Status append(const EpochTime& time) { return history_->append(time); }
  // Seconds that the steps of the epoch at hand had taken where the run was resumed.
  double epoch_seconds() const { return epoch_seconds_; }
  std::uint64_t record_bytes() const;
  // Whether a record wants the numbers after this many steps of the run, and how many steps later it does
  // next.
  bool record_due(std::int64_t steps) const;
  std::int64_t until_record(std::int64_t steps) const;
  // `values` is the model's flat block [float_count]. With `always` the frames are kept whether due or not.
  Status record(const FramePlace& place, const model::Model& model, std::span<const float> values,
                bool always);
  // Writes last.safetensors, and best.safetensors with the same content where `best`; brings the history up
  // to date.
  Status save(const Checkpoint& checkpoint, const model::Model& model, bool best);

  std::filesystem::path last_checkpoint() const { return folder_ / kLastCheckpoint; }

 private:
  std::filesystem::path folder_;
  double epoch_seconds_ = 0;
  std::unique_ptr<HistoryWriter> history_;
  std::optional<RecordWriter> synapses_;  // none for models without a synapse layer, or without a budget
  std::optional<RecordWriter> network_;   // at the ends of epochs alone
};

}  // namespace synann::train
