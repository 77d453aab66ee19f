// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include <QString>

#include "engine/core/result.h"
#include "engine/runs/study_table.h"

// The study that the Study page shows, and what follows from it. Plain values; any thread.
namespace synann::ui {

// The runs of a study that have ended, shared by all who show them. Null: none.
using StudyRuns = std::shared_ptr<const std::vector<runs::StudyRun>>;

struct StudyAtHand {
  std::optional<runs::StudyPlan> fixed{};  // instead of the form's: begun, ready, or from a folder
  StudyRuns made{};
  std::filesystem::path folder{};  // empty: not begun
  QString writer{};                // who writes into the folder, where it is not this page
  std::string data_sha256{};       // of the study that was read; empty: none was
  bool submitted = false;          // its runs were handed to a cluster

  bool theirs() const { return !writer.isEmpty(); }
  bool awaited() const { return !fixed && !folder.empty(); }  // its folder is still to be read
};

// All that follows from a plan and from what is made of it, reckoned once.
struct StudyOutlook {
  std::optional<runs::StudyPlan> plan{};
  QString problem{};  // why there is no plan
  StudyRuns made{};
  std::vector<runs::PlannedRun> planned{};  // their outcomes are those of `made`
  std::size_t ended = 0;                    // of the planned runs
  std::vector<runs::StudyRow> table{};
  double seconds_left = 0;  // while nothing trains; NaN where nothing tells

  bool whole() const { return ended == planned.size(); }
};
StudyOutlook studyOutlook(const Result<runs::StudyPlan>& plan, StudyRuns made);

}  // namespace synann::ui
