// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace synann::data {

// The IDX format of MNIST: big-endian u32 magic 0x0000TTDD (TT = type, 08 for bytes, 0c for 32-bit integers;
// DD = number of dimensions), DD big-endian u32 dimensions, then the data. Every reader here is a pure
// function of a byte span, so that it can be fuzzed; `file` is only used in error sentences. Limits are
// stated once, here; how long a file may be follows from its header, and from the memory that its reader has.
inline constexpr std::uint32_t kLargestCount = (1u << 31) - 1;  // images or labels
inline constexpr std::uint32_t kLargestDimension = 1u << 20;    // each other dimension
inline constexpr int kMostClasses = 62;                         // EMNIST's digits, capitals and small letters

struct IdxImages {
  int count = 0, rows = 0, columns = 0;
  std::vector<std::uint8_t> pixels;  // [count, rows, columns]
};

// What an IDX file of images or labels takes by its header, header included; 0 where this is no such header.
// UINT64_MAX where it would be more.
std::uint64_t idx_size(std::span<const std::uint8_t> bytes);

// Parses an image file (magic 0x00000803). The length must equal header + product of dimensions exactly.
Result<IdxImages> parse_idx_images(std::span<const std::uint8_t> bytes, std::string_view file);

// Parses a label file (magic 0x00000801), or one of QMNIST (0x00000c02), whose first column is the label; a
// label above `largest_label` is an error that gives its index.
Result<std::vector<std::uint8_t>> parse_idx_labels(std::span<const std::uint8_t> bytes, std::string_view file,
                                                   int largest_label = kMostClasses - 1);

// True when the bytes begin as an IDX file of any type and number of dimensions.
bool is_idx(std::span<const std::uint8_t> bytes);
// … as one of images.
bool is_idx_images(std::span<const std::uint8_t> bytes);

// The bytes of an IDX file, for writers. dimensions in file order; data.size() is their product.
std::vector<std::uint8_t> format_idx(std::span<const std::uint32_t> dimensions,
                                     std::span<const std::uint8_t> data);

}  // namespace synann::data
