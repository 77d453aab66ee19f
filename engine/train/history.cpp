// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/history.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/core/version.h"
#include "engine/train/event_json.h"
#include "engine/train/history_losses.h"
#include "engine/train/history_parser.h"

namespace synann::train {
namespace {

constexpr int kLongestLine = 2000;  // losses
constexpr std::chrono::milliseconds kLongestDelay{500};

// Forgets what was made behind the position: it was not in the checkpoint that the run went on from.
void cut_back(History& history, const Position& at) {
  const auto kept =
      std::lower_bound(history.examples.begin(), history.examples.end(), history.examples_at(at));
  history.examples.erase(kept, history.examples.end());
  history.losses.resize(history.examples.size());
  std::erase_if(history.evaluations, [&](const Evaluation& e) { return e.epoch >= at.epoch; });
  const auto behind = [&](const auto& event) {
    const Position& p = event.position;
    return p.epoch > at.epoch || (p.epoch == at.epoch && p.step > at.step);
  };
  std::erase_if(history.changes, behind);
  std::erase_if(history.devices, behind);
  std::erase_if(history.times, behind);
  std::erase_if(history.forks, behind);
  std::erase_if(history.resumes, behind);
  std::erase_if(history.pauses, behind);
}

}  // namespace

void go_on(History& history, Resume resume) {
  cut_back(history, resume.position);
  history.end.reset();
  for (const SettingDifference& d : resume.changed) history.changes.push_back({resume.position, d.key, d.to});
  const auto device_of = [](const auto& p) { return std::tie(p.device, p.tier, p.isa, p.threads); };
  const bool moved = history.devices.empty() ? device_of(resume) != device_of(history.start)
                                             : device_of(resume) != device_of(history.devices.back());
  if (moved) {
    history.devices.push_back(
        {resume.position, resume.device, resume.tier, resume.isa, resume.threads, resume.device_note});
  }
  history.resumes.push_back(std::move(resume));
  history.torn = 0;  // the event itself says what it follows
  history.open_line = history.truncated = false;
}

std::int64_t History::steps_at(const Position& position) const {
  return std::int64_t{position.epoch - 1} * start.steps_per_epoch + position.step;
}

std::int64_t History::examples_at(const Position& position) const {
  return std::int64_t{position.epoch - 1} * start.train_count +
         std::min<std::int64_t>(start.train_count, std::int64_t{position.step} * start.settings.batch_size);
}

Settings History::settings_at(std::int64_t steps) const {
  Settings s = start.settings;
  // The first programs wrote the start anew at each resume: what was changed before is in it, or overtaken by
  // it.
  const std::int64_t begun = steps_at(start.position);
  for (const SettingChange& change : changes) {
    const std::int64_t from = steps_at(change.position);
    if (from < begun && begun <= steps) continue;
    if (from <= steps) apply_setting(s, change.key, change.value);
  }
  return s;
}

std::string History::unknown_note() const {
  if (unknown.empty()) return {};
  const std::string& newest = resumes.empty() ? start.version : resumes.back().version;
  return fmt::format(
      "the history holds what version {} does not know and leaves out ({}); it was written by version {}",
      kVersion, fmt::join(unknown, ", "), newest.empty() ? "unknown" : newest);
}

Result<History> parse_history(std::string_view text, const std::string& file) {
  HistoryParser parser(file);
  if (auto status = parser.take_lines(text); !status) return status.error();
  if (auto status = parser.end_with(text); !status) return status.error();
  return std::move(parser).history();
}

namespace {

// A path that is not UTF-8 keeps what of it is.
std::string text_of(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string_view text_of(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<HistoryFile> read_history_file(const std::filesystem::path& file) {
  auto bytes = read_file(file, kLargestHistory);
  if (!bytes) return bytes.error();
  auto history = parse_history(text_of(*bytes), file.string());
  if (!history) return history.error();
  return HistoryFile{std::move(*history), std::move(*bytes)};
}

Result<History> read_history(const std::filesystem::path& folder_or_file) {
  std::filesystem::path path = folder_or_file;
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) path /= kHistoryFile;
  auto file = read_history_file(path);
  if (!file) return file.error();
  return std::move(file->history);
}

std::optional<Settings> recorded_settings(const std::filesystem::path& folder, std::int64_t steps) {
  std::error_code code;
  if (!std::filesystem::is_directory(folder, code)) return std::nullopt;
  const auto history = read_history(folder);
  if (!history) return std::nullopt;
  return history->settings_at(steps);
}

// A destructor has nobody to tell.
HistoryWriter::~HistoryWriter() {
  (void)flush();
}

Result<std::unique_ptr<HistoryWriter>> HistoryWriter::open(const std::filesystem::path& folder,
                                                           const History& past) {
  auto file = AppendFile::open(folder / kHistoryFile);
  if (!file) return file.error();
  std::unique_ptr<HistoryWriter> writer(new HistoryWriter(std::move(*file)));
  writer->torn_ = past.torn;
  writer->open_line_ = past.open_line;
  return writer;
}

// Replaced as a whole: a process that is killed here leaves no file without its first line.
Result<std::unique_ptr<HistoryWriter>> HistoryWriter::create(const std::filesystem::path& folder,
                                                             const StartInfo& start) {
  const std::string line = text_of(to_json(start)) + "\n";
  if (auto status = write_file_atomically(folder / kHistoryFile,
                                          {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
      !status)
    return status.error();
  return open(folder, {});
}

Result<std::unique_ptr<HistoryWriter>> HistoryWriter::copy(const std::filesystem::path& folder,
                                                           std::span<const std::uint8_t> other,
                                                           const History& past) {
  if (auto status = write_file_atomically(folder / kHistoryFile, other); !status) return status.error();
  return open(folder, past);
}

Status HistoryWriter::append(const StepLosses& losses) {
  if (losses.losses.empty()) return {};
  if (!pending_.empty() && (pending_epoch_ != losses.epoch || pending_next_step_ != losses.first_step ||
                            pending_count_ >= kLongestLine)) {
    if (auto status = flush(); !status) return status;
  }
  if (pending_.empty()) {
    pending_ = losses_head(losses.epoch, losses.first_step, losses.batch_size, losses.first_examples);
    pending_epoch_ = losses.epoch;
    pending_count_ = 0;
    collected_since_ = std::chrono::steady_clock::now();
  }
  for (const float loss : losses.losses) {
    if (pending_count_++ > 0) pending_ += ',';
    pending_ += std::isfinite(loss) ? fmt::format("{}", loss) : "null";
  }
  pending_next_step_ = losses.first_step + static_cast<int>(losses.losses.size());
  if (std::chrono::steady_clock::now() - collected_since_ < kLongestDelay) return {};
  return flush();
}

// One write for the event, and for the end of a line that a killed process left open before it.
template <class Event>
Status HistoryWriter::append_event(const Event& event) {
  if (auto status = flush(); !status) return status;
  return file_.append(
      fmt::format("{}{}\n", std::exchange(open_line_, false) ? "\n" : "", text_of(to_json(event))));
}

Status HistoryWriter::append(const Evaluation& evaluation) {
  return append_event(evaluation);
}
Status HistoryWriter::append(const SettingChange& change) {
  return append_event(change);
}
Status HistoryWriter::append(const DeviceChange& change) {
  return append_event(change);
}
Status HistoryWriter::append(const Fork& fork) {
  return append_event(fork);
}
Status HistoryWriter::append(const EpochTime& time) {
  return append_event(time);
}
Status HistoryWriter::append(Resume resume) {
  resume.torn = std::exchange(torn_, 0);
  return append_event(resume);
}
Status HistoryWriter::append(const Pause& pause) {
  return append_event(pause);
}
Status HistoryWriter::append(const End& end) {
  return append_event(end);
}

Status HistoryWriter::flush() {
  if (pending_.empty()) return {};
  return file_.append(std::exchange(pending_, {}) + "]}\n");
}

}  // namespace synann::train
