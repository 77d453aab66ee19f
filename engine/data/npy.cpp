// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/npy.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string>

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMostDimensions = 8;

Error npy_error(std::string_view name, std::string problem, std::string expected = {}, std::string found = {},
                std::string remedy = "write the file again with numpy.savez_compressed") {
  Error error = input_error(std::string(name), std::move(problem), std::move(remedy));
  error.expected = std::move(expected);
  error.found = std::move(found);
  return error;
}

bool has_magic(Bytes bytes) {
  return bytes.size() >= kMagic.size() &&
         std::equal(kMagic.begin(), kMagic.end(), bytes.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

// What stands behind 'key': in a Python dictionary, up to the comma or brace that ends it.
std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(fmt::format("'{}'", key));
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = text.substr(at + key.size() + 2);
  const std::size_t colon = rest.find_first_not_of(" ");
  if (colon == std::string_view::npos || rest[colon] != ':') return std::nullopt;
  rest.remove_prefix(colon + 1);
  rest.remove_prefix(std::min(rest.size(), rest.find_first_not_of(' ')));
  if (rest.starts_with('(')) return rest.substr(0, std::min(rest.size(), rest.find(')') + 1));
  return rest.substr(0, rest.find_first_of(",}"));
}

// "(60000, 28, 28)"
std::optional<std::vector<std::uint64_t>> shape_of(std::string_view text) {
  if (!text.starts_with('(') || !text.ends_with(')')) return std::nullopt;
  std::vector<std::uint64_t> shape;
  std::uint64_t number = 0;
  bool in_number = false;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      if (number > UINT64_MAX / 100) return std::nullopt;
      number = 10 * number + static_cast<std::uint64_t>(c - '0');
      in_number = true;
    } else if (c == ',' || c == ')') {
      if (in_number) shape.push_back(number);
      number = 0;
      in_number = false;
    } else if (c != ' ' && c != 'L') {  // Python 2 wrote 60000L
      return std::nullopt;
    }
  }
  if (shape.size() > kMostDimensions) return std::nullopt;
  return shape;
}

}  // namespace

std::uint64_t npy_header_size(Bytes start) {
  if (!has_magic(start) || start.size() < 12) return 0;
  const auto byte = [&](std::size_t at) { return std::uint64_t{start[at]}; };
  if (start[6] == 1) return 10 + (byte(8) | byte(9) << 8);
  return 12 + (byte(8) | byte(9) << 8 | byte(10) << 16 | byte(11) << 24);
}

Result<NpyHeader> parse_npy_header(Bytes bytes, std::string_view name) {
  const std::uint64_t size = npy_header_size(bytes);
  if (size == 0) return npy_error(name, "is no NPY array");
  if (size > bytes.size()) {
    return npy_error(name, "the header of the array is cut off", fmt::format("{} bytes", size),
                     fmt::format("{}", bytes.size()));
  }
  const std::size_t text_begin = bytes[6] == 1 ? 10 : 12;
  const std::string text(bytes.begin() + static_cast<std::ptrdiff_t>(text_begin),
                         bytes.begin() + static_cast<std::ptrdiff_t>(size));
  const auto type = value_of(text, "descr"), order = value_of(text, "fortran_order"),
             dimensions = value_of(text, "shape");
  if (!type || !order || !dimensions) return npy_error(name, "the header of the array cannot be read");
  NpyHeader header;
  header.begin = size;
  const std::string_view word = *type;
  const bool known = word.size() == 5 && word.front() == '\'' && word.back() == '\'' &&
                     std::string_view("|<>=").find(word[1]) != std::string_view::npos &&
                     (word[2] == 'u' || word[2] == 'i') &&
                     std::string_view("1248").find(word[3]) != std::string_view::npos;
  if (!known) {
    return npy_error(name, "the array does not hold integers", "'|u1'", std::string(word.substr(0, 40)),
                     "write it again as numpy.uint8, pixels from 0 to 255");
  }
  header.big_endian = word[1] == '>';
  header.has_sign = word[2] == 'i';
  header.width = word[3] - '0';
  if (!order->starts_with("False")) {
    return npy_error(name, "the array is in Fortran's order", "C's order", std::string(order->substr(0, 20)),
                     "write it again with numpy.ascontiguousarray");
  }
  const auto shape = shape_of(*dimensions);
  if (!shape)
    return npy_error(name, "the shape of the array cannot be read", "",
                     std::string(dimensions->substr(0, 60)));
  header.shape = *shape;
  header.count = 1;
  for (const std::uint64_t n : header.shape) {
    if (__builtin_mul_overflow(header.count, n, &header.count) || header.count > UINT64_MAX / 16)
      return npy_error(name, "the array is too large", "", std::string(dimensions->substr(0, 60)));
  }
  return header;
}

std::int64_t npy_number(const NpyHeader& header, Bytes data, std::uint64_t index) {
  const auto width = static_cast<std::size_t>(header.width);
  const Bytes bytes = data.subspan(static_cast<std::size_t>(index) * width, width);
  std::uint64_t value = 0;
  for (std::size_t k = 0; k < width; ++k)
    value |= std::uint64_t{bytes[header.big_endian ? width - 1 - k : k]} << (8 * k);
  const unsigned unused = 64 - 8 * static_cast<unsigned>(width);
  if (header.has_sign) return static_cast<std::int64_t>(value << unused) >> unused;
  return value > INT64_MAX ? INT64_MAX : static_cast<std::int64_t>(value);
}

}  // namespace synann::data
