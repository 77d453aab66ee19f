// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/compute/confusion.h"
#include "engine/core/result.h"
#include "engine/exports/format.h"
#include "engine/runs/catalogue.h"
#include "engine/runs/learning_curve.h"
#include "engine/train/history.h"

namespace synann::exports::report {

// A synapse layer at the end of a run.
struct ReportedBeta {
  std::string layer;
  int n = 0;
  std::vector<float> beta;  // [n, n]
};

// What a report says of one run; a plain value.
struct ReportedRun {
  std::string name;  // its title, else its folder's name
  runs::RunSummary summary;
  train::History history;
  std::vector<runs::EpochPoint> curve;
  std::vector<ReportedBeta> betas{};
  std::optional<compute::Confusion> confusion{};  // on the test set, by the last checkpoint
  std::vector<std::string> class_names{};         // of the data; empty: their numbers
  std::vector<std::string> missing{};             // what cannot be told, each one sentence
};

// Reads a run; the data are those of the request, else those of its history. What is not there but for the
// history is told in `missing`. Errors: the history cannot be read; given up.
Result<ReportedRun> read_reported_run(const std::filesystem::path& folder, const Request& request,
                                      const infer::Work& work);

}  // namespace synann::exports::report
