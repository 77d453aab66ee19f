// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/file.h"
#include "engine/core/result.h"
#include "engine/io/tensor_type.h"

// The safetensors format: 8 bytes little-endian header length N, N bytes JSON, then the tensors' bytes,
// little-endian, row major, without holes. The reader is a pure function of a byte span and trusts nothing in
// it.
namespace synann::io {

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

// The bytes of a tensor file, read whole. A file that is larger than the memory at hand is refused unread.
Result<std::vector<std::uint8_t>> read_tensor_file(const std::filesystem::path& path);

// Checks: length ≥ 8, header inside the file and within the limit, strict JSON without duplicate names and
// not deeper than the reference implementation reads, known types, shapes that give the stated number of
// bytes, tensors that cover the buffer without hole or overlap to its last byte. As there, metadata may be
// null, and what else is said of a tensor is passed over. A file of another kind is an error that says which,
// and what to do. `file` names the file in errors.
Result<SafeTensors> parse_safetensors(std::span<const std::uint8_t> bytes, std::string_view file);

// The metadata of a tensor file alone, of which no more than the header is read. Errors as parse_safetensors.
Result<std::map<std::string, std::string>> read_tensor_metadata(const std::filesystem::path& path);

// A tensor to be written; everything is borrowed.
struct TensorView {
  std::string_view name;
  TensorType type = TensorType::F32;
  std::span<const std::int64_t> shape;
  std::span<const std::uint8_t> bytes;
};

// A file in pieces: its header, then the bytes of the tensors, which are borrowed.
class TensorFile {
 public:
  // Tensors by descending alignment then name, header padded with spaces to a multiple of 8, as the reference
  // writer does. Equal content gives equal bytes.
  TensorFile(const std::map<std::string, std::string>& metadata, std::vector<TensorView> tensors);
  TensorFile(const TensorFile&) = delete;
  TensorFile& operator=(const TensorFile&) = delete;

  const Pieces& pieces() const { return pieces_; }
  std::uint64_t size() const;  // bytes

 private:
  std::vector<std::uint8_t> head_;
  Pieces pieces_;
};

// The same as one block of bytes.
std::vector<std::uint8_t> format_safetensors(const SafeTensors& content);

}  // namespace synann::io
