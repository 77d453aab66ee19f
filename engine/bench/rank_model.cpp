// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/rank_model.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "engine/compute/ranks/team.h"
#include "engine/core/random.h"

namespace synann::bench {
namespace {

int rounds_of(int ranks) {
  int rounds = 0;
  while ((1 << rounds) < ranks) ++rounds;
  return rounds;
}

// Factors of log-normal distribution with mean 1 (Box and Muller).
class Jitter {
 public:
  Jitter(double deviation, std::uint64_t seed)
      : deviation_(deviation), stream_(random_stream(seed, Purpose::Check)) {}
  double next() {
    if (deviation_ <= 0) return 1;
    const double u = 1 - static_cast<double>(stream_.uniform(element_)),
                 v = static_cast<double>(stream_.uniform(element_ + 1));
    element_ += 2;
    const double normal = std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
    return std::exp(deviation_ * normal - deviation_ * deviation_ / 2);
  }

 private:
  double deviation_;
  RandomStream stream_;
  std::uint32_t element_ = 0;
};

}  // namespace

double exchange_us(const Network& network, double bytes, int ranks) {
  if (ranks <= 1) return 0;
  return rounds_of(ranks) * network.latency_us + bytes * (ranks - 1) / ranks / network.bytes_per_us;
}

double step_us(const StepModel& step, const Network& network, int ranks) {
  const int most = (step.parts + ranks - 1) / ranks;
  const double work = step.serial_us + step.parallel_us * most / step.parts;
  if (ranks <= 1 || step.exchanges <= 0) return work;
  return work + step.exchanges * exchange_us(network, step.bytes / step.exchanges, ranks);
}

double simulated_step_us(const StepModel& step, const Network& network, int ranks, double jitter, int steps,
                         std::uint64_t seed) {
  Jitter draws(jitter, seed);
  const int stages = std::max(1, static_cast<int>(std::lround(step.exchanges)));
  const double block = step.bytes / stages;
  std::vector<double> now(static_cast<std::size_t>(ranks)), before(now);
  const auto count = static_cast<std::size_t>(ranks);
  for (int k = 0; k < steps * stages; ++k) {
    for (std::size_t r = 0; r < count; ++r) {
      const compute::Share share = compute::share_of(step.parts, static_cast<int>(r), ranks);
      const double work = step.serial_us + step.parallel_us * (share.end - share.first) / step.parts;
      now[r] += work / stages * draws.next();
    }
    // Bruck's all-gather: in round i a rank gets from the one 2^i behind it what that has so far.
    for (std::size_t reach = 1; reach < count; reach *= 2) {
      const auto blocks = static_cast<double>(std::min(reach, count - reach));
      before = now;
      for (std::size_t r = 0; r < count; ++r)
        now[r] = std::max(before[r], before[(r + count - reach) % count]) + network.latency_us +
                 block * blocks / ranks / network.bytes_per_us;
    }
  }
  return *std::max_element(now.begin(), now.end()) / steps;
}

}  // namespace synann::bench
