// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include <fmt/format.h>

#include "app/command_line/command_line.h"
#include "engine/core/version.h"

namespace synann::cli {

int run(int argc, char** argv) {
  CLI::App app("SynaNN Studio at the prompt: trains synapse networks and measures them, without a window.",
               "synann");
  app::set_help_format(app);
  app.set_version_flag("--version", fmt::format("synann {}", kVersion));
  app.require_subcommand(1);
  Action action;
  add_train(app, action);
  add_eval(app, action);
  add_predict(app, action);
  add_ablate(app, action);
  add_data(app, action);
  add_import(app, action);
  add_model(app, action);
  add_parity(app, action);
  add_study(app, action);
  add_runs(app, action);
  add_note(app, action);
  add_fork(app, action);
  add_twins(app, action);
  add_bench(app, action);
  add_check(app, action);
  add_synapse(app, action);
  add_swap(app, action);
  add_circuit(app, action);
  add_example(app, action);
  add_export(app, action);
  if (const auto code = app::parse(app, argc, argv, "synann")) return *code;
  return app::finish_output(action ? action() : kUsage, "synann");
}

}  // namespace synann::cli
