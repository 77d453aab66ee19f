// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/dataset.h"
#include "engine/train/record.h"
#include "engine/train/settings.h"
#include "engine/train/variation.h"

// What a study is to train: models, each with all combinations of some settings, each from the same seeds.
// Plain values; any thread.
namespace synann::runs {

inline constexpr int kMostStudySeeds = 1000;
inline constexpr std::size_t kMostStudyRows = 500, kMostStudyRuns = 10'000;

// Several models on the same data from the same seeds: the same order of images, the same batches.
struct StudyPlan {
  std::vector<train::Settings> models{};  // one per model; their seeds are replaced
  // What the models are called, one for each; none: by their ids. A model can be there twice with different
  // settings.
  std::vector<std::string> names{};
  std::vector<train::Variation> variations{};  // each model is trained with all combinations of their values
  std::uint64_t first_seed = 1;
  int seeds = 3;        // first_seed, first_seed + 1, …
  std::string ready{};  // the id of the ready study that it is (ready_studies.h); empty: a person's own
  train::Execution execution{};
  data::DataPairPtr data{};
  std::filesystem::path folder{};                  // for study.json and runs/NAME; empty = write nothing
  train::RecordBudget record{.bytes = 8ll << 20};  // of each run
};

// One row of the table that the study ends in.
struct PlannedRow {
  train::Settings settings{};  // the seed is the first one
  std::string name{};          // of the model, or as the plan calls it
  std::string variation{};     // "lr=0.05"; empty where nothing is varied
  std::string title() const { return variation.empty() ? name : name + " " + variation; }
};
// The models in their order, each with all combinations of the varied values.
std::vector<PlannedRow> planned_rows(const StudyPlan& plan);

// Whether rows and runs are no more than those; at once, however many they were.
Status check_plan_size(const StudyPlan& plan);

// One sentence for the first thing that is wrong: no model, too many rows or runs, rows that are equal, a
// setting varied twice or out of range, a model that does not fit the data (where they are open).
Status check_plan(const StudyPlan& plan);

// Whether two runs are the same one, wherever their data lie.
bool same_run(const train::Settings& a, const train::Settings& b);

// What a run of a study is called: its model, the settings that are not those recommended for it, and its
// seed: "syna-pixel-lr=0.05-s2". A name for a folder.
std::string study_run_name(const train::Settings& settings);

}  // namespace synann::runs
