// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace synann::io {

// A NumPy file of version 1.0: little-endian singles in C order, as numpy.load reads it. The product of
// `shape` is values.size(). Pure; any thread.
std::vector<std::uint8_t> format_npy(std::span<const float> values, std::span<const std::int64_t> shape);

}  // namespace synann::io
