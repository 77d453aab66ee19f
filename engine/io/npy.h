// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace synann::io {

enum class NpyType { F32, F64, I64 };
std::uint64_t npy_size(NpyType type);  // bytes of a number

// What stands before the numbers of a NumPy file of version 1.0: little-endian in C order. Pure; any thread.
std::vector<std::uint8_t> npy_header(NpyType type, std::span<const std::int64_t> shape);

// A NumPy file of version 1.0: little-endian singles in C order, as numpy.load reads it. The product of
// `shape` is values.size(). Pure; any thread.
std::vector<std::uint8_t> format_npy(std::span<const float> values, std::span<const std::int64_t> shape);

}  // namespace synann::io
