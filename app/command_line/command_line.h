// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "engine/core/result.h"

// How both programs read their command line: CLI11, with values that are checked one way and with one
// sentence for whatever is wrong. An empty value is never a value. Used by the main thread.
namespace synann::app {

// Adds an option whose text `take` reads; its error becomes the sentence. `value`: what stands for the value
// in the help, "N".
CLI::Option* add_value(CLI::App& app, const std::string& names, const std::string& value,
                       std::function<Status(const std::string& text)> take, const std::string& help);

// The same for a text that may be typed as several arguments: they come joined by spaces.
CLI::Option* add_phrase(CLI::App& app, const std::string& names, const std::string& value,
                        std::function<Status(const std::string& text)> take, const std::string& help);

// A whole number from `least` to `most`, which the help names; `out` holds the default until then.
template <class Whole>
CLI::Option* add_whole(CLI::App& app, const std::string& names, Whole& out, std::int64_t least,
                       std::int64_t most, const std::string& help);
CLI::Option* add_number(CLI::App& app, const std::string& names, double& out, double least, double most,
                        const std::string& help);
// A text that is not empty.
CLI::Option* add_text(CLI::App& app, const std::string& names, const std::string& value, std::string& out,
                      const std::string& help);
CLI::Option* add_word(CLI::App& app, const std::string& names, std::string& out,
                      std::vector<std::string> words, const std::string& help);
// Several, with commas or spaces between them; from `fewest` to `most_values`.
CLI::Option* add_wholes(CLI::App& app, const std::string& names, const std::string& value,
                        std::vector<int>& out, int least, int most, std::size_t fewest,
                        std::size_t most_values, const std::string& help);
CLI::Option* add_numbers(CLI::App& app, const std::string& names, const std::string& value,
                         std::vector<double>& out, double least, double most, std::size_t count,
                         const std::string& help);
CLI::Option* add_words(CLI::App& app, const std::string& names, const std::string& value,
                       std::vector<std::string>& out, std::vector<std::string> words,
                       const std::string& help);
// The same for words that a function looks at.
CLI::Option* add_words(CLI::App& app, const std::string& names, const std::string& value,
                       std::vector<std::string>& out, Status (*check)(const std::string&),
                       const std::string& help);

// Parses; nothing where the program goes on. Else help, version or one sentence was printed, and this is the
// exit code. `program` begins the sentence.
std::optional<int> parse(CLI::App& app, int argc, char** argv, const std::string& program);

// `code`, unless standard output could not be written: then 1, with a sentence.
int finish_output(int code, const std::string& program);

// Help in 80 columns; an option's default is part of its text. Set before subcommands are added.
void set_help_format(CLI::App& app);

// Not part of the interface: the option behind add_whole().
CLI::Option* add_whole_value(CLI::App& app, const std::string& names, std::function<void(std::int64_t)> put,
                             std::int64_t least, std::int64_t most, const std::string& help);

template <class Whole>
CLI::Option* add_whole(CLI::App& app, const std::string& names, Whole& out, std::int64_t least,
                       std::int64_t most, const std::string& help) {
  return add_whole_value(
      app, names, [&out](std::int64_t value) { out = static_cast<Whole>(value); }, least, most, help);
}

}  // namespace synann::app
