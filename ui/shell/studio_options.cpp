// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/studio_options.h"

#include <cstdio>
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "ui/shell/version.h"

namespace synann::ui {

std::variant<StudioOptions, Leave> readCommandLine(int argc, char** argv) {
  StudioOptions options;
  std::string view = "loss";
  CLI::App app("SynaNN Studio: train synapse neural networks and watch them learn.", "synann-studio");
  app.set_version_flag("--version", "synann-studio " + programVersion().toStdString());
  app.add_option("--data", options.data, "Data set to choose: digits (built in) or a folder of IDX files");
  CLI::Option* const history =
      app.add_option("--history", options.history, "Folder of a run: to show, or to export from");
  CLI::Option* const dark = app.add_flag("--dark", options.dark, "Light text on dark");
  app.add_flag("--light", options.light, "Dark text on light")->excludes(dark);
  CLI::Option* const file = app.add_option("--export", options.export_path,
                                           "Write a figure of --history to FILE.{png,svg,pdf,csv} and leave")
                                ->needs(history);
  app.add_option("--view", view, "What to export")->check(CLI::IsMember({"loss"}))->needs(file);
  app.add_flag("--log-y", options.log_y, "Logarithmic loss axis")->needs(file);
  app.add_option("--width", options.width, "Width of the figure in pixels")
      ->check(CLI::Range(200, 8000))
      ->needs(file);
  app.add_option("--height", options.height, "Height of the figure in pixels")
      ->check(CLI::Range(150, 8000))
      ->needs(file);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return Leave{0};
  } catch (const CLI::CallForVersion& version) {
    fmt::print("{}\n", version.what());
    return Leave{0};
  } catch (const CLI::ParseError& error) {
    fmt::print(stderr, "synann-studio: {} (see synann-studio --help)\n", error.what());
    return Leave{2};
  }
  return options;
}

}  // namespace synann::ui
