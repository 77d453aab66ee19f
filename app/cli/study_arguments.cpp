// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/study_arguments.h"

#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <utility>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/data/registry.h"
#include "engine/model/description.h"
#include "engine/runs/ready_studies.h"
#include "engine/runs/study_file.h"
#include "engine/runs/study_text.h"
#include "engine/train/event_json.h"
#include "engine/train/own_model.h"
#include "engine/train/settings_json.h"

namespace synann::cli {
namespace {

// The varied settings as a history names them: {"batch_size": 50}.
nlohmann::ordered_json vary_json(const train::Settings& settings,
                                 const std::vector<train::Variation>& variations) {
  nlohmann::ordered_json varied;
  for (const train::Variation& variation : variations)
    varied[train::json_key(variation.key)] = train::value_json(train::any_value(settings, variation.key));
  return varied;
}

nlohmann::ordered_json interval_json(const std::optional<MeanInterval>& interval) {
  if (!interval) return {};
  return nlohmann::ordered_json::array({interval->from, interval->to});
}

nlohmann::ordered_json to_json(const runs::StudyRow& row, const std::vector<train::Variation>& variations) {
  const auto number = [](double v) {
    return std::isnan(v) ? nlohmann::ordered_json() : nlohmann::ordered_json(v);
  };
  nlohmann::ordered_json j{{"model", row.model},
                           {"runs", row.runs},
                           {"parameters", row.parameter_count},
                           {"failed", row.failed},
                           {"accuracy", number(row.accuracy)},
                           {"accuracy_sd", number(row.accuracy_deviation)},
                           {"accuracy_interval", interval_json(row.accuracy_interval)},
                           {"best_accuracy", number(row.best_accuracy)},
                           {"test_loss", number(row.test_loss)},
                           {"test_loss_sd", number(row.test_loss_deviation)},
                           {"test_loss_interval", interval_json(row.test_loss_interval)},
                           {"train_seconds_per_epoch", number(row.seconds_per_epoch)}};
  if (row.name != row.model) j["name"] = row.name;
  if (!variations.empty()) j["vary"] = vary_json(row.settings, variations);
  if (row.against_first) {
    j["difference"] = row.against_first->difference;
    j["t"] = row.against_first->t;
    j["df"] = row.against_first->degrees_of_freedom;
    j["p"] = row.against_first->p;
    j["p_holm"] = number(row.corrected_p.value_or(std::nan("")));
  }
  return j;
}

// A study that is there goes on with its own plan, and with more seeds where they are asked for.
Result<runs::StudyPlan> plan_to_resume(const StudyArguments& a) {
  if (a.plan_given || !a.out.empty() || !a.ready.empty())
    return input_error("--resume", "goes on with the plan of the study in its folder",
                       "leave out what would be another plan, or name the study with --out");
  auto file = runs::read_study(a.resume);
  if (!file) return file.error();
  runs::StudyPlan plan = std::move(file->plan);
  if (plan.models.empty())
    return input_error(a.resume, "holds neither a plan nor a run", "name the models with --models");
  plan.folder = a.resume;
  if (a.seeds_given) plan.seeds = a.seeds;
  return plan;
}

Result<runs::StudyPlan> plan_of_ready(const StudyArguments& a) {
  const runs::ReadyStudy* study = runs::find_ready_study(a.ready);
  const std::string data = a.data_given ? a.data : std::string(study->data);
  runs::StudyPlan plan = runs::ready_plan(*study, data);
  for (train::Settings& settings : plan.models) train::apply_settings(settings, a.asked);
  if (a.models_given)
    return input_error("--ready", "has models of its own", "leave out --models, or --ready");
  if (a.seeds_given) plan.seeds = a.seeds;
  plan.variations = a.variations;
  plan.folder = a.out;
  return plan;
}

Result<runs::StudyPlan> plan_of_models(const StudyArguments& a) {
  runs::StudyPlan plan;
  for (const std::string& model : a.models) {
    auto settings = train::settings_for(model, a.data);
    if (!settings) return settings.error();
    plan.models.push_back(std::move(*settings));
    train::apply_settings(plan.models.back(), a.asked);
  }
  plan.variations = a.variations;
  plan.seeds = a.seeds;
  plan.folder = a.out;
  return plan;
}

}  // namespace

std::string run_text(const runs::StudyRun& r, const std::string& title) {
  const auto head = fmt::format("{}, seed {}: ", title, r.settings.seed);
  if (!r.failed.empty()) return head + "failed: " + r.failed;
  return head + fmt::format("{:.2f} % after {} {} (best {:.2f} %), loss {:.4f}, {:.1f} s", r.accuracy,
                            r.epochs, r.epochs == 1 ? "epoch" : "epochs", r.best_accuracy, r.test_loss,
                            r.train_seconds);
}

Result<runs::StudyPlan> asked_plan(const StudyArguments& a) {
  auto plan = !a.resume.empty() ? plan_to_resume(a) : !a.ready.empty() ? plan_of_ready(a) : plan_of_models(a);
  if (!plan) return plan.error();
  // The first seed that was asked for, or 1.
  if (a.resume.empty() && a.asked.numbers.contains("seed")) plan->first_seed = plan->models.front().seed;
  plan->execution = a.execution;
  plan->record.bytes = std::int64_t{a.record_mib} << 20;
  // Before anything is opened or trained.
  if (auto status = runs::check_plan(*plan); !status) return status.error();
  auto data = data::open_dataset(a.resume.empty() && a.ready.empty() ? a.data : plan->models.front().data);
  if (!data) return data.error();
  print_notes((*data)->notes);
  plan->data = std::move(*data);
  return plan;
}

int print_outcome(const StudyArguments& a, const runs::StudyPlan& plan,
                  const std::vector<runs::StudyRow>& rows) {
  if (a.json) {
    for (const auto& row : rows) print_line(to_json(row, plan.variations).dump());
  } else {
    print_line("\n" + runs::study_table_text(rows, runs::StudyTableFormat::Markdown));
    print_line(runs::study_table_note());
    if (const auto* ready = runs::find_ready_study(plan.ready))
      print_line("\n" + runs::expected_table_text(*ready, rows));
  }
  int failed = 0;
  for (const auto& row : rows) failed += row.failed;
  if (failed > 0) {
    fmt::print(stderr, "synann: {} of the runs failed and {} not count in the means and comparisons.\n",
               failed, failed == 1 ? "does" : "do");
  }
  if (!a.table.empty())
    if (const auto saved = runs::save_study_table(a.table, rows); !saved) return report(saved.error());
  return failed == 0 ? kOk : kFailed;
}

std::function<void()> add_plan(CLI::App& c, const std::shared_ptr<StudyArguments>& a) {
  std::vector<std::string> ready;
  for (const auto& study : runs::ready_studies()) ready.emplace_back(study.id);
  auto* models = app::add_words(
      c, "--models", "ID|FILE,…", a->models, check_model,
      fmt::format("With commas between them; the first is what the others are compared with. {} unless "
                  "told otherwise. Model files, or of {}.",
                  fmt::join(a->models, ","), model_list()));
  app::add_word(c, "--ready", a->ready, ready,
                fmt::format("A study with a known outcome, which is printed beside the measured one: {}.",
                            fmt::join(ready, ", ")));
  auto* seeds = app::add_whole(
      c, "--seeds", a->seeds, 1, runs::kMostStudySeeds,
      "How many seeds, 1 to 1000; 3 unless told otherwise. They count up from --seed, or from 1.");
  auto* vary = app::add_value(
      c, "--vary", "SETTING=VALUE,VALUE",
      [a](const std::string& text) -> Status {
        auto variation = train::parse_variation("--vary", text);
        if (!variation) return variation.error();
        a->variations.push_back(std::move(*variation));
        return {};
      },
      "Trains each model with each of these values, as in lr=0.003,0.05; any setting but the seed and the "
      "frozen cells. Several --vary: all combinations.");
  vary->trigger_on_parse()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  auto* data = add_data(c, a->data);
  add_settings(c, a->asked);
  add_execution(c, a->execution);
  app::add_whole(c, "--record", a->record_mib, 0, 1 << 20,
                 "Most MiB for the record of β of each run; 8 unless told otherwise, 0 keeps none.");
  return [a, models, seeds, data] {
    a->models_given = models->count() > 0;
    a->seeds_given = seeds->count() > 0;
    a->data_given = data->count() > 0;
    a->plan_given = a->models_given || a->data_given || !a->variations.empty() || !a->asked.numbers.empty() ||
                    !a->asked.choices.empty();
  };
}

void add_table(CLI::App& c, StudyArguments& a) {
  app::add_text(c, "--table", "FILE", a.table,
                "Saves the table too: .md (Markdown), .tex (LaTeX) or .csv, with all digits.");
  c.add_flag("--json", a.json, "One JSON object a row of the table");
}

}  // namespace synann::cli
