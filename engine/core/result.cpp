// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/result.h"

#include <fmt/format.h>

namespace synann {

std::string Error::sentence() const {
  std::string text = where.empty() ? problem : fmt::format("{}: {}", where, problem);
  if (offset) text += fmt::format(" at byte {}", *offset);
  if (!expected.empty()) text += fmt::format(": expected {}", expected);
  if (!found.empty()) text += fmt::format("{} found {}", expected.empty() ? ":" : ",", found);
  if (!remedy.empty()) text += fmt::format("; {}", remedy);
  return text;
}

}  // namespace synann
