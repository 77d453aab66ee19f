// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/ranks/team.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace synann::compute {
namespace {

// Where the bytes of a rank's share stand: [first, end) in units.
struct Units {
  int first, end;
};

Units units_of(const Written& w, int rank, int ranks) {
  const Share share = share_of(static_cast<int>(w.bounds.size()) - 1, rank, ranks);
  return {w.bounds[static_cast<std::size_t>(share.first)], w.bounds[static_cast<std::size_t>(share.end)]};
}

std::size_t bytes_of(const Written& w, Units u) {
  return static_cast<std::size_t>(w.rows) * static_cast<std::size_t>(u.end - u.first) * w.unit;
}

// Calls visit(place in the written memory, bytes) for the stretches of a share, in their order.
template <class Visit>
void each_stretch(const Written& w, Units u, const Visit& visit) {
  const auto count = static_cast<std::size_t>(u.end - u.first);
  if (count == 0) return;
  for (int row = 0; row < w.rows; ++row) {
    std::byte* first =
        w.base + static_cast<std::size_t>(row) * w.row_pitch + static_cast<std::size_t>(u.first) * w.pitch;
    if (w.pitch == w.unit) {
      visit(first, count * w.unit);
    } else {
      for (std::size_t k = 0; k < count; ++k) visit(first + k * w.pitch, w.unit);
    }
  }
}

}  // namespace

Share share_of(int count, int rank, int ranks) {
  const auto border = [&](int r) { return static_cast<int>(std::int64_t{count} * r / ranks); };
  return {border(rank), border(rank + 1)};
}

void Team::run_share(int count, const std::function<void(int index, int thread)>& task) {
  if (alone()) return pool_.run(count, task);
  const Share mine = share(count);
  pool_.run(mine.end - mine.first, [&](int index, int thread) { task(mine.first + index, thread); });
}

void Team::exchange(std::span<const Written> written) {
  if (alone()) return;
  const int ranks = ranks_->count(), mine = ranks_->rank();
  begins_.assign(1, 0);
  for (int r = 0; r < ranks; ++r) {
    std::size_t bytes = 0;
    for (const Written& w : written) bytes += bytes_of(w, units_of(w, r, ranks));
    begins_.push_back(begins_.back() + bytes);
  }
  if (block_.size() < begins_.back()) block_.resize(begins_.back());
  std::byte* at = block_.data() + begins_[static_cast<std::size_t>(mine)];
  for (const Written& w : written)
    each_stretch(w, units_of(w, mine, ranks), [&](const std::byte* from, std::size_t bytes) {
      std::memcpy(at, from, bytes);
      at += bytes;
    });
  ranks_->gather(block_.data(), begins_);
  for (int r = 0; r < ranks; ++r) {
    if (r == mine) continue;
    const std::byte* from = block_.data() + begins_[static_cast<std::size_t>(r)];
    for (const Written& w : written)
      each_stretch(w, units_of(w, r, ranks), [&](std::byte* to, std::size_t bytes) {
        std::memcpy(to, from, bytes);
        from += bytes;
      });
  }
}

int Team::least(int value) {
  if (alone()) return value;
  const int ranks = ranks_->count();
  std::vector<int> all(static_cast<std::size_t>(ranks));
  all[static_cast<std::size_t>(ranks_->rank())] = value;
  exchange(Written::blocks(all.data(), 1, Written::each(ranks)));
  return *std::min_element(all.begin(), all.end());
}

}  // namespace synann::compute
