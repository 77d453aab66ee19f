// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/series.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

#include "engine/core/file.h"
#include "engine/core/text_value.h"
#include "engine/io/csv_table.h"
#include "engine/synapse/least_squares.h"

namespace synann::synapse {
namespace {

constexpr std::size_t kFewestRows = 3;  // a line through two points leaves nothing to judge it by
constexpr double kLargestNumber = 1e12;

Result<std::vector<double>> bounded_numbers(const CsvTable& table, std::size_t column) {
  auto numbers = table.numbers(column);
  if (!numbers) return numbers;
  for (std::size_t row = 0; row < numbers->size(); ++row)
    if (std::abs((*numbers)[row]) > kLargestNumber)
      return Error{.where = fmt::format("{}, {}", table.file, table.place(row, column)),
                   .problem = "is too large",
                   .expected = fmt::format("{} at most", kLargestNumber),
                   .found = in_quotes(table.field(row, column))};
  return numbers;
}

}  // namespace

const Series& sars_series() {
  static const Series series{.x = {1, 2, 3, 4, 5, 6}, .y = {139, 224, 291, 324, 440, 473}};
  return series;
}

Result<Series> parse_series(std::span<const std::uint8_t> bytes, std::string_view file) {
  const auto table = parse_csv_table(bytes, file);
  if (!table) return table.error();
  auto x = table->column("day"), y = table->column("exposures");
  if (!(x && y) && table->columns() == 2) {
    x = 0;
    y = 1;
  }
  if (!(x && y))
    return Error{.where = table->file,
                 .problem = "leaves open what is fitted over what",
                 .expected = "the columns day and exposures, or two columns",
                 .found = fmt::format("{} columns", table->columns())};
  if (table->rows() < kFewestRows || table->rows() > kMostLinePoints)
    return Error{.where = table->file,
                 .problem = "has too few or too many rows",
                 .expected = fmt::format("{} to {}", kFewestRows, kMostLinePoints),
                 .found = fmt::format("{}", table->rows())};
  const auto at = bounded_numbers(*table, *x);
  if (!at) return at.error();
  const auto values = bounded_numbers(*table, *y);
  if (!values) return values.error();
  if (std::ranges::min(*at) == std::ranges::max(*at))
    return Error{.where = fmt::format("{}, {}", table->file, table->title(*x)),
                 .problem = "leaves the slope open",
                 .expected = "numbers that differ",
                 .found = fmt::format("{} in every row", at->front())};
  std::vector<std::size_t> order(at->size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return (*at)[k]; });
  Series series{.x_name = table->names[*x], .y_name = table->names[*y], .x = {}, .y = {}};
  for (const std::size_t k : order) {
    series.x.push_back((*at)[k]);
    series.y.push_back((*values)[k]);
  }
  return series;
}

Result<Series> read_series(const std::filesystem::path& path) {
  const auto bytes = read_file(path, CsvLimits{}.bytes);
  if (!bytes) return bytes.error();
  return parse_series(*bytes, path.string());
}

}  // namespace synann::synapse
