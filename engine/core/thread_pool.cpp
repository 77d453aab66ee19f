// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/thread_pool.h"

#include <algorithm>
#include <chrono>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace synann {
namespace {

// How long a thread spins before it sleeps: longer than one that has finished its share waits for the others
// in a training step, since to wake a thread takes tens of microseconds.
constexpr double kSpinSeconds = 60e-6;

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

inline void pause_briefly() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

template <class Done>
bool spin_until(const Done& done) {
  constexpr int kBetweenLooks = 32;
  if (done()) return true;
  for (const double end = seconds() + kSpinSeconds; seconds() < end;) {
    for (int i = 0; i < kBetweenLooks; ++i) {
      pause_briefly();
      if (done()) return true;
    }
  }
  return false;
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

ThreadPool::ThreadPool(int threads) : parts_(static_cast<std::size_t>(std::max(1, threads))) {
  for (int i = 1; i < std::max(1, threads); ++i) workers_.emplace_back([this, i] { work(i); });
}

ThreadPool::~ThreadPool() {
  stop_.store(true);
  generation_.fetch_add(1);
  generation_.notify_all();
  workers_.clear();  // joins before the members they read are gone
}

void ThreadPool::run(int count, const std::function<void(int, int)>& task) {
  for (int first = 0; first < count; first += kMostIndices)
    run_part(first, std::min(count - first, kMostIndices), task);
}

void ThreadPool::run_part(int first, int count, const std::function<void(int, int)>& task) {
  if (workers_.empty() || count == 1 || !helpers_.wanted(seconds())) {
    for (int i = 0; i < count; ++i) task(first + i, 0);
  } else {
    share(first, count, task);
  }
}

void ThreadPool::share(int first, int count, const std::function<void(int, int)>& task) {
  const double begin = seconds();
  task_ = &task;
  first_.store(first, std::memory_order_relaxed);
  remaining_.store(count, std::memory_order_relaxed);
  const std::uint32_t generation = generation_.load(std::memory_order_relaxed) + 1;
  const auto all = static_cast<std::uint64_t>(count), parts = static_cast<std::uint64_t>(parts_.size());
  for (std::uint64_t k = 0; k < parts; ++k)
    parts_[k].word.store(std::uint64_t{generation} << 32 | (all * (k + 1) / parts) << 16 | (all * k / parts),
                         std::memory_order_release);
  generation_.store(generation, std::memory_order_release);
  generation_.notify_all();
  const int taken = help(0, generation);
  const double worked = seconds() - begin;
  if (!spin_until([&] { return remaining_.load(std::memory_order_acquire) == 0; })) {
    for (int left = remaining_.load(std::memory_order_acquire); left != 0;
         left = remaining_.load(std::memory_order_acquire)) {
      remaining_.wait(left, std::memory_order_acquire);
    }
  }
  const double end = seconds();
  if (taken > 0) helpers_.record(end, end - begin, worked * count / taken);
}

int ThreadPool::help(int thread, std::uint32_t generation) {
  const auto own = static_cast<std::size_t>(thread);
  int taken = take(parts_[own], false, thread, generation);
  for (std::size_t k = 1; k < parts_.size(); ++k)
    taken += take(parts_[(own + k) % parts_.size()], true, thread, generation);
  return taken;
}

int ThreadPool::take(Part& part, bool from_end, int thread, std::uint32_t generation) {
  int taken = 0;
  // A word of this generation with something left means that its job is not over, so after the exchange
  // first_ and task_ are still that job's; reading them before could mix two jobs.
  std::uint64_t word = part.word.load(std::memory_order_acquire);
  while (word >> 32 == generation) {
    const auto begin = static_cast<int>(word & 0xffff), end = static_cast<int>(word >> 16 & 0xffff);
    if (begin == end) return taken;
    const std::uint64_t rest = from_end ? word - 0x10000 : word + 1;
    if (!part.word.compare_exchange_weak(word, rest, std::memory_order_acq_rel)) continue;
    (*task_)(first_.load(std::memory_order_relaxed) + (from_end ? end - 1 : begin), thread);
    ++taken;
    if (remaining_.fetch_sub(1, std::memory_order_acq_rel) == 1) remaining_.notify_one();
    word = part.word.load(std::memory_order_acquire);
  }
  return taken;
}

void ThreadPool::work(int thread) {
  std::uint32_t seen = 0;
  while (true) {
    if (!spin_until([&] { return generation_.load(std::memory_order_acquire) != seen; })) {
      generation_.wait(seen, std::memory_order_acquire);
    }
    seen = generation_.load(std::memory_order_acquire);
    if (stop_.load()) return;
    help(thread, seen);
  }
}

}  // namespace synann
