// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/circuit_gradient.h"

#include <algorithm>
#include <fmt/format.h>

namespace synann::synapse {

Result<UnrolledCircuit> UnrolledCircuit::create(const Circuit& circuit, int steps, bool clamped) {
  auto run = CircuitRun::create(circuit);
  if (!run) return run.error();
  const std::size_t n = circuit.synapses.size();
  const std::size_t most = kMostUnrolledValues / std::max<std::size_t>(n, 1) - 1;
  if (steps < 1 || static_cast<std::size_t>(steps) > most)
    return Error{.where = "steps",
                 .problem = "are out of range",
                 .expected = fmt::format("1 to {} for {} synapses", most, n),
                 .found = fmt::format("{}", steps)};
  run->set_clamped(clamped);
  UnrolledCircuit unrolled(std::move(*run));
  unrolled.steps_ = steps;
  unrolled.synapses_ = n;
  unrolled.inputs_ = circuit.inputs.size();
  unrolled.tape_.resize((static_cast<std::size_t>(steps) + 1) * n);
  unrolled.now_.resize(n);
  unrolled.before_.resize(n);
  return unrolled;
}

CircuitGradients UnrolledCircuit::zero_gradients() const {
  return {.alpha = std::vector<double>(synapses_),
          .beta = std::vector<double>(synapses_),
          .start = std::vector<double>(synapses_),
          .inputs = std::vector<double>(inputs_)};
}

std::span<const double> UnrolledCircuit::forward(const std::stop_token& stop) {
  run_.reset();
  auto row = tape_.begin();
  row = std::copy(run_.values().begin(), run_.values().end(), row);
  for (int t = 0; t < steps_ && !stop.stop_requested(); ++t) {
    run_.step();
    row = std::copy(run_.values().begin(), run_.values().end(), row);
  }
  return run_.values();
}

// `step` counts from 1; now_ holds ∂L by its values and is used up, before_ is added to.
void UnrolledCircuit::backward_step(int step, CircuitGradients& sum) {
  const std::size_t n = synapses_;
  const std::span values =
      std::span<const double>(tape_).subspan(static_cast<std::size_t>(step - 1) * n, 2 * n);
  const std::span rest = run_.places().subspan(2 * n);  // inputs and constants
  // Numbered as places() are: this step, the one before, inputs, constants.
  const auto value_at = [&](std::size_t place) {
    return place < n ? values[n + place] : place < 2 * n ? values[place - n] : rest[place - 2 * n];
  };
  const auto add = [&](std::size_t place, double slope) {
    if (place < n) {
      now_[place] += slope;
    } else if (place < 2 * n) {
      before_[place - n] += slope;
    } else if (place < 2 * n + inputs_) {
      sum.inputs[place - 2 * n] += slope;
    }
  };
  const auto order = run_.order();
  for (std::size_t at = n; at-- > 0;) {
    const std::uint32_t k = order[at];
    const double g = now_[k];
    if (g == 0) continue;
    const CircuitRun::Node& node = run_.nodes()[k];
    const Synapse synapse{node.alpha, node.beta};
    const double e = value_at(node.excitatory), i = value_at(node.inhibitory);
    if (run_.clamped()) {
      const double raw = evaluate(synapse, e, i);
      if (raw < 0 || raw > 1) continue;
    }
    const Derivatives d = derivatives(synapse, e, i);
    sum.alpha[k] += g * d.alpha;
    sum.beta[k] += g * d.beta;
    add(node.excitatory, g * d.x);
    add(node.inhibitory, g * d.y);
  }
}

void UnrolledCircuit::backward(std::span<const double> upstream, CircuitGradients& sum,
                               const std::stop_token& stop) {
  std::copy(upstream.begin(), upstream.end(), now_.begin());
  for (int step = steps_; step >= 1 && !stop.stop_requested(); --step) {
    std::fill(before_.begin(), before_.end(), 0.0);
    backward_step(step, sum);
    now_.swap(before_);
  }
  for (std::size_t k = 0; k < synapses_; ++k) sum.start[k] += now_[k];
}

}  // namespace synann::synapse
