// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// What a person types, in words and numbers. Pure functions of the text, the same in every locale. `option`
// names the value in the sentence about what is wrong with it.
namespace synann {

// The whole text is one finite number from `least` to `most`, with a point: "0.6", "+1e-3".
Result<double> parse_number(std::string_view option, std::string_view text, double least, double most);
// The same for whole numbers; "1e3" is one.
Result<std::int64_t> parse_whole(std::string_view option, std::string_view text, std::int64_t least,
                                 std::int64_t most);
// "x.alpha=1:4": what is varied, and from where to where. The name may hold "=" and ":", the ends may stand
// in any order.
struct NamedRange {
  std::string name;
  double from = 0, to = 0;
};
Result<NamedRange> parse_named_range(std::string_view option, std::string_view text);

// One of the words; the sentence about another one names the nearest.
Status check_word(std::string_view option, std::string_view text, std::span<const std::string> words);

// "1, 2,3" at the commas, without the spaces around; an empty text is one empty part.
std::vector<std::string> split_list(std::string_view text);

// The candidate that `word` was probably meant to be: the least Damerau–Levenshtein distance (optimal string
// alignment: insert, delete, replace, swap neighbours; upper and lower case count as equal), of which a third
// of the letters and two at least are allowed, or the only one that begins with it. Empty where there is
// none.
std::string nearest_word(std::string_view word, std::span<const std::string> candidates);

// In quotation marks, cut after forty bytes where a character ends; a question mark for each control
// character, so that a sentence stays on its line.
std::string in_quotes(std::string_view text);

}  // namespace synann
