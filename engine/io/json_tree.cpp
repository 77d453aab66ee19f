// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/json_tree.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <unordered_set>
#include <utility>
#include <vector>

#include "engine/core/lower_case.h"
#include "engine/core/text_value.h"

namespace synann {
namespace {

// "c.json, line 3, column 7", counted as an editor counts: from 1, and characters rather than bytes.
std::string json_place(std::string_view text, std::size_t at, const std::string& file) {
  const std::string_view before = text.substr(0, at);
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto begin = before.rfind('\n');
  const std::string_view row = begin == std::string_view::npos ? before : before.substr(begin + 1);
  const auto column =
      1 + std::ranges::count_if(row, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return fmt::format("{}, line {}, column {}", file, line, column);
}

// The place of the letters around a byte, with a sign before them.
std::pair<std::size_t, std::string_view> json_word(std::string_view text, std::size_t at) {
  const auto letter = [&](std::size_t k) {
    return (text[k] >= 'a' && text[k] <= 'z') || (text[k] >= 'A' && text[k] <= 'Z');
  };
  std::size_t from = at, to = at;
  while (from > 0 && letter(from - 1)) --from;
  if (from > 0 && (text[from - 1] == '-' || text[from - 1] == '+')) --from;
  if (to < text.size() && (text[to] == '-' || text[to] == '+')) ++to;
  while (to < text.size() && letter(to)) ++to;
  return {from, text.substr(from, to - from)};
}

bool names_no_number(std::string_view word) {
  while (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  constexpr std::array kNames = {"nan", "inf", "infinity"};
  return std::ranges::find(kNames, lower_case(std::string(word))) != kNames.end();
}

// Takes what the parser finds, piece by piece.
class TreeBuilder final : public nlohmann::json_sax<JsonTree> {
 public:
  TreeBuilder(std::string_view text, const std::string& file, int deepest)
      : text_(text), file_(file), deepest_(deepest) {}

  JsonTree& root() { return root_; }
  const Error& error() const { return error_; }

  bool null() override { return put(nullptr) != nullptr; }
  bool boolean(bool value) override { return put(value) != nullptr; }
  bool number_integer(number_integer_t value) override { return put(value) != nullptr; }
  bool number_unsigned(number_unsigned_t value) override { return put(value) != nullptr; }
  bool number_float(number_float_t value, const string_t&) override { return put(value) != nullptr; }
  bool string(string_t& value) override { return put(std::move(value)) != nullptr; }
  bool binary(binary_t&) override { return false; }  // JSON has none

  bool start_object(std::size_t) override {
    if (!open(JsonTree::object())) return false;
    // What grows copies its members, as their names are constant: the outermost object has the large ones.
    constexpr std::size_t kOutermost = 8;
    if (open_.size() == 1) open_.back()->get_ref<JsonTree::object_t&>().reserve(kOutermost);
    keys_.emplace_back();
    return true;
  }
  bool key(string_t& name) override {
    // A key that stands twice would silently win over the first, or lose.
    if (is_there(name))
      return fail(
          {.where = file_, .problem = fmt::format("has the key {} twice in one object", in_quotes(name))});
    key_ = std::move(name);
    return true;
  }
  bool end_object() override {
    keys_.pop_back();
    open_.pop_back();
    return true;
  }
  bool start_array(std::size_t) override { return open(JsonTree::array()); }
  bool end_array() override {
    open_.pop_back();
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& problem) override {
    constexpr int kNumberOverflow = 406;
    if (problem.id == kNumberOverflow)
      return fail({.where = file_, .problem = "holds a number beyond the range of double precision"});
    const std::size_t at = std::min(position > 0 ? position - 1 : 0, text_.size());
    const auto [from, word] = json_word(text_, at);
    if (names_no_number(word))
      return fail({.where = json_place(text_, from, file_),
                   .problem = "is no JSON, which has neither NaN nor infinities",
                   .expected = "a finite number",
                   .found = in_quotes(word)});
    return fail({.where = json_place(text_, at, file_), .problem = "is no JSON"});
  }

 private:
  bool fail(Error error) {
    error_ = std::move(error);
    return false;
  }
  // Whether the open object has a member of this name; few are looked through, many are looked up.
  bool is_there(const std::string& name) {
    constexpr std::size_t kFew = 16;
    const auto& members = open_.back()->get_ref<const JsonTree::object_t&>();
    auto& keys = keys_.back();
    if (members.size() < kFew)
      return std::ranges::any_of(members, [&](const auto& member) { return member.first == name; });
    if (keys.empty())
      for (const auto& member : members) keys.insert(member.first);
    return !keys.insert(name).second;
  }
  // Where the value stands from now on, for as long as nothing is put beside it.
  JsonTree* put(JsonTree value) {
    if (open_.empty()) return &(root_ = std::move(value));
    JsonTree& holder = *open_.back();
    if (holder.is_array()) {
      auto& items = holder.get_ref<JsonTree::array_t&>();
      items.push_back(std::move(value));
      return &items.back();
    }
    append_member(holder, std::move(key_), std::move(value));
    return &holder.get_ref<JsonTree::object_t&>().back().second;
  }
  bool open(JsonTree value) {
    if (open_.size() == static_cast<std::size_t>(deepest_))
      return fail({.where = file_,
                   .problem = "is nested too deep",
                   .expected = fmt::format("{} levels of brackets at most", deepest_)});
    open_.push_back(put(std::move(value)));
    return true;
  }

  std::string_view text_;
  const std::string& file_;
  int deepest_;
  JsonTree root_;
  std::vector<JsonTree*> open_;                        // from the outermost in
  std::vector<std::unordered_set<std::string>> keys_;  // of the open objects that are large
  std::string key_;
  Error error_;
};

}  // namespace

Result<JsonTree> parse_json_tree(std::string_view text, const std::string& file, int deepest) {
  TreeBuilder builder(text, file, deepest);
  if (!JsonTree::sax_parse(text, &builder)) return builder.error();
  return std::move(builder.root());
}

void append_member(JsonTree& object, std::string name, JsonTree value) {
  auto& members = object.get_ref<JsonTree::object_t&>();
  static_cast<JsonTree::object_t::Container&>(members).emplace_back(std::move(name), std::move(value));
}

}  // namespace synann
