// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <optional>
#include <string_view>

#include "engine/core/lower_case.h"
#include "engine/exports/foreign_curve.h"
#include "engine/exports/foreign_points.h"
#include "engine/io/csv_table.h"

namespace synann::exports {
namespace {

// What a column of x is called, the first that is there; in lower case, with a space for each other sign.
struct ForeignAxis {
  std::string_view name;
  ForeignUnit unit;
};
constexpr ForeignAxis kForeignAxes[] = {
    {"step", ForeignUnit::Steps},        {"steps", ForeignUnit::Steps},
    {"global step", ForeignUnit::Steps}, {"trainer global step", ForeignUnit::Steps},
    {"iteration", ForeignUnit::Steps},   {"iterations", ForeignUnit::Steps},
    {"iter", ForeignUnit::Steps},        {"batch", ForeignUnit::Steps},
    {"examples", ForeignUnit::Examples}, {"samples", ForeignUnit::Examples},
    {"epoch", ForeignUnit::Epochs},      {"epochs", ForeignUnit::Epochs}};
constexpr std::string_view kForeignClocks[] = {"wall time",     "wall",    "timestamp", "unix time",
                                               "relative time", "runtime", "time",      "seconds"};

std::string axis_words(std::string_view name) {
  std::string words;
  for (const char c : lower_case(std::string(name))) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) > 0x7f;
    if (letter)
      words.push_back(c);
    else if (!words.empty() && words.back() != ' ')
      words.push_back(' ');
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

// The numbers of a column, NaN where its field is empty; nothing where it has a field that is no number, or
// no number.
std::optional<std::vector<double>> column_numbers(const CsvTable& table, std::size_t column) {
  std::vector<double> numbers;
  numbers.reserve(table.rows());
  bool any = false;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::string_view field = table.field(row, column);
    if (field.starts_with('+')) field.remove_prefix(1);
    double number = std::nan("");
    if (!field.empty()) {
      const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), number);
      if (code != std::errc() || end != field.data() + field.size()) return std::nullopt;
    }
    any = any || std::isfinite(number);
    numbers.push_back(number);
  }
  if (!any) return std::nullopt;
  return numbers;
}

// What the columns of a table are for.
struct ForeignColumns {
  std::vector<std::optional<std::vector<double>>> numbers;
  std::optional<std::size_t> x, wall;
  ForeignUnit unit = ForeignUnit::Steps;
};

ForeignColumns foreign_columns(const CsvTable& table) {
  ForeignColumns columns;
  std::vector<std::string> words;
  for (std::size_t k = 0; k < table.columns(); ++k) {
    columns.numbers.push_back(column_numbers(table, k));
    words.push_back(axis_words(table.names[k]));
  }
  const auto find = [&](std::string_view name) -> std::optional<std::size_t> {
    for (std::size_t k = 0; k < words.size(); ++k)
      if (words[k] == name && columns.numbers[k]) return k;
    return std::nullopt;
  };
  for (const ForeignAxis& axis : kForeignAxes) {
    if (!(columns.x = find(axis.name))) continue;
    columns.unit = axis.unit;
    break;
  }
  for (const std::string_view name : kForeignClocks)
    if (!columns.wall) columns.wall = find(name);
  return columns;
}

bool is_foreign_axis(std::string_view words) {
  return std::ranges::find(kForeignAxes, words, &ForeignAxis::name) != std::end(kForeignAxes);
}

}  // namespace

Result<ForeignRun> parse_foreign_table(std::span<const std::uint8_t> bytes, const std::string& file) {
  const CsvLimits limits{.bytes = kMostForeignTableBytes, .columns = 1'000, .fields = 8'000'000};
  const auto table = parse_csv_table(bytes, file, limits, CsvNames::Exact);
  if (!table) return table.error();
  const ForeignColumns columns = foreign_columns(*table);
  ForeignRun run;
  const std::filesystem::path path(file);
  run.name = path.filename().string();
  if (!columns.x)
    run.notes.push_back(fmt::format("{}: no column is named step or epoch, so its rows are counted", file));
  std::vector<double> rows(table->rows());
  std::iota(rows.begin(), rows.end(), 1.0);
  for (std::size_t k = 0; k < table->columns(); ++k) {
    if (!columns.numbers[k] || k == columns.x || k == columns.wall ||
        is_foreign_axis(axis_words(table->names[k])))
      continue;
    // TensorBoard's own tables have one curve, and name it by their file alone.
    const bool nameless = axis_words(table->names[k]) == "value";
    ForeignCurve curve{.name = nameless ? path.stem().string() : table->names[k],
                       .unit = columns.unit,
                       .x = columns.x ? *columns.numbers[*columns.x] : rows,
                       .y = *columns.numbers[k],
                       .wall = columns.wall ? *columns.numbers[*columns.wall] : std::vector<double>()};
    add_foreign_curve(run, std::move(curve));
  }
  if (run.curves.empty())
    return input_error(file, "has no curve", "a column of numbers beside the one of steps or epochs is one");
  return run;
}

}  // namespace synann::exports
