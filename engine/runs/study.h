// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/folder_lock.h"
#include "engine/core/result.h"
#include "engine/runs/study_run.h"
#include "engine/runs/study_table.h"

namespace synann::runs {

// Trains what a plan asks for, run after run, on the calling thread. Each run is one like any other, in
// folder/runs/NAME; what has ended, well or not, is kept in folder/study.json too, and found there when the
// same study is started again, with more seeds or settings or without. A run that was left in the middle goes
// on from its checkpoint. Holds the folder's lock. Used by one thread at a time.
class Study {
 public:
  // Errors: settings out of range, no models, a model or a variation named twice, a folder that cannot be
  // written, that another program writes or that holds something else.
  static Result<Study> open(StudyPlan plan);

  const StudyPlan& plan() const { return plan_; }
  const std::vector<StudyRun>& runs() const { return runs_; }  // in the order in which they were made
  // Something a person should know of the folder, in one sentence; empty where there is nothing to say.
  std::string note() const { return lock_ ? lock_->warning() : std::string(); }
  std::vector<StudyRow> table() const { return study_table(plan_, runs_); }

  // Returns false when stopped: the run at hand is saved where it stands. `on_progress` is told often,
  // `on_run` after each run.
  Result<bool> run(const std::atomic<bool>& stop, const StudyProgressTold& on_progress,
                   const std::function<void(const StudyRun&)>& on_run);

 private:
  explicit Study(StudyPlan plan) : plan_(std::move(plan)) {}
  Status read();
  Status save() const;

  StudyPlan plan_;
  std::optional<FolderLock> lock_;
  std::vector<StudyRun> runs_;
};

// How many seconds what is left of a study takes: what was made tells how long an epoch of each row lasts,
// measurement included, and of the run at hand `progress` does; rows that nothing is known of are reckoned by
// their operations. NaN where nothing is known at all.
double study_seconds_left(const StudyPlan& plan, const std::vector<StudyRun>& made,
                          const StudyProgress& progress);

}  // namespace synann::runs
