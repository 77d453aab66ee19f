// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include <chrono>
#include <cstdint>
#include <fmt/format.h>

#include "app/cli/console.h"
#include "app/command_line/command_line.h"
#include "engine/core/version.h"
#include "engine/data/reading.h"

namespace synann::cli {

namespace {

// Says how far the reading of large data is, wherever a command opens them.
class ReadingLine {
 public:
  ReadingLine() : watch_([this](std::uint64_t done, std::uint64_t bytes) { return show(done, bytes); }) {}

 private:
  bool show(std::uint64_t done, std::uint64_t bytes) {
    const auto now = std::chrono::steady_clock::now();
    if (done <= done_) begun_ = now;  // other data
    done_ = done;
    if (done == bytes) {
      line_.wipe();
    } else if (now - begun_ > std::chrono::milliseconds(500)) {
      line_.show(fmt::format("Reading the data: {:.1f} of {:.1f} GB", static_cast<double>(done) / 1e9,
                             static_cast<double>(bytes) / 1e9));
    }
    return !interrupted();
  }

  ProgressLine line_;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::uint64_t done_ = 0;
  data::ReadingWatch watch_;
};

}  // namespace

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
  const ReadingLine reading;
  return app::finish_output(action ? action() : kUsage, "synann");
}

}  // namespace synann::cli
