// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <span>
#include <string>

#include "engine/core/result.h"

// What the two forms of the tensor formula check alike; `where` names the form.
namespace synann::synapse {

inline Error size_error(const char* where, const char* what, std::string expected, std::size_t found) {
  return {.where = where,
          .problem = fmt::format("the size of {} does not fit", what),
          .expected = std::move(expected),
          .found = std::to_string(found)};
}

inline Status check_finite(const char* where, const char* what, std::span<const double> values) {
  const auto bad = std::ranges::find_if_not(values, [](double v) { return std::isfinite(v); });
  if (bad == values.end()) return {};
  return Error{.where = where,
               .problem = fmt::format("element {} of {} is not finite", bad - values.begin(), what),
               .found = fmt::format("{}", *bad)};
}

}  // namespace synann::synapse
