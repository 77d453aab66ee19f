// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/run_folder.h"

#include <array>
#include <fmt/format.h>
#include <system_error>

#include "engine/core/file.h"

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

// Puts the files of an earlier run into the first free earlier-N, by renaming or by copying.
Status set_aside(const fs::path& folder, bool copy) {
  std::error_code code;
  bool any = false;
  for (const char* file : kFiles) any = any || fs::exists(folder / file, code);
  if (!any) return {};
  int n = 1;
  while (fs::exists(folder / fmt::format("earlier-{}", n), code)) ++n;
  const fs::path aside = folder / fmt::format("earlier-{}", n);
  if (!fs::create_directory(aside, code))
    return cannot(aside, "cannot be made to keep the earlier run", code);
  for (const char* file : kFiles) {
    if (!fs::exists(folder / file, code)) continue;
    if (copy) {
      fs::copy_file(folder / file, aside / file, code);
    } else {
      fs::rename(folder / file, aside / file, code);
    }
    if (code) return cannot(folder / file, "cannot be set aside", code);
  }
  return {};
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

Result<RunFolder> RunFolder::open(const fs::path& folder, const fs::path& resumed_from,
                                  const StartInfo& start, const model::Model& model,
                                  const RecordBudget& budget) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code || !fs::is_directory(folder, code)) return cannot(folder, "cannot be made", code);

  History past;
  if (!resumed_from.empty()) {
    const fs::path source = resumed_from.parent_path() / kHistoryFile;
    if (fs::exists(source, code)) {
      auto read = read_history(source);
      if (!read) return read.error();
      past = std::move(*read);
    }
  }
  const bool continues =
      !resumed_from.empty() && fs::equivalent(folder / kLastCheckpoint, resumed_from, code);
  const bool from_here =
      !resumed_from.empty() && fs::equivalent(folder, fs::absolute(resumed_from).parent_path(), code);
  if (!continues) {
    if (auto status = set_aside(folder, from_here); !status) return status.error();
  }
  RunFolder run;
  run.folder_ = folder;
  for (const EpochTime& time : past.times) {
    if (time.position == start.position && start.position.step > 0) run.epoch_seconds_ = time.seconds;
  }
  auto history = HistoryWriter::create(folder, past, start);
  if (!history) return history.error();
  run.history_ = std::move(*history);
  if (!resumed_from.empty() && !continues) {
    const Fork fork{.position = start.position, .from = resumed_from.string()};
    if (auto status = run.history_->append(fork); !status) return status.error();
  }
  if (budget.bytes <= 0 || synapse_parameters(model).empty()) return run;
  const std::int64_t steps = steps_done(start);
  if (auto status = open_record(folder, resumed_from, kSynapseRecord, synapse_header(model, start, budget),
                                steps, run.synapses_);
      !status)
    return status.error();
  if (auto status = open_record(folder, resumed_from, kNetworkRecord, network_header(model, start, budget),
                                steps, run.network_);
      !status)
    return status.error();
  return run;
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

Status RunFolder::record(const FramePlace& place, const model::Model& model, std::span<const float> values,
                         bool always) {
  if (!synapses_) return {};
  if (auto status = synapses_->append(place, pick(synapses_->header(), model, values)); !status)
    return status;
  if (!always && !network_->due(place.steps)) return {};
  return network_->append(place, pick(network_->header(), model, values));
}

Status RunFolder::save(const Checkpoint& checkpoint, const model::Model& model, bool best) {
  if (auto status = history_->flush(); !status) return status;
  const auto bytes = format_checkpoint(checkpoint, model);
  if (best) {
    if (auto status = write_file_atomically(folder_ / kBestCheckpoint, bytes); !status) return status;
  }
  return write_file_atomically(folder_ / kLastCheckpoint, bytes);
}

}  // namespace synann::train
