// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "app/cli/asked_work.h"
#include "app/cli/cli.h"
#include "app/cli/console.h"
#include "app/cli/options.h"
#include "app/command_line/command_line.h"
#include "engine/data/registry.h"
#include "engine/runs/fork.h"
#include "engine/runs/fork_proof.h"
#include "engine/train/event_json.h"

namespace synann::cli {
namespace {

struct ForkArguments {
  std::string run, out, data;
  std::int64_t step = 0;
  train::AskedSettings asked;
  train::Execution execution;
  bool json = false;
};

void print_fork(const ForkArguments& a, const runs::Forked& forked) {
  const auto proof = runs::prove_fork(a.out);
  if (a.json) {
    nlohmann::ordered_json j = train::to_json(forked.fork);
    j["trained_from"] = forked.from_step;
    j["checkpoint"] = forked.checkpoint.string();
    if (proof) {
      j["proof"] = {{"history", runs::agreement_word(proof->parent_history)},
                    {"parameters", runs::agreement_word(proof->parent_parameters)}};
    }
    print_line(j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  print_line(fmt::format(
      "Step {} of {} is the beginning of {} (epoch {}, step {}; trained again from step {}).", a.step, a.run,
      a.out, forked.fork.position.epoch, forked.fork.position.step, forked.from_step));
  for (const train::SettingDifference& change : forked.fork.changed) {
    print_line(fmt::format("  {}: {} -> {}", change.key, train::value_text(change.from),
                           train::value_text(change.to)));
  }
  if (proof) print_line(fmt::format("  Proof: {}.", proof->sentence()));
  fmt::print(stderr, "synann: \"synann train --resume {} --out {}\" goes on.\n", forked.checkpoint.string(),
             a.out);
}

int fork_command(const ForkArguments& a) {
  runs::ForkRequest request{
      .run = a.run, .step = a.step, .folder = a.out, .asked = a.asked, .execution = a.execution};
  if (!a.data.empty()) {
    auto data = data::open_dataset(a.data);
    if (!data) return report(data.error());
    print_notes((*data)->notes);
    request.data = std::move(*data);
  }
  const auto forked = [&] {
    AskedWork asked(
        [](int done, int count) { return fmt::format("step {} of {} trained again", done, count); });
    return runs::fork_run(request, asked.work());
  }();
  if (!forked) return report(forked.error());
  print_notes(forked->notes);
  print_fork(a, *forked);
  return kOk;
}

}  // namespace

void add_fork(CLI::App& app, Action& action) {
  auto a = std::make_shared<ForkArguments>();
  CLI::App* c = app.add_subcommand(
      "fork", "Make a new run out of any step of a recorded one, with other settings from there on");
  app::add_text(*c, "run", "RUN", a->run, "The folder of the run.")->required();
  app::add_whole(*c, "--step", a->step, 0, std::numeric_limits<int>::max(),
                 "Steps since the run began; the last one of an epoch includes its evaluation.")
      ->required();
  app::add_text(*c, "--out", "FOLDER", a->out, "For the new run; must hold none yet.")->required();
  app::add_text(*c, "--data", "DATA", a->data,
                "The run's data, where they are not found again: digits, mnist, or a folder or file.");
  add_settings(*c, a->asked);
  add_execution(*c, a->execution);
  c->add_flag("--json", a->json, "One JSON object.");
  c->callback([a, &action] { action = [a] { return fork_command(*a); }; });
}

}  // namespace synann::cli
