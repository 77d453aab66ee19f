// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/ranks/mpi_ranks.h"

#if defined(SYNANN_MPI)
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mpi.h>
#include <thread>
#include <vector>

#include <climits>
#endif

namespace synann::compute {

#if defined(SYNANN_MPI)

namespace {

constexpr std::size_t kMostBytes = INT_MAX / 2;  // of one call: MPI counts in int

// MPI itself would keep a processor busy for as long as rank 0 has nothing to say: while it measures, saves
// or answers alone. Who waits for long sleeps between two looks.
void wait_for(MPI_Request& request) {
  using Clock = std::chrono::steady_clock;
  constexpr auto kPatience = std::chrono::milliseconds(2);
  constexpr auto kSleep = std::chrono::microseconds(50);
  const auto begun = Clock::now();
  for (int done = 0; done == 0;) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done == 0 && Clock::now() - begun > kPatience) std::this_thread::sleep_for(kSleep);
  }
}

// An error of MPI ends all processes: that is its default, and there is nothing to go on with.
class MpiRanks final : public Ranks {
 public:
  MpiRanks() {
    int level = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &count_);
    MPI_Comm machine = MPI_COMM_NULL;
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Comm_size(machine, &on_this_machine_);
    MPI_Comm_free(&machine);
  }
  ~MpiRanks() override { MPI_Finalize(); }
  MpiRanks(const MpiRanks&) = delete;
  MpiRanks& operator=(const MpiRanks&) = delete;

  int rank() const override { return rank_; }
  int count() const override { return count_; }
  int on_this_machine() const override { return on_this_machine_; }

  void broadcast(std::span<std::byte> bytes) override {
    for (std::size_t at = 0; at < bytes.size(); at += kMostBytes) {
      const auto part = bytes.subspan(at, std::min(kMostBytes, bytes.size() - at));
      MPI_Request request = MPI_REQUEST_NULL;
      MPI_Ibcast(part.data(), static_cast<int>(part.size()), MPI_BYTE, 0, MPI_COMM_WORLD, &request);
      wait_for(request);
    }
  }
  // In pieces of the block that one call can count; a rank gives to each what of its stretch lies there.
  void gather(std::byte* block, std::span<const std::size_t> begins) override {
    counts_.resize(static_cast<std::size_t>(count_));
    places_.resize(counts_.size());
    for (std::size_t at = 0; at < begins.back(); at += kMostBytes) {
      const std::size_t end = std::min(begins.back(), at + kMostBytes);
      for (std::size_t r = 0; r < counts_.size(); ++r) {
        const std::size_t first = std::clamp(begins[r], at, end), last = std::clamp(begins[r + 1], at, end);
        counts_[r] = static_cast<int>(last - first);
        places_[r] = static_cast<int>(first - at);
      }
      MPI_Allgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, block + at, counts_.data(), places_.data(), MPI_BYTE,
                     MPI_COMM_WORLD);
    }
  }
  [[noreturn]] void abort(const std::string& sentence) override {
    std::fprintf(stderr, "synann: %s.\n", sentence.c_str());
    MPI_Abort(MPI_COMM_WORLD, 1);
    std::abort();
  }

 private:
  int rank_ = 0, count_ = 1, on_this_machine_ = 1;
  std::vector<int> counts_, places_;  // [ranks], in bytes
};

}  // namespace

bool built_with_mpi() {
  return true;
}

std::unique_ptr<Ranks> mpi_ranks() {
  auto ranks = std::make_unique<MpiRanks>();
  if (ranks->count() == 1) return nullptr;
  return ranks;
}

#else

bool built_with_mpi() {
  return false;
}

std::unique_ptr<Ranks> mpi_ranks() {
  return nullptr;
}

#endif

}  // namespace synann::compute
