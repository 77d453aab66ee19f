// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace synann::io {

// RFC 4648, with padding and without line breaks, as checkpoints of the first format hold their momenta.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);  // nullopt for anything else

std::string to_base64(std::span<const std::uint8_t> bytes);

}  // namespace synann::io
