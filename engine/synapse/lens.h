// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/synapse/tensor.h"

// What a synapse layer does with its inputs, taken apart: which β inhibits how much, how an output's
// surprisal adds up, and the same output by two routes. Pure functions in double precision; any thread.
namespace synann::synapse {

// β_ij x_j [n, n]: what each synapse takes away from output i, as a fraction, for inputs x [n]. It is linear
// in x: for the mean over images take the mean of their inputs, for a difference the difference.
std::vector<double> effective_inhibition(const Tensor& tensor, std::span<const double> x);

// The mean of the rows of x [samples, n] that have the label; zeros where there is none.
std::vector<double> class_mean(std::span<const double> x, std::size_t n, std::span<const int> labels,
                               int label);

// One term of a surprisal, in nats.
struct WaterfallTerm {
  enum class Kind { Excitation, Gain, Inhibition, Rest };
  Kind kind = Kind::Inhibition;
  int synapse = -1;  // j, of an Inhibition
  int count = 1;     // terms in it; more than one in the Rest
  double value = 0;  // −log x_i, −log α_i, −log(1 − β_ij x_j), or the sum of those that are not shown
  double before = 0;  // the sum of the terms before this one
};

// −log y_i = −log x_i − log α_i + Σ_j −log(1 − β_ij x_j), the largest inhibitions (by size) first.
struct Waterfall {
  std::vector<WaterfallTerm>
      terms;            // excitation, gain, at most `shown` inhibitions, the rest where there is one
  double total = 0;     // −log |y_i| from the product
  double residual = 0;  // total − the sum of all terms: rounding alone
  int sign = 1;         // of y_i
};
Result<Waterfall> waterfall(const Tensor& tensor, std::span<const double> x, std::size_t output,
                            std::size_t shown, const TensorOptions& options = {});

// One output by the product and by the sum of surprisals.
struct TwoRoutes {
  double product = 0;     // y_i = α_i x_i Π_j (1 − β_ij x_j)
  double surprisal = 0;   // −log |y_i| by the product route
  double sum = 0;         // θ_i + u_i + Σ_j: the surprisal route
  double back = 0;        // ± e^(−sum)
  double difference = 0;  // surprisal − sum, nats; 0 where both are infinite
  bool agree = true;      // |difference| is no more than rounding allows for so many terms
};
Result<TwoRoutes> two_routes(const Tensor& tensor, std::span<const double> x, std::size_t output,
                             const TensorOptions& options = {});

// The commutative diagram at one point p = β_ij x_j: I∘F = G∘I.
struct Diagram {
  double p = 0;           // βx
  double complement = 0;  // F(p) = 1 − p
  double u = 0;           // I(p) = −log p
  double over = 0;        // I(F(p)): right, then down
  double under = 0;       // G(I(p)): down, then right
  double difference = 0;  // over − under
  bool defined = true;    // 0 < p < 1; outside it a surprisal has no value
};
Diagram diagram(double p);

// ∂y_i/∂β_ij by the formula and by a central difference.
struct SlopeCheck {
  double formula = 0;     // −α_i x_i x_j Π_{k≠j} (1 − β_ik x_k)
  double difference = 0;  // (y(β + h) − y(β − h)) / 2h
  double step = 0;        // h
  double error = 0;       // |formula − difference| / max(|formula|, the least that can be told apart)
};
Result<SlopeCheck> check_slope(const Tensor& tensor, std::span<const double> x, std::size_t output,
                               std::size_t synapse, const TensorOptions& options = {});

}  // namespace synann::synapse
