// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studio/command_line.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <system_error>
#include <utility>

#include "app/command_line/command_line.h"
#include "engine/core/text_value.h"
#include "engine/core/version.h"
#include "ui/pages/page_table.h"

namespace synann::app {
namespace {

using ui::FigureOptions;
using ui::Length;
using ui::StudioOptions;

constexpr const char* kWhat = "What is shown";
constexpr const char* kMoment = "Which moment, and what is subtracted";
constexpr const char* kLook = "Size and look";

// Options that mean something only where a figure is written.
using Options = std::vector<CLI::Option*>;

Result<Length> parse_length(const std::string& option, std::string_view text) {
  Length length;
  for (std::size_t k = 0; k < ui::kLengthUnits.size(); ++k) {
    const std::string_view unit = ui::kLengthUnits[k].name;
    if (!text.ends_with(unit)) continue;
    text.remove_suffix(unit.size());
    length.unit = static_cast<ui::LengthUnit>(k);
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

// A number of points, with or without "pt".
CLI::Option* add_font_size(CLI::App& app, FigureOptions& o) {
  static constexpr auto kRange = FigureOptions::kFontSize;
  return add_value(
      app, "--font-size", "POINTS",
      [&o](const std::string& text) -> Status {
        std::string_view digits = text;
        if (digits.ends_with("pt")) digits.remove_suffix(2);
        const auto points = parse_number("--font-size", digits, kRange.least, kRange.most);
        if (!points) return points.error();
        o.font_size = *points;
        return {};
      },
      fmt::format("Of the figure's texts, in points, {} to {}.", kRange.least, kRange.most));
}

void add_size(CLI::App& app, FigureOptions& o, Options& figures) {
  using O = FigureOptions;
  add_length(
      app, "--width", o.width,
      fmt::format("Of the figure or picture: pixels, or a length with in, mm, cm or pt; {} to {} pixels of "
                  "1/96 inch, {} unless told otherwise.",
                  O::kNarrowest, O::kLargest, O::kUsual.width()))
      ->group(kLook);
  add_length(app, "--height", o.height,
             fmt::format("The same, {} to {}, {} unless told otherwise.", O::kLowest, O::kLargest,
                         O::kUsual.height()))
      ->group(kLook);
  figures.push_back(add_number(app, "--scale", o.scale, O::kScale.least, O::kScale.most,
                               fmt::format("PNG: so many times as many pixels, all drawn larger; {} to {}.",
                                           O::kScale.least, O::kScale.most))
                        ->group(kLook));
  figures.push_back(add_number(app, "--resolution", o.resolution, O::kResolution.least, O::kResolution.most,
                               fmt::format("PNG: pixels an inch, {} to {}; unless told otherwise {} for "
                                           "lengths and {} for pixels.",
                                           O::kResolution.least, O::kResolution.most, O::kPrint, O::kScreen))
                        ->group(kLook));
  figures.push_back(add_font_size(app, o)->group(kLook));
}

void add_legend(CLI::App& app, FigureOptions& o, Options& figures) {
  const std::vector<std::string> words(ui::kLegendIds.begin(), ui::kLegendIds.end());
  figures.push_back(add_value(
                        app, "--legend", "WORD",
                        [words, &o](const std::string& text) -> Status {
                          if (auto status = check_word("--legend", text, words); !status) return status;
                          o.legend = ui::legendFromId(text);
                          return {};
                        },
                        fmt::format("Where the legend stands: automatic, the default, covers nothing; {}. A "
                                    "legend outside the plot can only be left out, by none.",
                                    fmt::join(words.begin() + 1, words.end(), ", ")))
                        ->group(kLook));
}

void add_look(CLI::App& app, StudioOptions& o, Options& figures) {
  FigureOptions& look = o.figure;
  constexpr auto kWidth = FigureOptions::kLineWidth;
  const auto belongs = [&figures](CLI::Option* option) {
    figures.push_back(option->group(kLook));
    return option;
  };
  CLI::Option* const dark = app.add_flag("--dark", look.dark, "Light text on dark.")->group(kLook);
  app.add_flag("--light", o.light, "Dark text on light.")->excludes(dark)->group(kLook);
  add_legend(app, look, figures);
  belongs(add_number(app, "--line-width", look.line_width, kWidth.least, kWidth.most,
                     fmt::format("So many times as wide are the curves, and as large their points, {} to {}.",
                                 kWidth.least, kWidth.most)));
  belongs(app.add_flag_callback(
      "--no-marks", [&look] { look.marks = false; },
      "Without the best point and changes of settings, chosen points, data by class."));
  CLI::Option* const title = belongs(add_value(
      app, "--title", "TEXT",
      [&look](const std::string& text) -> Status {
        if (text.empty())
          return Error{
              .where = "--title", .problem = "has an empty value", .remedy = "--no-title leaves it out"};
        look.title = QString::fromStdString(text);
        return {};
      },
      "What stands above the figure."));
  belongs(app.add_flag_callback(
                 "--no-title", [&look] { look.title = QString(); }, "Nothing stands above the figure.")
              ->excludes(title));
  belongs(app.add_flag("--log-y", o.log_y, "Logarithmic loss axis."));
}

// Which moment of which layer a view of a run shows.
void add_moment_options(CLI::App& app, StudioOptions& o, Options& figures) {
  const auto belongs = [&figures](CLI::Option* option) {
    figures.push_back(option->group(kMoment));
    return option;
  };
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

// The files that the views of pages are made of.
struct FileOption {
  std::string name, text;
  CLI::Option* option = nullptr;
};
std::deque<FileOption> add_files(CLI::App& app) {
  std::deque<FileOption> options;
  for (const ui::PageInfo& page : ui::pageTable()) {
    for (const ui::PageFile& file : page.files) {
      FileOption& own = options.emplace_back();
      own.name = file.option;
      own.option = add_text(app, own.name, file.value, own.text, file.help)->group(page.heading);
    }
  }
  return options;
}

// Whether the page of the view has what was typed for a page.
Status misplaced(const StudioOptions& o, const ui::PageInfo& page) {
  const auto error = [&](const std::string& option) {
    return Error{.problem = option + " does not belong to --view " + o.view};
  };
  for (const auto& [option, values] : o.typed)
    if (std::ranges::find(page.fields, option, &FieldInfo::option) == page.fields.end()) return error(option);
  for (const auto& [option, file] : o.files)
    if (std::ranges::find(page.files, option, &ui::PageFile::option) == page.files.end())
      return error(option);
  return {};
}

// What a film is made of: a view of one run, at steps that nobody chooses singly.
Status check_film(const StudioOptions& o, const ui::PageInfo& page) {
  const bool film = ui::isFilmFile(o.export_path);
  if (!film && !o.frames) return {};
  const std::string what = film ? "a film" : "--frames";
  if (!film && !o.export_path.ends_with(".png"))
    return Error{.problem = "--frames requires --export FILE.webp or FILE.png"};
  if (!page.of_run || o.history.empty())
    return Error{.problem = what + " requires --history and a view of one run"};
  if (o.step >= 0) return Error{.problem = what + " has no --step: it shows all of them"};
  return {};
}

// What CLI11 cannot say about options that belong together.
Status misfit(const StudioOptions& o, const Options& figures) {
  const bool all = !o.export_all.empty();
  if (all && o.history.empty()) return Error{.problem = "--export-all requires --history"};
  if (o.export_path.empty() && o.picture.empty() && !o.typed.empty())
    return Error{.problem = o.typed.begin()->first + " requires --export"};
  if (o.export_path.empty() && !o.files.empty())
    return Error{.problem = o.files.begin()->first + " requires --export"};
  if (o.export_path.empty() && !all)
    for (const CLI::Option* option : figures)
      if (option->count() > 0)
        return Error{.problem = option->get_name() + " requires --export or --export-all"};
  if (o.export_path.empty()) return {};
  const ui::PageInfo& page = *ui::pageOfView(o.view);
  if (auto status = check_film(o, page); !status) return status;
  if (auto status = page.checkView ? page.checkView(o) : Status(); !status) return status;
  return misplaced(o, page);
}

// "A,B,C" names several runs, whose curves are drawn over each other, unless a folder has that name.
void take_histories(StudioOptions& o) {
  std::error_code code;
  if (o.export_path.empty() || o.history.find(',') == std::string::npos ||
      std::filesystem::exists(o.history, code))
    return;
  std::istringstream parts(std::exchange(o.history, {}));
  for (std::string part; std::getline(parts, part, ',');) o.histories.push_back(part);
  if (o.view == "loss") o.view = "runs";
}

int complain(const std::string& sentence) {
  fmt::print(stderr, "synann-studio: {}; \"synann-studio --help\" lists what there is.\n", sentence);
  return 2;
}

// A view over the recorded steps of its run.
void add_film(CLI::App& app, StudioOptions& o, CLI::Option* file) {
  using ui::FilmOptions;
  add_whole_value(
      app, "--frames", [&o](std::int64_t value) { o.frames = static_cast<int>(value); }, FilmOptions::kFewest,
      FilmOptions::kMost,
      fmt::format(
          "Of a film, at most; {} unless told otherwise. With FILE.png: so many pictures FILE-0001.png "
          "and so on.",
          FilmOptions::kUsual))
      ->needs(file)
      ->group(kMoment);
  add_number(app, "--frame-rate", o.frame_rate, FilmOptions::kSlowest, FilmOptions::kFastest,
             fmt::format("Frames a second of a film; {} unless told otherwise.", FilmOptions::kRate))
      ->needs(file)
      ->group(kMoment);
}

// What is opened, exported or pictured.
void add_work(CLI::App& app, StudioOptions& o) {
  add_text(app, "--data", "DATA", o.data,
           "Data set to choose: digits (built in) or a folder or file: IDX, NPZ, CSV, images.")
      ->group(kWhat);
  add_text(app, "--history", "FOLDER", o.history,
           "A run: to show, or to export from. Several, with commas between them: their curves over each "
           "other.")
      ->group(kWhat);
  CLI::Option* const file = add_text(app, "--export", "FILE", o.export_path,
                                     "Writes a figure of --history, or of a synapse, to FILE.png, .svg, "
                                     ".pdf, .csv or .npy and leaves; to "
                                     "FILE.webp as a film over the recorded steps.")
                                ->group(kWhat);
  add_film(app, o, file);
  add_word(
      app, "--view", o.view, ui::allViews(),
      fmt::format("What to export, loss unless told otherwise. One of {}.", fmt::join(ui::allViews(), ", ")))
      ->needs(file)
      ->group(kWhat);
  add_text(app, "--export-all", "FOLDER", o.export_all,
           "Writes every figure of --history as PDF, PNG and CSV, matrices as NPY too, into a new folder in "
           "FOLDER and leaves.")
      ->excludes(file)
      ->group(kWhat);
  CLI::Option* const picture =
      add_text(app, "--picture", "FILE", o.picture,
               "Saves a picture of the window as it shows --history to FILE.png and leaves.")
          ->excludes(file)
          ->excludes("--export-all")
          ->group(kWhat);
  add_text(app, "--page", "PAGE", o.page,
           fmt::format("Page of the picture, train unless told otherwise. One of {}.",
                       ui::pageNames().toStdString()))
      ->needs(picture)
      ->group(kWhat);
  add_text(app, "--open", "PATH", o.open,
           "A study, a model file or whatever else can be dropped on the page: opened for the picture.")
      ->needs(picture)
      ->group(kWhat);
  add_text(app, "--tab", "TAB", o.tab, "Tab of the page that the picture shows, by its title.")
      ->needs(picture)
      ->group(kWhat);
}

}  // namespace

std::variant<StudioOptions, Leave> read_command_line(int argc, char** argv) {
  StudioOptions options;
  Options figures;
  CLI::App app("SynaNN Studio: train synapse neural networks and watch them learn.", "synann-studio");
  set_help_format(app);
  app.set_version_flag("--version", fmt::format("synann-studio {}", kVersion));
  add_work(app, options);
  add_size(app, options.figure, figures);
  add_look(app, options, figures);
  add_moment_options(app, options, figures);
  const std::deque<FieldOption> fields = add_fields(app);
  const std::deque<FileOption> files = add_files(app);
  if (const auto code = parse(app, argc, argv, "synann-studio")) return Leave{*code};
  for (const FieldOption& field : fields)
    if (field.option->count() > 0) options.typed[field.fields.front()->option] = field.values();
  for (const FileOption& file : files)
    if (file.option->count() > 0) options.files[file.name] = file.text;
  take_histories(options);
  if (const auto status = misfit(options, figures); !status)
    return Leave{complain(status.error().sentence())};
  if (const auto size = ui::sizeOf(options.figure); !size) return Leave{complain(size.error().sentence())};
  return options;
}

}  // namespace synann::app
