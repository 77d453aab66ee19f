// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_outlook.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/runs/study.h"

namespace synann::ui {

StudyOutlook studyOutlook(const Result<runs::StudyPlan>& plan, StudyRuns made) {
  StudyOutlook outlook;
  outlook.made = made ? std::move(made) : std::make_shared<const std::vector<runs::StudyRun>>();
  outlook.seconds_left = std::nan("");
  // Seeds that were added may be too many; all that follows would be, too.
  if (const Status size = plan ? runs::check_plan_size(*plan) : plan.error(); !size) {
    outlook.problem = QString::fromStdString(size.error().sentence());
    return outlook;
  }
  outlook.plan = *plan;
  outlook.planned = runs::planned_runs(*plan, *outlook.made);
  outlook.ended = static_cast<std::size_t>(std::ranges::count_if(
      outlook.planned, [](const runs::PlannedRun& run) { return run.made != nullptr; }));
  outlook.table = runs::study_table(*plan, *outlook.made);
  outlook.seconds_left = runs::study_seconds_left(*plan, *outlook.made, {});
  return outlook;
}

}  // namespace synann::ui
