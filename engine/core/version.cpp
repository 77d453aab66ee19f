// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/version.h"

#include <algorithm>
#include <charconv>

#include "engine/core/commit.h"

namespace synann {

const char* const kVersion = SYNANN_VERSION;
const char* const kCommit = SYNANN_COMMIT;

bool is_newer(std::string_view a, std::string_view b) {
  const auto next = [](std::string_view& text) {
    int number = 0;
    const std::size_t end = std::min(text.find('.'), text.size());
    std::from_chars(text.data(), text.data() + end, number);
    text.remove_prefix(std::min(end + 1, text.size()));
    return number;
  };
  while (!a.empty() || !b.empty()) {
    const int left = next(a), right = next(b);
    if (left != right) return left > right;
  }
  return false;
}

}  // namespace synann
