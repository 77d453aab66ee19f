// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line/command_line.h"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string_view>
#include <utility>

#include "engine/core/text_value.h"

namespace synann::app {
namespace {

constexpr int kMostWords = 1000;  // behind one option

// A sentence of ours on its way through CLI11.
class Complaint : public CLI::ParseError {
 public:
  explicit Complaint(const synann::Error& error)
      : ParseError("Complaint", error.sentence(), CLI::ExitCodes::ValidationError) {}
};

void require(const Status& status) {
  if (!status) throw Complaint(status.error());
}

// "--lr" of "-l,--lr": the name in sentences.
std::string long_name(const std::string& names) {
  const auto dashes = names.rfind("--");
  const std::string name =
      dashes == std::string::npos ? names.substr(0, names.find(',')) : names.substr(dashes);
  return name.substr(0, name.find(','));
}

// The command that was named, or the program where none was.
const CLI::App& innermost(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app : innermost(*commands.front());
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands({})) names.push_back(command->get_name());
  return names;
}

std::string without_value(const std::string& argument) {
  return argument.substr(0, argument.find('='));
}

const CLI::Option* option_of(const CLI::App& app, const std::string& name) {
  return name.starts_with("-") ? app.get_option_no_throw(without_value(name)) : nullptr;
}

bool is_switch(const CLI::Option* option) {
  return option != nullptr && option->get_items_expected_max() == 0;
}

// "synann data make": how the command is started.
std::string path_of(const CLI::App& app) {
  const auto commands = app.get_subcommands();
  return commands.empty() ? app.get_name() : app.get_name() + ' ' + path_of(*commands.front());
}

Error unknown_option(const CLI::App& app, const CLI::App& command, const std::string& argument) {
  const std::string name = without_value(argument);
  Error error{.where = name, .problem = fmt::format("is no option of {}", command.get_name())};
  if (option_of(command, name) != nullptr) {  // it is known there: it was written before its command
    error.problem = "stands before its command";
    error.remedy = fmt::format("write it behind, as in \"{} {}\"", path_of(app), name);
    return error;
  }
  const auto names = option_names(command);
  if (const std::string near = nearest_word(name, names); !near.empty()) {
    error.remedy = fmt::format("did you mean {}?", near);
  }
  return error;
}

// What was left over when everything that is known was read.
Error extra_argument(const CLI::App& app, const std::string& extra, int argc, char** argv) {
  const CLI::App& command = innermost(app);
  if (extra.starts_with("-") && extra.size() > 1) return unknown_option(app, command, extra);
  for (int k = 2; k < argc; ++k) {
    const CLI::Option* before = argv[k] == extra ? option_of(command, argv[k - 1]) : nullptr;
    if (!is_switch(before)) continue;
    const std::string name = argv[k - 1];
    return {.where = name,
            .problem = "is a switch and takes no value",
            .found = in_quotes(extra),
            .remedy = option_of(command, "--no-" + name.substr(2)) != nullptr
                          ? fmt::format("--no-{} turns it off", name.substr(2))
                          : "leave the value out"};
  }
  return {.where = extra.empty() ? "\"\"" : extra,
          .problem = fmt::format("is not expected by {}", command.get_name())};
}

Error unknown_command(const CLI::App& app, const std::string& word) {
  const auto names = command_names(app);
  Error error{.problem = fmt::format("unknown command {}", in_quotes(word)),
              .expected = fmt::format("one of {}", fmt::join(names, ", "))};
  if (const std::string near = nearest_word(word, names); !near.empty())
    error.remedy = fmt::format("did you mean {}?", near);
  return error;
}

// CLI11's messages may span lines.
std::string one_line(std::string text) {
  if (const auto line = text.find('\n'); line != std::string::npos) text.resize(line);
  while (!text.empty() && (text.back() == '.' || text.back() == ' ')) text.pop_back();
  return text;
}

// Whatever CLI11 has to complain about, in our words.
std::string sentence(const CLI::App& app, const CLI::ParseError& error, int argc, char** argv) {
  if (dynamic_cast<const Complaint*>(&error) != nullptr) return error.what();
  const CLI::App& command = innermost(app);
  const bool has_commands = !command.get_subcommands({}).empty();
  const auto remaining = app.remaining(true);
  // A word where a command belongs: CLI11 only says that one is required.
  const bool takes_words =
      !command.get_options([](const CLI::Option* o) { return o->get_positional(); }).empty();
  for (const std::string& word : remaining)
    if (has_commands && !takes_words && !word.starts_with("-"))
      return unknown_command(command, word).sentence();
  if (!remaining.empty()) {
    // The first in the order in which they were typed.
    for (int k = 1; k < argc; ++k)
      if (std::find(remaining.begin(), remaining.end(), argv[k]) != remaining.end())
        return extra_argument(app, argv[k], argc, argv).sentence();
    return extra_argument(app, remaining.front(), argc, argv).sentence();
  }
  std::string text = one_line(error.what());
  if (text.find("flag override") != std::string::npos) {
    for (int k = 1; k < argc; ++k) {
      const std::string name = without_value(argv[k]);
      if (std::string_view(argv[k]).find('=') != std::string_view::npos &&
          is_switch(option_of(command, name)))
        return fmt::format("{}: is a switch and takes no value: found {}", name,
                           in_quotes(std::string_view(argv[k]).substr(name.size() + 1)));
    }
  }
  const std::string name = text.substr(0, text.find(':'));
  if (text.ends_with("missing")) return name + ": has no value";
  if (text.find("At Most") != std::string::npos) return name + ": is given more than once";
  if (has_commands && text.find("subcommand") != std::string::npos)
    return fmt::format("no command is named: expected one of {}", fmt::join(command_names(command), ", "));
  return text;
}

}  // namespace

CLI::Option* add_value(CLI::App& app, const std::string& names, const std::string& value,
                       std::function<Status(const std::string& text)> take, const std::string& help) {
  return app
      .add_option_function<std::string>(
          names, [take = std::move(take)](const std::string& text) { require(take(text)); }, help)
      ->type_name(value);
}

CLI::Option* add_phrase(CLI::App& app, const std::string& names, const std::string& value,
                        std::function<Status(const std::string& text)> take, const std::string& help) {
  return app
      .add_option_function<std::vector<std::string>>(
          names,
          [take = std::move(take)](const std::vector<std::string>& words) {
            require(take(fmt::format("{}", fmt::join(words, " "))));
          },
          help)
      ->type_name(value)
      ->expected(1, kMostWords);
}

CLI::Option* add_whole_value(CLI::App& app, const std::string& names, std::function<void(std::int64_t)> put,
                             std::int64_t least, std::int64_t most, const std::string& help) {
  return add_value(
      app, names, "N",
      [name = long_name(names), put = std::move(put), least, most](const std::string& text) -> Status {
        const auto value = parse_whole(name, text, least, most);
        if (!value) return value.error();
        put(*value);
        return {};
      },
      help);
}

CLI::Option* add_number(CLI::App& app, const std::string& names, double& out, double least, double most,
                        const std::string& help) {
  return add_value(
      app, names, "X",
      [name = long_name(names), &out, least, most](const std::string& text) -> Status {
        const auto value = parse_number(name, text, least, most);
        if (!value) return value.error();
        out = *value;
        return {};
      },
      help);
}

CLI::Option* add_text(CLI::App& app, const std::string& names, const std::string& value, std::string& out,
                      const std::string& help) {
  return add_value(
      app, names, value,
      [name = long_name(names), value, &out](const std::string& text) -> Status {
        if (text.empty()) return Error{.where = name, .problem = "has an empty value", .expected = value};
        out = text;
        return {};
      },
      help);
}

CLI::Option* add_word(CLI::App& app, const std::string& names, std::string& out,
                      std::vector<std::string> words, const std::string& help) {
  return add_value(
      app, names, "WORD",
      [name = long_name(names), words = std::move(words), &out](const std::string& text) -> Status {
        if (auto status = check_word(name, text, words); !status) return status;
        out = text;
        return {};
      },
      help);
}

namespace {

// A list: each text may hold several, with commas.
template <class Value, class Read>
CLI::Option* add_list(CLI::App& app, const std::string& names, const std::string& value,
                      std::vector<Value>& out, std::size_t fewest, std::size_t most_values, Read read,
                      const std::string& help) {
  const auto take = [name = long_name(names), &out, fewest, most_values,
                     read = std::move(read)](const std::vector<std::string>& texts) {
    std::vector<Value> values;
    for (const std::string& text : texts)
      for (const std::string& part : split_list(text)) {
        auto one = read(name, part);
        if (!one) throw Complaint(one.error());
        values.push_back(std::move(*one));
      }
    if (values.size() < fewest || values.size() > most_values) {
      throw Complaint(Error{.where = name,
                            .problem = "has another number of values",
                            .expected = fewest == most_values ? fmt::format("{}", fewest)
                                                              : fmt::format("{} to {}", fewest, most_values),
                            .found = fmt::format("{}", values.size())});
    }
    out = std::move(values);
  };
  return app.add_option_function<std::vector<std::string>>(names, take, help)
      ->type_name(value)
      ->expected(1, static_cast<int>(std::min<std::size_t>(most_values, kMostWords)));
}

}  // namespace

CLI::Option* add_wholes(CLI::App& app, const std::string& names, const std::string& value,
                        std::vector<int>& out, int least, int most, std::size_t fewest,
                        std::size_t most_values, const std::string& help) {
  const auto read = [least, most](const std::string& name, const std::string& text) -> Result<int> {
    const auto whole = parse_whole(name, text, least, most);
    if (!whole) return whole.error();
    return static_cast<int>(*whole);
  };
  return add_list(app, names, value, out, fewest, most_values, read, help);
}

CLI::Option* add_numbers(CLI::App& app, const std::string& names, const std::string& value,
                         std::vector<double>& out, double least, double most, std::size_t count,
                         const std::string& help) {
  const auto read = [least, most](const std::string& name, const std::string& text) {
    return parse_number(name, text, least, most);
  };
  return add_list(app, names, value, out, count, count, read, help);
}

CLI::Option* add_words(CLI::App& app, const std::string& names, const std::string& value,
                       std::vector<std::string>& out, std::vector<std::string> words,
                       const std::string& help) {
  const auto read = [words = std::move(words)](const std::string& name,
                                               const std::string& text) -> Result<std::string> {
    if (auto status = check_word(name, text, words); !status) return status.error();
    return text;
  };
  return add_list(app, names, value, out, 1, kMostWords, read, help);
}

CLI::Option* add_words(CLI::App& app, const std::string& names, const std::string& value,
                       std::vector<std::string>& out, Status (*check)(const std::string&),
                       const std::string& help) {
  const auto read = [check](const std::string&, const std::string& text) -> Result<std::string> {
    if (auto status = check(text); !status) return status.error();
    return text;
  };
  return add_list(app, names, value, out, 1, kMostWords, read, help);
}

std::optional<int> parse(CLI::App& app, int argc, char** argv, const std::string& program) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {  // --help, --version
    return finish_output(app.exit(success), program);
  } catch (const CLI::ParseError& error) {
    const std::string words = sentence(app, error, argc, argv);
    if (words.ends_with('?')) {
      fmt::print(stderr, "{}: {}\n", program, words);
    } else {
      fmt::print(stderr, "{}: {}; \"{} --help\" lists what there is.\n", program, words, path_of(app));
    }
    return 2;
  }
  return std::nullopt;
}

int finish_output(int code, const std::string& program) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
  fmt::print(stderr, "{}: standard output cannot be written, so lines are missing there.\n", program);
  return code == 0 ? 1 : code;
}

}  // namespace synann::app
