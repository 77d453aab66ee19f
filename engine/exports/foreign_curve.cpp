// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/exports/foreign_curve.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <system_error>
#include <utility>

#include "engine/core/file.h"
#include "engine/core/lower_case.h"
#include "engine/exports/foreign_points.h"
#include "engine/exports/tensorboard/event_file.h"
#include "engine/exports/tensorboard/event_folder.h"
#include "engine/exports/tensorboard/event_scalars.h"
#include "engine/infer/work.h"
#include "engine/train/history.h"

namespace synann::exports {
namespace {

namespace fs = std::filesystem;
namespace board = tensorboard;

constexpr std::size_t kMostEpochPoints = 1'000;

bool has_word(const std::string& name, std::initializer_list<const char*> words) {
  return std::ranges::any_of(words, [&](const char* word) { return name.find(word) != std::string::npos; });
}

// TensorBoard calls every x a step. A few numbers one after the other are epochs, unless the tag says
// otherwise.
ForeignUnit board_unit(const std::string& tag, const board::ScalarSeries& series) {
  const std::string name = lower_case(tag);
  if (name.starts_with("epoch_")) return ForeignUnit::Epochs;  // Keras
  if (has_word(name, {"batch", "step", "iter"}) || series.steps.size() < 2 ||
      series.steps.size() > kMostEpochPoints)
    return ForeignUnit::Steps;
  for (std::size_t k = 1; k < series.steps.size(); ++k)
    if (series.steps[k] - series.steps[k - 1] != 1) return ForeignUnit::Steps;
  return ForeignUnit::Epochs;
}

// Takes the numbers out of `scalars`.
void add_board_curves(ForeignRun& run, const std::string& prefix, board::EventScalars& scalars) {
  for (auto& [tag, series] : scalars.series) {
    const ForeignUnit unit = board_unit(tag, series);
    add_foreign_curve(run, {.name = fmt::format("{}{}", prefix, tag),
                            .unit = unit,
                            .x = {series.steps.begin(), series.steps.end()},
                            .y = std::move(series.values),
                            .wall = std::move(series.wall)});
  }
}

// One folder's event files are one run, in the order of their names.
using FilesByFolder = std::map<fs::path, std::vector<fs::path>>;

Result<FilesByFolder> event_files_below(const fs::path& folder) {
  FilesByFolder found;
  std::size_t count = 0;
  std::error_code code;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, code);
  for (; !code && at != fs::recursive_directory_iterator(); at.increment(code)) {
    if (at.depth() >= kMostForeignLevels) at.disable_recursion_pending();
    std::error_code ignored;
    if (!board::is_event_file_name(at->path()) || !at->is_regular_file(ignored)) continue;
    if (++count > kMostForeignFiles)
      return input_error(folder.string(), fmt::format("holds more than {} event files", kMostForeignFiles),
                         "name a folder of fewer runs");
    found[at->path().parent_path()].push_back(at->path());
  }
  if (code) return input_error(folder.string(), fmt::format("cannot be listed ({})", code.message()));
  for (auto& [path, files] : found) std::ranges::sort(files);
  return found;
}

Result<ForeignRun> read_event_folder(const fs::path& folder, const std::stop_token& stop) {
  std::error_code ignored;
  const auto folders = event_files_below(folder);
  if (!folders) return folders.error();
  if (folders->empty()) {
    if (fs::exists(folder / train::kHistoryFile, ignored))
      return input_error(folder.string(), "is a run of this program",
                         "it is listed with the folder that it is in");
    return input_error(folder.string(), "holds no event file of TensorBoard",
                       "name a folder that holds some");
  }
  ForeignRun run;
  std::uint64_t left = kMostForeignBytes;
  for (const auto& [path, files] : *folders) {
    board::EventScalars scalars;
    for (const fs::path& file : files) {
      if (stop.stop_requested()) return infer::interrupted();
      const auto bytes = read_file(file, left);
      if (!bytes) return bytes.error();
      left -= bytes->size();
      if (const Status status = board::add_event_scalars(*bytes, file.string(), scalars); !status)
        return status.error();
    }
    const std::string below = path.lexically_relative(folder).string();
    add_board_curves(run, below == "." ? std::string() : fmt::format("{}/", below), scalars);
  }
  return run;
}

Result<ForeignRun> parse_event_file(std::span<const std::uint8_t> bytes, const std::string& file) {
  board::EventScalars scalars;
  if (const Status status = board::add_event_scalars(bytes, file, scalars); !status) return status.error();
  ForeignRun run;
  if (scalars.cut_off)
    run.notes.push_back(fmt::format("{}: the last record is not whole and was left out", file));
  if (scalars.unreadable > 0)
    run.notes.push_back(
        fmt::format("{}: {} records are no events and were left out", file, scalars.unreadable));
  add_board_curves(run, {}, scalars);
  return run;
}

Result<ForeignRun> read_foreign_file(const fs::path& path, const std::stop_token& stop) {
  std::error_code code;
  if (fs::is_directory(path, code)) return read_event_folder(path, stop);
  const auto bytes = read_file(path, kMostForeignBytes);
  if (!bytes) return bytes.error();
  if (board::begins_as_event_file(*bytes)) return parse_event_file(*bytes, path.string());
  return parse_foreign_table(*bytes, path.string());
}

}  // namespace

Result<ForeignRun> read_foreign_run(const fs::path& path, const std::stop_token& stop) {
  auto run = read_foreign_file(path, stop);
  if (!run) return run.error();
  if (run->curves.empty()) return input_error(path.string(), "has no curve", "choose a log with scalars");
  const fs::path plain = path.lexically_normal();
  run->name = (plain.has_filename() ? plain.filename() : plain.parent_path().filename()).string();
  std::ranges::sort(run->curves, {}, &ForeignCurve::name);
  return run;
}

ForeignKind foreign_kind(const fs::path& file) {
  std::error_code code;
  if (fs::is_directory(file, code))
    return !fs::exists(file / train::kHistoryFile, code) && board::has_event_files(file) ? ForeignKind::Events
                                                                                         : ForeignKind::None;
  if (board::is_event_file_name(file)) return ForeignKind::Events;
  return lower_case(file.extension().string()) == ".csv" ? ForeignKind::Table : ForeignKind::None;
}

}  // namespace synann::exports
