// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/circuit.h"
#include "engine/synapse/circuit_targets.h"

// Fits α and β of a circuit to a table of targets by gradient descent through the unrolled circuit. Pure
// functions; any thread.
namespace synann::synapse {

enum class FitOptimiser { GradientDescent, Adam };       // plain; Adam with PyTorch's β₁, β₂ and ε
const char* fit_optimiser_word(FitOptimiser optimiser);  // "sgd", "adam"

// How α and β are kept in the domain of the theory, β in [0, 1] and α > 0.
enum class FitConstraint {
  Free,  // they are not
  Smooth,  // β = σ(b), α = softplus(a), and a and b are learned; β begins within [0.001, 0.999], α ≥ 0.001
  Clamped,  // learned as they are, and put back to the nearest allowed after each update; α ≥ 0.000001
};
const char* fit_constraint_word(FitConstraint constraint);  // "free", "smooth", "clamp"

struct FitOptions {
  int steps = 1;          // T: the targets are compared with the values after so many steps
  int iterations = 1000;  // updates; 1 … kMostIterations
  double rate = 0.05;     // learning rate, above 0
  FitOptimiser optimiser = FitOptimiser::Adam;
  FitConstraint constraint = FitConstraint::Free;
  bool clamped = false;              // as CircuitRun::set_clamped()
  std::vector<std::string> train{};  // "a.alpha", "a.beta", or "a" for both; empty: all
};
inline constexpr int kMostIterations = 10'000'000;

enum class FitEnd {
  Iterations,  // all were made
  Stopped,     // by its token
  Diverged,    // the loss is no finite number any more
};

// What is told after each evaluation of the loss.
struct FitPoint {
  int iteration = 0;  // updates that were made
  double loss = 0, best = 0;
};
using FitProgress = std::function<void(const FitPoint&)>;

struct CircuitFit {
  Circuit circuit;  // with the best numbers that were met
  // [iterations done + 1]: before the first update, and after each; empty where it was stopped before, and
  // then there is no best.
  std::vector<double> losses;
  int best_iteration = 0;  // the place of the least of them
  double best_loss = 0;
  FitEnd end = FitEnd::Iterations;
  std::vector<std::string> trained;  // names of the numbers that were learned
  std::vector<double> outputs;       // [rows, target synapses] of the best; empty where it was stopped
};

// The loss is the mean over rows and targets of (value − target)², as PyTorch's MSELoss. A stopped fit keeps
// the best so far. Errors: those of CircuitRun::create() and UnrolledCircuit::create(); a name in `train`
// that is none, a start or an input; a number of the options out of range; a loss that is not finite at the
// beginning (ErrorKind::Failed).
Result<CircuitFit> fit_circuit(const Circuit& circuit, const CircuitTargets& targets,
                               const FitOptions& options, const FitProgress& progress = {},
                               const std::stop_token& stop = {});

// The loss above and its gradient, row by row in this order; the targets are those of the circuit. For tests
// and for people who look at gradients. Errors as above.
struct CircuitLoss {
  double loss = 0;
  std::vector<double> alpha, beta;  // [synapses]
};
Result<CircuitLoss> circuit_loss(const Circuit& circuit, const CircuitTargets& targets, int steps,
                                 bool clamped = false);

}  // namespace synann::synapse
