// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace CLI {
class App;
}

// The command line `synann`: the engine without a window and without Qt.
namespace synann::cli {

// Exit codes; a contract. Interrupted by Ctrl-C; another signal gives 128 and its number
// (interrupted_code()).
inline constexpr int kOk = 0, kFailed = 1, kUsage = 2, kInterrupted = 130;

// Parses, runs one command, returns its exit code.
int run(int argc, char** argv);

// Each adds one subcommand; its callback stores what to do in `action`, so that nothing runs while arguments
// are parsed.
using Action = std::function<int()>;
void add_train(CLI::App& app, Action& action);
void add_eval(CLI::App& app, Action& action);
void add_predict(CLI::App& app, Action& action);
void add_ablate(CLI::App& app, Action& action);
void add_data(CLI::App& app, Action& action);
void add_import(CLI::App& app, Action& action);
void add_model(CLI::App& app, Action& action);
void add_parity(CLI::App& app, Action& action);
void add_study(CLI::App& app, Action& action);
void add_runs(CLI::App& app, Action& action);
void add_note(CLI::App& app, Action& action);
void add_fork(CLI::App& app, Action& action);
void add_twins(CLI::App& app, Action& action);
void add_bench(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_synapse(CLI::App& app, Action& action);
void add_swap(CLI::App& app, Action& action);
void add_circuit(CLI::App& app, Action& action);
void add_example(CLI::App& app, Action& action);
void add_export(CLI::App& app, Action& action);

}  // namespace synann::cli
