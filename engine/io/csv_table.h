// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// Small tables as text, with a header: comma-separated values after RFC 4180 (docs/formats.md).
namespace synann {

// What is more than this is refused.
struct CsvLimits {
  std::size_t bytes = std::size_t{16} << 20;
  std::size_t columns = 256;
  std::size_t fields = 1'000'000;  // rows times columns
};

// How the names of a header are taken.
enum class CsvNames {
  Words,  // case does not count, and a number is none: it shows that the header is missing
  Exact,  // as they stand
};

// A table; every row has a field for each name. Fields are text, and numbers where numbers are asked for.
struct CsvTable {
  std::string file;                 // begins the sentences
  std::vector<std::string> names;   // [columns], of the header: not empty, each once
  std::vector<std::string> fields;  // [rows, columns], row by row
  std::vector<std::size_t> lines;   // [rows], where each row begins, as an editor counts
  std::size_t header_line = 1;

  std::size_t columns() const { return names.size(); }
  std::size_t rows() const { return lines.size(); }
  const std::string& field(std::size_t row, std::size_t column) const {
    return fields[row * columns() + column];
  }
  // Names are compared without regard to case, also where they are Exact.
  std::optional<std::size_t> column(std::string_view name) const;

  // A finite number with a decimal point; an error names line and column.
  Result<double> number(std::size_t row, std::size_t column) const;
  Result<std::vector<double>> numbers(std::size_t column) const;
  // "column 2 (exposures)" and "line 3, column 2 (exposures)", on one line and not too long.
  std::string title(std::size_t column) const;
  std::string place(std::size_t row, std::size_t column) const;
};

// Fields are separated by commas; one in double quotes may hold commas, line ends and doubled quotes; spaces
// around a field without quotes do not count. Lines end in \n or \r\n, the last one in either or none; a byte
// order mark and empty lines are passed over. Refused: a missing header or name, a name that stands twice, a
// header that seems to be separated by semicolons or tabs, a row that is longer or shorter than the header,
// quotes inside a field without quotes, a quoted field that does not end, what exceeds the limits. A pure
// function of a byte span.
Result<CsvTable> parse_csv_table(std::span<const std::uint8_t> bytes, std::string_view file,
                                 const CsvLimits& limits = {}, CsvNames names = CsvNames::Words);

}  // namespace synann
