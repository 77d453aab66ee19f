// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_reader.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "engine/core/thread_pool.h"
#include "engine/runs/run_index.h"
#include "engine/train/history.h"

namespace synann::ui {
namespace {

namespace fs = std::filesystem;

// The same folder by whatever way it is named.
fs::path sameFolder(const fs::path& folder) {
  std::error_code code;
  fs::path whole = fs::weakly_canonical(folder, code);
  return code ? folder : whole;
}

// Runs of folders that were added begin with that folder's name.
std::string listedName(const fs::path& folder, const std::string& below, bool usual) {
  if (below == ".") return folder.filename().string();
  return usual ? below : (folder.filename() / below).string();
}

}  // namespace

RunListPtr readRuns(const RunsQuestion& question, const std::stop_token& cancelled) {
  std::stop_source stop;
  const auto end = [&stop] { stop.request_stop(); };
  const std::stop_callback by_person(question.stop.get_token(), end), by_next(cancelled, end);
  auto list = std::make_shared<RunList>();
  std::set<fs::path> listed;
  std::vector<runs::RunSummary> all;
  const auto take = [&](runs::RunSummary run) {
    if (listed.insert(sameFolder(run.folder)).second) all.push_back(std::move(run));
  };
  std::vector<fs::path> folders = question.folders;
  if (std::error_code code; fs::is_directory(question.usual, code))
    folders.insert(folders.begin(), question.usual);
  const auto threads = hardware_threads();
  runs::RunIndex index;
  for (std::size_t k = 0; k < folders.size(); ++k) {
    const auto progress = [&](int done, int count) {
      const double share = count > 0 ? static_cast<double>(done) / count : 0;
      *question.done = (static_cast<double>(k) + share) / static_cast<double>(folders.size());
    };
    auto found = runs::list_runs(folders[k], threads, progress, stop.get_token(), &index);
    if (stop.stop_requested()) break;
    if (!found) {
      list->notes.push_back(found.error().sentence());
      continue;
    }
    list->notes.insert(list->notes.end(), found->notes.begin(), found->notes.end());
    for (runs::RunSummary& run : found->runs) {
      run.name = listedName(folders[k], run.name, folders[k] == question.usual);
      take(std::move(run));
    }
  }
  for (const fs::path& folder : question.runs) {
    if (stop.stop_requested() || listed.contains(sameFolder(folder))) continue;
    runs::RunSummary run = runs::summarise(folder);
    run.name = folder.filename().string();
    take(std::move(run));
  }
  if (cancelled.stop_requested()) return nullptr;
  list->stopped = stop.stop_requested();
  if (!list->stopped) list->rows = RunTableModel::rowsOf(std::move(all), question.mean_epochs);
  return list;
}

std::vector<runs::RunSummary> readAgain(const std::vector<runs::RunSummary>& runs,
                                        const std::stop_token& cancelled) {
  std::vector<runs::RunSummary> fresh;
  for (const runs::RunSummary& run : runs) {
    if (cancelled.stop_requested()) break;
    runs::RunSummary now = runs::summarise(run.folder);
    if (now.epochs != run.epochs || now.state != run.state || now.problem != run.problem)
      fresh.push_back(std::move(now));
  }
  return fresh;
}

std::vector<RunCurve> RunCurveReader::read(const std::vector<runs::RunSummary>& runs,
                                           const std::stop_token& stop) {
  std::vector<RunCurve> curves;
  for (const runs::RunSummary& run : runs) {
    if (stop.stop_requested()) break;
    const std::pair of(run.written, run.bytes);
    auto known = known_.find(run.folder);
    if (known == known_.end() || known->second.of != of) {
      const auto history = train::read_history(run.folder);
      if (!history) continue;
      known = known_.insert_or_assign(run.folder, Known{of, runs::learning_curve(*history)}).first;
    }
    RunCurve curve;
    curve.run = run;
    curve.points = known->second.points;
    curves.push_back(std::move(curve));
  }
  return curves;
}

}  // namespace synann::ui
