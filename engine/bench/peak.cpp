// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/peak.h"

#include <atomic>

#include "engine/bench/summary.h"
#include "engine/compute/cpu/fused_network.h"

namespace synann::bench {

double multiply_add_peak(compute::Isa isa, ThreadPool& pool, double seconds) {
  const compute::fused::Kernels& kernels = compute::fused::kernels(isa);
  // Pieces of about a tenth of a millisecond, shared dynamically as all work is.
  constexpr long kRounds = 20'000;
  std::atomic<float> sink{0};
  double operations = 0;
  const Stopwatch watch;
  do {
    const int pieces = 8 * pool.threads();
    pool.run(pieces, [&](int, int) { sink.store(kernels.multiply_add(kRounds), std::memory_order_relaxed); });
    operations += static_cast<double>(pieces) * kRounds * compute::fused::kPeakChains * kernels.lanes * 2;
  } while (watch.seconds() < seconds);
  return operations / watch.seconds() * 1e-9;
}

}  // namespace synann::bench
