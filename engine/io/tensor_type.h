// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// The element types of tensors that this program reads, under the names that safetensors gives them.
namespace synann::io {

enum class TensorType { F32, F64, I64, F16, BF16 };

std::size_t element_size(TensorType type);  // bytes
const char* type_name(TensorType type);     // "F32"
std::optional<TensorType> type_of(std::string_view name);
// Whether the reference implementation has a type of that name.
bool is_tensor_type(std::string_view name);

// IEEE 754 binary16, as its 16 bits; exact, as a float has all of its numbers.
inline float half_to_float(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000u) << 16;
  const std::uint32_t exponent = bits >> 10 & 0x1fu, fraction = bits & 0x3ffu;
  if (exponent == 0) {  // zero, or fraction · 2⁻²⁴
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 0x1f ? 0xffu : exponent + 112;  // infinity and NaN stay
  return std::bit_cast<float>(sign | wide << 23 | fraction << 13);
}

// The upper half of a float.
inline float bfloat_to_float(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

}  // namespace synann::io
