// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/study_table.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <unordered_map>
#include <utility>

namespace synann::runs {
namespace {

bool run_counts(const StudyRun& run) {
  return run.failed.empty();
}

// Seed by seed, where both runs count.
std::optional<PairedTest> compare_runs(std::span<const StudyRun> runs, std::span<const StudyRun> first) {
  std::vector<double> own, other;
  for (std::size_t k = 0; k < std::min(runs.size(), first.size()); ++k) {
    if (!run_counts(runs[k]) || !run_counts(first[k])) continue;
    own.push_back(runs[k].accuracy);
    other.push_back(first[k].accuracy);
  }
  return paired_t_test(own, other);
}

// From the first seed on without gaps.
std::vector<StudyRun> runs_of_row(std::span<const PlannedRun> planned, std::size_t row, std::size_t rows) {
  std::vector<StudyRun> found;
  for (std::size_t k = row; k < planned.size() && planned[k].made != nullptr; k += rows)
    found.push_back(*planned[k].made);
  return found;
}

StudyRow row_of(const PlannedRow& planned, std::vector<StudyRun> all) {
  std::vector<StudyRun> runs;
  std::copy_if(all.begin(), all.end(), std::back_inserter(runs), run_counts);
  const auto each = [&](auto member) {
    std::vector<double> values;
    for (const StudyRun& run : runs) values.push_back(static_cast<double>(run.*member));
    return values;
  };
  const auto accuracies = each(&StudyRun::accuracy), losses = each(&StudyRun::test_loss);
  StudyRow row;
  row.model = planned.settings.model;
  row.name = planned.name;
  row.variation = planned.variation;
  row.settings = all.front().settings;
  row.parameter_count = all.front().parameter_count;
  row.runs = static_cast<int>(runs.size());
  row.failed = static_cast<int>(all.size() - runs.size());
  row.accuracy = mean(accuracies);
  row.accuracy_deviation = standard_deviation(accuracies);
  row.accuracy_interval = mean_interval(accuracies);
  row.best_accuracy = mean(each(&StudyRun::best_accuracy));
  row.test_loss = mean(losses);
  row.test_loss_deviation = standard_deviation(losses);
  row.test_loss_interval = mean_interval(losses);
  row.accuracy_box = five_numbers(accuracies);
  row.test_loss_box = five_numbers(losses);
  row.seconds_per_epoch = mean(each(&StudyRun::train_seconds)) / mean(each(&StudyRun::epochs));
  row.made = std::move(all);
  return row;
}

void correct(std::vector<StudyRow>& rows) {
  std::vector<double> p;
  for (const StudyRow& row : rows)
    p.push_back(row.against_first ? row.against_first->p : std::numeric_limits<double>::quiet_NaN());
  const auto corrected = holm_corrected(p);
  for (std::size_t k = 0; k < rows.size(); ++k)
    if (!std::isnan(corrected[k])) rows[k].corrected_p = corrected[k];
}

}  // namespace

const StudyRun* find_study_run(const std::vector<StudyRun>& runs, const train::Settings& settings) {
  const auto it = std::find_if(runs.begin(), runs.end(),
                               [&](const StudyRun& r) { return same_run(settings, r.settings); });
  return it == runs.end() ? nullptr : &*it;
}

std::vector<PlannedRun> planned_runs(const StudyPlan& plan, const std::vector<StudyRun>& runs) {
  std::unordered_map<std::uint64_t, std::vector<const StudyRun*>> of_seed;
  for (const StudyRun& run : runs) of_seed[run.settings.seed].push_back(&run);
  std::vector<PlannedRun> planned;
  const auto rows = planned_rows(plan);
  for (int k = 0; k < plan.seeds; ++k) {
    const std::uint64_t seed = plan.first_seed + static_cast<std::uint64_t>(k);
    const auto& made = of_seed[seed];
    std::size_t next = 0;  // after the last that was found: mostly they ended in the order of the rows
    for (const PlannedRow& row : rows) {
      PlannedRun run{.settings = row.settings, .title = row.title()};
      run.settings.seed = seed;
      for (std::size_t n = 0; n < made.size() && run.made == nullptr; ++n) {
        const std::size_t at = (next + n) % made.size();
        if (!same_run(run.settings, made[at]->settings)) continue;
        run.made = made[at];
        next = at + 1;
      }
      planned.push_back(std::move(run));
    }
  }
  return planned;
}

std::vector<StudyRow> study_table(const StudyPlan& plan, const std::vector<StudyRun>& runs) {
  std::vector<StudyRow> table;
  const auto rows = planned_rows(plan);
  const auto planned = planned_runs(plan, runs);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    auto all = runs_of_row(planned, r, rows.size());
    if (all.empty()) continue;
    table.push_back(row_of(rows[r], std::move(all)));
    if (table.size() > 1) table.back().against_first = compare_runs(table.back().made, table.front().made);
  }
  correct(table);
  return table;
}

}  // namespace synann::runs
