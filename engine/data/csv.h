// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/core/result.h"
#include "engine/data/content.h"

namespace synann::data {

// Whether the bytes begin as text of numbers or names with separators.
bool is_csv(std::span<const std::uint8_t> bytes);

// Images as text, one a line: Kaggle's and OpenML's form. Pixels are whole numbers 0 to 255, row by row; the
// label, 0 to 61, is the column that the header calls label, class, target, digit or y, else the first or the
// last; a file without labels gives a part without. Square images, or of the size that the header tells by
// names such as 28x28. Separated by commas, semicolons or tabs. A pure function of a byte span.
Result<Content> parse_csv(std::span<const std::uint8_t> bytes, std::string_view file, std::uint64_t limit);

}  // namespace synann::data
