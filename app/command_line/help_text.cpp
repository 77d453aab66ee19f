// SPDX-License-Identifier: GPL-3.0-or-later
// The help's look.
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>

#include "app/command_line/command_line.h"

namespace synann::app {
namespace {

constexpr std::size_t kColumns = 80, kText = 26;  // where the explanations begin

// UTF-8: continuation bytes take no column.
std::size_t columns_of(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

// Words one after the other, lines broken before the edge; what follows a break begins at column `indent`.
std::string wrapped(std::string_view text, std::size_t indent, std::size_t column) {
  std::string lines;
  while (!text.empty()) {
    const auto end = text.find_first_of(" \n");
    const std::string_view word = text.substr(0, end);
    const bool at_start = column == indent;
    if (!at_start && column + 1 + columns_of(word) > kColumns) {
      lines += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (!at_start) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += columns_of(word);
    if (end == std::string_view::npos) break;
    if (text[end] == '\n') {
      lines += '\n' + std::string(indent, ' ');
      column = indent;
    }
    text.remove_prefix(end + 1);
  }
  return lines;
}

class HelpText : public CLI::Formatter {
 public:
  HelpText() { column_width(kText); }

  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string name =
        "  " + std::string(is_positional ? option->get_name(true) : option->get_name(false, true));
    if (const auto switched_off = name.find("{false}"); switched_off != std::string::npos)
      name.erase(switched_off, 7);
    for (auto comma = name.find(','); comma != std::string::npos; comma = name.find(',', comma + 2))
      name.insert(comma + 1, " ");
    if (option->get_items_expected_max() > 0 && !is_positional) name += ' ' + option->get_type_name();
    return entry(name, option->get_description());
  }
  // One empty line between groups.
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::string help = CLI::Formatter::make_help(app, std::move(name), mode);
    for (auto gap = help.find("\n\n\n"); gap != std::string::npos; gap = help.find("\n\n\n", gap))
      help.erase(gap, 1);
    while (help.ends_with("\n\n")) help.pop_back();
    return help;
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return entry("  " + command->get_name(), command->get_description());
  }
  std::string make_description(const CLI::App* app) const override {
    return wrapped(CLI::Formatter::make_description(app), 0, 0) + '\n';
  }

 private:
  static std::string entry(const std::string& name, const std::string& text) {
    std::string line = name;
    if (columns_of(name) + 2 > kText) {
      line += '\n' + std::string(kText, ' ');
    } else {
      line += std::string(kText - columns_of(name), ' ');
    }
    return line + wrapped(text, kText, kText) + '\n';
  }
};

}  // namespace

void set_help_format(CLI::App& app) {
  app.formatter(std::make_shared<HelpText>());
}

}  // namespace synann::app
