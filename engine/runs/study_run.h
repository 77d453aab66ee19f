// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>

#include "engine/core/result.h"
#include "engine/runs/study_file.h"

// One run of a study: a run like any other, in a folder of its own.
namespace synann::runs {

struct StudyProgress {
  const train::Settings* settings = nullptr;  // of the run at hand
  int run = 0, runs = 0;                      // from 1
  int epoch = 0, epochs = 0;                  // of the run at hand
  double epoch_fraction = 0;
  double epoch_seconds = 0;  // of an epoch with its measurement, by the pace of the run at hand; 0 at first
  double seconds_left = 0;   // of the whole study; NaN while nothing tells
};
using StudyProgressTold = std::function<void(const StudyProgress&)>;

// Where a run with these settings lies below the study's folder, or is to lie: "runs/NAME". A folder of that
// name whose run began with other settings or data, was given other settings since, or was left from another
// run is somebody else's: then the next of NAME-2, NAME-3, … is it. What was begun as a task (study_tasks.h)
// lies in "runs/ID".
std::string study_run_folder(const StudyPlan& plan, const train::Settings& settings);

// Trains it on the calling thread in the folder `run` below the study's, from where it was left if it had
// begun; takes a run that is over as it is. An empty `run` writes nothing. Nothing when it was stopped, which
// is saved. Errors: the folder cannot be written, holds another run, or somebody else writes into it; the
// disk is full. Numbers that break are no error but the outcome (StudyRun::failed).
Result<std::optional<StudyRun>> make_study_run(const StudyPlan& plan, const train::Settings& settings,
                                               const std::string& run, const std::atomic<bool>& stop,
                                               StudyProgress& progress, const StudyProgressTold& told);

}  // namespace synann::runs
