// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/data/sample_bytes.h"

// Small files of other formats than IDX, written byte by byte.
namespace synann::data::test {

inline std::uint32_t crc32(const Bytes& bytes) {
  std::uint32_t crc = ~0u;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int k = 0; k < 8; ++k) crc = (crc >> 1) ^ (0xedb88320u & (0u - (crc & 1u)));
  }
  return ~crc;
}

inline void put_little(Bytes& out, std::uint64_t value, int width) {
  for (int k = 0; k < width; ++k) out.push_back(static_cast<std::uint8_t>(value >> (8 * k)));
}
inline void put_big(Bytes& out, std::uint64_t value, int width) {
  for (int k = width - 1; k >= 0; --k) out.push_back(static_cast<std::uint8_t>(value >> (8 * k)));
}
inline void put(Bytes& out, const Bytes& more) {
  out.insert(out.end(), more.begin(), more.end());
}

// A grey PNG without compression.
inline Bytes png_file(std::uint32_t rows, std::uint32_t columns, const Bytes& pixels) {
  Bytes file{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  const auto chunk = [&](const char* kind, const Bytes& data) {
    put_big(file, data.size(), 4);
    Bytes body = bytes_of(kind);
    put(body, data);
    put(file, body);
    put_big(file, crc32(body), 4);
  };
  Bytes head;
  put_big(head, columns, 4);
  put_big(head, rows, 4);
  put(head, {8, 0, 0, 0, 0});
  chunk("IHDR", head);
  Bytes lines;
  for (std::uint32_t r = 0; r < rows; ++r) {
    lines.push_back(0);  // no filter
    for (std::uint32_t c = 0; c < columns && r * columns + c < pixels.size(); ++c)
      lines.push_back(pixels[r * columns + c]);
  }
  Bytes packed{0x78, 0x01, 1};
  put_little(packed, lines.size(), 2);
  put_little(packed, ~lines.size(), 2);
  put(packed, lines);
  std::uint32_t a = 1, b = 0;
  for (const std::uint8_t byte : lines) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  put_big(packed, b << 16 | a, 4);
  chunk("IDAT", packed);
  chunk("IEND", {});
  return file;
}

// A grey JPEG of 8 × 8 pixels, all 200.
inline Bytes jpeg_file() {
  return {0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01, 0x01, 0x00, 0x00, 0x01,
          0x00, 0x01, 0x00, 0x00, 0xff, 0xdb, 0x00, 0x43, 0x00, 0x03, 0x02, 0x02, 0x03, 0x02, 0x02, 0x03,
          0x03, 0x03, 0x03, 0x04, 0x03, 0x03, 0x04, 0x05, 0x08, 0x05, 0x05, 0x04, 0x04, 0x05, 0x0a, 0x07,
          0x07, 0x06, 0x08, 0x0c, 0x0a, 0x0c, 0x0c, 0x0b, 0x0a, 0x0b, 0x0b, 0x0d, 0x0e, 0x12, 0x10, 0x0d,
          0x0e, 0x11, 0x0e, 0x0b, 0x0b, 0x10, 0x16, 0x10, 0x11, 0x13, 0x14, 0x15, 0x15, 0x15, 0x0c, 0x0f,
          0x17, 0x18, 0x16, 0x14, 0x18, 0x12, 0x14, 0x15, 0x14, 0xff, 0xc0, 0x00, 0x0b, 0x08, 0x00, 0x08,
          0x00, 0x08, 0x01, 0x01, 0x11, 0x00, 0xff, 0xc4, 0x00, 0x14, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00,
          0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x08, 0xff, 0xc4, 0x00, 0x14,
          0x10, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
          0x00, 0x00, 0xff, 0xda, 0x00, 0x08, 0x01, 0x01, 0x00, 0x00, 0x3f, 0x00, 0x60, 0x3f, 0xff, 0xd9};
}

// An NPY file: "|u1", "(3, 2, 2)".
inline Bytes npy_file(const std::string& type, const std::string& shape, const Bytes& data,
                      const std::string& fortran = "False") {
  std::string text = "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
  while ((10 + text.size() + 1) % 64 != 0) text += ' ';
  text += '\n';
  Bytes file{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  put_little(file, text.size(), 2);
  put(file, bytes_of(text));
  put(file, data);
  return file;
}

// A zip archive of files that are stored as they are.
inline Bytes zip_file(const std::vector<std::pair<std::string, Bytes>>& files) {
  Bytes out, directory;
  for (const auto& [name, data] : files) {
    Bytes common{20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0};
    put_little(common, crc32(data), 4);
    put_little(common, data.size(), 4);
    put_little(common, data.size(), 4);
    put_little(common, name.size(), 2);
    put_little(common, 0, 2);
    put(directory, {'P', 'K', 1, 2, 20, 0});
    put(directory, common);
    put(directory, Bytes(10, 0));
    put_little(directory, out.size(), 4);
    put(directory, bytes_of(name));
    put(out, {'P', 'K', 3, 4});
    put(out, common);
    put(out, bytes_of(name));
    put(out, data);
  }
  const std::size_t begin = out.size();
  put(out, directory);
  put(out, {'P', 'K', 5, 6, 0, 0, 0, 0});
  put_little(out, files.size(), 2);
  put_little(out, files.size(), 2);
  put_little(out, directory.size(), 4);
  put_little(out, begin, 4);
  put_little(out, 0, 2);
  return out;
}

}  // namespace synann::data::test
