// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/catalogue.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/core/folder_lock.h"
#include "engine/runs/run_care.h"
#include "engine/train/history.h"
#include "engine/train/run_folder.h"

namespace synann::runs {
namespace {

namespace fs = std::filesystem;

// The folders with a history, in no order; what could not be looked into is noted.
std::vector<fs::path> folders_with_runs(const fs::path& top, const CatalogueProgress& progress,
                                        const std::stop_token& stop, std::vector<std::string>& notes) {
  std::vector<fs::path> found, open{top};
  while (!open.empty() && !stop.stop_requested()) {
    if (progress) progress(0, static_cast<int>(found.size()));
    const fs::path folder = std::move(open.back());
    open.pop_back();
    std::error_code code;
    fs::directory_iterator entries(folder, code);
    while (!code && entries != fs::directory_iterator()) {
      const fs::directory_entry& entry = *entries;
      std::error_code unknown;
      if (entry.path().filename() == train::kHistoryFile && entry.is_regular_file(unknown)) {
        found.push_back(folder);
      } else if (entry.path().filename() != kBin && !entry.is_symlink(unknown) &&
                 entry.is_directory(unknown)) {
        open.push_back(entry.path());
      }
      entries.increment(code);
    }
    if (code) notes.push_back(fmt::format("{}: cannot be looked into ({})", folder.string(), code.message()));
  }
  return found;
}

void take_history(const train::History& history, RunSummary& run) {
  run.settings = history.settings();
  run.data_name = history.start.data_name;
  run.data_sha256 = history.start.data_sha256;
  run.parameter_count = history.start.parameter_count;
  run.version = history.resumes.empty() ? history.start.version : history.resumes.back().version;
  const auto take_device = [&](const auto& from) {
    run.device = from.device, run.tier = from.tier, run.isa = from.isa, run.threads = from.threads;
  };
  history.devices.empty() ? take_device(history.start) : take_device(history.devices.back());
  if (!history.forks.empty()) {
    run.parent = history.forks.back().from;
    run.fork = history.forks.back();
    run.fork_steps = history.steps_at(run.fork->position);
  }
  run.steps = static_cast<std::int64_t>(history.losses.size());
  for (const train::Evaluation& e : history.evaluations) {
    if (e.epoch == 0) continue;
    run.epochs = e.epoch;
    run.train_seconds += e.train_seconds;
    run.last = e;
    if (e.best) run.best = e;
  }
  if (!history.evaluations.empty() && run.epochs > 0)
    run.steps = std::max(run.steps, history.steps_at({run.epochs + 1, 0}));
}

void take_state(const train::History& history, const std::optional<std::string>& writer, RunSummary& run) {
  run.writer = writer.value_or("");
  if (writer) {
    const bool waits = !history.pauses.empty() &&
                       history.steps_at(history.pauses.back().position) >= run.steps && !history.end;
    run.state = waits ? RunState::Paused : RunState::Running;
    return;
  }
  if (!history.end) return;
  run.reason = history.end->reason;
  switch (history.end->state) {
    case train::State::Finished:
      run.state = RunState::Finished;
      break;
    case train::State::Failed:
      run.state = RunState::Failed;
      break;
    case train::State::Stopped:
    case train::State::Training:
    case train::State::Evaluating:
    case train::State::Paused:
      run.state = RunState::Stopped;
      break;
  }
}

std::int64_t seconds_of(fs::file_time_type time) {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::file_clock::to_sys(time).time_since_epoch())
      .count();
}

}  // namespace

const char* state_word(RunState state) {
  switch (state) {
    case RunState::Running:
      return "running";
    case RunState::Paused:
      return "paused";
    case RunState::Finished:
      return "finished";
    case RunState::Stopped:
      return "stopped";
    case RunState::Failed:
      return "failed";
    case RunState::Interrupted:
      return "interrupted";
  }
  return "";
}

RunSummary summarise(const fs::path& folder) {
  RunSummary run;
  run.folder = folder;
  std::error_code code;
  const auto written = fs::last_write_time(folder / train::kHistoryFile, code);
  if (!code) run.written = seconds_of(written);
  run.bytes = train::folder_sizes(folder).all();
  if (auto notes = read_notes(folder)) {
    run.notes = std::move(*notes);
  } else {
    run.notes_problem = notes.error().sentence();
  }
  // The lock first: a run that ends in between then says how it ended.
  const auto writer = FolderLock::holder(folder);
  const auto history = train::read_history(folder);
  if (!history) {
    run.problem = history.error().sentence();
    return run;
  }
  take_history(*history, run);
  take_state(*history, writer, run);
  return run;
}

Result<Catalogue> list_runs(const fs::path& folder, int threads, const CatalogueProgress& progress,
                            const std::stop_token& stop) {
  std::error_code code;
  if (!fs::is_directory(folder, code))
    return input_error(folder.string(), "is not a folder", "name a folder with runs in it or below it");
  Catalogue catalogue;
  const std::vector<fs::path> folders = folders_with_runs(folder, progress, stop, catalogue.notes);
  catalogue.runs.resize(folders.size());
  std::atomic<std::size_t> next{0};
  std::atomic<int> done{0};
  const auto read = [&](bool tells) {
    for (std::size_t k = next++; k < folders.size() && !stop.stop_requested(); k = next++) {
      RunSummary run = summarise(folders[k]);
      run.name = folders[k].lexically_relative(folder).string();
      catalogue.runs[k] = std::move(run);
      ++done;
      if (tells && progress) progress(done, static_cast<int>(folders.size()));
    }
  };
  {
    std::vector<std::jthread> helpers;
    const auto useful = std::min<std::size_t>(folders.size(), static_cast<std::size_t>(std::max(1, threads)));
    for (std::size_t t = 1; t < useful; ++t) helpers.emplace_back([&] { read(false); });
    read(true);
  }
  if (stop.stop_requested())
    return Error{.kind = ErrorKind::Cancelled, .problem = "listing the runs was interrupted"};
  std::sort(catalogue.runs.begin(), catalogue.runs.end(),
            [](const RunSummary& a, const RunSummary& b) { return a.name < b.name; });
  for (const RunSummary& run : catalogue.runs)
    if (!run.notes_problem.empty()) catalogue.notes.push_back(run.notes_problem);
  return catalogue;
}

std::string setting_text(const train::Settings& settings, const std::string& key) {
  if (key == "model") return settings.model;
  if (key == "data") return settings.data;
  for (const train::SettingInfo& info : train::setting_infos())
    if (info.key == key) return train::value_text(train::setting_value(settings, key));
  return train::choice_value(settings, key);
}

std::vector<std::string> differing_settings(const std::vector<RunSummary>& runs) {
  std::vector<std::string> keys{"model", "data"};
  for (const train::SettingInfo& info : train::setting_infos()) keys.emplace_back(info.key);
  for (const train::ChoiceInfo& info : train::choice_infos()) keys.emplace_back(info.key);
  std::vector<std::string> found;
  for (const std::string& key : keys) {
    std::optional<std::string> first;
    const bool differs = std::any_of(runs.begin(), runs.end(), [&](const RunSummary& run) {
      if (!run.problem.empty() || !train::setting_matters(run.settings, key)) return false;
      const std::string value = setting_text(run.settings, key);
      if (!first) first = value;
      return value != *first;
    });
    if (differs) found.push_back(key);
  }
  return found;
}

}  // namespace synann::runs
