// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "engine/core/result.h"

// What people take for a safetensors file, told by its first bytes.
namespace synann::io {

inline constexpr std::size_t kHeadOfFile = 4096;  // bytes that are looked at, at most

// Which other kind of file this is, and what to do with it, as an error about `file`; nothing where it may be
// a safetensors file, or is of no kind that is known. `head`: the first bytes of the file, kHeadOfFile of
// them or all.
std::optional<Error> other_kind_of_file(std::span<const std::uint8_t> head, std::string_view file);

}  // namespace synann::io
