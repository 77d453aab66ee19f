// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/idx.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>

#include "engine/data/gzip.h"

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

std::uint32_t big_endian(Bytes bytes, std::size_t offset) {
  return (std::uint32_t{bytes[offset]} << 24) | (std::uint32_t{bytes[offset + 1]} << 16) |
         (std::uint32_t{bytes[offset + 2]} << 8) | std::uint32_t{bytes[offset + 3]};
}

Error idx_error(std::string_view file, std::string problem, std::uint64_t offset, std::string expected,
                std::string found, std::string remedy) {
  return {.kind = ErrorKind::Input,
          .where = std::string(file),
          .problem = std::move(problem),
          .offset = offset,
          .expected = std::move(expected),
          .found = std::move(found),
          .remedy = std::move(remedy)};
}

constexpr std::uint32_t kImageMagic = 0x0803, kLabelMagic = 0x0801, kLabelRowMagic = 0x0c02;

// What the first four bytes say, in words.
std::string describe_magic(Bytes bytes, std::uint32_t magic) {
  const unsigned type = (magic >> 8) & 0xffu, dimensions = magic & 0xffu;
  if (is_gzip(bytes)) return "gzip-compressed data";
  if (magic == kLabelMagic) return "0x00000801, a label file";
  if (magic == kImageMagic) return "0x00000803, an image file";
  if (magic == kLabelRowMagic) return "0x00000c02, a label file of QMNIST";
  if (magic >> 16 == 0 && type == 0x08)
    return fmt::format("{:#010x}, an IDX file of {} dimensions", magic, dimensions);
  if (magic >> 16 == 0 && type >= 0x09 && type <= 0x0e)
    return fmt::format("{:#010x}, an IDX file not of bytes", magic);
  return fmt::format("{:#010x}", magic);
}

// a · b, or UINT64_MAX where that is more.
std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  std::uint64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? UINT64_MAX : result;
}

// Checks magic, dimensions and length, and gives the dimensions. `kind` is "image" or "label"; a number takes
// `width` bytes.
template <std::size_t N>
Result<std::array<std::uint32_t, N>> parse_header(Bytes bytes, std::string_view file, std::string_view kind,
                                                  std::uint32_t expected_magic, std::uint64_t width = 1) {
  constexpr std::size_t kHeader = 4 + 4 * N;
  if (bytes.size() < 4) {
    return idx_error(file, "too short for an IDX file", 0, fmt::format("a header of {} bytes", kHeader),
                     fmt::format("{} bytes", bytes.size()), "get the file again");
  }
  const std::uint32_t magic = big_endian(bytes, 0);
  if (magic != expected_magic) {
    return idx_error(file, fmt::format("not an IDX {} file", kind), 0,
                     fmt::format("magic {:#010x}", expected_magic), describe_magic(bytes, magic),
                     "check that the four files carry their right names");
  }
  if (bytes.size() < kHeader) {
    return idx_error(file, "the header is cut off", bytes.size(),
                     fmt::format("a header of {} bytes", kHeader), fmt::format("{} bytes", bytes.size()),
                     "get the file again");
  }
  std::array<std::uint32_t, N> dimensions{};
  std::uint64_t size = width;
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t offset = 4 + 4 * i;
    const std::uint32_t largest = i == 0 ? kLargestCount : kLargestDimension;
    dimensions[i] = big_endian(bytes, offset);
    if (dimensions[i] < 1 || dimensions[i] > largest) {
      return idx_error(file, fmt::format("dimension {} of {} is out of range", i + 1, N), offset,
                       fmt::format("1 to {}", largest), fmt::format("{}", dimensions[i]),
                       "get the file again");
    }
    size = product(size, dimensions[i]);
  }
  if (bytes.size() - kHeader != size) {
    const bool cut = bytes.size() - kHeader < size;
    const std::uint64_t whole = size > UINT64_MAX - kHeader ? size : kHeader + size;
    return idx_error(file, cut ? "the file is cut off" : "bytes follow the data",
                     std::min<std::uint64_t>(bytes.size(), whole), fmt::format("{} bytes in all", whole),
                     fmt::format("{}", bytes.size()), "get the file again");
  }
  return dimensions;
}

Error wrong_label(std::string_view file, std::uint64_t index, std::uint64_t offset, std::int64_t label,
                  int largest) {
  return idx_error(file, fmt::format("label {} (counted from 0) is out of range", index), offset,
                   fmt::format("0 to {}", largest), fmt::format("{}", label),
                   fmt::format("only data with labels 0 to {} can be used", largest));
}

// QMNIST: rows of 32-bit numbers, of which the first is the label.
Result<std::vector<std::uint8_t>> parse_label_rows(Bytes bytes, std::string_view file, int largest_label) {
  const auto header = parse_header<2>(bytes, file, "label", kLabelRowMagic, 4);
  if (!header) return header.error();
  const std::size_t row = 4 * std::size_t{(*header)[1]};
  std::vector<std::uint8_t> labels((*header)[0]);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::size_t at = 12 + i * row;
    const auto label = static_cast<std::int32_t>(big_endian(bytes, at));
    if (label < 0 || label > largest_label) return wrong_label(file, i, at, label, largest_label);
    labels[i] = static_cast<std::uint8_t>(label);
  }
  return labels;
}

}  // namespace

bool is_idx(Bytes bytes) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0 || bytes[3] == 0) return false;
  return bytes[2] == 8 || bytes[2] == 9 || (bytes[2] >= 11 && bytes[2] <= 14);
}

bool is_idx_images(Bytes bytes) {
  return bytes.size() >= 4 && big_endian(bytes, 0) == kImageMagic;
}

std::uint64_t idx_size(Bytes bytes) {
  if (!is_idx(bytes)) return 0;
  const std::uint32_t magic = big_endian(bytes, 0);
  const std::size_t dimensions = magic & 0xffu;
  if (magic != kImageMagic && magic != kLabelMagic && magic != kLabelRowMagic) return 0;
  if (bytes.size() < 4 + 4 * dimensions) return 0;
  std::uint64_t size = magic == kLabelRowMagic ? 4 : 1;
  for (std::size_t i = 0; i < dimensions; ++i) size = product(size, big_endian(bytes, 4 + 4 * i));
  return size > UINT64_MAX - 16 ? UINT64_MAX : size + 4 + 4 * dimensions;
}

Result<IdxImages> parse_idx_images(Bytes bytes, std::string_view file) {
  const auto header = parse_header<3>(bytes, file, "image", kImageMagic);
  if (!header) return header.error();
  IdxImages images;
  images.count = static_cast<int>((*header)[0]);
  images.rows = static_cast<int>((*header)[1]);
  images.columns = static_cast<int>((*header)[2]);
  images.pixels.assign(bytes.begin() + 16, bytes.end());
  return images;
}

Result<std::vector<std::uint8_t>> parse_idx_labels(Bytes bytes, std::string_view file, int largest_label) {
  if (bytes.size() >= 4 && big_endian(bytes, 0) == kLabelRowMagic)
    return parse_label_rows(bytes, file, largest_label);
  const auto header = parse_header<1>(bytes, file, "label", kLabelMagic);
  if (!header) return header.error();
  const Bytes labels = bytes.subspan(8);
  const auto bad =
      std::find_if(labels.begin(), labels.end(), [&](std::uint8_t label) { return label > largest_label; });
  if (bad != labels.end()) {
    const auto index = static_cast<std::uint64_t>(bad - labels.begin());
    return wrong_label(file, index, 8 + index, *bad, largest_label);
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
