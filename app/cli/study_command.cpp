// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/data/registry.h"
#include "engine/model/description.h"
#include "engine/train/event_json.h"
#include "engine/train/study.h"

namespace synann::cli {
namespace {

struct StudyArguments {
  std::vector<std::string> models{"syna-pixel", "dense-pixel", "identity-pixel"};
  std::string data = "digits", out;
  int seeds = 3;
  train::AskedSettings asked;
  std::vector<train::Variation> variations;
  train::Execution execution;
  bool json = false;
};

std::atomic<bool> stop{false};
void stop_study() {
  stop.store(true);
}

std::string plus_minus(double value, double deviation, int decimals) {
  if (std::isnan(value)) return "–";
  if (std::isnan(deviation)) return fmt::format("{:.{}f}", value, decimals);
  return fmt::format("{:.{}f} ± {:.{}f}", value, decimals, deviation, decimals);
}

// The varied settings as a history names them: {"batch_size": 50}.
nlohmann::ordered_json vary_json(const train::Settings& settings,
                                 const std::vector<train::Variation>& variations) {
  const nlohmann::ordered_json all = train::to_json(settings);
  nlohmann::ordered_json varied;
  for (const train::Variation& variation : variations) {
    std::string key = variation.key;
    std::replace(key.begin(), key.end(), '-', '_');
    varied[key] = all[key];
  }
  return varied;
}

nlohmann::ordered_json to_json(const train::StudyRow& row, const std::vector<train::Variation>& variations) {
  const auto number = [](double v) {
    return std::isnan(v) ? nlohmann::ordered_json() : nlohmann::ordered_json(v);
  };
  nlohmann::ordered_json j{{"model", row.model},
                           {"runs", row.runs},
                           {"parameters", row.parameter_count},
                           {"failed", row.failed},
                           {"accuracy", number(row.accuracy)},
                           {"accuracy_sd", number(row.accuracy_deviation)},
                           {"best_accuracy", number(row.best_accuracy)},
                           {"test_loss", number(row.test_loss)},
                           {"test_loss_sd", number(row.test_loss_deviation)},
                           {"train_seconds_per_epoch", number(row.seconds_per_epoch)}};
  if (!variations.empty()) j["vary"] = vary_json(row.settings, variations);
  if (row.against_first) {
    j["difference"] = row.against_first->difference;
    j["t"] = row.against_first->t;
    j["df"] = row.against_first->degrees_of_freedom;
    j["p"] = row.against_first->p;
  }
  return j;
}

// "syna-pixel", "syna-pixel lr=0.05"
std::string row_name(const std::string& model, const std::string& variation) {
  return variation.empty() ? model : fmt::format("{} {}", model, variation);
}

// A table that reads well as it stands and as Markdown.
void print_table(const std::vector<train::StudyRow>& rows) {
  if (rows.empty()) return;
  std::size_t width = 14, last = 26;
  const std::string against = "against " + row_name(rows.front().model, rows.front().variation);
  for (const auto& row : rows) width = std::max(width, row_name(row.model, row.variation).size());
  last = std::max(last, against.size());
  print_line(fmt::format("| {:{}} | {:>10} | {:>4} | {:>14} | {:>17} | {:>9} | {:>{}} |", "model", width,
                         "parameters", "runs", "accuracy %", "test loss", "s / epoch", against, last));
  print_line(fmt::format("| {:-<{}} | {:->9}: | {:->3}: | {:->13}: | {:->16}: | {:->8}: | {:->{}}: |", "",
                         width, "", "", "", "", "", "", last - 1));
  for (const auto& row : rows) {
    const auto& test = row.against_first;
    print_line(fmt::format(
        "| {:{}} | {:>10} | {:>4} | {:>14} | {:>17} | {:>9} | {:>{}} |", row_name(row.model, row.variation),
        width, row.parameter_count, row.runs, plus_minus(row.accuracy, row.accuracy_deviation, 2),
        plus_minus(row.test_loss, row.test_loss_deviation, 4),
        plus_minus(row.seconds_per_epoch, std::nan(""), 2),
        test ? fmt::format("{:+.2f} points, p = {:.2g}", test->difference, test->p) : "–", last));
  }
}

// What a person reads when a run has ended.
std::string run_text(const train::StudyRun& r, const std::vector<train::Variation>& variations) {
  const auto head =
      fmt::format("{}, seed {}: ", row_name(r.settings.model, train::varied_text(r.settings, variations)),
                  r.settings.seed);
  if (!r.failed.empty()) return head + "failed: " + r.failed;
  return head + fmt::format("{:.2f} % after {} {} (best {:.2f} %), loss {:.4f}, {:.1f} s", r.accuracy,
                            r.epochs, r.epochs == 1 ? "epoch" : "epochs", r.best_accuracy, r.test_loss,
                            r.train_seconds);
}

int study_run(const StudyArguments& a) {
  const InterruptGuard guard(stop_study);
  train::StudyPlan plan{
      .variations = a.variations, .seeds = a.seeds, .execution = a.execution, .folder = a.out};
  for (const std::string& model : a.models) {
    train::Settings settings = train::recommended_settings(model, a.data);
    train::apply_settings(settings, a.asked);
    plan.models.push_back(settings);
  }
  // The first seed that was asked for, or 1.
  plan.first_seed = a.asked.numbers.contains("seed") ? plan.models.front().seed : 1;
  auto data = data::open_dataset(a.data);
  if (!data) return report(data.error());
  print_notes((*data)->notes);
  plan.data = *data;
  auto study = train::Study::open(std::move(plan));
  if (!study) return report(study.error());
  if (!study->note().empty()) fmt::print(stderr, "synann: {}.\n", study->note());

  ProgressLine progress;
  const auto end = study->run(
      stop,
      [&](const train::StudyProgress& p) {
        progress.show(fmt::format("run {} of {} · {}, seed {} · epoch {} of {} · {:.0f} %", p.run, p.runs,
                                  row_name(p.settings->model, train::varied_text(*p.settings, a.variations)),
                                  p.settings->seed, p.epoch, p.epochs, 100 * p.epoch_fraction));
      },
      [&](const train::StudyRun& r) {
        progress.wipe();
        if (a.json) return;
        print_line(run_text(r, a.variations));
      });
  progress.wipe();
  if (!end) return report(end.error());
  const auto rows = study->table();
  if (a.json) {
    for (const auto& row : rows) print_line(to_json(row, a.variations).dump());
  } else {
    print_line("");
    print_table(rows);
    print_line(
        "\nAccuracy and loss on the test set after the last epoch, mean ± standard deviation over seeds; "
        "nothing is\n"
        "selected. Models share seeds, so the comparison is Student's t-test for pairs, two-sided.");
  }
  int failed = 0;
  for (const auto& row : rows) failed += row.failed;
  if (failed > 0) {
    fmt::print(stderr, "synann: {} of the runs failed and {} not count in the means and comparisons.\n",
               failed, failed == 1 ? "does" : "do");
  }
  if (*end) return failed == 0 ? kOk : kFailed;
  fmt::print(stderr, "synann: interrupted; {}\n",
             a.out.empty() ? "with --out FOLDER a study goes on where it was."
                           : "the same command goes on with the run at hand.");
  return interrupted_code();
}

}  // namespace

void add_study(CLI::App& app, Action& action) {
  auto a = std::make_shared<StudyArguments>();
  CLI::App* c = app.add_subcommand(
      "study", "Train several models from the same seeds on the same batches and compare them");
  std::vector<std::string> known;
  for (const auto& info : model::known_models()) known.emplace_back(info.id);
  app::add_words(
      *c, "--models", "ID,ID", a->models, known,
      fmt::format("With commas between them; the first is what the others are compared with. {} unless "
                  "told otherwise. Of {}.",
                  fmt::join(a->models, ","), model_list()));
  app::add_whole(*c, "--seeds", a->seeds, 1, 1000,
                 "How many seeds, 1 to 1000; 3 unless told otherwise. They count up from --seed, or from 1.");
  app::add_value(
      *c, "--vary", "SETTING=VALUE,VALUE",
      [a](const std::string& text) -> Status {
        auto variation = train::parse_variation("--vary", text);
        if (!variation) return variation.error();
        a->variations.push_back(std::move(*variation));
        return {};
      },
      "Trains each model with each of these values, as in lr=0.003,0.05; any setting but the seed and the "
      "frozen cells. Several --vary: all combinations.")
      ->trigger_on_parse()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  add_data(*c, a->data);
  add_settings(*c, a->asked);
  add_execution(*c, a->execution);
  app::add_text(*c, "--out", "FOLDER", a->out, "For study.json: every run, kept as soon as it is finished.");
  c->add_flag("--json", a->json, "One JSON object a row of the table");
  c->callback([a, &action] { action = [a] { return study_run(*a); }; });
}

}  // namespace synann::cli
