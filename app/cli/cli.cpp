// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "engine/core/version.h"

namespace synann::cli {
namespace {

// CLI11 says of an unknown command only that one is required.
int unknown_command(const CLI::App& app, std::string_view word) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  fmt::print(stderr, "synann: unknown command \"{}\": expected one of {}.\n", word, fmt::join(names, ", "));
  return kUsage;
}

// CLI11's messages may span lines; the contract is one sentence.
int usage_error(const CLI::ParseError& error) {
  std::string text = error.what();
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  if (const auto line = text.find('\n'); line != std::string::npos) text.resize(line);
  fmt::print(stderr, "synann: {}; \"synann --help\" lists what there is.\n", text);
  return kUsage;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App app("SynaNN Studio at the prompt: trains synapse networks and measures them, without a window.",
               "synann");
  app.set_version_flag("--version", fmt::format("synann {}", kVersion));
  app.require_subcommand(1);
  Action action;
  add_train(app, action);
  add_eval(app, action);
  add_data(app, action);
  add_import(app, action);
  add_parity(app, action);
  add_study(app, action);
  add_bench(app, action);
  add_check(app, action);
  add_synapse(app, action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    if (argc > 1 && argv[1][0] != '-' && app.get_subcommands().empty()) {
      return unknown_command(app, argv[1]);
    }
    return usage_error(error);
  }
  const int code = action ? action() : kUsage;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  fmt::print(stderr, "synann: standard output cannot be written, so lines are missing there.\n");
  return code == kOk ? kFailed : code;
}

}  // namespace synann::cli
