// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/result.h"

// Private to the engine's readers of JSON.
namespace synann::train {

// Reads fields of one object, remembers which, and keeps the first complaint.
class Fields {
 public:
  Fields(const nlohmann::json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) fail("this", "an object");
  }

  bool has(const char* key) const { return !error_ && object_.contains(key); }

  // Leaves `out` as it is where there is no such field.
  template <class T>
  void read(const char* key, T& out) {
    if (!has(key)) return;
    known_.emplace_back(key);
    const nlohmann::json& value = object_[key];
    if constexpr (std::is_same_v<T, bool>) {
      value.is_boolean() ? void(out = value.get<bool>()) : fail(key, "true or false");
    } else if constexpr (std::is_same_v<T, std::string>) {
      value.is_string() ? void(out = value.get<std::string>()) : fail(key, "a text");
    } else if constexpr (std::is_integral_v<T>) {
      read_whole(key, value, out);
    } else if (value.is_null()) {
      out = std::numeric_limits<T>::quiet_NaN();
    } else {
      value.is_number() ? void(out = value.get<T>()) : fail(key, "a number");
    }
  }
  template <class T>
  void require(const char* key, T& out) {
    if (!error_ && !object_.contains(key)) fail(key, "a value", "is missing");
    read(key, out);
  }
  // The value itself; null where there is none.
  const nlohmann::json* value(const char* key) {
    if (!has(key)) return nullptr;
    known_.emplace_back(key);
    return &object_[key];
  }

  // The keys that nobody asked for.
  std::vector<std::string> unknown() const {
    std::vector<std::string> keys;
    if (error_) return keys;
    for (const auto& [key, value] : object_.items()) {
      if (std::find(known_.begin(), known_.end(), key) == known_.end()) keys.push_back(key);
    }
    return keys;
  }

  void fail(const char* key, std::string expected, const char* what = "is not usable") {
    if (error_) return;
    error_ = Error{
        .where = where_, .problem = fmt::format("\"{}\" {}", key, what), .expected = std::move(expected)};
  }

  template <class T>
  Result<T> finish(T value) const {
    if (error_) return *error_;
    return value;
  }

 private:
  template <class T>
  void read_whole(const char* key, const nlohmann::json& value, T& out) {
    if (!value.is_number_integer()) return fail(key, "a whole number");
    // Unsigned numbers above 2^63 would wrap.
    const bool fits = value.is_number_unsigned() ? std::in_range<T>(value.get<std::uint64_t>())
                                                 : std::in_range<T>(value.get<std::int64_t>());
    if (!fits) return fail(key, "a whole number of this size at most");
    out = value.get<T>();
  }

  const nlohmann::json& object_;
  std::string where_;
  std::vector<std::string> known_;
  std::optional<Error> error_;
};

}  // namespace synann::train
