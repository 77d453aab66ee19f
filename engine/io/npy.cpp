// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/io/npy.h"

#include <bit>
#include <cstring>
#include <fmt/format.h>
#include <string>

namespace synann::io {

static_assert(std::endian::native == std::endian::little, "the numbers are written as the memory holds them");

namespace {

const char* npy_descr(NpyType type) {
  switch (type) {
    case NpyType::F32:
      return "<f4";
    case NpyType::F64:
      return "<f8";
    case NpyType::I64:
      return "<i8";
  }
  return "";
}

}  // namespace

std::uint64_t npy_size(NpyType type) {
  return type == NpyType::F32 ? 4 : 8;
}

std::vector<std::uint8_t> npy_header(NpyType type, std::span<const std::int64_t> shape) {
  constexpr char kMagic[] = "\x93NUMPY\x01";  // its closing zero is the minor version
  constexpr std::size_t kAlignment = 64;      // of the numbers, as NumPy writes it
  std::string sides;
  for (const std::int64_t side : shape) sides += fmt::format("{}, ", side);
  if (shape.size() > 1) sides.resize(sides.size() - 2);
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", npy_descr(type), sides);
  const std::size_t before = sizeof kMagic + 2;
  header.append(kAlignment - (before + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  std::vector<std::uint8_t> bytes(before + header.size());
  std::memcpy(bytes.data(), kMagic, sizeof kMagic);
  std::memcpy(bytes.data() + sizeof kMagic, &length, 2);
  std::memcpy(bytes.data() + before, header.data(), header.size());
  return bytes;
}

std::vector<std::uint8_t> format_npy(std::span<const float> values, std::span<const std::int64_t> shape) {
  std::vector<std::uint8_t> bytes = npy_header(NpyType::F32, shape);
  const auto* first = reinterpret_cast<const std::uint8_t*>(values.data());
  bytes.insert(bytes.end(), first, first + values.size_bytes());
  return bytes;
}

}  // namespace synann::io
