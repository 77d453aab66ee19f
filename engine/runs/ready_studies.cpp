// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/ready_studies.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "engine/runs/study_text.h"

namespace synann::runs {
namespace {

constexpr double kAsExpected = 0.5;  // percentage points

// docs/theory.md has the experiment; its numbers are those that the layer was published with here.
const std::vector<ReadyStudy>& studies() {
  static const std::vector<ReadyStudy> all = {
      {.id = "pixel-test",
       .title = "Pixel test",
       .help =
           "What one synapse layer does on 14 × 14 pixels, whose values are of order one, beside its twins",
       .source = "docs/theory.md, the pixel test: MNIST, Adam, batches of 100, ten epochs, three seeds",
       .data = "mnist",
       .seeds = 3,
       .rows =
           {
               {.name = "formula, free β",
                .model = "syna-pixel",
                .settings = {},
                .expected = 97.7,
                .words = "97.7 % (97.70, 97.69, 97.81)"},
               {.name = "none (logistic regression)",
                .model = "identity-pixel",
                .settings = {},
                .expected = 92.3,
                .words = "92.3 %"},
               {.name = "formula, β = σ(w)",
                .model = "syna-pixel",
                .settings = {"beta=sigmoid"},
                .expected = 95.6,
                .words = "95.6 %",
                .deviates = "the source does not name its learning rate, and σ leaves β a quarter of the "
                            "gradient at most"},
               {.name = "batch-coupled, lr 0.002",
                .model = "syna-pixel",
                .settings = {"synapse=batch-coupled", "lr=0.002", "epochs=1"},
                .breaks = true,
                .words = "not a number in epoch 1"},
               {.name = "batch-coupled, lr 0.0005",
                .model = "syna-pixel",
                .settings = {"synapse=batch-coupled", "lr=0.0005", "epochs=1"},
                .expected = 32,
                .words = "32 % after one epoch, tested in batches of 100 (3 % in batches of 1)",
                .deviates = "the source has a single run"},
               {.name = "dense 196",
                .model = "dense-pixel",
                .settings = {},
                .expected = 98.2,
                .words = "98.2 % with a ReLU",
                .deviates = "the dense twin has no ReLU: a linear classifier in two steps"},
           }},
  };
  return all;
}

std::string measured_text(const StudyRow* row) {
  if (row == nullptr) return "–";
  if (row->runs == 0) return fmt::format("not a number in {} of {} runs", row->failed, row->failed);
  std::string text = std::isnan(row->accuracy_deviation)
                         ? fmt::format("{:.2f} %", row->accuracy)
                         : fmt::format("{:.2f} ± {:.2f} %", row->accuracy, row->accuracy_deviation);
  text += fmt::format(", {} {}", row->runs, row->runs == 1 ? "run" : "runs");
  if (row->failed > 0) text += fmt::format(", not a number in {} more", row->failed);
  return text;
}

std::string verdict_of(const ReadyRow& expected, const StudyRow* row) {
  if (row == nullptr) return "";
  const std::string why = expected.deviates.empty() ? "" : fmt::format(": {}", expected.deviates);
  if (expected.breaks)
    return row->runs == 0
               ? "as expected"
               : fmt::format("its numbers hold in {} of {} runs{}", row->runs, row->runs + row->failed, why);
  if (row->runs == 0) return "differs: its numbers break" + why;
  if (!expected.expected) return "";
  const double difference = row->accuracy - *expected.expected;
  if (std::abs(difference) < kAsExpected) return "as expected";
  return fmt::format("differs by {}{:.1f} points{}", difference < 0 ? "−" : "+", std::abs(difference), why);
}

}  // namespace

std::span<const ReadyStudy> ready_studies() {
  return studies();
}

const ReadyStudy* find_ready_study(std::string_view id) {
  const auto it =
      std::find_if(studies().begin(), studies().end(), [&](const ReadyStudy& s) { return s.id == id; });
  return it == studies().end() ? nullptr : &*it;
}

StudyPlan ready_plan(const ReadyStudy& study, std::string_view data_spec) {
  StudyPlan plan;
  plan.seeds = study.seeds;
  plan.ready = study.id;
  for (const ReadyRow& row : study.rows) {
    train::Settings settings = train::recommended_settings(row.model, data_spec);
    for (const std::string_view text : row.settings) {
      const auto one = train::parse_variation(study.id, text);
      if (one) train::apply_setting(settings, one->key, one->values.front());
    }
    plan.models.push_back(std::move(settings));
    plan.names.emplace_back(row.name);
  }
  return plan;
}

std::vector<ExpectedRow> expected_rows(const ReadyStudy& study, const std::vector<StudyRow>& table) {
  std::vector<ExpectedRow> rows;
  for (const ReadyRow& row : study.rows) {
    const auto measured =
        std::find_if(table.begin(), table.end(), [&](const StudyRow& r) { return r.name == row.name; });
    const StudyRow* found = measured == table.end() ? nullptr : &*measured;
    rows.push_back({.name = std::string(row.name),
                    .expected = std::string(row.words),
                    .measured = measured_text(found),
                    .verdict = verdict_of(row, found)});
  }
  return rows;
}

std::string expected_table_text(const ReadyStudy& study, const std::vector<StudyRow>& table) {
  std::vector<std::vector<std::string>> lines{{"layer", "expected", "measured", "verdict"}};
  for (const ExpectedRow& row : expected_rows(study, table))
    lines.push_back({row.name, row.expected, row.measured, row.verdict.empty() ? "–" : row.verdict});
  return markdown_table(lines, false) + fmt::format("\nExpected: {}.\n", study.source);
}

}  // namespace synann::runs
