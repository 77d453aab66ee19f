// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <climits>

#include "engine/core/result.h"

// Which cells of a matrix β [n, n], as a person types them: "3,4 0-7,16-23 row 5 column 2-3 all", with spaces
// between. Rows and columns count from 0, both ends of a stretch belong to it. Pure functions; any thread.
namespace synann::synapse {

inline constexpr int kToTheEnd = INT_MAX;  // as a last row or column: that of the matrix

// Rows and columns that follow each other.
struct CellBlock {
  int first_row = 0, last_row = 0, first_column = 0, last_column = 0;
  bool operator==(const CellBlock&) const = default;
};

// The cells of one layer.
struct LayerCells {
  std::string layer;  // empty: the first
  std::vector<CellBlock> blocks;
  bool operator==(const LayerCells&) const = default;
};

// At least one block. `where` names the text in the sentence about the first word that means nothing.
Result<std::vector<CellBlock>> parse_cells(std::string_view where, std::string_view text);
// The same for several layers: "fcn: row 3; again: 4,5".
Result<std::vector<LayerCells>> parse_layer_cells(std::string_view where, std::string_view text);

// [n, n], 1 where a block has the cell. Error: a block that reaches beyond the matrix.
Result<std::vector<std::uint8_t>> chosen_cells(std::string_view where, std::span<const CellBlock> blocks,
                                               int n);

// The text of the cells that are chosen [n, n], in blocks; empty where there is none.
std::string cells_text(std::span<const std::uint8_t> chosen, int n);

}  // namespace synann::synapse
