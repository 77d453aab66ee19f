// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/command_line.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <memory>
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
constexpr const char* kMoment = "Which moment, and what is subtracted";
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

// Which moment of which layer a view of a run shows.
void add_moment_options(CLI::App& app, StudioOptions& o, CLI::Option& file) {
  const auto belongs = [&file](CLI::Option* option) { return option->needs(&file)->group(kMoment); };
  belongs(add_whole(
      app, "--step", o.step, 0, INT64_MAX,
      "Steps done: the last recorded moment at or before them; the last one unless told otherwise."));
  belongs(add_text(app, "--layer", "NAME", o.layer, "The layer; the first unless told otherwise."));
  CLI::Option* const minus = belongs(
      add_whole(app, "--minus-step", o.minus_step, 0, INT64_MAX, "Subtracts the matrix at this step."));
  add_text(app, "--minus-run", "FOLDER", o.minus_run, "Of this run instead of --history.")
      ->needs(minus)
      ->group(kMoment);
}

using ui::FieldInfo;

// An option of one or several fields of a view, and what was typed behind it.
struct FieldOption {
  std::vector<const FieldInfo*> fields;
  CLI::Option* option = nullptr;
  std::int64_t whole = 0;
  double number = 0;
  bool flag = false;
  std::string word;
  std::vector<int> wholes;
  std::vector<double> numbers;

  // As the view has it.
  std::vector<double> values() const;
};

std::vector<double> FieldOption::values() const {
  const FieldInfo& info = *fields.front();
  if (info.bare || info.kind == ui::FieldKind::Switch) return {info.named};
  if (info.kind == ui::FieldKind::Word) return {ui::fromJson(info, QString::fromStdString(word))};
  if (fields.size() == 1)
    return {info.kind == ui::FieldKind::Whole ? static_cast<double>(whole) : number / info.factor};
  if (info.kind == ui::FieldKind::Whole) return {wholes.begin(), wholes.end()};
  return numbers;
}

CLI::Option* add_field(CLI::App& app, FieldOption& o) {
  const FieldInfo& info = *o.fields.front();
  const auto least = static_cast<int>(info.least), most = static_cast<int>(info.most);
  const std::size_t count = o.fields.size();
  if (info.bare || info.kind == ui::FieldKind::Switch)
    return app.add_flag(info.option, o.flag, info.option_help);
  if (info.kind == ui::FieldKind::Word) {
    std::vector<std::string> words;
    for (const ui::FieldWord& one : info.words) words.push_back(one.id.toStdString());
    return add_word(app, info.option, o.word, words, info.option_help);
  }
  if (info.kind == ui::FieldKind::Whole)
    return count == 1 ? add_whole(app, info.option, o.whole, least, most, info.option_help)
                      : add_wholes(app, info.option, info.value, o.wholes, least, most,
                                   info.shared ? 1 : count, count, info.option_help);
  return count == 1 ? add_number(app, info.option, o.number, info.factor * info.least,
                                 info.factor * info.most, info.option_help)
                    : add_numbers(app, info.option, info.value, o.numbers, info.least, info.most, count,
                                  info.option_help);
}

// The options of all pages' fields. An option that several pages have is added once, as the first has it.
std::deque<FieldOption> add_fields(CLI::App& app) {
  std::deque<FieldOption> options;
  for (const ui::PageInfo& page : ui::pageTable()) {
    std::map<std::string, FieldOption> own;
    std::vector<std::string> order;
    for (const FieldInfo& info : page.fields) {
      if (info.option.empty() || app.get_option_no_throw(info.option) != nullptr) continue;
      if (own[info.option].fields.empty()) order.push_back(info.option);
      own[info.option].fields.push_back(&info);
    }
    for (const std::string& name : order) {
      options.push_back(std::move(own[name]));
      options.back().option = add_field(app, options.back())->group(page.heading);
    }
  }
  return options;
}

// What CLI11 cannot say about options that belong together.
Status misfit(const StudioOptions& o) {
  if (o.export_path.empty() && o.picture.empty() && !o.typed.empty())
    return Error{.where = o.typed.begin()->first, .problem = "requires --export"};
  if (o.export_path.empty()) return {};
  const ui::PageInfo& page = *ui::pageOfView(o.view);
  if (auto status = page.checkView ? page.checkView(o) : Status(); !status) return status;
  for (const auto& [option, values] : o.typed)
    if (std::none_of(page.fields.begin(), page.fields.end(),
                     [&](const FieldInfo& info) { return info.option == option; }))
      return Error{.where = option, .problem = "does not belong to --view " + o.view};
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
  add_text(app, "--history", "FOLDER", options.history, "A run: to show, or to export from.")->group(kWhat);
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
  add_moment_options(app, options, *file);
  const std::deque<FieldOption> fields = add_fields(app);
  if (const auto code = parse(app, argc, argv, "synann-studio")) return Leave{*code};
  for (const FieldOption& field : fields)
    if (field.option->count() > 0) options.typed[field.fields.front()->option] = field.values();
  if (const auto status = misfit(options); !status) return Leave{complain(status.error().sentence())};
  if (auto status = take_side("--width", size.width, size, options.width, options.pixels_wide); !status)
    return Leave{complain(status.error().sentence())};
  if (auto status = take_side("--height", size.height, size, options.height, options.pixels_high); !status)
    return Leave{complain(status.error().sentence())};
  return options;
}

}  // namespace synann::app
