// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/cli.h"

#include <cstdio>
#include <fmt/format.h>
#include <string>

#include <CLI/CLI.hpp>

#include "engine/core/version.h"

namespace synann::cli {
namespace {

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
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return usage_error(error);
  }
  return action ? action() : kUsage;
}

}  // namespace synann::cli
