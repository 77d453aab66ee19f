// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace synann::data {

// The IDX format of MNIST: big-endian u32 magic 0x0000TTDD (TT = type, 08 for bytes; DD = number of
// dimensions), DD big-endian u32 dimensions, then the bytes. Every reader here is a pure function of a byte
// span, so that it can be fuzzed; `file` is only used in error sentences. Limits are stated once, here.
inline constexpr std::uint64_t kLargestFile = 64ull << 20;    // bytes on disk, and bytes after decompression
inline constexpr std::uint32_t kLargestDimension = 1u << 20;  // per dimension

struct IdxImages {
  int count = 0, rows = 0, columns = 0;
  std::vector<std::uint8_t> pixels;  // [count, rows, columns]
};

// Parses an image file (magic 0x00000803). The length must equal header + product of dimensions exactly.
Result<IdxImages> parse_idx_images(std::span<const std::uint8_t> bytes, std::string_view file);

// Parses a label file (magic 0x00000801); a label above `largest_label` is an error that gives its index.
Result<std::vector<std::uint8_t>> parse_idx_labels(std::span<const std::uint8_t> bytes, std::string_view file,
                                                   int largest_label = 9);

// True when the bytes start with the gzip magic 1f 8b.
bool is_gzip(std::span<const std::uint8_t> bytes);

// Decompresses one gzip member. Checks CRC, length, the cap (`limit` bytes, refused at limit + 1;
// never above kLargestFile) and that nothing follows.
Result<std::vector<std::uint8_t>> gunzip(std::span<const std::uint8_t> bytes, std::string_view file,
                                         std::uint64_t limit = kLargestFile);

// Compresses at most kLargestFile bytes into one gzip member without name and time, so that equal bytes give
// equal files.
Result<std::vector<std::uint8_t>> gzip(std::span<const std::uint8_t> bytes);

// The bytes of an IDX file, for writers. dimensions in file order; data.size() is their product.
std::vector<std::uint8_t> format_idx(std::span<const std::uint32_t> dimensions,
                                     std::span<const std::uint8_t> data);

}  // namespace synann::data
