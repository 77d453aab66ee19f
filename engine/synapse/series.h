// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// Pairs of numbers that a line is fitted to. Pure, but for reading a file; any thread.
namespace synann::synapse {

// One quantity over another, x rising.
struct Series {
  std::string x_name = "day", y_name = "exposures";
  std::vector<double> x, y;  // as many
};

// The six days of the project's SARS2Predication.py: reported exposures, day 1 is 19 January 2020.
const Series& sars_series();
inline constexpr int kPublishedDay6 = 486;  // what its picture shows for day 6

// From a table (docs/formats.md): the columns day and exposures, or a table of two columns, x before y. Rows
// are put in the order of x. Errors: those of the table, other columns, fewer than 3 rows or more than
// kMostLinePoints, all x equal, a number beyond ±1e12.
Result<Series> parse_series(std::span<const std::uint8_t> bytes, std::string_view file);
Result<Series> read_series(const std::filesystem::path& path);

}  // namespace synann::synapse
