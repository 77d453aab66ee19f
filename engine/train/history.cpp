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

namespace synann::train {
namespace {

constexpr std::uint64_t kLargestHistory = 4ull << 30;  // bytes
constexpr int kLongestLine = 2000;                     // losses
constexpr std::chrono::milliseconds kLongestDelay{500};
constexpr std::string_view kLineStart = R"({"event":")";

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

namespace {

// How the other run ended is not how this one did.
void leave_parent(History& history, const Fork& fork) {
  history.end.reset();
  for (const SettingDifference& d : fork.changed) history.changes.push_back({fork.position, d.key, d.to});
  history.forks.push_back(fork);
}

// What one kind of event does to a history.
template <class Event, class Take>
Status take_event(const Result<Event>& event, Take&& take) {
  if (!event) return event.error();
  take(*event);
  return {};
}

Status read_event(const nlohmann::json& value, const ReadFrom& from, History& history) {
  const std::string event = value.is_object() && value.contains("event") && value["event"].is_string()
                                ? value["event"].get<std::string>()
                                : "";
  const auto keep = [](auto& list) { return [&list](const auto& e) { list.push_back(e); }; };
  if (event == "losses") return read_losses(value, from.where, history);
  if (event == "epoch" || event == "evaluation")
    return take_event(evaluation_from_json(value, from), keep(history.evaluations));
  if (event == "change") {
    return take_event(change_from_json(value, from), [&](const SettingChange& c) {
      if (!c.key.empty()) history.changes.push_back(c);  // else of a setting that is not known
    });
  }
  if (event == "device") return take_event(device_from_json(value, from), keep(history.devices));
  if (event == "time") return take_event(time_from_json(value, from), keep(history.times));
  if (event == "fork")
    return take_event(fork_from_json(value, from), [&](const Fork& f) { leave_parent(history, f); });
  if (event == "pause") return take_event(pause_from_json(value, from), keep(history.pauses));
  if (event == "resume")
    return take_event(resume_from_json(value, from), [&](const Resume& r) { go_on(history, r); });
  if (event == "end") return take_event(end_from_json(value, from), [&](const End& e) { history.end = e; });
  if (event.empty())
    return Error{.where = from.where, .problem = "is not an event", .expected = "an object with \"event\""};
  from.note(fmt::format("event \"{}\"", event.substr(0, 60)));
  return {};
}

// Takes line after line. One that cannot be read is an error, unless a killed process left it: it was cut
// off, and stands at the end or directly before the event that says so.
class Parser {
 public:
  explicit Parser(const std::string& file) : file_(file) {}

  Status take_line(std::string_view line) {
    ++line_;
    if (started_ && torn_ == 0 && read_losses_line(line, history_)) return {};
    const auto value = nlohmann::json::parse(line, nullptr, false);
    if (value.is_discarded()) {
      note_torn(line);
      return {};
    }
    if (torn_ > 0 && torn_lines(value) != torn_) return not_json();
    torn_ = 0;
    const ReadFrom from{fmt::format("{}, line {}", file_, line_), &history_.unknown};
    const bool is_start = value.is_object() && value.contains("event") && value["event"] == "start";
    if (started_ && is_start)
      return Error{.where = from.where, .problem = "begins another run in the middle of this one"};
    if (!started_ && !is_start) return no_history();
    return is_start ? take_start(value, from) : read_event(value, from, history_);
  }

  // `rest`: what follows the last end of a line.
  Result<History> finish(std::string_view rest) {
    if (torn_ > 0 && !looks_cut_off_) return not_json();
    if (!started_) return no_history();
    history_.open_line = !rest.empty();
    history_.truncated = torn_ > 0 || !rest.empty();
    history_.torn = rest.empty() ? torn_ : nlohmann::json::accept(rest) ? 1 : torn_ + 1;
    return std::move(history_);
  }

 private:
  void note_torn(std::string_view line) {
    if (torn_++ == 0) {
      torn_line_ = line_;
      looks_cut_off_ = true;
    }
    looks_cut_off_ = looks_cut_off_ && (line.starts_with(kLineStart) || kLineStart.starts_with(line));
  }

  Status take_start(const nlohmann::json& value, const ReadFrom& from) {
    // First: what else stands there, only that version may understand.
    const std::string needs =
        value.contains("needs") && value["needs"].is_string() ? value["needs"].get<std::string>() : "";
    if (is_newer(needs, kVersion)) {
      return Error{.where = file_,
                   .problem = fmt::format("needs version {} of the program or a newer one", needs),
                   .found = fmt::format("version {}", kVersion)};
    }
    auto start = start_from_json(value, from);
    if (!start) return start.error();
    history_.start = std::move(*start);
    started_ = true;
    return {};
  }

  Error no_history() const {
    return {.where = file_,
            .problem = "is not a history of this program",
            .expected = "a \"start\" event in the first line"};
  }
  Error not_json() const {
    return {.where = fmt::format("{}, line {}", file_, torn_line_), .problem = "is not valid JSON"};
  }

  const std::string& file_;
  History history_;
  int line_ = 0;
  int torn_ = 0, torn_line_ = 0;  // unreadable lines up to here, one after the other, and the first of them
  bool looks_cut_off_ = true;     // all of them begin as a line of ours does
  bool started_ = false;
};

}  // namespace

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
  Parser parser(file);
  for (auto end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    if (auto status = parser.take_line(text.substr(0, end)); !status) return status.error();
    text.remove_prefix(end + 1);
  }
  return parser.finish(text);
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
