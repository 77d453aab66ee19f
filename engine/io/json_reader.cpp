// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/json_reader.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

#include "engine/core/text_value.h"

namespace synann {

void JsonReader::fail(const std::string& where, const std::string& problem, const std::string& expected,
                      const std::string& found, const std::string& remedy) {
  if (failed()) return;
  error_ = {.where = where.empty() ? file_ : file_ + ": " + where,
            .problem = problem,
            .expected = expected,
            .found = found,
            .remedy = remedy};
}

void JsonReader::check_keys(const JsonTree& object, const std::string& where,
                            std::span<const std::string_view> known) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    const std::vector<std::string> words(known.begin(), known.end());
    const std::string near = nearest_word(key, words);
    return fail(where, fmt::format("has an unknown key {}", in_quotes(key)),
                fmt::format("{}", fmt::join(words, ", ")), {},
                near.empty() ? std::string() : fmt::format("did you mean \"{}\"?", near));
  }
}

}  // namespace synann
