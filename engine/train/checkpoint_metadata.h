// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <string>

#include "engine/core/result.h"

// Private to checkpoint.cpp and optimiser_file.cpp.
namespace synann::train {

// A reader of one text value of the metadata; keeps the first complaint.
class Metadata {
 public:
  Metadata(const std::map<std::string, std::string>& values, std::string file)
      : values_(values), file_(std::move(file)) {}

  bool has(const char* key) const { return values_.contains(key); }
  std::string text(const char* key) {
    const auto it = values_.find(key);
    if (it != values_.end()) return it->second;
    fail(key, "a value", "none");
    return {};
  }
  template <class T>
  T number(const char* key, T least) {
    const std::string value = text(key);
    if (error) return least;
    T result{};
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), result);
    if (code != std::errc{} || end != value.data() + value.size() || !(result >= least)) {
      fail(key, fmt::format("a number of at least {}", least), fmt::format("\"{}\"", value.substr(0, 40)));
    }
    return result;
  }
  void fail(const std::string& key, std::string expected, std::string found) {
    if (!error)
      error = Error{.where = file_,
                    .problem = fmt::format("the checkpoint's {}", key),
                    .expected = std::move(expected),
                    .found = std::move(found)};
  }
  std::optional<Error> error;

 private:
  const std::map<std::string, std::string>& values_;
  std::string file_;
};

}  // namespace synann::train
