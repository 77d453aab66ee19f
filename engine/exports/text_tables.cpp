// SPDX-License-Identifier: GPL-3.0-or-later
// CSV (RFC 4180) and JSON lines: the tables as text. Numbers read back as the same numbers.
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <string>

#include <nlohmann/json.hpp>

#include "engine/core/file.h"
#include "engine/exports/table.h"
#include "engine/exports/writers.h"

namespace synann::exports {

namespace {

Result<Columns> asked_table(const Request& request, const infer::Work& work,
                            std::vector<std::string>& notes) {
  return request.checkpoint.empty() ? run_table(request, work) : prediction_table(request, work, notes);
}

std::string csv_text(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

void append_csv(std::string& out, const Column& column, std::size_t row) {
  std::visit(
      [&](const auto& values) {
        const auto& value = values[row];
        if constexpr (std::is_same_v<decltype(value), const std::string&>) {
          out += csv_text(value);
        } else if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(value)>>) {
          if (!std::isnan(value)) fmt::format_to(std::back_inserter(out), "{}", value);
        } else {
          fmt::format_to(std::back_inserter(out), "{}", value);
        }
      },
      column.values);
}

std::string json_line_text(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_json(std::string& out, const Column& column, std::size_t row) {
  std::visit(
      [&](const auto& values) {
        const auto& value = values[row];
        if constexpr (std::is_same_v<decltype(value), const std::string&>) {
          out += json_line_text(value);
        } else if constexpr (std::is_floating_point_v<std::remove_cvref_t<decltype(value)>>) {
          if (std::isfinite(value))
            fmt::format_to(std::back_inserter(out), "{}", value);
          else
            out += "null";  // JSON has no other way
        } else {
          fmt::format_to(std::back_inserter(out), "{}", value);
        }
      },
      column.values);
}

Result<Written> write_text(const Request& request, const std::string& text, std::vector<std::string> notes) {
  const auto status =
      write_file_atomically(request.out, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  if (!status) return status.error();
  return Written{{request.out}, std::move(notes)};
}

}  // namespace

Result<Written> write_csv(const Request& request, const infer::Work& work) {
  std::vector<std::string> notes;
  const auto table = asked_table(request, work, notes);
  if (!table) return table.error();
  std::string text;
  for (const Column& column : *table) {
    if (!text.empty()) text += ',';
    text += csv_text(column.name);
  }
  text += '\n';
  for (std::size_t row = 0; row < row_count(*table); ++row) {
    for (std::size_t k = 0; k < table->size(); ++k) {
      if (k > 0) text += ',';
      append_csv(text, (*table)[k], row);
    }
    text += '\n';
  }
  return write_text(request, text, std::move(notes));
}

Result<Written> write_json_lines(const Request& request, const infer::Work& work) {
  std::vector<std::string> notes;
  const auto table = asked_table(request, work, notes);
  if (!table) return table.error();
  std::string text;
  for (std::size_t row = 0; row < row_count(*table); ++row) {
    for (std::size_t k = 0; k < table->size(); ++k) {
      text += fmt::format("{}\"{}\":", k == 0 ? '{' : ',', (*table)[k].name);
      append_json(text, (*table)[k], row);
    }
    text += "}\n";
  }
  return write_text(request, text, std::move(notes));
}

}  // namespace synann::exports
