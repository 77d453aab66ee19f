// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "engine/core/result.h"

// JSON of files as a tree that keeps its order, in time that grows with the text alone. An ordered object of
// nlohmann's looks through all of its members for each one that comes, and so does its parser with a callback
// behind each array or object. Pure functions; any thread.
namespace synann {

using JsonTree = nlohmann::ordered_json;

// Errors begin with `file`: what is no JSON, with line and column, NaN and infinities by name; a number
// beyond double precision; a key that stands twice in one object; more than `deepest` levels of brackets.
Result<JsonTree> parse_json_tree(std::string_view text, const std::string& file, int deepest);

// Adds a member behind the others without looking at them: the name must be new. Constant time.
void append_member(JsonTree& object, std::string name, JsonTree value);

}  // namespace synann
