// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace synann {

// Main memory in bytes; 0 where the system does not tell.
struct MemoryUse {
  std::uint64_t used = 0;   // by this process, resident
  std::uint64_t total = 0;  // of the machine
  std::uint64_t available =
      0;  // for more, without swapping; limits of this process's group are not asked for
};

// Asks the system; takes microseconds. Any thread.
MemoryUse memory_use();

}  // namespace synann
