// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// gzip as the program of that name reads it. Pure functions of a byte span; `file` is only used in error
// sentences.
namespace synann::data {

// True when the bytes start with the gzip magic 1f 8b.
bool is_gzip(std::span<const std::uint8_t> bytes);

// Decompresses gzip members, one after the other, and passes over zeros behind the last. Checks CRC, length
// and the cap (`limit` bytes, refused at limit + 1). Room grows with what comes out; where `expected` is
// right, it is had at once.
Result<std::vector<std::uint8_t>> gunzip(std::span<const std::uint8_t> bytes, std::string_view file,
                                         std::uint64_t limit = UINT64_MAX - 1, std::uint64_t expected = 0);

// The first `count` bytes that come out, or fewer; whatever follows may be damaged. Empty where nothing does.
std::vector<std::uint8_t> gunzip_start(std::span<const std::uint8_t> bytes, std::size_t count);

// Compresses into one gzip member without name and time, so that equal bytes give equal files.
Result<std::vector<std::uint8_t>> gzip(std::span<const std::uint8_t> bytes);

}  // namespace synann::data
