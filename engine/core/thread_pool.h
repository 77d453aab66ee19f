// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace synann {

// The processors this process may run on (its affinity mask), at least 1.
int hardware_threads();

// Lowers the calling thread to nice 10 (for good; threads it starts inherit it), so that a window keeps its
// beat while training uses every core.
void lower_thread_priority();

// A fixed set of threads that share indexed work dynamically: whoever is free takes the next index, so a
// disturbed thread costs little. Waiting threads spin for a few microseconds, then sleep. Results must not
// depend on which thread runs an index. Owned and called by one thread at a time; that thread works too.
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
  void work(int thread);
  void take_indices(int thread, std::uint64_t generation);

  std::vector<std::jthread> workers_;
  const std::function<void(int, int)>* task_ = nullptr;
  // (generation << 32) | indices left: one word, so that a late worker can never take an index of a later
  // job.
  std::atomic<std::uint64_t> ticket_{0};
  std::atomic<std::uint32_t> generation_{0};
  std::atomic<int> count_{0};
  std::atomic<int> remaining_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace synann
