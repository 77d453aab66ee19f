// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/family.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <span>

#include "engine/core/lower_case.h"

namespace synann::data {
namespace {

using namespace std::literals;
using Names = std::vector<std::string>;

constexpr std::string_view kDigits = "0123456789", kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           kSmall = "abcdefghijklmnopqrstuvwxyz",
                           kUnlikeCapitals = "abdefghnqrt";  // small letters that are classes of their own

Names letters(std::initializer_list<std::string_view> parts) {
  Names names;
  for (const std::string_view part : parts)
    for (const char c : part) names.emplace_back(1, c);
  return names;
}

// Words of UTF-8, separated by spaces or, where there are spaces in them, by bars.
Names words(std::string_view text, char separator = ' ') {
  Names names;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(separator));
    names.emplace_back(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return names;
}

Names fashion_names() {
  return words("T-shirt/top|Trouser|Pullover|Dress|Coat|Sandal|Shirt|Sneaker|Bag|Ankle boot", '|');
}
Names kuzushiji_names() {
  return words("お き す つ な は ま や れ を");
}
Names kuzushiji_49_names() {
  return words(
      "あ い う え お か き く け こ さ し す せ そ た ち つ て と な に ぬ ね の は ひ ふ へ ほ ま み む め "
      "も や ゆ よ "
      "ら り る れ ろ わ ゐ ゑ を ん ゝ");
}

Family emnist(std::string_view split) {
  Family family{.title = fmt::format("EMNIST{}{}", split.empty() ? "" : " ", split),
                .class_names = {},
                .transposed = true};
  if (split == "letters") {
    family.class_names = letters({kSmall});
    family.from_one = true;
  } else if (split == "balanced" || split == "bymerge") {
    family.class_names = letters({kDigits, kCapitals, kUnlikeCapitals});
  } else if (split == "byclass") {
    family.class_names = letters({kDigits, kCapitals, kSmall});
  }
  return family;
}

// Letters and digits alone.
std::string bare(std::string_view text) {
  std::string result = lower_case(std::string(text));
  std::erase_if(result, [](unsigned char c) { return !std::isalnum(c); });
  return result;
}

std::optional<Family> by_word(std::string_view word) {
  const bool part = word.find("fashionmnist") != std::string_view::npos || word == "fashion";
  if (part) return Family{.title = "Fashion-MNIST", .class_names = fashion_names()};
  if (word.starts_with("kmnist") || word == "kuzushijimnist")
    return Family{.title = "KMNIST", .class_names = kuzushiji_names()};
  if (word == "k49" || word == "kuzushiji49")
    return Family{.title = "Kuzushiji-49", .class_names = kuzushiji_49_names()};
  if (word.starts_with("qmnist")) return Family{.title = "QMNIST", .class_names = {}};
  return std::nullopt;
}

bool remove_ending(std::string& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.resize(text.size() - ending.size());
  return true;
}

bool remove_any_ending(std::string& text, std::span<const std::string_view> endings) {
  return std::ranges::any_of(endings, [&](std::string_view ending) { return remove_ending(text, ending); });
}

constexpr std::array kPacked{".gz"sv, ".xz"sv, ".zst"sv, ".zip"sv, ".bz2"sv, ".lz4"sv};
constexpr std::array kTypes{"-idx3-ubyte"sv, "-idx1-ubyte"sv, "-idx2-int"sv, "-ubyte"sv, "-idx"sv, "-npz"sv};
constexpr std::array kImages{"-images"sv, "-image"sv, "-imgs"sv, "-x"sv};
constexpr std::array kLabels{"-labels"sv, "-label"sv, "-y"sv};
constexpr std::array kTrain{"train"sv, "training"sv};
constexpr std::array kTest{"t10k"sv, "test"sv, "testing"sv};

}  // namespace

Family family_of(std::string_view prefix, const std::filesystem::path& folder) {
  if (prefix.starts_with("emnist")) {
    prefix.remove_prefix(std::min(prefix.size(), "emnist-"sv.size()));
    return emnist(prefix);
  }
  if (const auto known = by_word(bare(prefix))) return *known;
  if (!prefix.empty() && bare(prefix) != "mnist") return {};
  std::error_code ignored;
  auto full = std::filesystem::absolute(folder, ignored).lexically_normal();
  if (!full.has_filename()) full = full.parent_path();
  if (lower_case(full.filename().string()) == "raw") full = full.parent_path();
  return by_word(bare(full.filename().string())).value_or(Family{});
}

std::vector<std::string> class_names_or_numbers(const std::vector<std::string>& names, int classes) {
  if (names.size() == static_cast<std::size_t>(classes)) return names;
  Names numbers;
  for (int k = 0; k < classes; ++k) numbers.push_back(fmt::format("{}", k));
  return numbers;
}

std::vector<std::string> names_beyond_numbers(const std::vector<std::string>& names, int classes) {
  Names told = class_names_or_numbers(names, classes);
  if (told == class_names_or_numbers({}, classes)) told.clear();
  return told;
}

std::string plain_name(std::string_view name) {
  std::string plain = lower_case(std::string(name));
  while (remove_any_ending(plain, kPacked)) continue;
  std::ranges::replace_if(
      plain, [](char c) { return c == '.' || c == '_' || c == ' '; }, '-');
  return plain;
}

std::optional<FileRole> file_role(std::string_view name) {
  std::string rest = plain_name(name);
  if (!remove_any_ending(rest, kTypes)) return std::nullopt;
  FileRole role;
  rest.insert(rest.begin(), '-');
  role.labels = remove_any_ending(rest, kLabels);
  if (!role.labels && !remove_any_ending(rest, kImages)) return std::nullopt;
  const std::size_t dash = rest.rfind('-');
  const std::string set = dash == std::string::npos ? "" : rest.substr(dash + 1);
  role.test = std::ranges::count(kTest, set) > 0;
  if (role.test || std::ranges::count(kTrain, set) > 0) rest.resize(dash);
  role.prefix = rest.starts_with('-') ? rest.substr(1) : rest;
  return role;
}

TableRole table_role(std::string_view name) {
  TableRole role;
  std::string rest = plain_name(name);
  if (const std::size_t dot = rest.rfind('-'); dot != std::string::npos) rest.resize(dot);  // "-csv"
  std::string prefix;
  for (const std::string& word : words(rest, '-')) {
    const bool train = std::ranges::count(kTrain, word) > 0, test = std::ranges::count(kTest, word) > 0;
    role.train |= train;
    role.test |= test;
    if (!train && !test) prefix += (prefix.empty() ? "" : "-") + word;
  }
  role.prefix = prefix;
  return role;
}

}  // namespace synann::data
