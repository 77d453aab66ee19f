// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/command_line.h"

#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <string_view>
#include <utility>

#include "app/command_line/command_line.h"
#include "engine/core/text_value.h"
#include "engine/core/version.h"
#include "ui/pages/page_table.h"

namespace synann::app {
namespace {

using ui::StudioOptions;

constexpr const char* kWhat = "What is shown";
constexpr const char* kSynapses = "Views of a synapse layer";
constexpr const char* kSurface = "Views of one synapse";
constexpr const char* kLook = "Size and look";
constexpr double kScreen = 96, kPrint = 300;  // pixels an inch

// "800", "800px", "3.5in", "60mm", "90pt".
struct Length {
  double value = 0;
  double per_inch = 0;  // of the unit; 0 = pixels
};

// How large the figure shall be, as it was typed.
struct Size {
  std::optional<Length> width, height;
  double scale = 1, resolution = 0;  // 0 = not named
};

Result<Length> parse_length(const std::string& option, std::string_view text) {
  constexpr std::pair<std::string_view, double> kUnits[] = {
      {"px", 0}, {"in", 1}, {"mm", 25.4}, {"cm", 2.54}, {"pt", 72}};
  Length length;
  for (const auto& [unit, per_inch] : kUnits) {
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    length.per_inch = per_inch;
    break;
  }
  const auto number = parse_number(option, text, 0, 1e6);
  if (!number || *number <= 0) {
    return Error{.where = option,
                 .problem = text.empty() ? "has an empty value" : "is not a length",
                 .expected = "pixels such as 800, or 3.5in, 60mm, 250pt",
                 .found = text.empty() ? std::string() : in_quotes(text)};
  }
  length.value = *number;
  return length;
}

CLI::Option* add_length(CLI::App& app, const char* name, std::optional<Length>& out,
                        const std::string& help) {
  return add_value(
      app, name, "LENGTH",
      [name = std::string(name), &out](const std::string& text) -> Status {
        const auto length = parse_length(name, text);
        if (!length) return length.error();
        out = *length;
        return {};
      },
      help);
}

// One side of the figure: what is laid out, in 1/96 inch, and the pixels of a PNG.
Status take_side(const char* option, const std::optional<Length>& typed, const Size& size, int& units,
                 int& pixels) {
  const bool paper = typed && typed->per_inch > 0;
  const double resolution = size.resolution > 0 ? size.resolution : paper ? kPrint : kScreen;
  const Length length = typed.value_or(Length{static_cast<double>(units), 0});
  const double dots = paper ? length.value / length.per_inch * resolution : length.value;
  const double laid_out = std::round(dots / resolution * kScreen), drawn = std::round(dots * size.scale);
  const int least =
      std::string_view(option) == "--width" ? StudioOptions::kNarrowest : StudioOptions::kLowest;
  if (laid_out < least || laid_out > StudioOptions::kLargest) {
    return Error{.where = option,
                 .problem = "is out of range",
                 .expected = fmt::format("{} to {} pixels of 1/96 inch ({:.1f} to {:.0f} mm)", least,
                                         StudioOptions::kLargest, least / kScreen * 25.4,
                                         StudioOptions::kLargest / kScreen * 25.4),
                 .found = fmt::format("{:.0f}", laid_out)};
  }
  if (drawn > StudioOptions::kMostPixels) {
    return Error{.where = option,
                 .problem = "has too many pixels",
                 .expected = fmt::format("{} at most", StudioOptions::kMostPixels),
                 .found = fmt::format("{:.0f}", drawn),
                 .remedy = "choose a smaller --scale or --resolution"};
  }
  units = static_cast<int>(laid_out);
  pixels = static_cast<int>(drawn);
  return {};
}

void add_size(CLI::App& app, Size& size, StudioOptions& o, CLI::Option& file) {
  add_length(
      app, "--width", size.width,
      fmt::format("Of the figure or picture: pixels, or a length with in, mm, cm or pt; {} to {} pixels of "
                  "1/96 inch, {} unless told otherwise.",
                  StudioOptions::kNarrowest, StudioOptions::kLargest, o.width))
      ->group(kLook);
  add_length(app, "--height", size.height,
             fmt::format("The same, {} to {}, {} unless told otherwise.", StudioOptions::kLowest,
                         StudioOptions::kLargest, o.height))
      ->group(kLook);
  add_number(app, "--scale", size.scale, 0.1, 16,
             "PNG: so many times as many pixels, all drawn larger; 0.1 to 16.")
      ->needs(&file)
      ->group(kLook);
  add_number(app, "--resolution", size.resolution, 30, 2400,
             "PNG: pixels an inch, 30 to 2400; unless told otherwise 300 for lengths and 96 for pixels.")
      ->needs(&file)
      ->group(kLook);
  add_value(
      app, "--font-size", "POINTS",
      [&o](const std::string& text) -> Status {
        std::string_view digits = text;
        if (digits.ends_with("pt")) digits.remove_suffix(2);
        const auto points = parse_number("--font-size", digits, 4, 72);
        if (!points) return points.error();
        o.font_size = *points;
        return {};
      },
      "Of the figure's texts, in points, 4 to 72.")
      ->needs(&file)
      ->group(kLook);
  CLI::Option* const dark = app.add_flag("--dark", o.dark, "Light text on dark.")->group(kLook);
  app.add_flag("--light", o.light, "Dark text on light.")->excludes(dark)->group(kLook);
  app.add_flag("--log-y", o.log_y, "Logarithmic loss axis.")->needs(&file)->group(kLook);
}

// Which moment of which layer a view of synapses shows, and how.
void add_synapse_options(CLI::App& app, StudioOptions& o, CLI::Option& file) {
  constexpr int kMost = 1 << 24;
  const auto belongs = [&file](CLI::Option* option) { return option->needs(&file)->group(kSynapses); };
  belongs(add_whole(
      app, "--step", o.step, 0, INT64_MAX,
      "Steps done: the last recorded moment at or before them; the last one unless told otherwise."));
  belongs(add_text(app, "--layer", "NAME", o.layer, "The synapse layer; the first unless told otherwise."));
  belongs(add_word(app, "--lens", o.lens, {"beta", "image", "class-mean", "class-difference"},
                   "beta, the default, or βx: image, class-mean, class-difference."));
  belongs(add_wholes(app, "--classes", "A,B", o.classes, 0, kMost, 1, 2,
                     "The class of class-mean; both of class-difference."));
  belongs(add_whole(app, "--unit", o.unit, 0, kMost, "Unit i: row, waterfall, proof."));
  belongs(add_whole(app, "--synapse", o.synapse, 0, kMost, "Synapse j: column, proof."));
  belongs(add_whole(app, "--image", o.image, 0, kMost, "The test image whose inputs are used."));
  CLI::Option* const minus = belongs(
      add_whole(app, "--minus-step", o.minus_step, 0, INT64_MAX, "Subtracts the matrix at this step."));
  add_text(app, "--minus-run", "FOLDER", o.minus_run, "Of this run instead of --history.")
      ->needs(minus)
      ->group(kSynapses);
}

// What a view of one synapse shows.
void add_surface_options(CLI::App& app, StudioOptions& o, CLI::Option& file, CLI::Option& history) {
  constexpr double kLargest = 1e6;
  constexpr int kMost = 1 << 24;
  const auto belongs = [&file](CLI::Option* option) { return option->needs(&file)->group(kSurface); };
  CLI::Option* const alpha = belongs(add_number(app, "--alpha", o.alpha, -kLargest, kLargest,
                                                "Scales the excitation; 1 unless told otherwise."));
  CLI::Option* const beta = belongs(add_number(app, "--beta", o.beta, -kLargest, kLargest,
                                               "Scales the inhibition; 0.5 unless told otherwise."));
  add_wholes(app, "--cell", "I,J", o.cell, 0, kMost, 2, 2,
             "Unit i and synapse j of the run: α, β and data of a surface, or what --picture shows.")
      ->needs(&history)
      ->excludes(alpha)
      ->excludes(beta)
      ->group(kSurface);
  belongs(add_word(app, "--function", o.function, {"value", "slope", "surprisal", "flat"},
                   "value (S, the default), slope (∂S/∂β), surprisal (−log S), flat."));
  belongs(add_numbers(app, "--at", "X,Y", o.at, 0, 1, 2,
                      "The place x,y at which the sections cut, 0 to 1; 0.5,0.5 unless told otherwise."));
  belongs(add_number(
      app, "--flat", o.flat, 0.1, 100,
      "Flat region: below this share of the largest |∂S/∂β|, in percent, 0.1 to 100; 10 unless told "
      "otherwise."));
  belongs(add_number(app, "--temperature", o.temperature, 0.01, 100,
                     "bose-einstein: T, 0.01 to 100; 1 unless told otherwise."));
  belongs(app.add_flag("--special-lines", o.lines, "Names the lines where S has a simple form."));
  belongs(app.add_flag("--unit-square", o.unit_square, "Surface of a cell: not only where its data are."));
}

// What CLI11 cannot say about options that belong together; empty = nothing is wrong.
std::string misfit(const StudioOptions& o) {
  if (o.export_path.empty()) return {};
  if (ui::pageOfView(o.view)->id != QLatin1String("surface")) {
    if (o.history.empty()) return "--export requires --history (or --view surface)";
    return o.cell.empty() ? ""
                          : "--cell belongs to --view surface; rows and columns take --unit and --synapse";
  }
  if (o.view == "points" && o.cell.empty()) return "--view points requires --cell I,J and --history";
  return {};
}

int complain(const std::string& sentence) {
  fmt::print(stderr, "synann-studio: {}; \"synann-studio --help\" lists what there is.\n", sentence);
  return 2;
}

}  // namespace

std::variant<StudioOptions, Leave> read_command_line(int argc, char** argv) {
  StudioOptions options;
  Size size;
  CLI::App app("SynaNN Studio: train synapse neural networks and watch them learn.", "synann-studio");
  set_help_format(app);
  app.set_version_flag("--version", fmt::format("synann-studio {}", kVersion));
  add_text(app, "--data", "DATA", options.data,
           "Data set to choose: digits (built in) or a folder or file: IDX, NPZ, CSV, images.")
      ->group(kWhat);
  CLI::Option* const history =
      add_text(app, "--history", "FOLDER", options.history, "A run: to show, or to export from.")
          ->group(kWhat);
  CLI::Option* const file =
      add_text(
          app, "--export", "FILE", options.export_path,
          "Writes a figure of --history, or of a synapse, to FILE.png, .svg, .pdf, .csv or .npy and leaves.")
          ->group(kWhat);
  add_word(
      app, "--view", options.view, ui::allViews(),
      fmt::format("What to export, loss unless told otherwise. One of {}.", fmt::join(ui::allViews(), ", ")))
      ->needs(file)
      ->group(kWhat);
  CLI::Option* const picture =
      add_text(app, "--picture", "FILE", options.picture,
               "Saves a picture of the window as it shows --history to FILE.png and leaves.")
          ->excludes(file)
          ->group(kWhat);
  add_text(app, "--page", "PAGE", options.page,
           fmt::format("Page of the picture, train unless told otherwise. One of {}.",
                       ui::pageNames().toStdString()))
      ->needs(picture)
      ->group(kWhat);
  add_size(app, size, options, *file);
  add_synapse_options(app, options, *file);
  add_surface_options(app, options, *file, *history);
  if (const auto code = parse(app, argc, argv, "synann-studio")) return Leave{*code};
  if (const std::string wrong = misfit(options); !wrong.empty()) return Leave{complain(wrong)};
  if (auto status = take_side("--width", size.width, size, options.width, options.pixels_wide); !status)
    return Leave{complain(status.error().sentence())};
  if (auto status = take_side("--height", size.height, size, options.height, options.pixels_high); !status)
    return Leave{complain(status.error().sentence())};
  options.at_named = app.count("--at") > 0;
  return options;
}

}  // namespace synann::app
