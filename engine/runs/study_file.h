// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/runs/study_plan.h"

// What a study keeps in its folder (docs/formats.md).
namespace synann::runs {

inline constexpr const char* kStudyFile = "study.json";
inline constexpr const char* kStudyRunsFolder = "runs";

// One model trained from one seed, to its last epoch, or to where its numbers broke.
struct StudyRun {
  train::Settings settings;  // model and seed among them
  int parameter_count = 0;   // trained numbers
  std::string tier{};
  std::string isa{};  // "AVX-512"; those of a run that went on elsewhere, with commas between them
  int threads = 0;
  double accuracy = 0;       // percent on the test set after the last epoch: nothing is selected
  double test_loss = 0;      // nats
  double train_loss = 0;     // mean over the last epoch's batches, nats
  double best_accuracy = 0;  // of all epochs: selected on the test set unless images are held back
  int epochs = 0;            // that were trained
  double train_seconds = 0;  // training steps alone
  double eval_seconds = 0;   // measurements after epochs; 0 where an older program kept the run
  std::string run{};         // its folder below the study's: "runs/linear-s1"; empty where it has none
  std::string failed{};      // why it ended early, in one sentence; empty where it did not: its numbers count
};

struct StudyFile {
  // Without execution, data and folder. Of a file that an older program wrote: what its runs tell.
  StudyPlan plan{};
  std::string data_name{}, data_sha256{};
  std::vector<StudyRun> runs{};  // in the order in which they ended
};

// Reads folder/study.json, whoever writes it meanwhile, and behind its runs those that were trained as tasks
// (study_tasks.h). Errors: it is not there, cannot be read, or is no study.
Result<StudyFile> read_study(const std::filesystem::path& folder);
// Replaces it whole; the caller holds the folder's lock.
Status write_study(const std::filesystem::path& folder, const StudyFile& file);

}  // namespace synann::runs
