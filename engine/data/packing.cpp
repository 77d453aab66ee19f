// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/data/packing.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <utility>

#include "engine/core/memory_use.h"
#include "engine/data/gzip.h"
#include "engine/data/idx.h"

namespace synann::data {
namespace {

using Bytes = std::span<const std::uint8_t>;
using namespace std::literals;

// A kind of file that people have instead of the data in it.
struct ForeignKind {
  std::string_view name;    // after "is"
  std::string_view magic;   // the first bytes
  std::string_view remedy;  // {} is the file
};

constexpr std::array kForeign{
    ForeignKind{"packed with xz",
                "\xfd"
                "7zXZ\0"sv,
                "unpack it: xz -dk {}"},
    ForeignKind{"packed with zstd", "\x28\xb5\x2f\xfd"sv, "unpack it: zstd -d {}"},
    ForeignKind{"packed with bzip2", "BZh"sv, "unpack it: bzip2 -dk {}"},
    ForeignKind{"packed with lz4", "\x04\x22\x4d\x18"sv, "unpack it: lz4 -d {}"},
    ForeignKind{"a 7z archive", "7z\xbc\xaf\x27\x1c"sv, "unpack it: 7z x {}"},
    ForeignKind{"a rar archive", "Rar!\x1a\x07"sv, "unpack it: unrar x {}"},
    ForeignKind{"a Parquet file", "PAR1"sv, "write its images as PNG files, a folder for each class"},
    ForeignKind{"an HDF5 file", "\x89HDF\r\n\x1a\n"sv, "write its arrays with numpy.savez_compressed"},
    ForeignKind{"a MATLAB file", "MATLAB 5.0"sv, "get the data set in the IDX format"},
    ForeignKind{"a Git LFS pointer, not the file itself", "version https://git-lfs"sv,
                "get the file: git lfs pull"},
    ForeignKind{"a web page, not the file itself", "<!doctype html"sv, "get the file again"},
    ForeignKind{"a web page, not the file itself", "<html"sv, "get the file again"},
    ForeignKind{"an answer of a server in XML, not the file itself", "<?xml"sv, "get the file again"},
};

const ForeignKind* foreign_kind(Bytes bytes) {
  const auto begins = [&](const ForeignKind& kind) {
    if (bytes.size() < kind.magic.size()) return false;
    return std::equal(kind.magic.begin(), kind.magic.end(), bytes.begin(), [](char a, std::uint8_t b) {
      const auto byte = static_cast<std::uint8_t>(a);
      return byte == b || (a >= 'a' && a <= 'z' && byte == (b | 0x20u));
    });
  };
  const auto* found = std::ranges::find_if(kForeign, begins);
  return found == kForeign.end() ? nullptr : found;
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1'000'000'000) return fmt::format("{} MB", (bytes + 999'999) / 1'000'000);
  return fmt::format("{:.1f} GB", static_cast<double>(bytes) / 1e9);
}

}  // namespace

bool is_foreign(Bytes bytes) {
  return foreign_kind(bytes) != nullptr;
}

Error foreign_error(Bytes bytes, std::string_view file) {
  const ForeignKind* kind = foreign_kind(bytes);
  if (!kind) return input_error(std::string(file), "is of no kind that can be read");
  return input_error(std::string(file), fmt::format("is {}", kind->name),
                     fmt::format(fmt::runtime(kind->remedy), shell_word(file)));
}

bool is_zip(Bytes bytes) {
  return bytes.size() >= 4 && bytes[0] == 'P' && bytes[1] == 'K' &&
         ((bytes[2] == 3 && bytes[3] == 4) || (bytes[2] == 5 && bytes[3] == 6));
}

Error zip_error(std::string_view file) {
  return input_error(std::string(file), "is a zip archive",
                     fmt::format("unpack it: unzip {}", shell_word(file)));
}

Result<std::vector<std::uint8_t>> unpack(std::vector<std::uint8_t> bytes, std::string_view file,
                                         std::uint64_t limit) {
  if (is_foreign(bytes)) return foreign_error(bytes, file);
  if (!is_gzip(bytes)) return bytes;
  const auto start = gunzip_start(bytes, 64);
  if (is_gzip(start)) {
    return input_error(std::string(file), "is packed with gzip twice",
                       fmt::format("unpack it once: gzip -d {}", shell_word(file)));
  }
  if (is_foreign(start)) return foreign_error(start, file);
  const std::uint64_t size = idx_size(start);  // 0 where this is no IDX file
  if (size > limit) return memory_error(std::string(file), size, limit);
  // What follows the data is told by the reader of IDX; it need not all be unpacked for that.
  if (size == 0) return gunzip(bytes, file, limit);
  auto unpacked = gunzip(bytes, file, std::min(limit, size + 1), size);
  if (!unpacked && unpacked.error().problem == "the data are too large after decompression") {
    Error error = unpacked.error();
    error.problem = "bytes follow the data";
    error.expected = fmt::format("{} bytes in all", size);
    return error;
  }
  return unpacked;
}

std::string shell_word(std::string_view word) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || "_-./+:@%,~"sv.find(c) != std::string_view::npos;
  });
  if (plain) return std::string(word);
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::uint64_t free_memory() {
  const std::uint64_t available = memory_use().available;
  return available > 0 ? available : std::uint64_t{1} << 40;
}

Error memory_error(std::string where, std::uint64_t needed, std::uint64_t available) {
  Error error = input_error(std::move(where), "does not fit the free memory",
                            "close other programs, or use a machine with more memory");
  error.expected = fmt::format("at most {}", size_text(available));
  error.found = size_text(needed);
  return error;
}

}  // namespace synann::data
