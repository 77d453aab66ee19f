// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/core/result.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"

namespace synann::train {

// The files of one run: last and best checkpoint and the history. Used by the training thread alone.
class RunFolder {
 public:
  // Makes the folder. An earlier run in it is moved into earlier-1, earlier-2, … unless the new run continues
  // it; `resumed_from` is the checkpoint it continues (empty for a new run). A run that goes on from another
  // file than its own last checkpoint keeps a copy of what stood here.
  static Result<RunFolder> open(const std::filesystem::path& folder,
                                const std::filesystem::path& resumed_from, const StartInfo& start);

  Status append(const StepLosses& losses) { return history_->append(losses); }
  Status append(const Evaluation& evaluation) { return history_->append(evaluation); }
  Status append(const SettingChange& change) { return history_->append(change); }
  // Writes last.safetensors, and best.safetensors with the same content where `best`; brings the history up
  // to date.
  Status save(const Checkpoint& checkpoint, const model::Model& model, bool best);

  std::filesystem::path last_checkpoint() const { return folder_ / kLastCheckpoint; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<HistoryWriter> history_;
};

}  // namespace synann::train
