// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/idx.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint32_t big_endian(Bytes bytes, std::size_t offset) {
  return (std::uint32_t{bytes[offset]} << 24) | (std::uint32_t{bytes[offset + 1]} << 16) |
         (std::uint32_t{bytes[offset + 2]} << 8) | std::uint32_t{bytes[offset + 3]};
}

Error wrong(std::string_view file, std::string problem, std::uint64_t offset, std::string expected,
            std::string found, std::string remedy) {
  return {.kind = ErrorKind::Input,
          .where = std::string(file),
          .problem = std::move(problem),
          .offset = offset,
          .expected = std::move(expected),
          .found = std::move(found),
          .remedy = std::move(remedy)};
}

// What the first four bytes say, in words.
std::string describe_magic(Bytes bytes, std::uint32_t magic) {
  const unsigned type = (magic >> 8) & 0xffu, dimensions = magic & 0xffu;
  if (is_gzip(bytes)) return "gzip-compressed data";
  if (magic == 0x0801) return "0x00000801, a label file";
  if (magic == 0x0803) return "0x00000803, an image file";
  if (magic >> 16 == 0 && type == 0x08)
    return fmt::format("{:#010x}, an IDX file of {} dimensions", magic, dimensions);
  if (magic >> 16 == 0 && type >= 0x09 && type <= 0x0e)
    return fmt::format("{:#010x}, an IDX file not of bytes", magic);
  return fmt::format("{:#010x}", magic);
}

// Checks magic, dimensions and length, and gives the dimensions. `kind` is "image" or "label".
template <std::size_t N>
Result<std::array<std::uint32_t, N>> parse_header(Bytes bytes, std::string_view file, std::string_view kind) {
  constexpr std::size_t kHeader = 4 + 4 * N;
  constexpr std::uint32_t kMagic = 0x0800u + N;
  if (bytes.size() < 4) {
    return wrong(file, "too short for an IDX file", 0, fmt::format("a header of {} bytes", kHeader),
                 fmt::format("{} bytes", bytes.size()), "get the file again");
  }
  const std::uint32_t magic = big_endian(bytes, 0);
  if (magic != kMagic) {
    return wrong(file, fmt::format("not an IDX {} file", kind), 0, fmt::format("magic {:#010x}", kMagic),
                 describe_magic(bytes, magic), "check that the four files carry their right names");
  }
  if (bytes.size() < kHeader) {
    return wrong(file, "the header is cut off", bytes.size(), fmt::format("a header of {} bytes", kHeader),
                 fmt::format("{} bytes", bytes.size()), "get the file again");
  }
  std::array<std::uint32_t, N> dimensions{};
  std::uint64_t size = 1;
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t offset = 4 + 4 * i;
    dimensions[i] = big_endian(bytes, offset);
    if (dimensions[i] < 1 || dimensions[i] > kLargestDimension) {
      return wrong(file, fmt::format("dimension {} of {} is out of range", i + 1, N), offset,
                   fmt::format("1 to {}", kLargestDimension), fmt::format("{}", dimensions[i]),
                   "get the file again");
    }
    size *= dimensions[i];  // at most 2^60: three dimensions of 2^20
  }
  static_assert(N <= 3, "the product of the dimensions must fit 64 bits");
  if (bytes.size() - kHeader != size) {
    const bool cut = bytes.size() - kHeader < size;
    return wrong(file, cut ? "the file is cut off" : "bytes follow the data",
                 std::min<std::uint64_t>(bytes.size(), kHeader + size),
                 fmt::format("{} bytes in all", kHeader + size), fmt::format("{}", bytes.size()),
                 "get the file again");
  }
  return dimensions;
}

}  // namespace

Result<IdxImages> parse_idx_images(Bytes bytes, std::string_view file) {
  const auto header = parse_header<3>(bytes, file, "image");
  if (!header) return header.error();
  IdxImages images;
  images.count = static_cast<int>((*header)[0]);
  images.rows = static_cast<int>((*header)[1]);
  images.columns = static_cast<int>((*header)[2]);
  images.pixels.assign(bytes.begin() + 16, bytes.end());
  return images;
}

Result<std::vector<std::uint8_t>> parse_idx_labels(Bytes bytes, std::string_view file, int largest_label) {
  const auto header = parse_header<1>(bytes, file, "label");
  if (!header) return header.error();
  const Bytes labels = bytes.subspan(8);
  const auto bad =
      std::find_if(labels.begin(), labels.end(), [&](std::uint8_t label) { return label > largest_label; });
  if (bad != labels.end()) {
    const auto index = static_cast<std::uint64_t>(bad - labels.begin());
    return wrong(file, fmt::format("label {} (counted from 0) is out of range", index), 8 + index,
                 fmt::format("0 to {}", largest_label), fmt::format("{}", *bad),
                 fmt::format("only data with labels 0 to {} can be used", largest_label));
  }
  return std::vector<std::uint8_t>(labels.begin(), labels.end());
}

std::vector<std::uint8_t> format_idx(std::span<const std::uint32_t> dimensions, Bytes data) {
  std::vector<std::uint8_t> bytes{0, 0, 8, static_cast<std::uint8_t>(dimensions.size())};
  bytes.reserve(4 + 4 * dimensions.size() + data.size());
  for (const std::uint32_t dimension : dimensions) {
    for (const unsigned shift : {24u, 16u, 8u, 0u})
      bytes.push_back(static_cast<std::uint8_t>(dimension >> shift));
  }
  bytes.insert(bytes.end(), data.begin(), data.end());
  return bytes;
}

}  // namespace synann::data
