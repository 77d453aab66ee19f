// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstring>
#include <vector>

#include "engine/compute/cuda/block.h"

namespace synann::compute::cuda {

// A block of threads on the host: every phase is a loop over them. Shared memory and locals begin as NaNs.
// Threads of a phase may run in either order: a kernel whose result depends on it has a race.
class HostBlock {
 public:
  HostBlock(const Grid& grid, bool reversed, std::vector<std::byte>& arena)
      : grid_(grid), reversed_(reversed), arena_(arena) {}

  void begin(int x, int y) {
    x_ = x, y_ = y, used_ = 0;
    if (!arena_.empty()) std::memset(arena_.data(), 0xff, arena_.size());
  }

  int x() const { return x_; }
  int y() const { return y_; }
  int threads() const { return grid_.threads; }
  int blocks_x() const { return grid_.blocks_x; }
  int blocks_y() const { return grid_.blocks_y; }

  template <class F>
  void each(F phase) {
    if (reversed_) {
      for (int t = grid_.threads; t-- > 0;) phase(t);
    } else {
      for (int t = 0; t < grid_.threads; ++t) phase(t);
    }
  }

  // Never null: what the grid did not ask for lies in a spare place, and overflowed() says so.
  template <class T>
  T* shared(int count) {
    const std::size_t begin = (used_ + 15) / 16 * 16, bytes = static_cast<std::size_t>(count) * sizeof(T);
    used_ = begin + bytes;
    if (used_ <= static_cast<std::size_t>(grid_.shared_bytes))
      return reinterpret_cast<T*>(arena_.data() + begin);
    overflowed_ = true;
    spare_.emplace_back(bytes + 16);
    return reinterpret_cast<T*>(spare_.back().data());
  }
  bool overflowed() const { return overflowed_; }

  template <class T>
  class Local {
   public:
    explicit Local(int threads) : values_(static_cast<std::size_t>(threads)) {
      std::memset(static_cast<void*>(values_.data()), 0xff, values_.size() * sizeof(T));
    }
    T& operator[](int thread) { return values_[static_cast<std::size_t>(thread)]; }

   private:
    std::vector<T> values_;
  };
  template <class T>
  Local<T> local() const {
    return Local<T>(grid_.threads);
  }

 private:
  Grid grid_;
  bool reversed_ = false, overflowed_ = false;
  int x_ = 0, y_ = 0;
  std::size_t used_ = 0;
  std::vector<std::byte>& arena_;
  std::vector<std::vector<std::byte>> spare_;
};

}  // namespace synann::compute::cuda
