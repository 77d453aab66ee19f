// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/history.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <string_view>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/train/event_json.h"

namespace synann::train {
namespace {

constexpr std::uint64_t kLargestHistory = 4ull << 30;  // bytes
constexpr int kLongestLine = 2000;                     // losses

// {"event":"losses","epoch":1,"step":0,"batch_size":100,"examples":0,"loss":[…]}: step and examples of the
// first loss. fmt writes the shortest text that reads back as the same float.
std::string losses_head(int epoch, int step, int batch_size, std::int64_t examples) {
  return fmt::format(R"({{"event":"losses","epoch":{},"step":{},"batch_size":{},"examples":{},"loss":[)",
                     epoch, step, batch_size, examples);
}

Error at_line(const std::string& file, int line, std::string problem) {
  return {.where = fmt::format("{}, line {}", file, line), .problem = std::move(problem)};
}

Status read_losses(const nlohmann::json& value, const std::string& where, History& history) {
  const auto number = [&](const char* key) {
    return value.contains(key) && value[key].is_number_integer() ? value[key].get<std::int64_t>() : -1;
  };
  const std::int64_t examples = number("examples"), batch = number("batch_size");
  if (examples < 0 || batch < 1 || !value.contains("loss") || !value["loss"].is_array()) {
    return Error{.where = where,
                 .problem = "the losses are not complete",
                 .expected = "examples, batch_size and a list of numbers"};
  }
  std::int64_t x = examples;
  for (const auto& loss : value["loss"]) {
    if (!loss.is_number()) return Error{.where = where, .problem = "a loss is not a number"};
    history.examples.push_back(x);
    history.losses.push_back(loss.get<float>());
    x += batch;
  }
  return {};
}

Status read_event(const nlohmann::json& value, const std::string& where, History& history) {
  const std::string event = value.is_object() && value.contains("event") && value["event"].is_string()
                                ? value["event"].get<std::string>()
                                : "";
  if (event == "losses") return read_losses(value, where, history);
  if (event == "start") {
    auto start = start_from_json(value, where);
    if (!start) return start.error();
    history.start = std::move(*start);
    return {};
  }
  if (event == "epoch" || event == "evaluation") {
    const auto evaluation = evaluation_from_json(value, where);
    if (!evaluation) return evaluation.error();
    history.evaluations.push_back(*evaluation);
    return {};
  }
  if (event == "change") {
    auto change = change_from_json(value, where);
    if (!change) return change.error();
    history.changes.push_back(std::move(*change));
    return {};
  }
  if (event == "device") {
    auto change = device_from_json(value, where);
    if (!change) return change.error();
    history.devices.push_back(std::move(*change));
    return {};
  }
  if (event == "time") {
    const auto time = time_from_json(value, where);
    if (!time) return time.error();
    history.times.push_back(*time);
    return {};
  }
  if (event == "fork") {
    auto fork = fork_from_json(value, where);
    if (!fork) return fork.error();
    history.forks.push_back(std::move(*fork));
    return {};
  }
  return Error{.where = where,
               .problem = "unknown event",
               .expected = "start, losses, change, device, fork, time, evaluation or epoch"};
}

// One losses line per stretch of equal distance, so that the text is rebuilt from the points alone.
std::string format_past(const History& past, const StartInfo& start, std::int64_t end) {
  std::string text;
  for (std::size_t k = 0; k < past.losses.size() && past.examples[k] < end;) {
    const std::int64_t per_epoch = std::max(1, start.train_count);
    const std::int64_t epoch = past.examples[k] / per_epoch + 1,
                       step = past.examples[k] % per_epoch / start.settings.batch_size;
    text += losses_head(static_cast<int>(epoch), static_cast<int>(step), start.settings.batch_size,
                        past.examples[k]);
    for (std::size_t first = k;
         k < past.losses.size() && past.examples[k] < end && past.examples[k] / per_epoch + 1 == epoch; ++k) {
      text += fmt::format("{}{}", k == first ? "" : ",", past.losses[k]);
    }
    text += "]}\n";
  }
  return text;
}

}  // namespace

Result<History> read_history(const std::filesystem::path& folder_or_file) {
  std::error_code ignored;
  const auto path =
      std::filesystem::is_directory(folder_or_file, ignored) ? folder_or_file / kHistoryFile : folder_or_file;
  const auto bytes = read_file(path, kLargestHistory);
  if (!bytes) return bytes.error();
  History history;
  std::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  bool started = false;
  for (int line = 1; !text.empty(); ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) {
      history.truncated = true;  // a process was killed in the middle of this line
      break;
    }
    const auto value = nlohmann::json::parse(text.substr(0, end), nullptr, false);
    const auto where = fmt::format("{}, line {}", path.string(), line);
    if (value.is_discarded()) return at_line(path.string(), line, "is not valid JSON");
    if (auto status = read_event(value, where, history); !status) return status.error();
    started = started || value["event"] == "start";
    text.remove_prefix(end + 1);
  }
  if (!started)
    return Error{.where = path.string(),
                 .problem = "is not a history of this program",
                 .expected = "a \"start\" event"};
  return history;
}

HistoryWriter::HistoryWriter() = default;

HistoryWriter::~HistoryWriter() {
  if (file_ == nullptr) return;
  (void)flush();  // a destructor has nobody to tell
  std::fclose(file_);
}

Result<std::unique_ptr<HistoryWriter>> HistoryWriter::create(const std::filesystem::path& folder,
                                                             const History& past, const StartInfo& start) {
  const std::int64_t end = std::int64_t{start.position.epoch - 1} * start.train_count +
                           std::int64_t{start.position.step} * start.settings.batch_size;
  std::string text = to_json(start).dump() + "\n" + format_past(past, start, end);
  for (const Evaluation& e : past.evaluations) {
    if (e.epoch < start.position.epoch) text += to_json(e).dump() + "\n";
  }
  const auto keep = [&](const auto& events) {
    const Position at = start.position;
    for (const auto& e : events) {
      if (e.position.epoch < at.epoch || (e.position.epoch == at.epoch && e.position.step <= at.step))
        text += to_json(e).dump() + "\n";
    }
  };
  keep(past.changes);
  keep(past.devices);
  keep(past.times);
  keep(past.forks);
  const auto path = folder / kHistoryFile;
  if (auto status =
          write_file_atomically(path, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
      !status) {
    return status.error();
  }
  std::unique_ptr<HistoryWriter> writer(new HistoryWriter);
  writer->path_ = path.string();
  writer->file_ = std::fopen(writer->path_.c_str(), "ab");
  if (writer->file_ == nullptr)
    return input_error(writer->path_, fmt::format("cannot be written ({})", std::strerror(errno)));
  return writer;
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
  }
  for (const float loss : losses.losses)
    pending_ += fmt::format("{}{}", pending_count_++ == 0 ? "" : ",", loss);
  pending_next_step_ = losses.first_step + static_cast<int>(losses.losses.size());
  return {};
}

template <class Event>
Status HistoryWriter::append_event(const Event& event) {
  if (auto status = flush(); !status) return status;
  return write(to_json(event).dump() + "\n");
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

Status HistoryWriter::flush() {
  if (pending_.empty()) return {};
  const std::string line = std::exchange(pending_, {}) + "]}\n";
  return write(line);
}

Status HistoryWriter::write(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) == text.size() && std::fflush(file_) == 0) return {};
  return Error{.kind = ErrorKind::Failed,
               .where = path_,
               .problem = fmt::format("cannot be written ({})", std::strerror(errno)),
               .remedy = "free some space and resume from the last checkpoint"};
}

}  // namespace synann::train
