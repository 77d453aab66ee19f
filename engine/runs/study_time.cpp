// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/bench/flops.h"
#include "engine/model/description.h"
#include "engine/runs/study.h"
#include "engine/train/own_model.h"

namespace synann::runs {
namespace {

// What an epoch of a row lasts by what is known of it: the sum over its runs.
struct KnownPace {
  double seconds = 0, epochs = 0;
  double operations = 0;  // of a training sample; 0 where the model cannot be built
  double epoch() const { return epochs > 0 ? seconds / epochs : 0; }
};

double operations_of(const StudyPlan& plan, const train::Settings& settings) {
  if (!plan.data) return 0;
  const data::Dataset& images = plan.data->train;
  const auto built = train::build_model(settings, images.rows, images.columns, images.classes);
  return built ? bench::useful_step_flops(*built) : 0;
}

// Rows that have not been trained yet take the pace of the others, operation by operation; where these are
// not known, their mean.
void fill_gaps(std::vector<KnownPace>& paces) {
  double seconds = 0, operations = 0, plain = 0, count = 0;
  for (const KnownPace& pace : paces) {
    if (pace.epochs <= 0) continue;
    plain += pace.epoch();
    ++count;
    if (pace.operations <= 0) continue;
    seconds += pace.epoch();
    operations += pace.operations;
  }
  for (KnownPace& pace : paces) {
    if (pace.epochs > 0 || count == 0) continue;
    pace.epochs = 1;
    pace.seconds =
        pace.operations > 0 && operations > 0 ? seconds * pace.operations / operations : plain / count;
  }
}

}  // namespace

double study_seconds_left(const StudyPlan& plan, const std::vector<StudyRun>& made,
                          const StudyProgress& progress) {
  const auto rows = planned_rows(plan);
  const auto planned = planned_runs(plan, made);
  std::vector<KnownPace> paces(rows.size());
  for (std::size_t r = 0; r < rows.size(); ++r) paces[r].operations = operations_of(plan, rows[r].settings);
  const auto at_hand = [&](const train::Settings& settings) {
    return progress.settings != nullptr && same_run(*progress.settings, settings);
  };
  for (std::size_t k = 0; k < planned.size(); ++k) {
    KnownPace& pace = paces[k % rows.size()];
    if (const StudyRun* run = planned[k].made; run != nullptr && run->failed.empty()) {
      pace.seconds += run->train_seconds + run->eval_seconds;
      pace.epochs += run->epochs;
    } else if (progress.epoch_seconds > 0 && at_hand(planned[k].settings)) {
      pace.seconds += progress.epoch_seconds;
      pace.epochs += 1;
    }
  }
  fill_gaps(paces);
  double left = 0;
  for (std::size_t k = 0; k < planned.size(); ++k) {
    if (planned[k].made != nullptr) continue;
    const KnownPace& pace = paces[k % rows.size()];
    if (pace.epochs <= 0) return std::numeric_limits<double>::quiet_NaN();
    double epochs = planned[k].settings.epochs;
    if (at_hand(planned[k].settings)) epochs -= progress.epoch - 1 + progress.epoch_fraction;
    left += std::max(0.0, epochs) * pace.epoch();
  }
  return left;
}

}  // namespace synann::runs
