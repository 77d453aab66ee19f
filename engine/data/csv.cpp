// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/csv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/lower_case.h"
#include "engine/data/idx.h"
#include "engine/data/packing.h"

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;
using Fields = std::vector<std::string_view>;

constexpr std::size_t kMostColumns = std::size_t{kLargestSide} * kLargestSide + 1;
constexpr std::string_view kMark = "\xef\xbb\xbf";  // that some programs put before UTF-8

// Lines one after the other; ends in \n, \r\n or with the file.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  // The next line that is not empty.
  bool next(std::string_view& line) {
    while (!rest_.empty()) {
      const std::size_t end = rest_.find('\n');
      line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(rest_.size(), line.size() + 1));
      if (line.ends_with('\r')) line.remove_suffix(1);
      ++number_;
      if (!line.empty()) return true;
    }
    return false;
  }
  std::size_t number() const { return number_; }  // of the line, from 1

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

std::string_view trimmed(std::string_view field) {
  const auto strip = [](char c) { return c == ' ' || c == '"' || c == '\''; };
  while (!field.empty() && strip(field.front())) field.remove_prefix(1);
  while (!field.empty() && strip(field.back())) field.remove_suffix(1);
  return field;
}

// A whole number, also as "12.0"; nothing where the field is none.
std::optional<int> number_of(std::string_view field) {
  field = trimmed(field);
  int number = 0;
  std::size_t k = 0;
  for (; k < field.size() && field[k] >= '0' && field[k] <= '9'; ++k) {
    if (k >= 6) return std::nullopt;
    number = 10 * number + (field[k] - '0');
  }
  if (k == 0) return std::nullopt;
  if (k < field.size() && field[k] == '.') {
    for (++k; k < field.size() && field[k] == '0'; ++k) continue;
  }
  return k == field.size() ? std::optional(number) : std::nullopt;
}

char separator_of(std::string_view line) {
  char best = ',';
  for (const char c : {';', '\t'})
    if (std::ranges::count(line, c) > std::ranges::count(line, best)) best = c;
  return best;
}

// Into `fields`, whose room is used again; false where there are more than allowed.
bool split(std::string_view line, char separator, Fields& fields) {
  fields.clear();
  while (fields.size() <= kMostColumns) {
    const std::size_t end = line.find(separator);
    fields.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return fields.size() <= kMostColumns;
    line.remove_prefix(end + 1);
  }
  return false;
}

// Whether a field is a name, not a number of any kind.
bool is_name(std::string_view field) {
  field = trimmed(field);
  return field.find_first_not_of("0123456789.+-eE") != std::string_view::npos ||
         (!field.empty() && field.find_first_of("0123456789") == std::string_view::npos);
}

std::optional<int> root(std::size_t count) {
  const auto side = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(count))));
  return side >= 1 && side * side == count ? std::optional(static_cast<int>(side)) : std::nullopt;
}

bool is_label_name(std::string_view field) {
  const std::string name = lower_case(std::string(trimmed(field)));
  return name == "label" || name == "labels" || name == "class" || name == "target" || name == "digit" ||
         name == "y";
}

// What the columns of a file are.
struct Layout {
  char separator = ',';
  bool header = false;
  std::size_t columns = 0;           // in all
  std::optional<std::size_t> label;  // the column
  int rows = 0, image_columns = 0;   // pixels
};

// The size that names such as "28x28" tell, of the last pixel.
void size_from_names(const Fields& names, std::size_t pixels, Layout& layout) {
  for (const std::string_view field : names) {
    const std::string_view name = trimmed(field);
    const std::size_t cross = name.find('x');
    if (cross == std::string_view::npos) continue;
    const auto rows = number_of(name.substr(0, cross)), columns = number_of(name.substr(cross + 1));
    if (rows && columns && static_cast<std::size_t>(*rows) * static_cast<std::size_t>(*columns) == pixels) {
      layout.rows = *rows;
      layout.image_columns = *columns;
    }
  }
}

Error csv_error(std::string_view file, std::size_t line, std::string problem, std::string expected,
                std::string found) {
  Error error =
      input_error(std::string(file), line > 0 ? fmt::format("line {}: {}", line, problem) : problem);
  error.expected = std::move(expected);
  error.found = std::move(found);
  return error;
}

Error no_image(std::string_view file, const Layout& layout) {
  Error error = csv_error(file, 0, "its columns are no images with labels",
                          "a label and the pixels of a square, such as 785 columns",
                          fmt::format("{} columns", layout.columns));
  error.remedy = "give a file with one image a line, its label first or last";
  return error;
}

// Whether the numbers of a column can be labels, and whether they differ.
struct Column {
  bool labels = true, varies = false;
  int first = -1;

  void see(std::string_view field) {
    const auto number = number_of(field);
    if (!number || *number >= kMostClasses) labels = false;
    if (!number) return;
    if (first < 0) first = *number;
    varies |= *number != first;
  }
};

// Where no header says which column is the label: the first, unless only the last one can be it. Pixels at
// the corner are the same in nearly all data, labels are not.
std::optional<std::size_t> guess_label(std::string_view text, const Layout& layout) {
  Column first, last;
  Lines lines(text);
  std::string_view line;
  if (layout.header) lines.next(line);
  while (lines.next(line)) {
    first.see(line.substr(0, line.find(layout.separator)));
    last.see(line.substr(line.rfind(layout.separator) + 1));
  }
  if (first.labels && (first.varies || !last.labels || !last.varies)) return 0;
  return layout.columns - 1;
}

Result<Layout> layout_of(std::string_view text, std::string_view file) {
  Lines lines(text);
  std::string_view line;
  if (!lines.next(line)) return csv_error(file, 0, "the file is empty", "", "");
  Layout layout;
  layout.separator = separator_of(line);
  Fields fields;
  if (!split(line, layout.separator, fields)) {
    return csv_error(file, 1, "has too many columns", fmt::format("at most {}", kMostColumns), "more");
  }
  layout.columns = fields.size();
  layout.header = std::ranges::any_of(fields, is_name);
  const auto named = std::ranges::find_if(fields, is_label_name);
  if (layout.header && named != fields.end()) layout.label = static_cast<std::size_t>(named - fields.begin());
  const bool unlabelled = !layout.label && root(layout.columns) && layout.columns > 4;
  if (!layout.label && !unlabelled) layout.label = guess_label(text, layout);
  const std::size_t pixels = layout.columns - (layout.label ? 1 : 0);
  if (const auto side = root(pixels)) layout.rows = layout.image_columns = *side;
  if (layout.header) size_from_names(fields, pixels, layout);
  if (layout.rows == 0 || layout.image_columns == 0) return no_image(file, layout);
  if (layout.rows > kLargestSide || layout.image_columns > kLargestSide) return no_image(file, layout);
  return layout;
}

Status read_line(const Fields& fields, const Layout& layout, std::string_view file, std::size_t line,
                 Part& part) {
  if (fields.size() != layout.columns) {
    return csv_error(file, line, "has another number of columns", fmt::format("{}", layout.columns),
                     fmt::format("{}", fields.size()));
  }
  for (std::size_t k = 0; k < fields.size(); ++k) {
    const bool label = layout.label == k;
    const int largest = label ? kMostClasses - 1 : 255;
    const auto number = number_of(fields[k]);
    if (!number || *number > largest) {
      return csv_error(file, line, fmt::format("column {} is no {}", k + 1, label ? "label" : "pixel"),
                       fmt::format("a whole number from 0 to {}", largest),
                       fmt::format("\"{}\"", trimmed(fields[k]).substr(0, 40)));
    }
    (label ? part.labels : part.pixels).push_back(static_cast<std::uint8_t>(*number));
  }
  return {};
}

}  // namespace

bool is_csv(Bytes bytes) {
  const Bytes start = bytes.subspan(0, std::min<std::size_t>(bytes.size(), 4096));
  bool separator = false;
  for (const std::uint8_t byte : start) {
    if (byte == ',' || byte == ';' || byte == '\t') separator = true;
    if (byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t') return false;
  }
  return separator;
}

Result<Content> parse_csv(Bytes bytes, std::string_view file, std::uint64_t limit) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  const auto layout = layout_of(text, file);
  if (!layout) return layout.error();
  // An image takes at least two bytes a pixel as text: what is made is smaller than what was read.
  if (bytes.size() / 2 > limit) return memory_error(std::string(file), bytes.size() / 2, limit);
  Content content;
  Part& part = content.train;
  part.rows = layout->rows;
  part.columns = layout->image_columns;
  part.pixels.reserve(bytes.size() / 2 + 1);
  Lines lines(text);
  std::string_view line;
  Fields fields;
  if (layout->header) lines.next(line);
  while (lines.next(line)) {
    split(line, layout->separator, fields);
    if (auto status = read_line(fields, *layout, file, lines.number(), part); !status) return status.error();
  }
  if (part.pixels.empty()) return csv_error(file, 0, "holds no image", "a line for each image", "none");
  part.pixels.shrink_to_fit();
  return content;
}

}  // namespace synann::data
