// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/ranks/thread_ranks.h"

#include <algorithm>
#include <barrier>
#include <cstdio>
#include <cstdlib>

namespace synann::compute {
namespace {

// Where all meet, and where each lays out what it has for the others.
struct MeetingPlace {
  explicit MeetingPlace(int count) : all(count), blocks(static_cast<std::size_t>(count)) {}
  std::barrier<> all;
  std::vector<std::byte*> blocks;  // [count]
};

class ThreadRanks final : public Ranks {
 public:
  ThreadRanks(std::shared_ptr<MeetingPlace> place, int rank) : place_(std::move(place)), rank_(rank) {}

  int rank() const override { return rank_; }
  int count() const override { return static_cast<int>(place_->blocks.size()); }
  int on_this_machine() const override { return count(); }

  void broadcast(std::span<std::byte> bytes) override {
    if (rank_ == 0) place_->blocks[0] = bytes.data();
    place_->all.arrive_and_wait();
    if (rank_ != 0) std::copy_n(place_->blocks[0], bytes.size(), bytes.data());
    place_->all.arrive_and_wait();
  }
  void gather(std::byte* block, std::span<const std::size_t> begins) override {
    place_->blocks[static_cast<std::size_t>(rank_)] = block;
    place_->all.arrive_and_wait();
    for (std::size_t r = 0; r + 1 < begins.size(); ++r) {
      if (static_cast<int>(r) == rank_) continue;
      std::copy(place_->blocks[r] + begins[r], place_->blocks[r] + begins[r + 1], block + begins[r]);
    }
    place_->all.arrive_and_wait();
  }
  [[noreturn]] void abort(const std::string& sentence) override {
    std::fprintf(stderr, "synann: %s.\n", sentence.c_str());
    std::abort();
  }

 private:
  std::shared_ptr<MeetingPlace> place_;
  int rank_;
};

}  // namespace

std::vector<std::unique_ptr<Ranks>> thread_ranks(int count) {
  const auto place = std::make_shared<MeetingPlace>(count);
  std::vector<std::unique_ptr<Ranks>> ranks;
  ranks.reserve(static_cast<std::size_t>(count));
  for (int r = 0; r < count; ++r) ranks.push_back(std::make_unique<ThreadRanks>(place, r));
  return ranks;
}

}  // namespace synann::compute
