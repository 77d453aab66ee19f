// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_trace.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <span>

namespace synann::synapse {
namespace {

constexpr std::int64_t kStepsBetweenLooks = 256;  // of trace(), at the token and at the progress

Status check_steps(std::int64_t steps) {
  if (steps >= 1) return {};
  return Error{.where = "steps",
               .problem = "is out of range",
               .expected = "1 or more",
               .found = fmt::format("{}", steps)};
}

double largest_change(std::span<const double> now, std::span<const double> before) {
  double largest = 0;
  for (std::size_t k = 0; k < now.size(); ++k) largest = std::max(largest, std::abs(now[k] - before[k]));
  return largest;
}

bool all_finite(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

// The states of the last steps.
class Memory {
 public:
  explicit Memory(std::size_t synapses) : synapses_(synapses) {}

  void keep(std::span<const double> state) {
    if (states_.size() < kDepth) {
      states_.emplace_back(state.begin(), state.end());
    } else {
      std::copy(state.begin(), state.end(), states_[next_].begin());
    }
    next_ = (next_ + 1) % kDepth;
  }
  // 0: the last one kept.
  std::span<const double> back(std::size_t ago) const {
    return {states_[(next_ + kDepth - 1 - ago) % kDepth].data(), synapses_};
  }
  std::size_t count() const { return states_.size(); }
  static constexpr std::size_t kDepth = 2 * kLongestPeriod + 1;

 private:
  std::size_t synapses_, next_ = 0;
  std::vector<std::vector<double>> states_;
};

// Whether the last states repeat after p steps, for good, and after no fewer.
bool repeats(const Memory& memory, std::size_t p, double tolerance) {
  const double now = largest_change(memory.back(0), memory.back(p));
  if (now > tolerance) return false;
  double size = 0, apart = std::numeric_limits<double>::infinity();  // of the states of the cycle
  for (const double v : memory.back(0)) size = std::max(size, std::abs(v));
  for (std::size_t ago = 1; ago < p; ++ago)
    apart = std::min(apart, largest_change(memory.back(0), memory.back(ago)));
  // Who still approaches a shorter cycle, or a fixed point, from alternating sides: leave that to the
  // tolerance.
  if (apart <= 10 * tolerance) return false;
  const double noise = 64 * std::numeric_limits<double>::epsilon() * size;
  if (now <= noise) {
    // Nothing but rounding, if it is no more over many rounds.
    const std::size_t rounds = (memory.count() - 1) / p;
    return largest_change(memory.back(0), memory.back(rounds * p)) <= noise;
  }
  // What is left of a geometric approach: now (ρ + ρ² + …), ρ from one round to the next at its largest.
  const double before = largest_change(memory.back(p), memory.back(2 * p)) - noise;
  if (before <= now + noise) return false;
  const double shrinks = (now + noise) / before;
  constexpr double kShareOfCycle = 1e-3;
  return now * shrinks / (1 - shrinks) <= kShareOfCycle * apart;
}

// The shortest period of the last states; 0 where there is none.
std::size_t period_of(const Memory& memory, double tolerance) {
  for (std::size_t p = 2; 2 * p < memory.count(); ++p)
    if (repeats(memory, p, tolerance)) return p;
  return 0;
}

}  // namespace

Result<CircuitTrace> trace(const Circuit& circuit, std::int64_t steps, bool clamped,
                           const CircuitProgress& progress, const std::stop_token& stop) {
  auto run = CircuitRun::create(circuit);
  if (!run) return run.error();
  if (auto status = check_steps(steps); !status) return status.error();
  CircuitTrace kept{.synapses = circuit.synapses.size(), .values = {}};
  const std::size_t most = kMostTraceValues / std::max<std::size_t>(kept.synapses, 1);
  if (static_cast<std::uint64_t>(steps) >= most)
    return Error{.where = "steps",
                 .problem = "are too many to keep all values",
                 .expected = fmt::format("fewer than {} for {} synapses", most, kept.synapses),
                 .found = fmt::format("{}", steps)};
  run->set_clamped(clamped);
  kept.values.reserve((static_cast<std::size_t>(steps) + 1) * kept.synapses);
  kept.values.assign(run->values().begin(), run->values().end());
  for (std::int64_t t = 1; t <= steps; ++t) {
    run->step();
    kept.values.insert(kept.values.end(), run->values().begin(), run->values().end());
    if (kept.first_outside == 0 && !run->outside().empty()) kept.first_outside = t;
    if (stop.stop_requested()) return circuit_cancelled();
    if (progress && t % kStepsBetweenLooks == 0)
      progress(static_cast<double>(t) / static_cast<double>(steps));
  }
  return kept;
}

const char* rest_word(Rest rest) {
  switch (rest) {
    case Rest::Fixed:
      return "fixed";
    case Rest::Periodic:
      return "periodic";
    case Rest::Unsettled:
      return "unsettled";
    case Rest::Infinite:
      return "infinite";
  }
  return "";
}

Result<Settled> settle(const Circuit& circuit, const SettleOptions& options, const std::stop_token& stop) {
  auto run = CircuitRun::create(circuit);
  if (!run) return run.error();
  if (auto status = check_steps(options.most_steps); !status) return status.error();
  if (!(options.tolerance >= 0) || !std::isfinite(options.tolerance))
    return Error{.where = "tolerance",
                 .problem = "is out of range",
                 .expected = "0 or more",
                 .found = fmt::format("{}", options.tolerance)};
  run->set_clamped(options.clamped);
  Settled settled{.synapses = circuit.synapses.size(), .values = {}};
  Memory memory(settled.synapses);
  memory.keep(run->values());
  const auto end = [&](Rest rest, std::size_t period) {
    settled.rest = rest;
    settled.period = static_cast<int>(period);
    settled.steps = run->steps();
    settled.residual = largest_change(memory.back(0), memory.back(period));
    for (std::size_t ago = period; ago-- > 0;)
      settled.values.insert(settled.values.end(), memory.back(ago).begin(), memory.back(ago).end());
    return settled;
  };
  for (std::int64_t t = 1; t <= options.most_steps; ++t) {
    if (stop.stop_requested()) return circuit_cancelled();
    run->step();
    memory.keep(run->values());
    if (!all_finite(run->values())) return end(Rest::Infinite, 1);
    if (largest_change(memory.back(0), memory.back(1)) <= options.tolerance) return end(Rest::Fixed, 1);
    // Looking for a cycle costs as much as some dozens of steps.
    const bool look = t % kLongestPeriod == 0 || t == options.most_steps;
    if (const std::size_t p = look ? period_of(memory, options.tolerance) : 0; p > 0)
      return end(Rest::Periodic, p);
  }
  return end(Rest::Unsettled, 1);
}

}  // namespace synann::synapse
