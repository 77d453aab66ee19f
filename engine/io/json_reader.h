// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/result.h"
#include "engine/io/json_tree.h"

namespace synann {

// What readers of JSON files share: they keep the first complaint, which names the file and the place in it.
// Owned and used by one thread.
class JsonReader {
 protected:
  explicit JsonReader(std::string file) : file_(std::move(file)) {}

  // An empty `where` is the file itself.
  void fail(const std::string& where, const std::string& problem, const std::string& expected = {},
            const std::string& found = {}, const std::string& remedy = {});
  bool failed() const { return !error_.problem.empty(); }
  // Complains about the first key of an object that is none of these, and names the nearest.
  void check_keys(const JsonTree& object, const std::string& where, std::span<const std::string_view> known);
  void check_keys(const JsonTree& object, const std::string& where,
                  std::initializer_list<std::string_view> known) {
    check_keys(object, where, std::span(known.begin(), known.size()));
  }

  std::string file_;
  Error error_;
};

}  // namespace synann
