// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_targets.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "engine/core/file.h"
#include "engine/core/text_value.h"

namespace synann::synapse {
namespace {

// Takes the table apart line by line; fields may stand in double quotes, where a doubled one is one.
class TargetLines {
 public:
  explicit TargetLines(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
  }

  std::size_t line() const { return line_; }  // of the fields last read, from 1
  // Whether only empty lines are left, which are passed over.
  bool at_end() {
    while (!text_.empty() && (text_[0] == '\n' || text_.starts_with("\r\n"))) {
      text_.remove_prefix(text_[0] == '\n' ? 1 : 2);
      ++line_;
    }
    return text_.empty();
  }
  // The fields of the next line, without the spaces around. Nothing where a quotation mark is not closed.
  std::optional<std::vector<std::string>> next() {
    ++line_;
    const auto end = std::min(text_.find('\n'), text_.size());
    std::string_view rest = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    std::vector<std::string> fields;
    while (true) {
      auto field = take_field(rest);
      if (!field) return {};
      fields.push_back(std::move(*field));
      if (rest.empty()) return fields;
      rest.remove_prefix(1);  // the comma
    }
  }

 private:
  static void trim(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  }

  // Up to the comma, which stays, or the end.
  static std::optional<std::string> take_field(std::string_view& rest) {
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    if (!rest.starts_with('"')) {
      const auto end = std::min(rest.find(','), rest.size());
      std::string_view field = rest.substr(0, end);
      rest.remove_prefix(end);
      trim(field);
      return std::string(field);
    }
    std::string field;
    std::size_t at = 1;
    for (;; ++at) {
      if (at >= rest.size()) return {};
      if (rest[at] != '"') {
        field += rest[at];
      } else if (at + 1 < rest.size() && rest[at + 1] == '"') {
        field += rest[at++];
      } else {
        break;
      }
    }
    rest.remove_prefix(at + 1);
    while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
    if (!rest.empty() && rest.front() != ',') return {};
    return field;
  }

  std::string_view text_;
  std::size_t line_ = 0;
};

// What a column of the table sets.
struct TargetColumn {
  bool synapse = false;
  std::size_t number = 0;
};

Result<TargetColumn> target_column(const std::string& where, const std::string& name,
                                   const Circuit& circuit) {
  for (std::size_t k = 0; k < circuit.inputs.size(); ++k)
    if (circuit.inputs[k].name == name) return TargetColumn{false, k};
  for (std::size_t k = 0; k < circuit.synapses.size(); ++k)
    if (circuit.synapses[k].name == name) return TargetColumn{true, k};
  std::vector<std::string> candidates;
  for (const CircuitInput& input : circuit.inputs) candidates.push_back(input.name);
  for (const CircuitSynapse& s : circuit.synapses) candidates.push_back(s.name);
  const std::string near = nearest_word(name, candidates);
  return Error{.where = where,
               .problem = "is neither an input nor a synapse of the circuit",
               .found = in_quotes(name),
               .remedy = near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near)};
}

Result<std::vector<TargetColumn>> read_header(const std::vector<std::string>& names, const std::string& file,
                                              std::size_t line, const Circuit& circuit) {
  std::vector<TargetColumn> columns;
  for (std::size_t k = 0; k < names.size(); ++k) {
    const std::string where = fmt::format("{}: line {}, column {}", file, line, k + 1);
    if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(k), names[k]) !=
        names.begin() + static_cast<std::ptrdiff_t>(k))
      return Error{.where = where, .problem = "stands twice in the table", .found = in_quotes(names[k])};
    const auto column = target_column(where, names[k], circuit);
    if (!column) return column.error();
    columns.push_back(*column);
  }
  if (std::none_of(columns.begin(), columns.end(), [](const TargetColumn& c) { return c.synapse; }))
    return Error{.where = file,
                 .problem = "has no column of a synapse, so that there are no targets",
                 .remedy = "add a column whose name is that of a synapse"};
  return columns;
}

}  // namespace

Result<CircuitTargets> parse_circuit_targets(std::string_view text, const std::string& file,
                                             const Circuit& circuit) {
  TargetLines lines(text);
  const auto bad_quotes = [&] {
    return input_error(fmt::format("{}: line {}", file, lines.line()), "has a quotation mark out of place");
  };
  if (lines.at_end()) return input_error(file, "is empty", "begin it with a line of names");
  const auto names = lines.next();
  if (!names) return bad_quotes();
  const auto columns = read_header(*names, file, lines.line(), circuit);
  if (!columns) return columns.error();
  CircuitTargets targets;
  for (const TargetColumn& c : *columns) (c.synapse ? targets.synapses : targets.inputs).push_back(c.number);
  for (; !lines.at_end(); ++targets.rows) {
    if (targets.rows == kMostTargetRows)
      return Error{.where = file,
                   .problem = "has too many rows",
                   .expected = fmt::format("{} at most", kMostTargetRows)};
    const auto fields = lines.next();
    if (!fields) return bad_quotes();
    if (fields->size() != names->size())
      return Error{.where = fmt::format("{}: line {}", file, lines.line()),
                   .problem = "has another number of fields than the first line",
                   .expected = fmt::format("{}", names->size()),
                   .found = fmt::format("{}", fields->size())};
    for (std::size_t k = 0; k < fields->size(); ++k) {
      const auto number =
          parse_number(fmt::format("{}: line {}, column {} ({})", file, lines.line(), k + 1, (*names)[k]),
                       (*fields)[k], -1e308, 1e308);
      if (!number) return number.error();
      ((*columns)[k].synapse ? targets.target_values : targets.input_values).push_back(*number);
    }
  }
  if (targets.rows == 0) return input_error(file, "has no rows below its names");
  return targets;
}

Result<CircuitTargets> read_circuit_targets(const std::filesystem::path& path, const Circuit& circuit) {
  const auto bytes = read_file(path, kLargestTargetFile);
  if (!bytes) return bytes.error();
  return parse_circuit_targets({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path.string(),
                               circuit);
}

}  // namespace synann::synapse
