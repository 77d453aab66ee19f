// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace synann {

// SHA-256 of bytes that arrive piece by piece. One thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(std::span<const std::uint8_t> bytes);
  // The digest of all bytes added, as 64 lower-case hex digits; call it once, last. Empty only where the
  // system's cryptography library refuses to work at all.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The digest of one span.
std::string sha256_hex(std::span<const std::uint8_t> bytes);

}  // namespace synann
