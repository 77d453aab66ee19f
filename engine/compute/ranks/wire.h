// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "engine/compute/ranks/ranks.h"

namespace synann::compute {

// Passes values from rank 0 to all others: the same call writes there and reads here.
class Wire {
 public:
  explicit Wire(Ranks& ranks) : ranks_(ranks) {}

  template <class T>
  requires std::is_trivially_copyable_v<T>
  void pass(T& value) { ranks_.broadcast(std::as_writable_bytes(std::span(&value, 1))); }
  template <class T>
  void pass(std::vector<T>& block) {
    pass_block(block);
  }
  void pass(std::string& text) { pass_block(text); }

 private:
  template <class Block>
  void pass_block(Block& block) {
    std::uint64_t count = block.size();
    pass(count);
    block.resize(static_cast<std::size_t>(count));
    if (count > 0) ranks_.broadcast(std::as_writable_bytes(std::span(block)));
  }

  Ranks& ranks_;
};

// The value of every rank, on every rank.
template <class T>
requires std::is_trivially_copyable_v<T> std::vector<T> gather_values(Ranks& ranks, const T& mine) {
  const auto count = static_cast<std::size_t>(ranks.count());
  std::vector<T> all(count);
  all[static_cast<std::size_t>(ranks.rank())] = mine;
  std::vector<std::size_t> begins;
  for (std::size_t r = 0; r <= count; ++r) begins.push_back(r * sizeof(T));
  ranks.gather(std::as_writable_bytes(std::span(all)).data(), begins);
  return all;
}

}  // namespace synann::compute
