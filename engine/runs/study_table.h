// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/statistics.h"
#include "engine/runs/study_file.h"

// What the runs of a study come to. Pure functions; any thread.
namespace synann::runs {

// One row of the table, for a model and a variation: mean, standard deviation and 95 % interval over seeds,
// and the comparison with the first row.
struct StudyRow {
  std::string model;           // its id
  std::string name{};          // of the model, or as the plan calls it
  std::string variation{};     // "lr=0.05"; empty where nothing is varied
  train::Settings settings{};  // of the first seed
  int parameter_count = 0;
  int runs = 0;    // that count: all numbers below are theirs alone, NaN where there is none
  int failed = 0;  // runs that do not count
  double accuracy = 0, accuracy_deviation = 0;      // percent; the deviation is NaN for one run
  std::optional<MeanInterval> accuracy_interval{};  // of the mean, 95 %, percent
  double best_accuracy = 0;                         // percent, mean
  double test_loss = 0, test_loss_deviation = 0;    // nats
  std::optional<MeanInterval> test_loss_interval{};
  FiveNumbers accuracy_box{}, test_loss_box{};
  double seconds_per_epoch = 0;               // of training
  std::optional<PairedTest> against_first{};  // accuracies, seed by seed, where both count
  // Its p-value by Holm's correction over all comparisons of the table; nothing where it was not tested.
  std::optional<double> corrected_p{};
  std::vector<StudyRun> made{};  // from the first seed on without gaps, failed ones too
  std::string title() const { return variation.empty() ? name : name + " " + variation; }
};

// A run that a plan asks for, and what it came to.
struct PlannedRun {
  train::Settings settings{};      // with its seed
  std::string title{};             // of its row
  const StudyRun* made = nullptr;  // of the list that was given; null where it has not ended
};
// In the order in which they are made: each row from the first seed, each from the second, … Quick for
// thousands of runs, too.
std::vector<PlannedRun> planned_runs(const StudyPlan& plan, const std::vector<StudyRun>& runs);

// Rows in the plan's order; those without a run are left out.
std::vector<StudyRow> study_table(const StudyPlan& plan, const std::vector<StudyRun>& runs);

// The run of these settings, wherever its data lie; null where it has not ended.
const StudyRun* find_study_run(const std::vector<StudyRun>& runs, const train::Settings& settings);

}  // namespace synann::runs
