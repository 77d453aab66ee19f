// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include "fuzz/reader_checks.h"

namespace synann::fuzz {

// The tensor reader: what it accepts is written and read back to the same tensors; what it refuses gets one
// sentence with the name.
Outcome check_safetensors(std::span<const std::uint8_t> bytes);

}  // namespace synann::fuzz
