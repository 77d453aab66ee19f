// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/catalogue.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/core/folder_lock.h"
#include "engine/runs/history_summary.h"
#include "engine/runs/run_care.h"
#include "engine/runs/run_index.h"
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

namespace {

// What an index holds of the runs below a folder, and what it is to hold: each run is looked for by one
// thread.
class IndexedReading {
 public:
  IndexedReading(RunIndex* index, const fs::path& top) : index_(index), top_(top) {
    std::error_code code;
    whole_top_ = fs::canonical(top, code);
    if (code) index_ = nullptr;
    if (index_ != nullptr) known_ = index_->below(whole_top_);
  }

  // What the history says; of a broken one nothing is kept.
  Result<HistorySummary> read(const fs::path& folder) {
    if (index_ == nullptr) return read_summary(folder);
    const std::string key = key_of(folder);
    // Before it is read: what is written meanwhile is read the next time.
    const auto stamp = stamp_of(folder / train::kHistoryFile);
    const auto known = known_.find(key);
    if (stamp && known != known_.end() && known->second.stamp == *stamp)
      if (auto kept = summary_from_text(known->second.text)) return std::move(*kept);
    auto read = read_summary(folder);
    if (!read || !stamp) return read;
    IndexEntry entry{*stamp, summary_text(*read)};
    const std::lock_guard lock(mutex_);
    fresh_.insert_or_assign(key, std::move(entry));
    return read;
  }

  // `all`: nothing of what is there was left out, so what was not found is gone.
  void finish(const std::vector<fs::path>& found, bool all) {
    if (index_ == nullptr) return;
    std::vector<std::string> gone;
    if (all) {
      std::set<std::string> there;
      for (const fs::path& folder : found) there.insert(key_of(folder));
      for (const auto& [name, entry] : known_)
        if (!there.contains(name)) gone.push_back(name);
    }
    index_->change(fresh_, gone);
  }

 private:
  // Its whole path; "a/." is "a/" in normal form.
  std::string key_of(const fs::path& folder) const {
    std::string key = (whole_top_ / folder.lexically_relative(top_)).lexically_normal().string();
    if (key.size() > 1 && key.ends_with('/')) key.pop_back();
    return key;
  }

  RunIndex* index_;
  const fs::path& top_;
  fs::path whole_top_;
  std::map<std::string, IndexEntry> known_;
  std::mutex mutex_;
  std::map<std::string, IndexEntry> fresh_;
};

// `read` gives what the history says.
template <class Read>
RunSummary summarise_by(const fs::path& folder, const Read& read) {
  std::error_code code;
  const auto written = fs::last_write_time(folder / train::kHistoryFile, code);
  auto notes = read_notes(folder);
  // The lock first: a run that ends in between then says how it ended.
  const auto writer = FolderLock::holder(folder);
  Result<HistorySummary> history = read(folder);
  RunSummary run;
  if (history) {
    run = std::move(history->run);
    if (writer) run.state = history->waits ? RunState::Paused : RunState::Running;
    if (writer) run.reason.clear();
    run.writer = writer.value_or("");
  } else {
    run.problem = history.error().sentence();
  }
  run.folder = folder;
  if (!code) run.written = seconds_of(written);
  run.bytes = train::folder_sizes(folder).all();
  notes ? void(run.notes = std::move(*notes)) : void(run.notes_problem = notes.error().sentence());
  return run;
}

}  // namespace

RunSummary summarise(const fs::path& folder) {
  return summarise_by(folder, read_summary);
}

Result<Catalogue> list_runs(const fs::path& folder, int threads, const CatalogueProgress& progress,
                            const std::stop_token& stop, RunIndex* index) {
  std::error_code code;
  if (!fs::is_directory(folder, code))
    return input_error(folder.string(), "is not a folder", "name a folder with runs in it or below it");
  Catalogue catalogue;
  const std::vector<fs::path> folders = folders_with_runs(folder, progress, stop, catalogue.notes);
  IndexedReading indexed(index, folder);
  catalogue.runs.resize(folders.size());
  std::atomic<std::size_t> next{0};
  std::atomic<int> done{0};
  const auto read = [&](bool tells) {
    for (std::size_t k = next++; k < folders.size() && !stop.stop_requested(); k = next++) {
      RunSummary run = summarise_by(folders[k], [&](const fs::path& at) { return indexed.read(at); });
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
  indexed.finish(folders, catalogue.notes.empty() && !stop.stop_requested());
  if (stop.stop_requested())
    return Error{.kind = ErrorKind::Cancelled, .problem = "listing the runs was interrupted"};
  std::sort(catalogue.runs.begin(), catalogue.runs.end(),
            [](const RunSummary& a, const RunSummary& b) { return a.name < b.name; });
  for (const RunSummary& run : catalogue.runs)
    if (!run.notes_problem.empty()) catalogue.notes.push_back(run.notes_problem);
  if (index != nullptr && !index->note().empty()) catalogue.notes.push_back(index->note());
  return catalogue;
}

std::optional<EpochScore> mean_of_latest(const RunSummary& run, int count) {
  const std::size_t used = std::min(run.latest.size(), static_cast<std::size_t>(std::max(count, 0)));
  if (used == 0) return std::nullopt;
  EpochScore mean;
  for (const EpochScore& score : std::span(run.latest).last(used)) {
    mean.accuracy += score.accuracy;
    mean.test_loss += score.test_loss;
  }
  mean.accuracy /= static_cast<double>(used);
  mean.test_loss /= static_cast<double>(used);
  return mean;
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
