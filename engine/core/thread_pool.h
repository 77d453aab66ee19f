// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "engine/core/helper_policy.h"

namespace synann {

// The processors this process may run on (its affinity mask), at least 1.
int hardware_threads();

// Lowers the calling thread to nice 10 (for good; threads it starts inherit it), so that a window keeps its
// beat while training uses every core.
void lower_thread_priority();

// A fixed set of threads that share indexed work. Each thread has its own part of the indices, the same one
// in every job of that many, so that what one job left in a processor's cache is met there by the next; who
// is done helps the others from the far end of theirs, so a disturbed thread costs little; and while other
// programs disturb them so much that help costs more than it brings, the caller works alone (HelperPolicy).
// Waiting threads spin for some tens of microseconds, then sleep. Results must not depend on which thread
// runs an index. Owned and called by one thread at a time; that thread works too.
class ThreadPool {
 public:
  explicit ThreadPool(int threads);  // at least 1; starts threads − 1 workers
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  // Calls task(index, thread) once for each index in [0, count) and returns when all are done;
  // thread is in [0, threads()) and names scratch memory. The task must not throw.
  void run(int count, const std::function<void(int index, int thread)>& task);

 private:
  // The indices of one thread that nobody has taken yet: generation << 32 | end << 16 | begin, in one word,
  // so that a late worker can never take an index of a later job.
  struct alignas(64) Part {
    std::atomic<std::uint64_t> word{0};
  };
  static constexpr int kMostIndices = 0xffff;

  void run_part(int first, int count, const std::function<void(int, int)>& task);
  void work(int thread);
  void share(int first, int count, const std::function<void(int, int)>& task);
  // Works until nothing is left to take; returns how many indices this thread took.
  int help(int thread, std::uint32_t generation);
  // The same with one part; `from_end`: from its far end.
  int take(Part& part, bool from_end, int thread, std::uint32_t generation);

  std::vector<std::jthread> workers_;
  std::vector<Part> parts_;  // [threads]
  const std::function<void(int, int)>* task_ = nullptr;
  std::atomic<int> first_{0};  // what index 0 of this job is to its caller
  std::atomic<std::uint32_t> generation_{0};
  std::atomic<int> remaining_{0};
  std::atomic<bool> stop_{false};
  HelperPolicy helpers_;  // the caller's
};

}  // namespace synann
