// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/fork_files.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/core/sha256.h"
#include "engine/runs/fork.h"
#include "engine/train/record.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCheckpoints[] = {train::kLastCheckpoint, train::kBestCheckpoint};

constexpr std::array<std::string_view, 8> kShapeKeys = {
    "batch-size", "validation", "train-count", "train-subset", "synapse", "beta", "alpha", "diagonal"};

Status write_fork_history(const ForkFiles& files) {
  const std::span bytes(reinterpret_cast<const std::uint8_t*>(files.history.data()), files.history.size());
  auto writer = train::HistoryWriter::copy(files.folder, bytes, {});
  if (!writer) return writer.error();
  if (auto status = (*writer)->append(files.fork); !status) return status;
  const train::Position& at = files.fork.position;
  if (at.step > 0) {
    if (auto status = (*writer)->append(train::EpochTime{at, files.epoch_seconds}); !status) return status;
  }
  return (*writer)->append(train::End{at, train::State::Stopped, "forked, and not trained on yet"});
}

// What was best up to there, where the parent still has it.
Status copy_best(const ForkFiles& files) {
  std::error_code code;
  const fs::path best = files.run / train::kBestCheckpoint;
  if (!fs::exists(best, code)) return {};
  const auto loaded = train::read_checkpoint(best, train::OptimiserState::Read);
  if (!loaded) return {};
  const train::Best &theirs = loaded->checkpoint.best, &ours = files.state.checkpoint.best;
  const bool same = theirs.epoch == ours.epoch && theirs.correct == ours.correct && theirs.loss == ours.loss;
  if (!same || ours.epoch == 0) return {};
  return train::write_checkpoint(files.folder / train::kBestCheckpoint, loaded->checkpoint, *loaded->model);
}

// The frames up to there, where settings that a record holds for its whole run stay as they are.
Status copy_record(const ForkFiles& files, const char* name) {
  std::error_code code;
  if (!fs::exists(files.run / name, code)) return {};
  const auto record = train::RecordReader::open(files.run / name);
  if (!record) return {};
  train::RecordHeader header = record->header();
  header.settings = files.state.checkpoint.settings;
  if (!record->header().same_run(header)) return {};
  return copy_start_atomically(files.run / name, files.folder / name, record->bytes_until(files.steps));
}

}  // namespace

bool can_differ_in_fork(std::string_view key) {
  return std::find(kShapeKeys.begin(), kShapeKeys.end(), key) == kShapeKeys.end();
}

std::optional<std::string> changed_shape(const train::Settings& from, const train::Settings& to) {
  for (const train::SettingDifference& d : train::differences(from, to))
    if (!can_differ_in_fork(d.key)) return d.key;
  return std::nullopt;
}

std::optional<bool> record_agrees(const fs::path& run, std::int64_t steps, const model::Model& model,
                                  std::span<const float> values) {
  std::optional<bool> agrees;
  for (const char* name : {train::kNetworkRecord, train::kSynapseRecord}) {
    std::error_code code;
    if (!fs::exists(run / name, code)) continue;
    auto record = train::RecordReader::open(run / name);
    const auto k = record ? record->at_or_before(steps) : std::nullopt;
    if (!k || record->frames()[*k].steps != steps) continue;
    const auto frame = record->look(*k);
    if (!frame) continue;
    const std::vector<float> ours = train::gather(record->header(), model, values);
    const bool same = frame->size() == ours.size() &&
                      std::memcmp(frame->data(), ours.data(), ours.size() * sizeof(float)) == 0;
    agrees = agrees.value_or(true) && same;
  }
  return agrees;
}

std::optional<train::LoadedCheckpoint> nearest_state(const fs::path& run, const train::History& history,
                                                     std::int64_t steps) {
  std::optional<train::LoadedCheckpoint> nearest;
  std::int64_t nearest_steps = -1;
  for (const char* name : kCheckpoints) {
    std::error_code code;
    if (!fs::exists(run / name, code)) continue;
    auto loaded = train::read_checkpoint(run / name, train::OptimiserState::Read);
    if (!loaded || loaded->checkpoint.data_sha256 != history.start.data_sha256) continue;
    const train::Settings &theirs = loaded->checkpoint.settings, &ours = history.start.settings;
    if (theirs.model != ours.model || changed_shape(ours, theirs)) continue;
    const std::int64_t at = history.steps_at(loaded->checkpoint.position);
    if (at > steps || at <= nearest_steps) continue;
    // One that a resume left behind is not of this run any more.
    if (!record_agrees(run, at, *loaded->model, loaded->checkpoint.state.values).value_or(true)) continue;
    nearest = std::move(*loaded);
    nearest_steps = at;
  }
  return nearest;
}

Status check_no_run(const fs::path& folder) {
  for (const char* name : {train::kHistoryFile, kCheckpoints[0], kCheckpoints[1]}) {
    std::error_code code;
    if (fs::exists(folder / name, code))
      return input_error(folder.string(), "holds a run already", "name a folder that is new");
  }
  return {};
}

Result<train::Fork> write_fork(ForkFiles files) {
  auto lock = FolderLock::take(files.folder);
  if (!lock) return lock.error();
  if (auto status = check_no_run(files.folder); !status) return status.error();
  const train::Checkpoint& checkpoint = files.state.checkpoint;
  files.fork.history_sha256 =
      sha256_hex({reinterpret_cast<const std::uint8_t*>(files.history.data()), files.history.size()});
  files.fork.parameters_sha256 = train::parameters_sha256(checkpoint.state, *files.state.model);
  if (auto status = copy_best(files); !status) return status.error();
  for (const char* name : {train::kSynapseRecord, train::kNetworkRecord}) {
    if (auto status = copy_record(files, name); !status) return status.error();
  }
  if (auto status = write_fork_history(files); !status) return status.error();
  train::CheckpointWriter writer(files.folder);
  if (auto status = writer.save(checkpoint, *files.state.model, false); !status) return status.error();
  return files.fork;
}

}  // namespace synann::runs
