// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <QMetaType>

#include "engine/data/idx.h"

// Small IDX files for the tests of this folder.
namespace synann::data::test {

using Bytes = std::vector<std::uint8_t>;

// An image file whose header says `count`, `rows`, `columns` and that holds `size` pixels 0, 1, 2, …
inline Bytes image_file(std::uint32_t count, std::uint32_t rows, std::uint32_t columns, std::size_t size) {
  Bytes pixels(size);
  for (std::size_t i = 0; i < size; ++i) pixels[i] = static_cast<std::uint8_t>(i);
  const std::uint32_t dimensions[] = {count, rows, columns};
  return format_idx(dimensions, pixels);
}

inline Bytes image_file(std::uint32_t count, std::uint32_t rows, std::uint32_t columns) {
  return image_file(count, rows, columns, std::size_t{count} * rows * columns);
}

inline Bytes label_file(const Bytes& labels) {
  const std::uint32_t dimensions[] = {static_cast<std::uint32_t>(labels.size())};
  return format_idx(dimensions, labels);
}

inline Bytes bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

inline Bytes first(const Bytes& bytes, std::size_t size) {
  return {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)};
}

}  // namespace synann::data::test

Q_DECLARE_METATYPE(synann::data::test::Bytes)
