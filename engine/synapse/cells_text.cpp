// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/cells_text.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <utility>

#include "engine/core/text_value.h"

namespace synann::synapse {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

// The text up to a separator, which is taken off with it.
std::string_view take_until(std::string_view& text, std::string_view separators) {
  const auto end = std::min(text.find_first_of(separators), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::string_view without_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

std::optional<int> whole(std::string_view text) {
  int value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size() || value < 0 || value == kToTheEnd)
    return std::nullopt;
  return value;
}

// "3" or "3-7"
std::optional<std::pair<int, int>> stretch(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = whole(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : whole(text.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return std::pair(*first, *last);
}

// "3,4" or "0-7,16-23"
std::optional<CellBlock> block(std::string_view text) {
  const auto comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto rows = stretch(text.substr(0, comma)), columns = stretch(text.substr(comma + 1));
  if (!rows || !columns) return std::nullopt;
  return CellBlock{rows->first, rows->second, columns->first, columns->second};
}

Error no_cells(std::string_view where, std::string_view found) {
  return {
      .where = std::string(where),
      .problem = "names no cells",
      .expected = "3,4 for a cell, 0-7,16-23 for a block, row 3, column 4 or all, with spaces between them",
      .found = found.empty() ? std::string("nothing") : in_quotes(found)};
}

// From `column` on, the columns of the stretch of chosen cells in a row.
int stretch_end(std::span<const std::uint8_t> row, int column) {
  while (column < static_cast<int>(row.size()) && row[static_cast<std::size_t>(column)] != 0) ++column;
  return column;
}

std::string stretch_text(int first, int last) {
  return first == last ? fmt::format("{}", first) : fmt::format("{}-{}", first, last);
}

std::string block_text(const CellBlock& b, int n) {
  const bool all_rows = b.first_row == 0 && b.last_row == n - 1,
             all_columns = b.first_column == 0 && b.last_column == n - 1;
  if (all_rows && all_columns) return "all";
  const std::string rows = stretch_text(b.first_row, b.last_row),
                    columns = stretch_text(b.first_column, b.last_column);
  if (all_columns) return "row " + rows;
  if (all_rows) return "column " + columns;
  return rows + ',' + columns;
}

}  // namespace

Result<std::vector<CellBlock>> parse_cells(std::string_view where, std::string_view text) {
  std::vector<CellBlock> blocks;
  const auto next_word = [&text] {
    std::string_view word;
    while (word.empty() && !text.empty()) word = take_until(text, kBlank);
    return word;
  };
  for (std::string_view word = next_word(); !word.empty(); word = next_word()) {
    if (word == "all") {
      blocks.push_back({0, kToTheEnd, 0, kToTheEnd});
    } else if (word == "row" || word == "column") {
      const std::string_view which = next_word();
      const auto lines = stretch(which);
      if (!lines) return no_cells(where, fmt::format("{} {}", word, which));
      blocks.push_back(word == "row" ? CellBlock{lines->first, lines->second, 0, kToTheEnd}
                                     : CellBlock{0, kToTheEnd, lines->first, lines->second});
    } else if (const auto cells = block(word)) {
      blocks.push_back(*cells);
    } else {
      return no_cells(where, word);
    }
  }
  if (blocks.empty()) return no_cells(where, {});
  return blocks;
}

Result<std::vector<LayerCells>> parse_layer_cells(std::string_view where, std::string_view text) {
  std::vector<LayerCells> all;
  do {
    std::string_view part = take_until(text, ";");
    LayerCells layer;
    if (part.find(':') != std::string_view::npos)
      layer.layer = std::string(without_blanks(take_until(part, ":")));
    auto blocks = parse_cells(where, part);
    if (!blocks) return blocks.error();
    layer.blocks = std::move(*blocks);
    all.push_back(std::move(layer));
  } while (!text.empty());
  return all;
}

Result<std::vector<std::uint8_t>> chosen_cells(std::string_view where, std::span<const CellBlock> blocks,
                                               int n) {
  const auto size = static_cast<std::size_t>(n);
  std::vector<std::uint8_t> chosen(size * size);
  for (const CellBlock& b : blocks) {
    const int last_row = b.last_row == kToTheEnd ? n - 1 : b.last_row,
              last_column = b.last_column == kToTheEnd ? n - 1 : b.last_column;
    if (last_row >= n || last_column >= n || b.first_row >= n || b.first_column >= n) {
      return Error{.where = std::string(where),
                   .problem = "there is no such cell",
                   .expected = fmt::format("row and column from 0 to {}", n - 1),
                   .found = fmt::format("{},{}", std::max(b.first_row, last_row),
                                        std::max(b.first_column, last_column))};
    }
    for (int row = b.first_row; row <= last_row; ++row) {
      const auto line = chosen.begin() + static_cast<std::ptrdiff_t>(row) * n;
      std::fill(line + b.first_column, line + last_column + 1, std::uint8_t{1});
    }
  }
  return chosen;
}

// Greedy: the first stretch that is left, and as many rows as have the whole of it. Rows that are whole come
// out as such.
std::string cells_text(std::span<const std::uint8_t> chosen, int n) {
  std::vector<std::uint8_t> left(chosen.begin(), chosen.end());
  const auto line = [&](int row) {
    return std::span(left).subspan(static_cast<std::size_t>(row) * static_cast<std::size_t>(n),
                                   static_cast<std::size_t>(n));
  };
  std::string text;
  for (int row = 0; row < n; ++row) {
    for (int first = 0; first < n; ++first) {
      const int end = stretch_end(line(row), first);
      if (end == first) continue;
      int last = row;
      const auto has_stretch = [&](int other) {
        return stretch_end(line(other), first) == end &&
               (first == 0 || line(other)[static_cast<std::size_t>(first) - 1] == 0);
      };
      while (last + 1 < n && has_stretch(last + 1)) ++last;
      for (int taken = row; taken <= last; ++taken)
        std::fill(line(taken).begin() + first, line(taken).begin() + end, std::uint8_t{0});
      if (!text.empty()) text += ' ';
      text += block_text({row, last, first, end - 1}, n);
      first = end - 1;
    }
  }
  return text;
}

}  // namespace synann::synapse
