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
#include "engine/train/state_dict.h"

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
// state_dict, so that PyTorch loads it strictly, and the optimiser's state as tensors of a second file beside
// it, as the original kept model.pth and optimizer.pth; the rest is text in the first one's metadata
// (docs/formats.md).
struct Checkpoint {
  Settings settings;        // `data` is not kept: it is a path; the digest names the data
  std::string data_sha256;  // empty: the run has not begun, and any data that fits will do (an import)
  int rows = 28, columns = 28, classes = 10;  // of the data, which shape the model
  std::vector<std::string> class_names{};     // [classes]; empty: their numbers, or not known
  Position position;
  Best best;
  Plateau plateau;
  std::int64_t optimiser_begun = 0;  // steps done when Adam's state was last set to zero: its own count of
                                     // steps begins there
  double epoch_loss_sum = 0;         // over the steps done of the current epoch, nats
  model::State state;
};

inline constexpr const char* kCheckpointFormat = "synann-checkpoint-2";
inline constexpr const char* kLastCheckpoint = "last.safetensors";
inline constexpr const char* kBestCheckpoint = "best.safetensors";

// Other settings from here on. A plateau is looked for from there on where nobody has looked for one before.
void adopt_settings(Checkpoint& checkpoint, const Settings& settings);

// A checkpoint and the model it belongs to.
struct LoadedCheckpoint {
  Checkpoint checkpoint{};
  std::shared_ptr<const model::Model> model{};
  // The name of the file beside it that holds the optimiser's state; empty where it has none, or holds it
  // itself, as those of the first format do.
  std::string optimiser_file{};
  bool bare = false;                 // a state dict without settings of its own
  std::vector<std::string> notes{};  // what a person is to be told of it, each one sentence
};

// Pure function of the bytes. A file without our metadata is taken for a PyTorch state dict: the model is the
// one whose tensors it holds (fit_state_dict), at the start of a run with recommended settings and what was
// asked for, on data not yet known (empty data_sha256). What was asked for shapes an imported checkpoint too,
// whose run has not begun; the settings of a run that has are its own. Every tensor must be there, of the
// right shape, finite, and nothing else. Momenta that stand in a file of their own are zero.
Result<LoadedCheckpoint> parse_checkpoint(std::span<const std::uint8_t> bytes, const std::string& file,
                                          const Reading& reading = {});

// The digest of the tensors as a checkpoint's file holds them: of its bytes behind the header.
std::string parameters_sha256(const model::State& state, const model::Model& model);

enum class OptimiserState { Leave, Read };

// Reads a checkpoint and, to go on training from it, the optimiser's state it names. Where a program that
// writes there has replaced both meanwhile, they are read again.
Result<LoadedCheckpoint> read_checkpoint(const std::filesystem::path& path,
                                         OptimiserState optimiser = OptimiserState::Leave,
                                         const Reading& reading = {});

// Writes the optimiser's state beside `path`, then the checkpoint that names it: each written aside, synced,
// renamed.
Status write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint,
                        const model::Model& model);

// Writes the checkpoints of one run. Used by the training thread alone, which holds the folder's lock.
class CheckpointWriter {
 public:
  explicit CheckpointWriter(std::filesystem::path folder);

  // last.safetensors and, where `best`, best.safetensors with the same content, which is replaced first;
  // before them the optimiser's state, if it is not there yet. Then the optimiser files that neither names
  // are removed.
  Status save(const Checkpoint& checkpoint, const model::Model& model, bool best);

 private:
  void prune(const std::string& named_by_last) const;

  std::filesystem::path folder_;
  std::string named_by_best_;    // optimiser file; empty = none
  bool best_understood_ = true;  // else nothing is removed: it may name any of them
};

}  // namespace synann::train
