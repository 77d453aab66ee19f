// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/text_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <system_error>

namespace synann {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

Error wrong(std::string_view option, const char* problem, std::string expected, std::string_view text) {
  return {.where = std::string(option),
          .problem = text.empty() ? "has an empty value" : problem,
          .expected = std::move(expected),
          .found = text.empty() ? std::string() : in_quotes(text)};
}

// from_chars knows no plus sign.
std::string_view without_plus(std::string_view text) {
  return text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+' ? text.substr(1) : text;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  return d[a.size()][b.size()];
}

}  // namespace

Result<double> parse_number(std::string_view option, std::string_view text, double least, double most) {
  const bool bounded = std::isfinite(least) && std::isfinite(most);
  const std::string expected = bounded ? fmt::format("a number from {} to {}", least, most)
                                       : std::string("a finite number such as 0.6");
  const std::string_view digits = without_plus(text);
  double value = 0;
  const auto [stop, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (code == std::errc::result_out_of_range) return wrong(option, "is out of range", expected, text);
  if (code != std::errc() || stop != digits.data() + digits.size() || text.empty())
    return wrong(option, "is not a number", expected, text);
  if (!std::isfinite(value)) return wrong(option, "is not finite", expected, text);
  if (value < least || value > most) return wrong(option, "is out of range", expected, text);
  return value;
}

Result<std::int64_t> parse_whole(std::string_view option, std::string_view text, std::int64_t least,
                                 std::int64_t most) {
  const std::string expected = fmt::format("a whole number from {} to {}", least, most);
  const std::string_view digits = without_plus(text);
  std::int64_t value = 0;
  const auto [stop, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = stop == digits.data() + digits.size() && !text.empty();
  if (whole && code == std::errc::result_out_of_range)
    return wrong(option, "is out of range", expected, text);
  if (!whole || code != std::errc()) {             // "1e3", or something else
    constexpr double kExact = 9007199254740992.0;  // up to here each whole number is a double
    const auto number = parse_number(option, text, -HUGE_VAL, HUGE_VAL);
    if (!number) return wrong(option, "is not a whole number", expected, text);
    if (*number != std::floor(*number)) return wrong(option, "is not a whole number", expected, text);
    if (std::abs(*number) > kExact) return wrong(option, "is out of range", expected, text);
    value = static_cast<std::int64_t>(*number);
  }
  if (value < least || value > most) return wrong(option, "is out of range", expected, text);
  return value;
}

Result<NamedRange> parse_named_range(std::string_view option, std::string_view text) {
  const auto equals = text.rfind('='), colon = text.rfind(':');
  const bool whole =
      equals != std::string_view::npos && equals > 0 && colon != std::string_view::npos && colon > equals;
  if (!whole) return wrong(option, "is no range of a parameter", "PARAM=FROM:TO, such as x.alpha=1:4", text);
  constexpr double kMost = 1e308;
  const auto from = parse_number(fmt::format("{} FROM", option), text.substr(equals + 1, colon - equals - 1),
                                 -kMost, kMost);
  if (!from) return from.error();
  const auto to = parse_number(fmt::format("{} TO", option), text.substr(colon + 1), -kMost, kMost);
  if (!to) return to.error();
  return NamedRange{.name = std::string(text.substr(0, equals)), .from = *from, .to = *to};
}

Status check_word(std::string_view option, std::string_view text, std::span<const std::string> words) {
  if (std::find(words.begin(), words.end(), text) != words.end()) return {};
  Error error = wrong(option, "is not known", fmt::format("one of {}", fmt::join(words, ", ")), text);
  if (const std::string near = nearest_word(text, words); !near.empty())
    error.remedy = fmt::format("did you mean {}?", near);
  return error;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (auto comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
    parts.emplace_back(trimmed(text.substr(0, comma)));
    text.remove_prefix(comma + 1);
  }
  parts.emplace_back(trimmed(text));
  return parts;
}

std::string nearest_word(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t kLongest = 64;
  if (word.empty() || word.size() > kLongest) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  if (word.size() < 4) least = 1;  // three letters are soon another word
  for (const std::string& candidate : candidates) {
    // A distance is at least the difference of the lengths.
    const auto [shorter, longer] = std::minmax({word.size(), candidate.size()});
    if (longer > kLongest || longer - shorter >= least) continue;
    if (const std::size_t d = distance(word, candidate); d < least) {
      least = d;
      best = candidate;
    }
  }
  if (!best.empty()) return best;
  const auto begins = [&](const std::string& candidate) { return candidate.starts_with(word); };
  const auto one = std::find_if(candidates.begin(), candidates.end(), begins);
  if (one == candidates.end() || std::find_if(one + 1, candidates.end(), begins) != candidates.end())
    return {};
  return *one;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  std::size_t end = std::min(kLongest, text.size());
  if (text.size() > kLongest)
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string shown(text.substr(0, end));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; },
      '?');
  return fmt::format("\"{}{}\"", shown, end < text.size() ? "…" : "");
}

}  // namespace synann
