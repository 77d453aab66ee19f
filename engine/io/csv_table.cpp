// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/csv_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <unordered_set>

#include "engine/core/lower_case.h"
#include "engine/core/text_value.h"

namespace synann {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view without_spaces(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

// The fields of a text one after the other, with the line each stands in.
class TableText {
 public:
  TableText(std::string_view text, std::string_view file) : rest_(text), file_(file) {}

  // Whether only empty lines are left, which are passed over.
  bool at_end() {
    while (take_line_end()) continue;
    return rest_.empty();
  }
  std::size_t line() const { return line_; }
  // What seems to separate the columns of the line instead of commas: nothing where it has commas or quotes.
  std::string_view other_separator() const {
    const std::string_view line = rest_.substr(0, rest_.find('\n'));
    if (line.find_first_of(",\"") != std::string_view::npos) return {};
    if (line.find(';') != std::string_view::npos) return "semicolons";
    return without_spaces(line).find('\t') != std::string_view::npos ? "tabs" : std::string_view();
  }

  // The next row into `row`; an error where its text breaks a rule or it has more than `most` fields.
  Status next_row(std::vector<std::string>& row, std::size_t most) {
    row.clear();
    while (true) {
      if (row.size() == most)
        return wrong(row.size(), "has too many columns", fmt::format("{} at most", most), "more");
      auto field = next_field(row.size());
      if (!field) return field.error();
      row.push_back(std::move(*field));
      if (take(',')) continue;
      if (rest_.empty() || take_line_end()) return {};
      return wrong(row.size() - 1, "goes on behind the closing quotes", "a comma or the end of the line",
                   in_quotes(rest_.substr(0, 1)));
    }
  }

 private:
  Error wrong(std::size_t column, std::string problem, std::string expected, std::string found) const {
    return {.where = fmt::format("{}, line {}, column {}", file_, line_, column + 1),
            .problem = std::move(problem),
            .expected = std::move(expected),
            .found = std::move(found)};
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool take_line_end() {
    const std::size_t length = rest_.starts_with("\r\n") ? 2 : rest_.starts_with('\n') ? 1 : 0;
    rest_.remove_prefix(length);
    line_ += length > 0 ? 1 : 0;
    return length > 0;
  }
  Result<std::string> next_field(std::size_t column) {
    const std::size_t first = rest_.find_first_not_of(" \t");
    if (first != std::string_view::npos && rest_[first] == '"') return quoted_field(first + 1, column);
    const std::size_t end = std::min(rest_.find_first_of(",\n"), rest_.size());
    std::string_view field = rest_.substr(0, end);
    rest_.remove_prefix(end);
    // The \r of \r\n belongs to the line's end.
    if (rest_.starts_with('\n') && field.ends_with('\r')) field.remove_suffix(1);
    if (rest_.empty() && field.ends_with('\r')) field.remove_suffix(1);
    if (field.find('"') != std::string_view::npos)
      return wrong(column, "has quotes inside a field", "quotes around the whole field, doubled inside it",
                   in_quotes(field));
    if (field.find('\r') != std::string_view::npos)
      return wrong(column, "has a carriage return inside a line", "lines that end in \\n or \\r\\n",
                   "\\r alone");
    return std::string(without_spaces(field));
  }
  Result<std::string> quoted_field(std::size_t from, std::size_t column) {
    const TableText begin = *this;
    std::string field;
    rest_.remove_prefix(from);
    while (true) {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos)
        return begin.wrong(column, "has a quoted field without its end", "closing quotes",
                           "the end of the file");
      field.append(rest_.substr(0, quote));
      rest_.remove_prefix(quote + 1);
      if (!take('"')) break;
      field.push_back('"');
    }
    line_ += static_cast<std::size_t>(std::ranges::count(field, '\n'));
    const std::size_t next = std::min(rest_.find_first_not_of(" \t"), rest_.size());
    rest_.remove_prefix(next);
    return field;
  }

  std::string_view rest_, file_;
  std::size_t line_ = 1;
};

bool is_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

Status check_header(const CsvTable& table, CsvNames names) {
  const auto where = [&](std::size_t column) {
    return fmt::format("{}, line {}, column {}", table.file, table.header_line, column + 1);
  };
  std::unordered_set<std::string> seen;
  for (std::size_t c = 0; c < table.columns(); ++c) {
    const std::string& name = table.names[c];
    if (name.empty())
      return Error{.where = where(c),
                   .problem = "has no name",
                   .expected = "a header that names every column",
                   .found = "an empty field"};
    if (names == CsvNames::Words && is_number(name))
      return Error{.where = where(c),
                   .problem = "is a number where a name belongs",
                   .expected = "a header that names every column",
                   .found = in_quotes(name),
                   .remedy = "put the names of the columns into the first line"};
    if (!seen.insert(names == CsvNames::Words ? lower_case(name) : name).second)
      return Error{.where = where(c),
                   .problem = "has a name that stands twice",
                   .expected = "each name once",
                   .found = in_quotes(name)};
  }
  return {};
}

Error row_error(const CsvTable& table, std::size_t line, std::size_t found) {
  return {.where = fmt::format("{}, line {}", table.file, line),
          .problem = "has another number of fields than the header",
          .expected = fmt::format("{}", table.columns()),
          .found = fmt::format("{}", found)};
}

Error limit_error(std::string_view file, std::string problem, std::size_t most) {
  return {.where = std::string(file),
          .problem = std::move(problem),
          .expected = fmt::format("{} at most", most),
          .found = "more"};
}

}  // namespace

Result<CsvTable> parse_csv_table(std::span<const std::uint8_t> bytes, std::string_view file,
                                 const CsvLimits& limits, CsvNames names) {
  if (bytes.size() > limits.bytes) return limit_error(file, "is too large in bytes", limits.bytes);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  TableText rest(text, file);
  CsvTable table{.file = std::string(file), .names = {}, .fields = {}, .lines = {}};
  if (rest.at_end())
    return Error{.where = table.file,
                 .problem = "holds no table",
                 .expected = "a header and rows of comma-separated values",
                 .found = "nothing"};
  table.header_line = rest.line();
  if (const std::string_view separator = rest.other_separator(); !separator.empty())
    return Error{.where = fmt::format("{}, line {}", file, table.header_line),
                 .problem = fmt::format("looks separated by {}", separator),
                 .expected = "commas between the columns",
                 .remedy = "save the table with commas, and its numbers with a decimal point"};
  if (auto header = rest.next_row(table.names, limits.columns); !header) return header.error();
  if (auto named = check_header(table, names); !named) return named.error();
  std::vector<std::string> row;
  while (!rest.at_end()) {
    const std::size_t line = rest.line();
    if (auto read = rest.next_row(row, limits.columns); !read) return read.error();
    if (row.size() != table.columns()) return row_error(table, line, row.size());
    if (table.fields.size() + row.size() > limits.fields)
      return limit_error(file, "has too many fields", limits.fields);
    std::ranges::move(row, std::back_inserter(table.fields));
    table.lines.push_back(line);
  }
  return table;
}

std::optional<std::size_t> CsvTable::column(std::string_view name) const {
  const std::string wanted = lower_case(std::string(name));
  for (std::size_t c = 0; c < columns(); ++c)
    if (lower_case(names[c]) == wanted) return c;
  return std::nullopt;
}

std::string CsvTable::title(std::size_t column) const {
  const std::string name = in_quotes(names[column]);
  return fmt::format("column {} ({})", column + 1, std::string_view(name).substr(1, name.size() - 2));
}

std::string CsvTable::place(std::size_t row, std::size_t column) const {
  return fmt::format("line {}, {}", lines[row], title(column));
}

Result<double> CsvTable::number(std::size_t row, std::size_t column) const {
  std::string_view text = without_spaces(field(row, column));
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value)) return value;
  return Error{.where = fmt::format("{}, {}", file, place(row, column)),
               .problem = "is no number",
               .expected = "a finite number with a decimal point",
               .found = in_quotes(field(row, column))};
}

Result<std::vector<double>> CsvTable::numbers(std::size_t column) const {
  std::vector<double> values;
  values.reserve(rows());
  for (std::size_t row = 0; row < rows(); ++row) {
    const auto value = number(row, column);
    if (!value) return value.error();
    values.push_back(*value);
  }
  return values;
}

}  // namespace synann
