// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_work.h"

#include <algorithm>

#include "engine/core/thread_pool.h"

namespace synann::synapse {

Error circuit_cancelled() {
  return {.kind = ErrorKind::Cancelled, .where = "circuit", .problem = "stopped before the end"};
}

bool run_indices(int count, int threads, const CircuitProgress& progress, const std::stop_token& stop,
                 const std::function<void(int index, int thread)>& task) {
  constexpr int kBlocks = 64;  // looks at the token and at the progress
  ThreadPool pool(std::max(1, threads));
  const int block = std::max(pool.threads(), (count + kBlocks - 1) / kBlocks);
  for (int first = 0; first < count; first += block) {
    if (stop.stop_requested()) return false;
    const int size = std::min(block, count - first);
    pool.run(size, [&](int index, int thread) { task(first + index, thread); });
    if (progress) progress(static_cast<double>(first + size) / count);
  }
  return !stop.stop_requested();
}

}  // namespace synann::synapse
