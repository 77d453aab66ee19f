// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/folder_lock.h"
#include "engine/core/result.h"
#include "engine/core/statistics.h"
#include "engine/data/dataset.h"
#include "engine/train/events.h"
#include "engine/train/variation.h"

namespace synann::train {

// One model trained from one seed, to its last epoch, or to where its numbers broke.
struct StudyRun {
  Settings settings;        // model and seed among them
  int parameter_count = 0;  // trained numbers
  std::string tier{};
  int threads = 0;
  double accuracy = 0;       // percent on the test set after the last epoch: nothing is selected
  double test_loss = 0;      // nats
  double train_loss = 0;     // mean over the last epoch's batches, nats
  double best_accuracy = 0;  // of all epochs: selected on the test set unless images are held back
  int epochs = 0;            // that were trained
  double train_seconds = 0;  // training steps alone
  std::string failed{};      // why it ended early, in one sentence; empty where it did not: its numbers count
};

// Several models on the same data from the same seeds: the same order of images, the same batches.
struct StudyPlan {
  std::vector<Settings> models{};       // one per model; their seeds are replaced
  std::vector<Variation> variations{};  // each model is trained with all combinations of their values
  std::uint64_t first_seed = 1;
  int seeds = 3;  // first_seed, first_seed + 1, …
  Execution execution{};
  data::DataPairPtr data{};
  std::filesystem::path folder{};  // for study.json; empty = write nothing
};

struct StudyProgress {
  const Settings* settings = nullptr;  // of the run at hand
  int run = 0, runs = 0;               // from 1
  int epoch = 0, epochs = 0;           // of the run at hand
  double epoch_fraction = 0;
};

// One row of the table, for a model and a variation: mean and standard deviation over seeds, and the
// comparison with the first row.
struct StudyRow {
  std::string model;
  Settings settings{};      // of the first seed
  std::string variation{};  // "lr=0.05"; empty where nothing is varied
  int parameter_count = 0;
  int runs = 0;    // that count: all numbers below are theirs alone, NaN where there is none
  int failed = 0;  // runs that do not count
  double accuracy = 0, accuracy_deviation = 0;    // percent; the deviation is NaN for one run
  double best_accuracy = 0;                       // percent, mean
  double test_loss = 0, test_loss_deviation = 0;  // nats
  double seconds_per_epoch = 0;                   // of training
  std::optional<PairedTest> against_first{};      // accuracies, seed by seed, where both count
};

inline constexpr const char* kStudyFile = "study.json";

// Trains what a plan asks for, run after run, on the calling thread. Runs that ended, well or not, are kept
// in folder/study.json after each, and found there when the same study is started again. Holds the folder's
// lock.
class Study {
 public:
  // Errors: settings out of range, no models, a model or a variation named twice, a folder that cannot be
  // written, that another program writes or that holds something else.
  static Result<Study> open(StudyPlan plan);

  const std::vector<StudyRun>& runs() const { return runs_; }
  // Something a person should know of the folder, in one sentence; empty where there is nothing to say.
  std::string note() const { return lock_ ? lock_->warning() : std::string(); }
  std::vector<StudyRow> table() const;  // rows in the plan's order; those without a run are left out

  // Returns false when stopped. `on_progress` is told often, `on_run` after each run.
  Result<bool> run(const std::atomic<bool>& stop,
                   const std::function<void(const StudyProgress&)>& on_progress,
                   const std::function<void(const StudyRun&)>& on_run);

 private:
  explicit Study(StudyPlan plan);
  Status read();
  Status save() const;
  const StudyRun* find(const Settings& settings) const;
  std::vector<const StudyRun*> runs_of(const Settings& row) const;  // from the first seed on, without gaps
  // The run; nothing when it was stopped.
  Result<std::optional<StudyRun>> make(const Settings& settings, const std::atomic<bool>& stop,
                                       StudyProgress& progress,
                                       const std::function<void(const StudyProgress&)>& on_progress) const;

  StudyPlan plan_;
  std::vector<Settings> rows_;  // of the plan: each model with each combination of the varied values
  std::optional<FolderLock> lock_;
  std::vector<StudyRun> runs_;  // in the order in which they were made
};

}  // namespace synann::train
