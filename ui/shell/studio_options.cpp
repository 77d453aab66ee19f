// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/studio_options.h"

#include <algorithm>
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

// A number inside bounds; CLI11's own Range lets NaN through.
CLI::Validator numberIn(double from, double to) {
  return {[from, to](const std::string& text) -> std::string {
            double value = 0;
            if (CLI::detail::lexical_cast(text, value) && value >= from && value <= to) return {};
            return fmt::format("expected a number from {} to {}, found {}", from, to, text);
          },
          "NUMBER"};
}

// What a view of one synapse shows.
void addSurfaceOptions(CLI::App& app, StudioOptions& o, CLI::Option& file, CLI::Option& history) {
  constexpr double kLargest = 1e6;
  constexpr int kMost = 1 << 24;
  const CLI::Validator finite = numberIn(-kLargest, kLargest);
  CLI::Option* const alpha = app.add_option("--alpha", o.alpha, "Surface: scales the excitation")
                                 ->check(finite)
                                 ->capture_default_str()
                                 ->needs(&file);
  CLI::Option* const beta = app.add_option("--beta", o.beta, "Surface: scales the inhibition")
                                ->check(finite)
                                ->capture_default_str()
                                ->needs(&file);
  app.add_option("--cell", o.cell,
                 "Unit i and synapse j of the run: α, β and data of a surface, or what --picture shows")
      ->expected(2)
      ->delimiter(',')
      ->type_name("I,J")
      ->check(CLI::Range(0, kMost))
      ->needs(&history)
      ->excludes(alpha)
      ->excludes(beta);
  app.add_option("--function", o.function, "Surface: value (S), slope (∂S/∂β), surprisal (−log S), flat")
      ->check(CLI::IsMember({"value", "slope", "surprisal", "flat"}))
      ->capture_default_str()
      ->needs(&file);
  app.add_option("--at", o.at, "Surface: the place x,y at which the sections cut (0.5,0.5)")
      ->expected(2)
      ->delimiter(',')
      ->type_name("X,Y")
      ->check(numberIn(0, 1))
      ->needs(&file);
  app.add_option("--flat", o.flat, "Flat region: below this share of the largest |∂S/∂β|, in percent")
      ->check(numberIn(0.1, 100))
      ->capture_default_str()
      ->needs(&file);
  app.add_option("--temperature", o.temperature, "bose-einstein: T")
      ->check(numberIn(0.01, 100))
      ->capture_default_str()
      ->needs(&file);
  app.add_flag("--special-lines", o.lines, "Surface: name the lines where S has a simple form")->needs(&file);
  app.add_flag("--unit-square", o.unit_square, "Surface of a cell: not only where its data are")
      ->needs(&file);
}

std::vector<std::string> allViews() {
  std::vector<std::string> views = {"loss"};
  views.insert(views.end(), kSynapseViews.begin(), kSynapseViews.end());
  views.insert(views.end(), kSurfaceViews.begin(), kSurfaceViews.end());
  return views;
}

// What CLI11 cannot say about options that belong together; empty = nothing is wrong.
std::string misfit(const StudioOptions& o) {
  if (o.export_path.empty()) return {};
  if (!isSurfaceView(o.view)) {
    if (o.history.empty()) return "--export requires --history (or --view surface)";
    return o.cell.empty() ? ""
                          : "--cell belongs to --view surface; rows and columns take --unit and --synapse";
  }
  if (o.view == "points" && o.cell.empty()) return "--view points requires --cell I,J and --history";
  return {};
}

}  // namespace

bool isSurfaceView(const std::string& view) {
  return std::find(kSurfaceViews.begin(), kSurfaceViews.end(), view) != kSurfaceViews.end();
}

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
                     "Write a figure of --history, or of a synapse, to FILE.{png,svg,pdf,csv,npy} and leave");
  app.add_option("--view", options.view, "What to export")
      ->check(CLI::IsMember(allViews()))
      ->capture_default_str()
      ->needs(file);
  addSynapseOptions(app, options, *file);
  addSurfaceOptions(app, options, *file, *history);
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
  if (const std::string wrong = misfit(options); !wrong.empty()) {
    fmt::print(stderr, "synann-studio: {} (see synann-studio --help)\n", wrong);
    return Leave{2};
  }
  options.at_named = app.count("--at") > 0;
  return options;
}

}  // namespace synann::ui
