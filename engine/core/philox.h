// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

// Usable from C++17 device code as well: no standard library beyond <cstdint>.
#if defined(__CUDACC__)
#define SYNANN_HOST_DEVICE __host__ __device__
#else
#define SYNANN_HOST_DEVICE
#endif

namespace synann {

struct Philox4 {
  std::uint32_t v[4];
};

// Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC'11).
// Four 32-bit words that depend on (counter, key) alone: nothing is stateful, so any element of any stream
// can be drawn in any order, on any thread, on CPU and GPU alike.
SYNANN_HOST_DEVICE inline Philox4 philox4x32_10(Philox4 counter, std::uint64_t key) {
  std::uint32_t k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  Philox4 c = counter;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = 0xD2511F53ull * c.v[0];
    const std::uint64_t p1 = 0xCD9E8D57ull * c.v[2];
    c = {{static_cast<std::uint32_t>(p1 >> 32) ^ c.v[1] ^ k0, static_cast<std::uint32_t>(p1),
          static_cast<std::uint32_t>(p0 >> 32) ^ c.v[3] ^ k1, static_cast<std::uint32_t>(p0)}};
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  return c;
}

}  // namespace synann
