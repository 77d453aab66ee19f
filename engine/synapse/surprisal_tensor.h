// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "engine/core/result.h"

// The synapse tensor in surprisal space, for β > 0: a sum where the product form multiplies,
//   v_i = θ_i + u_i + Σ_j G(γ_ij + u_j),
// with u = −log x, v = −log y, θ = −log α, γ = −log β. It keeps its digits where βx comes close to 1 and
// where y is too small for a double. All functions are pure and may be called from any thread.
namespace synann::synapse {

// The parameters, seen and not owned.
struct SurprisalTensor {
  std::size_t n = 0;
  std::span<const double> gamma;  // [n, n], row i = output; +∞ stands for β = 0
  std::span<const double> theta;  // [n]; empty: all 0
};

// u is [batch, n], with +∞ for x = 0; the result is v [batch, n], +∞ where y = 0. Every γ_ij + u_j must be at
// least 0, which is βx ≤ 1.
Result<std::vector<double>> surprisal_forward(const SurprisalTensor& tensor, std::span<const double> u);

struct SurprisalGradients {
  std::vector<double> u;      // [batch, n]
  std::vector<double> gamma;  // [n, n]
  std::vector<double> theta;  // [n]
};

// upstream is ∂L/∂v [batch, n]. Every γ_ij + u_j must be above 0: at 0 the Bose–Einstein number is infinite.
Result<SurprisalGradients> surprisal_backward(const SurprisalTensor& tensor, std::span<const double> u,
                                              std::span<const double> upstream);

}  // namespace synann::synapse
