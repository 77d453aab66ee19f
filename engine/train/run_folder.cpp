// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/run_folder.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <system_error>
#include <vector>

#include "engine/data/registry.h"
#include "engine/train/optimiser_file.h"

namespace synann::train {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFiles = {kLastCheckpoint, kBestCheckpoint, kHistoryFile, kSynapseRecord,
                               kNetworkRecord};

Error cannot(const fs::path& path, const char* what, const std::error_code& code) {
  return {.where = path.string(),
          .problem = fmt::format("{} ({})", what, code.message()),
          .remedy = "choose another folder"};
}

// The files of the run that lies in the folder. The lock is none of them: it stays where it is.
std::vector<fs::path> files_of_run(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code code;
  for (const char* file : kFiles)
    if (fs::exists(folder / file, code)) files.push_back(folder / file);
  if (fs::exists(folder / kNotesFile, code)) files.push_back(folder / kNotesFile);
  for (const auto& entry : fs::directory_iterator(folder, code))
    if (is_optimiser_file_name(entry.path().filename().string())) files.push_back(entry.path());
  return files;
}

// Puts the files of an earlier run into the first free earlier-N, by renaming or by copying.
Status set_aside(const fs::path& folder, bool copy) {
  const std::vector<fs::path> files = files_of_run(folder);
  if (files.empty()) return {};
  std::error_code code;
  int n = 1;
  while (fs::exists(folder / fmt::format("earlier-{}", n), code)) ++n;
  const fs::path aside = folder / fmt::format("earlier-{}", n);
  if (!fs::create_directory(aside, code))
    return cannot(aside, "cannot be made to keep the earlier run", code);
  for (const fs::path& file : files) {
    if (copy) {
      fs::copy_file(file, aside / file.filename(), code);
    } else {
      fs::rename(file, aside / file.filename(), code);
    }
    if (code) return cannot(file, "cannot be set aside", code);
  }
  return {};
}

// What writers that were killed left half written; the lock says that none of them is at work.
void remove_half_written(const fs::path& folder) {
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder, code)) {
    const std::string name = entry.path().filename().string();
    const auto mark = name.find(".part-");
    if (mark == std::string::npos) continue;
    const std::string whole = name.substr(0, mark);
    const bool ours =
        is_optimiser_file_name(whole) || std::find(kFiles.begin(), kFiles.end(), whole) != kFiles.end();
    std::error_code ignored;
    if (ours) fs::remove(entry.path(), ignored);
  }
}

std::int64_t steps_done(const StartInfo& start) {
  return std::int64_t{start.position.epoch - 1} * start.steps_per_epoch + start.position.step;
}

// The record of that name in `folder`, which goes on from the one beside the checkpoint that is resumed.
Status open_record(const fs::path& folder, const fs::path& resumed_from, const char* name,
                   const RecordHeader& header, std::int64_t steps, std::optional<RecordWriter>& record) {
  std::error_code code;
  const fs::path here = folder / name;
  if (!resumed_from.empty()) {
    const fs::path source = resumed_from.parent_path() / name;
    if (!fs::exists(here, code) && fs::exists(source, code)) fs::copy_file(source, here, code);
    if (code) return cannot(here, "cannot be copied from the run that is resumed", code);
  }
  auto opened = RecordWriter::open(here, header, steps);
  if (!opened) return opened.error();
  record = std::move(*opened);
  return {};
}

}  // namespace

fs::path runs_folder() {
  const auto home = data::user_data_folder();
  return home ? *home / "runs" : fs::path("synann-runs");
}

fs::path default_run_folder(const Settings& settings) {
  const std::string data = settings.data == "digits" ? "digits" : fs::path(settings.data).filename().string();
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::string name = fmt::format("{:%Y%m%d-%H%M%S}-{}-{}-s{}", fmt::gmtime(now), settings.model,
                                       data.empty() ? "data" : data, settings.seed);
  const fs::path runs = runs_folder();
  std::error_code ignored;
  auto folder = runs / name;
  for (int n = 2; fs::exists(folder, ignored); ++n) folder = runs / fmt::format("{}-{}", name, n);
  return folder;
}

FolderSizes folder_sizes(const fs::path& folder) {
  FolderSizes sizes;
  for (const fs::path& file : files_of_run(folder)) {
    const std::string name = file.filename().string();
    std::error_code code;
    const std::uint64_t bytes = fs::file_size(file, code);
    if (code) continue;
    const bool checkpoint = name == kLastCheckpoint || name == kBestCheckpoint;
    const bool words = name == kHistoryFile || name == kNotesFile;
    (is_optimiser_file_name(name) ? sizes.optimiser
     : words                      ? sizes.history
     : checkpoint                 ? sizes.checkpoints
                                  : sizes.records) += bytes;
  }
  return sizes;
}

Result<RunFolder> RunFolder::open(FolderLock lock, const fs::path& folder, Continuation continuation,
                                  const StartInfo& start, const Checkpoint& checkpoint,
                                  const model::Model& model, const RecordBudget& budget) {
  std::error_code code;
  const fs::path& from = continuation.from;
  const bool in_place = !from.empty() && fs::equivalent(folder, fs::absolute(from).parent_path(), code);
  const bool continues = in_place && fs::equivalent(folder / kLastCheckpoint, from, code);
  remove_half_written(folder);
  if (!continues) {
    if (auto status = set_aside(folder, in_place); !status) return status.error();
  }
  RunFolder run(std::move(lock), folder);
  run.checkpoints_.emplace(folder);
  if (in_place && !continues) {
    if (auto status = run.checkpoints_->save(checkpoint, model, false); !status) return status.error();
  }
  if (auto status = run.begin_history(continuation, in_place, start); !status) return status.error();
  if (!from.empty() && !continues) {
    const Fork fork{.position = start.position, .from = from.string()};
    if (auto status = run.history_->append(fork); !status) return status.error();
    if (run.past_) run.past_->forks.push_back(fork);
  }
  if (budget.bytes > 0 && !synapse_parameters(model).empty()) {
    if (auto status = run.open_records(from, start, model, budget); !status) return status.error();
  }
  return run;
}

// A run that goes on appends to its history, or to a copy of the one it leaves; a checkpoint that has none
// beside it begins one where it stands.
Status RunFolder::begin_history(Continuation& continuation, bool in_place, const StartInfo& start) {
  if (!continuation.history) {
    auto made = HistoryWriter::create(folder_, start);
    if (!made) return made.error();
    history_ = std::move(*made);
    return {};
  }
  const std::vector<std::uint8_t> bytes = std::move(continuation.history->bytes);
  past_ = std::move(continuation.history->history);
  note_ = past_->unknown_note();
  measured_start_ = std::any_of(past_->evaluations.begin(), past_->evaluations.end(),
                                [](const Evaluation& e) { return e.epoch == 0; });
  for (const EpochTime& time : past_->times) {
    if (time.position == start.position && start.position.step > 0) epoch_seconds_ = time.seconds;
  }
  auto opened = in_place ? HistoryWriter::open(folder_, *past_) : HistoryWriter::copy(folder_, bytes, *past_);
  if (!opened) return opened.error();
  history_ = std::move(*opened);
  resumed_ = Resume{.position = start.position,
                    .changed = differences(past_->settings_at(steps_done(start)), start.settings),
                    .fresh_optimiser = continuation.fresh_optimiser,
                    .device = start.device,
                    .tier = start.tier,
                    .isa = start.isa,
                    .threads = start.threads,
                    .device_note = start.device_note,
                    .version = start.version,
                    .commit = start.commit,
                    .ranks = start.ranks,
                    .torn = past_->torn};
  go_on(*past_, *resumed_);
  return history_->append(*resumed_);
}

Status RunFolder::open_records(const fs::path& resumed_from, const StartInfo& start,
                               const model::Model& model, const RecordBudget& budget) {
  const std::int64_t steps = steps_done(start);
  if (auto status = open_record(folder_, resumed_from, kSynapseRecord, synapse_header(model, start, budget),
                                steps, synapses_);
      !status)
    return status;
  return open_record(folder_, resumed_from, kNetworkRecord, network_header(model, start, budget), steps,
                     network_);
}

std::uint64_t RunFolder::record_bytes() const {
  return (synapses_ ? synapses_->bytes() : 0) + (network_ ? network_->bytes() : 0);
}

bool RunFolder::record_due(std::int64_t steps) const {
  return (synapses_ && synapses_->due(steps)) || (network_ && network_->due(steps));
}

std::int64_t RunFolder::until_record(std::int64_t steps) const {
  return synapses_ ? synapses_->until_due(steps) : INT64_MAX;
}

Status RunFolder::record(const FrameStep& at, const model::Model& model, std::span<const float> values,
                         bool always) {
  if (!synapses_) return {};
  if (auto status = synapses_->append(at, gather(synapses_->header(), model, values)); !status) return status;
  if (!always && !network_->due(at.steps)) return {};
  return network_->append(at, gather(network_->header(), model, values));
}

Status RunFolder::save(const Checkpoint& checkpoint, const model::Model& model, bool best) {
  if (auto status = history_->flush(); !status) return status;
  return checkpoints_->save(checkpoint, model, best);
}

}  // namespace synann::train
