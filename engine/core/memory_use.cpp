// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/memory_use.h"

#include <cstdio>
#include <unistd.h>

namespace synann {
namespace {

// MemAvailable of /proc/meminfo.
std::uint64_t available_bytes() {
  std::FILE* const file = std::fopen("/proc/meminfo", "re");
  if (file == nullptr) return 0;
  char line[256];
  unsigned long kilobytes = 0;
  bool found = false;
  while (!found && std::fgets(line, sizeof line, file) != nullptr)
    found = std::sscanf(line, "MemAvailable: %lu kB", &kilobytes) == 1;
  std::fclose(file);
  return found ? std::uint64_t{kilobytes} * 1024 : 0;
}

}  // namespace

MemoryUse memory_use() {
  const long page = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES);
  if (page <= 0) return {};
  MemoryUse use;
  use.available = available_bytes();
  if (pages > 0) use.total = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return use;
  unsigned long whole = 0, resident = 0;
  if (std::fscanf(file, "%lu %lu", &whole, &resident) == 2)
    use.used = std::uint64_t{resident} * static_cast<std::uint64_t>(page);
  std::fclose(file);
  return use;
}

}  // namespace synann
