// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace synann {

// Main memory in bytes; 0 where the system does not tell.
struct MemoryUse {
  std::uint64_t used = 0;   // by this process, resident
  std::uint64_t total = 0;  // of the machine
};

// Asks the system; takes microseconds. Any thread.
MemoryUse memory_use();

}  // namespace synann
