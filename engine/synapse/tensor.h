// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/result.h"

// The fully connected synapse tensor in double precision, in product form:
//   y_i = α_i x_i Π_j (1 − β_ij x_j),   i, j = 1 … n.
// Zero factors and negative ones are exact, forward and backward, and n = 784 does not underflow unseen: log
// |P| and the sign of each product come with y. The readable truth that the network layers are measured
// against; for speed there is engine/compute. All functions are pure and may be called from any thread.
namespace synann::synapse {

// The parameters, seen and not owned.
struct Tensor {
  std::size_t n = 0;              // inputs, and outputs as many
  std::span<const double> beta;   // [n, n], row i = output, column j = inhibiting input
  std::span<const double> alpha;  // [n]; empty: all 1
};

// Which factors an output is the product of.
enum class Semantics {
  PerSample,     // those of its own sample, as the formula says
  BatchCoupled,  // those of every sample of the batch, as the original script computes: y_bi = α_i x_bi C_i
};

struct TensorOptions {
  Semantics semantics = Semantics::PerSample;
  bool extended = false;  // accept x outside [0, 1] as well, where y is a polynomial and no probability
};

// Products are kept per group: a group is a sample, or the whole batch where the samples are coupled.
struct TensorOutput {
  std::vector<double> y;            // [batch, n]; rounds to 0 or ±∞ where it leaves the range of double
  std::vector<double> log_product;  // [groups, n]: log |P|, always in range; −∞ where a factor is 0
  std::vector<int> sign;            // [groups, n]: that of P: −1, 0 or 1
  double headroom = 1;              // min (1 − β_ij x_j) over the batch; ≤ 0 is outside the theory
};

// x is [batch, n]; the batch size follows from it.
Result<TensorOutput> tensor_forward(const Tensor& tensor, std::span<const double> x,
                                    const TensorOptions& options = {});

// The derivatives of a loss L.
struct TensorGradients {
  std::vector<double> x;      // [batch, n]
  std::vector<double> beta;   // [n, n]
  std::vector<double> alpha;  // [n], also where the tensor's α is empty
};

// upstream is ∂L/∂y [batch, n].
Result<TensorGradients> tensor_backward(const Tensor& tensor, std::span<const double> x,
                                        std::span<const double> upstream, const TensorOptions& options = {});

// One output as a sum of surprisals: −log |y_i| = θ + u + Σ_j inhibition_j.
struct Decomposition {
  double theta = 0;                // −log |α_i|
  double u = 0;                    // −log |x_i|
  std::vector<double> inhibition;  // [n]: −log |1 − β_ij x_j|
  double total = 0;                // −log |y_i|, from the product
  double residual = 0;  // total − the sum of the terms: rounding alone; 0 where both are infinite
  int sign = 1;         // of y_i; the logarithms above tell only its size
};

// x is one sample [n]; options.semantics does not matter for one sample.
Result<Decomposition> decompose(const Tensor& tensor, std::span<const double> x, std::size_t output,
                                const TensorOptions& options = {});

}  // namespace synann::synapse
