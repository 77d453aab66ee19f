// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <QString>

#include "engine/runs/run_care.h"
#include "engine/runs/run_notes.h"
#include "ui/session/latest_value_worker.h"

// What is done to the folders of runs.
namespace synann::ui {

struct BinnedRun {
  std::filesystem::path now, was;
};

// What came of a chore. Where it is done to several runs, those that it could be done to are done.
struct ChoreOutcome {
  QString done{};                   // what to tell; empty: nothing
  QString problem{};                // the first thing that went wrong, one sentence
  std::vector<BinnedRun> binned{};  // to be taken back
  std::filesystem::path renamed{};  // where the run is now
  std::function<void()> then{};     // instead of all that: what to go on with, where outcomes are told
};

// Each on the calling thread; takes as long as the disk does.
using RunFolders = std::vector<std::filesystem::path>;
ChoreOutcome noteRuns(const RunFolders& folders, const std::function<void(runs::RunNotes&)>& change);
ChoreOutcome binRuns(const RunFolders& folders);
ChoreOutcome takeBackRuns(const std::vector<BinnedRun>& binned);
ChoreOutcome renameRunFolder(const std::filesystem::path& folder, const std::string& name);
// How many bytes that would free.
std::uint64_t prunableBytes(const RunFolders& folders, runs::Prune what);
ChoreOutcome pruneRuns(const RunFolders& folders, runs::Prune what);

// Does one chore after the other on a thread of its own, each of them to its end. Made, used and destroyed in
// one thread with an event loop, where outcomes are told; the destructor waits for what was asked for.
class RunChores {
 public:
  using Chore = std::function<ChoreOutcome()>;

  explicit RunChores(std::function<void(const ChoreOutcome&)> told);
  ~RunChores();
  RunChores(const RunChores&) = delete;
  RunChores& operator=(const RunChores&) = delete;

  void add(Chore chore);
  bool busy() const { return added_ != told_count_; }

 private:
  void work(const std::stop_token& end);
  void deliver();

  std::function<void(const ChoreOutcome&)> told_;
  int added_ = 0, told_count_ = 0;
  WorkerBell bell_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<Chore> waiting_;  // guarded by mutex_, as below
  std::vector<ChoreOutcome> outcomes_;
  std::jthread thread_;
};

}  // namespace synann::ui
