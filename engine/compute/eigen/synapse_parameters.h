// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>

#include "engine/compute/batch.h"
#include "engine/compute/eigen/layers.h"

// What the parameters of a synapse layer mean, and their chain rules, for this tier alone: shared with the
// reference they could not be checked against it. Matrices are [n, n], row major.
namespace synann::compute::eigen {

inline float sigmoid_of(float w) {
  return 1 / (1 + std::exp(-w));
}

inline float beta_of(model::SynapseOptions::Beta meaning, float w) {
  using enum model::SynapseOptions::Beta;
  switch (meaning) {
    case Free:
      return w;
    case Sigmoid:
      return sigmoid_of(w);
    case Clamp:
      return std::clamp(w, 0.0f, static_cast<float>(1 - kClampMargin));
  }
  return w;
}

// dβ/dw; a clamped weight moves nothing.
inline float beta_slope_of(model::SynapseOptions::Beta meaning, float w, float beta) {
  using enum model::SynapseOptions::Beta;
  switch (meaning) {
    case Free:
      return 1;
    case Sigmoid:
      return beta * (1 - beta);
    case Clamp:
      return beta == w ? 1.0f : 0.0f;
  }
  return 1;
}

inline void find_beta(const model::SynapseOptions& options, int n, const float* weight, float* beta) {
  std::transform(weight, weight + size(n, n), beta, [&](float w) { return beta_of(options.beta, w); });
  if (options.diagonal != model::SynapseOptions::Diagonal::Zero) return;
  for (int i = 0; i < n; ++i) beta[size(i, n + 1)] = 0;
}

// From ∂/∂β to ∂/∂w, in place. Where a weight is clamped it moves nothing, and so on a diagonal that is left
// out.
inline void chain_weights(const model::SynapseOptions& options, int n, const float* weight, const float* beta,
                          float* gradient) {
  for (std::size_t k = 0; k < size(n, n); ++k) {
    if (options.beta == model::SynapseOptions::Beta::Sigmoid) gradient[k] *= beta[k] * (1 - beta[k]);
    if (options.beta == model::SynapseOptions::Beta::Clamp && beta[k] != weight[k]) gradient[k] = 0;
  }
  if (options.diagonal != model::SynapseOptions::Diagonal::Zero) return;
  for (int i = 0; i < n; ++i) gradient[size(i, n + 1)] = 0;
}

// α of its parameter a, and dα/da.
inline float alpha_of(model::SynapseOptions::Alpha meaning, float a) {
  using enum model::SynapseOptions::Alpha;
  switch (meaning) {
    case One:
      return 1;
    case Exp:
      return std::exp(a);
    case Softplus:
      return std::log1p(std::exp(a));
  }
  return 1;
}
inline float alpha_slope_of(model::SynapseOptions::Alpha meaning, float a) {
  using enum model::SynapseOptions::Alpha;
  switch (meaning) {
    case One:
      return 0;
    case Exp:
      return std::exp(a);
    case Softplus:
      return sigmoid_of(a);
  }
  return 0;
}

}  // namespace synann::compute::eigen
