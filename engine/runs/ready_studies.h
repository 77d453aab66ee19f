// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/runs/study_plan.h"
#include "engine/runs/study_table.h"

// Studies with a known outcome, ready to be run. Constant tables; any thread.
namespace synann::runs {

// One row: a model, what it is trained with beside its recommended settings, and what is expected of it.
struct ReadyRow {
  std::string_view name;  // "formula, free β"
  std::string_view model;
  std::vector<std::string_view> settings;  // "beta=sigmoid", as --vary takes them, one value each
  std::optional<double> expected{};  // percent of the test images right; nothing: no number was published
  bool breaks = false;               // its numbers are expected to break
  std::string_view words{};          // what is expected, as the source has it
  std::string_view deviates{};       // how this program's row differs from the source's; empty: in nothing
};

struct ReadyStudy {
  std::string_view id;      // of --ready
  std::string_view title;   // for people
  std::string_view help;    // what it shows, one sentence
  std::string_view source;  // of the expected numbers
  std::string_view data;    // that they were measured on, as open_dataset takes it
  int seeds = 3;
  std::vector<ReadyRow> rows;
};

std::span<const ReadyStudy> ready_studies();
const ReadyStudy* find_ready_study(std::string_view id);  // null where there is none

// The plan, on any data; without execution, data and folder.
StudyPlan ready_plan(const ReadyStudy& study, std::string_view data_spec);

// One row of the ready study's own table: what was expected beside what was measured.
struct ExpectedRow {
  std::string name;
  std::string expected;  // as the source has it
  std::string measured;  // "97.64 ± 0.14 %, 3 runs"; "–" before a run of it has ended
  std::string verdict;   // "as expected", or how it differs, in one sentence
};
// Beside a table of the study, in the study's order. Percents are as expected where they differ by less than
// half a point.
std::vector<ExpectedRow> expected_rows(const ReadyStudy& study, const std::vector<StudyRow>& table);
std::string expected_table_text(const ReadyStudy& study, const std::vector<StudyRow>& table);  // Markdown

}  // namespace synann::runs
