// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/data/content.h"

namespace synann::data {

// A kind of file that holds data. Its reader is a pure function of the bytes, which are unpacked already;
// `file` is only used in error sentences; it takes no more than about `limit` bytes.
struct Format {
  std::string_view name;                               // for people
  std::span<const std::string_view> extensions;        // lower case, without the dot
  bool (*probe)(std::span<const std::uint8_t> bytes);  // whether the bytes begin so
  Result<Content> (*open)(std::span<const std::uint8_t> bytes, std::string_view file, std::uint64_t limit);
};

// Every kind that can be read; a new one is a row of this table.
std::span<const Format> formats();

// Whether `extension` (lower case, without the dot) is one of a format that holds whole data sets, or of one
// whose files hold an image each.
bool is_image_extension(std::string_view extension);

// What `bytes` hold, in whatever format they are, packed with gzip or not.
Result<Content> read_content(std::vector<std::uint8_t> bytes, std::string_view file, std::uint64_t limit);

}  // namespace synann::data
