// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

// What a file is packed with, told by its first bytes. Pure functions of a byte span; `file` is a path as a
// person gave it, for error sentences and for the command that unpacks it.
namespace synann::data {

// Whether the bytes are of a kind that holds no data set that can be read, such as xz, zstd or a web page.
bool is_foreign(std::span<const std::uint8_t> bytes);

// Names such a kind, and the command that unpacks it.
Error foreign_error(std::span<const std::uint8_t> bytes, std::string_view file);

// The error for a zip archive that is no .npz.
Error zip_error(std::string_view file);
bool is_zip(std::span<const std::uint8_t> bytes);

// What a gzip file holds; other bytes as they are. An IDX header inside tells how many bytes there will be,
// and is held against `limit` first. Refused: gzip inside gzip, and what is_foreign().
Result<std::vector<std::uint8_t>> unpack(std::vector<std::uint8_t> bytes, std::string_view file,
                                         std::uint64_t limit);

// As a word of a shell's line: in quotes where it takes them.
std::string shell_word(std::string_view word);

// Bytes that a data set may take: the free memory, or 2^40 where the system does not tell it.
std::uint64_t free_memory();

// "needs 12.0 GB of memory, 3.1 GB are free", for `where`.
Error memory_error(std::string where, std::uint64_t needed, std::uint64_t available);

}  // namespace synann::data
