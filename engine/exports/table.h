// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/exports/format.h"

// Private to engine/exports: the tables that several formats write, column by column.
namespace synann::exports {

// Numbers that are not there are NaN.
struct Column {
  std::string name;
  std::variant<std::vector<std::int64_t>, std::vector<float>, std::vector<double>, std::vector<std::string>>
      values;
};
// Columns of equal length.
using Columns = std::vector<Column>;
std::size_t row_count(const Columns& table);

// One row for each measurement of the runs, or for each step; with a first column "run" where there are
// several. The columns are named as in the history. Errors: as read_history; given up.
Result<Columns> run_table(const Request& request, const infer::Work& work);

// One row for each test image: its number, its class, the class that is said, the log-probabilities.
Result<Columns> prediction_table(const Request& request, const infer::Work& work,
                                 std::vector<std::string>& notes);

}  // namespace synann::exports
