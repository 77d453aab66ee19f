// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace synann {

// What kind of failure an Error is; the two programs turn it into their exit code.
enum class ErrorKind {
  Input,      // wrong usage or unreadable input: exit code 2
  Failed,     // a check failed or a run stopped by itself (NaN, full disk): exit code 1
  Cancelled,  // the person asked to stop: exit code 130
};

// One failure, told so that a reader knows what to do: what, where, expected, found, remedy.
// Fields that do not apply stay empty. `where` is a file's path as it was given, an option's name or a layer.
struct Error {
  ErrorKind kind = ErrorKind::Input;
  std::string where{};
  std::string problem{};
  std::optional<std::uint64_t> offset{};  // byte offset in the file `where`
  std::string expected{};
  std::string found{};
  std::string remedy{};

  // "<where>: <problem> at byte <offset>: expected <expected>, found <found>; <remedy>", without a full stop.
  std::string sentence() const;
};

// Either a value or an Error; must be looked at. Thread: as T. Never throws.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: a value is a result
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: so is an error

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }
  T& operator*() { return *value_pointer(); }
  const T& operator*() const { return *value_pointer(); }
  T* operator->() { return value_pointer(); }
  const T* operator->() const { return value_pointer(); }
  const Error& error() const {
    assert(!ok());
    return *std::get_if<1>(&state_);
  }

 private:
  T* value_pointer() {
    assert(ok());
    return std::get_if<0>(&state_);
  }
  const T* value_pointer() const {
    assert(ok());
    return std::get_if<0>(&state_);
  }
  std::variant<T, Error> state_;
};

// Success without a value, or an Error.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: an error is a result

  explicit operator bool() const { return !error_.has_value(); }
  bool ok() const { return !error_.has_value(); }
  const Error& error() const {
    assert(!ok());
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

using Status = Result<void>;

// An input error in a few words; add fields with designated initialisers where more is known.
inline Error input_error(std::string where, std::string problem, std::string remedy = {}) {
  return {.where = std::move(where), .problem = std::move(problem), .remedy = std::move(remedy)};
}

}  // namespace synann
