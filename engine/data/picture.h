// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// PNG and JPEG files of one image each. Pure functions of a byte span; `file` is only used in error
// sentences. The size, at most kLargestSide a side, is checked before anything is decoded.
namespace synann::data {

// Grey: 0.299 red + 0.587 green + 0.114 blue, rounded as in Pillow; transparency is left out of account.
struct Picture {
  int rows = 0, columns = 0;
  std::vector<std::uint8_t> pixels;  // [rows, columns]
};

bool is_png(std::span<const std::uint8_t> bytes);
bool is_jpeg(std::span<const std::uint8_t> bytes);
Result<Picture> parse_png(std::span<const std::uint8_t> bytes, std::string_view file);
// The bytes of a grey PNG file. Errors: no memory.
Result<std::vector<std::uint8_t>> format_png(const Picture& picture);
Result<Picture> parse_jpeg(std::span<const std::uint8_t> bytes, std::string_view file);

}  // namespace synann::data
