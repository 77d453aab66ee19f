// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

// A training step on many ranks, as a formula and as a simulation: what may be expected of machines that
// nobody has at hand. Pure functions; any thread.
namespace synann::bench {

// One exchange, in which every rank gets all of a block: ⌈log₂ R⌉ rounds, each of which waits for `latency`,
// and (R − 1) / R of the block goes over (recursive doubling; Thakur, Rabenseifner and Gropp 2005).
struct Network {
  double latency_us = 0;    // of a round
  double bytes_per_us = 0;  // to a rank
};

// A step: what every rank does, what is cut into parts that ranks share, and what goes over.
struct StepModel {
  double serial_us = 0;    // on every rank
  double parallel_us = 0;  // all parts, by one rank
  int parts = 1;
  double exchanges = 0;  // of a step
  double bytes = 0;      // of a step, in all exchanges
};

double exchange_us(const Network& network, double bytes, int ranks);

// serial + parallel · ⌈parts / ranks⌉ / parts + exchanges. Where there are more ranks than parts, some idle.
double step_us(const StepModel& step, const Network& network, int ranks);

// The same by simulation, message by message: in each of the stages between exchanges every rank takes its
// time, longer or shorter by a factor that is drawn anew (log-normal, with `jitter` the deviation of its
// logarithm), and each round of an exchange waits for its partner. The mean over `steps` steps.
double simulated_step_us(const StepModel& step, const Network& network, int ranks, double jitter, int steps,
                         std::uint64_t seed);

}  // namespace synann::bench
