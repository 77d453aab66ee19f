// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/studio_options.h"

#include <cstdio>
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "ui/shell/version.h"

namespace synann::ui {

namespace {

// Which moment of which layer a view of synapses shows, and how.
void addSynapseOptions(CLI::App& app, StudioOptions& o, CLI::Option& file) {
  constexpr int kMost = 1 << 24;
  app.add_option("--step", o.step, "Steps done: the last recorded moment at or before them (the last one)")
      ->check(CLI::NonNegativeNumber)
      ->needs(&file);
  app.add_option("--layer", o.layer, "Synapse layer (the first)")->needs(&file);
  app.add_option("--lens", o.lens, "beta, or βx: image, class-mean, class-difference")
      ->check(CLI::IsMember({"beta", "image", "class-mean", "class-difference"}))
      ->capture_default_str()
      ->needs(&file);
  app.add_option("--classes", o.classes, "The class of class-mean; both of class-difference")
      ->expected(1, 2)
      ->check(CLI::Range(0, kMost))
      ->needs(&file);
  app.add_option("--unit", o.unit, "Unit i: row, waterfall, proof")
      ->check(CLI::Range(0, kMost))
      ->needs(&file);
  app.add_option("--synapse", o.synapse, "Synapse j: column, proof")
      ->check(CLI::Range(0, kMost))
      ->needs(&file);
  app.add_option("--image", o.image, "Test image whose inputs are used")
      ->check(CLI::Range(0, kMost))
      ->needs(&file);
  CLI::Option* const minus = app.add_option("--minus-step", o.minus_step, "Subtract the matrix at this step")
                                 ->check(CLI::NonNegativeNumber)
                                 ->needs(&file);
  app.add_option("--minus-run", o.minus_run, "Of this run instead of --history")->needs(minus);
}

}  // namespace

std::variant<StudioOptions, Leave> readCommandLine(int argc, char** argv) {
  StudioOptions options;
  CLI::App app("SynaNN Studio: train synapse neural networks and watch them learn.", "synann-studio");
  app.set_version_flag("--version", "synann-studio " + programVersion().toStdString());
  app.add_option("--data", options.data, "Data set to choose: digits (built in) or a folder of IDX files");
  CLI::Option* const history =
      app.add_option("--history", options.history, "Folder of a run: to show, or to export from");
  CLI::Option* const dark = app.add_flag("--dark", options.dark, "Light text on dark");
  app.add_flag("--light", options.light, "Dark text on light")->excludes(dark);
  CLI::Option* const file =
      app.add_option("--export", options.export_path,
                     "Write a figure of --history to FILE.{png,svg,pdf,csv,npy} and leave")
          ->needs(history);
  app.add_option("--view", options.view, "What to export")
      ->check(CLI::IsMember({"loss", "synapses", "row", "column", "histogram", "waterfall", "proof"}))
      ->capture_default_str()
      ->needs(file);
  addSynapseOptions(app, options, *file);
  app.add_flag("--log-y", options.log_y, "Logarithmic loss axis")->needs(file);
  CLI::Option* const picture =
      app.add_option("--picture", options.picture,
                     "Save a picture of the window as it shows --history to FILE.png and leave")
          ->excludes(file);
  app.add_option("--page", options.page, "Page of the picture: train, synapses, ...")
      ->capture_default_str()
      ->needs(picture);
  app.add_option("--width", options.width, "Width of the figure or the picture in pixels")
      ->check(CLI::Range(200, 8000));
  app.add_option("--height", options.height, "Height of the figure or the picture in pixels")
      ->check(CLI::Range(150, 8000));
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
