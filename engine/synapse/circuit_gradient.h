// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"

// The exact gradient of a loss of a circuit's values after some steps, by reverse mode through the unrolled
// circuit.
namespace synann::synapse {

inline constexpr std::size_t kMostUnrolledValues = 33'554'432;  // steps times synapses: 256 MiB

// The derivatives of a loss L.
struct CircuitGradients {
  std::vector<double> alpha, beta, start;  // [synapses]
  std::vector<double> inputs;              // [inputs]
};

// A circuit and the values of all its steps. With v = α e (1 − β i) and g = ∂L/∂v, step by step backwards:
//   ∂L/∂α += g e (1 − β i)   ∂L/∂β −= g α e i   ∂L/∂e += g α (1 − β i)   ∂L/∂i −= g α β e
// Clamped values pass g on where they were inside [0, 1] or at its ends, else 0. One thread at a time.
class UnrolledCircuit {
 public:
  // Errors: those of CircuitRun::create(); steps below 1; more values than kMostUnrolledValues.
  static Result<UnrolledCircuit> create(const Circuit& circuit, int steps, bool clamped);

  CircuitRun& run() { return run_; }  // to change its inputs and parameters, between forward() and forward()
  int steps() const { return steps_; }
  CircuitGradients zero_gradients() const;

  // From the starts; returns the values after the last step [synapses]. Both passes look at the token in
  // every step and end where it is requested; what they have made until then is of no use.
  std::span<const double> forward(const std::stop_token& stop = {});
  // Behind forward(), with its inputs and parameters: adds to `sum`, where upstream is ∂L/∂values [synapses]
  // after the last step.
  void backward(std::span<const double> upstream, CircuitGradients& sum, const std::stop_token& stop = {});

 private:
  explicit UnrolledCircuit(CircuitRun run) : run_(std::move(run)) {}
  void backward_step(int step, CircuitGradients& sum);

  CircuitRun run_;
  int steps_ = 1;
  std::size_t synapses_ = 0, inputs_ = 0;
  std::vector<double> tape_;    // [steps + 1, synapses]; row 0 holds the starts
  std::vector<double> now_;     // [synapses]: ∂L by the values of the step at hand
  std::vector<double> before_;  // [synapses]: by those one step before
};

}  // namespace synann::synapse
