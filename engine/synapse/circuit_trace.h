// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"
#include "engine/synapse/circuit_work.h"

// A circuit over time: what its synapses give step by step, and where it comes to rest. Pure functions; any
// thread.
namespace synann::synapse {

inline constexpr std::size_t kMostTraceValues = 33'554'432;  // 256 MiB

struct CircuitTrace {
  std::size_t synapses = 0;
  std::vector<double> values{};  // [steps + 1, synapses], row t is after step t; row 0 holds the starts
  // The first step in which a value is outside [0, 1] before clamping; 0 where there is none.
  std::int64_t first_outside = 0;

  std::size_t rows() const { return synapses == 0 ? 0 : values.size() / synapses; }
  double at(std::size_t row, std::size_t synapse) const { return values[row * synapses + synapse]; }
};

// Errors: those of CircuitRun::create(); steps below 1; more than kMostTraceValues; ErrorKind::Cancelled.
Result<CircuitTrace> trace(const Circuit& circuit, std::int64_t steps, bool clamped,
                           const CircuitProgress& progress = {}, const std::stop_token& stop = {});

// How a circuit ends that runs on and on.
enum class Rest {
  Fixed,      // no value moves any more
  Periodic,   // the same values come again after a few steps
  Unsettled,  // neither within the steps that were allowed: slow, of a longer period, or chaotic
  Infinite,   // a value left the range of double precision
};
const char* rest_word(Rest rest);  // "fixed", "periodic", "unsettled", "infinite"

inline constexpr int kLongestPeriod = 64;  // steps

struct SettleOptions {
  double tolerance = 1e-12;  // the largest |Δ| of a value that counts as rest
  std::int64_t most_steps = 100'000;
  bool clamped = false;
};

struct Settled {
  Rest rest = Rest::Unsettled;
  int period = 1;          // steps; 2 … kLongestPeriod where periodic, else 1
  std::int64_t steps = 0;  // made until it was seen
  double residual = 0;     // the largest |h(t) − h(t − period)| of a synapse in the last step
  std::size_t synapses = 0;
  std::vector<double> values{};  // [period, synapses]: the cycle, else the last values
};

// Runs from the starts until |h(t) − h(t − 1)| ≤ tolerance in every synapse, or a cycle is seen: |h(t) − h(t
// − p)| ≤ tolerance while what it still shrinks by, as a geometric series, is small beside the cycle itself,
// so that a slow approach with alternating signs is no cycle. Errors: those of CircuitRun::create(); a
// tolerance that is negative or not finite, steps below 1; ErrorKind::Cancelled.
Result<Settled> settle(const Circuit& circuit, const SettleOptions& options = {},
                       const std::stop_token& stop = {});

}  // namespace synann::synapse
