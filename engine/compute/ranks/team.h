// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "engine/compute/ranks/ranks.h"
#include "engine/core/thread_pool.h"

namespace synann::compute {

// Indices [first, end) of a job.
struct Share {
  int first = 0, end = 0;
};

// The indices of a job of `count` that a rank takes: neighbours stay together, and no share is larger than
// another by more than one. Where there are more ranks than indices, some have none.
Share share_of(int count, int rank, int ranks);

// What the indices of a shared job write and every rank needs: index i wrote the units [bounds[i],
// bounds[i + 1]) of each row.
struct Written {
  std::byte* base = nullptr;
  std::vector<int> bounds{};  // [count + 1]
  std::size_t unit = 0;       // bytes
  std::size_t pitch = 0;      // bytes from a unit to the next
  int rows = 1;
  std::size_t row_pitch = 0;  // bytes from a row to the next

  // Units of `width` numbers each, one behind the other.
  template <class T>
  static Written blocks(T* first, std::size_t width, std::vector<int> bounds) {
    const std::size_t bytes = width * sizeof(T);
    return {as_bytes(first), std::move(bounds), bytes, bytes};
  }
  // Columns of a matrix whose rows begin `row_pitch` numbers apart.
  template <class T>
  static Written columns(T* first, int rows, std::size_t row_pitch, std::vector<int> bounds) {
    return {as_bytes(first), std::move(bounds), sizeof(T), sizeof(T), rows, row_pitch * sizeof(T)};
  }
  // One member of each of the structures at `first`.
  template <class Struct, class Member>
  static Written members(Struct* first, Member Struct::*member, int count) {
    return {as_bytes(&(first->*member)), each(count), sizeof(Member), sizeof(Struct)};
  }
  // Bounds where each index writes one unit.
  static std::vector<int> each(int count) {
    std::vector<int> bounds(static_cast<std::size_t>(count) + 1);
    std::iota(bounds.begin(), bounds.end(), 0);
    return bounds;
  }

 private:
  template <class T>
  static std::byte* as_bytes(T* p) {
    return reinterpret_cast<std::byte*>(p);  // NOLINT: bytes are what ranks exchange
  }
};

// The threads of this process and the ranks beside it, as one. A job of `count` indices is run by this
// process alone, or its share of them here and the others' there; exchange() then hands what was written to
// all. Sums are made of whole sets of parts in their order, so results depend neither on threads nor on
// ranks. Owned and called by one thread, and by every rank in the same order.
class Team {
 public:
  // ranks: null where this process is alone; must outlive the team.
  explicit Team(int threads, Ranks* ranks = nullptr) : pool_(threads), ranks_(ranks) {}

  int threads() const { return pool_.threads(); }
  bool alone() const { return ranks_ == nullptr || ranks_->count() == 1; }
  Share share(int count) const {
    return alone() ? Share{0, count} : share_of(count, ranks_->rank(), ranks_->count());
  }

  // All indices, here.
  void run(int count, const std::function<void(int index, int thread)>& task) { pool_.run(count, task); }
  // Those of share(count).
  void run_share(int count, const std::function<void(int index, int thread)>& task);
  // What the indices of one or several shared jobs wrote goes to every rank.
  void exchange(std::span<const Written> written);
  void exchange(const Written& written) { exchange(std::span(&written, 1)); }
  // The least of what all ranks say.
  int least(int value);

 private:
  ThreadPool pool_;
  Ranks* ranks_;
  std::vector<std::byte> block_;     // what goes over
  std::vector<std::size_t> begins_;  // [ranks + 1] in it
};

}  // namespace synann::compute
