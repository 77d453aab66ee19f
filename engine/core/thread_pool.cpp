// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/thread_pool.h"

#include <algorithm>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synann {
namespace {

// About ten microseconds: the usual gap between two jobs of one training step.
constexpr int kSpins = 400;

inline void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

template <class Done>
bool spin_until(const Done& done) {
  for (int i = 0; i < kSpins; ++i) {
    if (done()) return true;
    pause_briefly();
  }
  return done();
}

}  // namespace

int hardware_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void lower_thread_priority() {
  // Linux gives each thread its own nice value; QThread priorities have no effect there.
  const auto id = static_cast<id_t>(syscall(SYS_gettid));
  if (getpriority(PRIO_PROCESS, id) < 10) setpriority(PRIO_PROCESS, id, 10);
}

ThreadPool::ThreadPool(int threads) {
  for (int i = 1; i < std::max(1, threads); ++i) workers_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
  stop_.store(true);
  generation_.fetch_add(1);
  generation_.notify_all();
  workers_.clear();  // joins before the members they read are gone
}

void ThreadPool::run(int count, const std::function<void(int, int)>& task) {
  if (count <= 0) return;
  if (workers_.empty() || count == 1) {
    for (int i = 0; i < count; ++i) task(i, 0);
    return;
  }
  task_ = &task;
  count_.store(count, std::memory_order_relaxed);
  remaining_.store(count, std::memory_order_relaxed);
  const std::uint32_t generation = generation_.load(std::memory_order_relaxed) + 1;
  ticket_.store(std::uint64_t{generation} << 32 | static_cast<std::uint32_t>(count),
                std::memory_order_release);
  generation_.store(generation, std::memory_order_release);
  generation_.notify_all();
  take_indices(0, generation);
  if (spin_until([&] { return remaining_.load(std::memory_order_acquire) == 0; })) return;
  for (int left = remaining_.load(std::memory_order_acquire); left != 0;
       left = remaining_.load(std::memory_order_acquire)) {
    remaining_.wait(left, std::memory_order_acquire);
  }
}

void ThreadPool::take_indices(int thread, std::uint64_t generation) {
  // The ticket's upper half names the job, its lower half says how many indices are left. A ticket with
  // something left means that its job is not over, so after the exchange count_ and task_ are still that
  // job's; reading them before could mix two jobs.
  std::uint64_t ticket = ticket_.load(std::memory_order_acquire);
  while ((ticket >> 32) == generation) {
    const auto left = static_cast<int>(ticket & 0xffffffffu);
    if (left == 0) return;
    if (!ticket_.compare_exchange_weak(ticket, ticket - 1, std::memory_order_acq_rel)) continue;
    (*task_)(count_.load(std::memory_order_relaxed) - left, thread);
    if (remaining_.fetch_sub(1, std::memory_order_acq_rel) == 1) remaining_.notify_one();
    ticket = ticket_.load(std::memory_order_acquire);
  }
}

void ThreadPool::work(int thread) {
  std::uint32_t seen = 0;
  while (true) {
    if (!spin_until([&] { return generation_.load(std::memory_order_acquire) != seen; })) {
      generation_.wait(seen, std::memory_order_acquire);
    }
    seen = generation_.load(std::memory_order_acquire);
    if (stop_.load()) return;
    take_indices(thread, seen);
  }
}

}  // namespace synann
