// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/study_arguments.h"
#include "app/command_line/command_line.h"
#include "engine/runs/study.h"
#include "engine/runs/study_text.h"

namespace synann::cli {
namespace {

std::atomic<bool> stop{false};
void stop_study() {
  stop.store(true);
}

// The title of a run's row: the plan's name of its model, and what is varied.
std::string title_of(const std::vector<runs::PlannedRow>& rows, train::Settings settings) {
  for (const runs::PlannedRow& row : rows) {
    settings.seed = row.settings.seed;
    if (runs::same_run(settings, row.settings)) return row.title();
  }
  return settings.model;
}

int study_run(const StudyArguments& a) {
  const InterruptGuard guard(stop_study);
  if (!a.table.empty())
    if (const auto format = runs::study_table_format(a.table); !format) return report(format.error());
  auto plan = asked_plan(a);
  if (!plan) return report(plan.error());
  const auto planned = runs::planned_rows(*plan);
  const bool kept = !plan->folder.empty();
  auto study = runs::Study::open(std::move(*plan));
  if (!study) return report(study.error());
  if (!study->note().empty()) fmt::print(stderr, "synann: {}.\n", study->note());

  ProgressLine progress;
  const auto end = study->run(
      stop,
      [&](const runs::StudyProgress& p) {
        if (!progress.enabled()) return;
        const std::string left =
            std::isfinite(p.seconds_left) ? fmt::format(" · {} left", clock_text(p.seconds_left)) : "";
        progress.show(fmt::format("run {} of {} · {}, seed {} · epoch {} of {} · {:.0f} %{}", p.run, p.runs,
                                  title_of(planned, *p.settings), p.settings->seed, p.epoch, p.epochs,
                                  100 * p.epoch_fraction, left));
      },
      [&](const runs::StudyRun& r) {
        progress.wipe();
        if (!a.json) print_line(run_text(r, title_of(planned, r.settings)));
      });
  progress.wipe();
  if (!end) return report(end.error());
  const int code = print_outcome(a, study->plan(), study->table());
  if (*end) return code;
  fmt::print(stderr, "synann: interrupted; {}\n",
             kept ? "the same command goes on with the run at hand."
                  : "with --out FOLDER a study goes on where it was.");
  return interrupted_code();
}

}  // namespace

void add_study(CLI::App& app, Action& action) {
  auto a = std::make_shared<StudyArguments>();
  CLI::App* c = app.add_subcommand(
      "study", "Train several models from the same seeds on the same batches and compare them");
  const auto parsed = add_plan(*c, a);
  app::add_text(
      *c, "--out", "FOLDER", a->out,
      "For study.json, kept after each run, and the runs in runs/NAME. A study that is there goes on, "
      "in the middle of a run too; more seeds, models or values extend it.");
  app::add_text(*c, "--resume", "FOLDER", a->resume,
                "Goes on with the study in this folder and its plan; with --seeds, up to so many seeds.");
  add_table(*c, *a);
  c->require_subcommand(0, 1);
  add_study_tasks(*c, action);
  c->callback([a, c, parsed, &action] {
    if (!c->get_subcommands().empty()) return;
    parsed();
    action = [a] { return study_run(*a); };
  });
}

}  // namespace synann::cli
