// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// NumPy's NPY format of one array. Pure functions of bytes; `name` is only used in error sentences.
namespace synann::data {

struct NpyHeader {
  std::vector<std::uint64_t> shape;
  int width = 0;          // bytes of a number: 1, 2, 4, 8
  bool has_sign = false;  // integers with a sign
  bool big_endian = false;
  std::uint64_t begin = 0;  // of the numbers, in bytes from the start of the file
  std::uint64_t count = 0;  // of numbers

  std::uint64_t bytes() const { return count * static_cast<std::uint64_t>(width); }  // of all numbers
};

// How many bytes the header takes; 0 where `start`, the first 12 bytes or all there are, begins no NPY file.
std::uint64_t npy_header_size(std::span<const std::uint8_t> start);

// Parses a whole header. Arrays of other than integers, and those in Fortran's order, are refused.
Result<NpyHeader> parse_npy_header(std::span<const std::uint8_t> header, std::string_view name);

// Number `index` of the bytes behind the header.
std::int64_t npy_number(const NpyHeader& header, std::span<const std::uint8_t> data, std::uint64_t index);

}  // namespace synann::data
