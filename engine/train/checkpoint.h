// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/model/state.h"
#include "engine/train/events.h"
#include "engine/train/schedule.h"

namespace synann::train {

// The best evaluation so far: the highest accuracy on the set that chooses, then the lower loss there.
struct Best {
  int epoch = 0;  // 0 = none yet
  int correct = 0;
  double loss = 0;  // nats

  bool beaten_by(const Evaluation& e) const {
    const int right = e.validation_count > 0 ? e.validation_correct : e.correct;
    return epoch == 0 || right > correct || (right == correct && e.choosing_loss() < loss);
  }
};

// Everything that determines how a run goes on, and nothing else (no time, path, host, device or thread
// count), so equal runs give equal files. On disk: safetensors whose tensors are exactly the PyTorch
// state_dict, so that PyTorch loads it strictly; the rest, momenta included, is text in its metadata
// (docs/formats.md).
struct Checkpoint {
  Settings settings;  // `data` is not kept: it is a path; the digest names the data
  std::string data_sha256;
  int rows = 28, columns = 28, classes = 10;  // of the data, which shape the model
  Position position;
  Best best;
  Plateau plateau;
  double epoch_loss_sum = 0;  // over the steps done of the current epoch, nats
  model::State state;
};

inline constexpr const char* kCheckpointFormat = "synann-checkpoint-1";
inline constexpr const char* kLastCheckpoint = "last.safetensors";
inline constexpr const char* kBestCheckpoint = "best.safetensors";

std::vector<std::uint8_t> format_checkpoint(const Checkpoint& checkpoint, const model::Model& model);

// A checkpoint and the model it belongs to.
struct LoadedCheckpoint {
  Checkpoint checkpoint;
  std::shared_ptr<const model::Model> model;
};

// Pure function of the bytes. A file without our metadata is taken for a PyTorch state dict: the model is the
// one whose tensors it holds, at the start of a run with recommended settings, on data not yet known (empty
// data_sha256). Every tensor must be there, of the right shape, finite, and nothing else.
Result<LoadedCheckpoint> parse_checkpoint(std::span<const std::uint8_t> bytes, const std::string& file);
Result<LoadedCheckpoint> read_checkpoint(const std::filesystem::path& path);

// Written aside, synced, renamed.
Status write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                        const model::Model& model);

}  // namespace synann::train
