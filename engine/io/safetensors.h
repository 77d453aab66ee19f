// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// The safetensors format: 8 bytes little-endian header length N, N bytes JSON, then the tensors' bytes,
// little-endian, row major, without holes. The reader is a pure function of a byte span and trusts nothing in
// it.
namespace synann::io {

enum class TensorType { F32, F64, I64 };

struct Tensor {
  std::string name;
  TensorType type = TensorType::F32;
  std::vector<std::int64_t> shape;  // empty for a scalar
  std::vector<std::uint8_t> bytes;  // little-endian

  std::size_t element_count() const;
  // The elements as another type; `bytes` must hold `type`.
  std::vector<float> to_float() const;
  std::vector<double> to_double() const;
  std::vector<std::int64_t> to_int64() const;
};

Tensor make_tensor(std::string name, std::vector<std::int64_t> shape, std::span<const float> values);
Tensor make_tensor(std::string name, std::vector<std::int64_t> shape, std::span<const std::int64_t> values);

struct SafeTensors {
  std::map<std::string, std::string> metadata;
  std::vector<Tensor> tensors;

  const Tensor* find(std::string_view name) const;  // nullptr when there is none
};

inline constexpr std::uint64_t kLargestHeader = 100'000'000;  // bytes, the reference implementation's limit
inline constexpr std::uint64_t kLargestTensorFile = 4ull << 30;

// Checks: length ≥ 8, header inside the file and within the limit, strict JSON without duplicate keys and
// deeper than needed, known types, shapes that give the stated number of bytes, tensors that cover the buffer
// without hole or overlap to its last byte. `file` names the file in errors.
Result<SafeTensors> parse_safetensors(std::span<const std::uint8_t> bytes, std::string_view file);

// The bytes of a file: tensors by descending alignment then name, header padded with spaces to a multiple of
// 8, as the reference writer does. Equal content gives equal bytes.
std::vector<std::uint8_t> format_safetensors(const SafeTensors& content);

}  // namespace synann::io
