// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/block.h"

// The synapse layer y_i = α_i x_i P_i with P_i = Π_j (1 − β_ij x_j), in tiles of 16 × 16 so that any width
// fits: memory is O(batch · n + n²). Products are in double, because batch norm behind the layer would
// magnify the rounding of n factors. The derivatives need P_i without its factor j: that is P_i / (1 − β_ij
// x_j), and where factors are exactly zero they are left out of the product and counted, so that nothing is
// divided by zero.
namespace synann::compute::cuda {

enum class BetaForm : int { Free, Sigmoid, Clamp };
enum class AlphaForm : int { One, Exp, Softplus };

// Stays in [0, 1 − 1e-6], as the reference's.
inline constexpr float kLargestBeta = static_cast<float>(1 - 1e-6);

SYNANN_DEVICE float logistic(float v) {
  return 1.0f / (1.0f + expf(-v));
}

// One factor 1 − βx with the product of those before it.
struct Factors {
  double product;  // without the factors that are exactly zero
  int zeros;       // which are counted
  SYNANN_DEVICE void times(float beta, float x) {
    const double factor = 1 - static_cast<double>(beta) * static_cast<double>(x);
    if (factor == 0) {
      ++zeros;
    } else {
      product *= factor;
    }
  }
};

// One block: the product of what its kThreads threads have in `parts`, shared, and how many zeros.
template <int kThreads, class Block>
SYNANN_DEVICE void multiply_parts(Block& block, Factors* parts, double* product, int* zeros) {
  for (int half = kThreads / 2; half > 0; half /= 2) {
    block.each([&](int t) {
      if (t >= half) return;
      parts[t].product *= parts[t + half].product;
      parts[t].zeros += parts[t + half].zeros;
    });
  }
  block.each([&](int t) {
    if (t > 0) return;
    *product = parts[0].product;
    *zeros = parts[0].zeros;
  });
}

// What stands in for w_i P_i∖j: `rest` over the factor, or, where this factor is the only zero, `alone`.
SYNANN_DEVICE float without_factor(float beta, float x, float rest, float alone) {
  const float factor = fmaf(-beta, x, 1.0f);
  return factor == 0 ? alone : rest / factor;
}

// β [n, n], α [n] and dα/da [n] from what is trained.
struct SynapseConstrain {
  const float *weight, *parameter;  // [n, n], [n] or null
  float *beta, *alpha, *slope;
  int n;
  BetaForm beta_form;
  AlphaForm alpha_form;
  int zero_diagonal;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{n} * n); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{n} * n, [&](Index k) {
      float b = weight[k];
      if (beta_form == BetaForm::Sigmoid) b = logistic(b);
      if (beta_form == BetaForm::Clamp) b = b < 0 ? 0.0f : b > kLargestBeta ? kLargestBeta : b;
      if (zero_diagonal != 0 && k / n == k % n) b = 0;
      beta[k] = b;
      if (k >= n) return;
      alpha[k] = slope[k] = 1;
      if (alpha_form == AlphaForm::Exp) alpha[k] = slope[k] = expf(parameter[k]);
      if (alpha_form == AlphaForm::Softplus) {
        alpha[k] = log1pf(expf(parameter[k]));
        slope[k] = logistic(parameter[k]);
      }
    });
  }
};

// The gradient by β becomes the gradient by the weights, in place. A clamped weight has none.
struct SynapseChain {
  const float *weight, *beta;
  float* gradient;
  int n;
  BetaForm beta_form;
  int zero_diagonal;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{n} * n); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{n} * n, [&](Index k) {
      float g = gradient[k];
      if (beta_form == BetaForm::Sigmoid) g *= beta[k] * (1 - beta[k]);
      if (beta_form == BetaForm::Clamp && beta[k] != weight[k]) g = 0;
      if (zero_diagonal != 0 && k / n == k % n) g = 0;
      gradient[k] = g;
    });
  }
};

inline constexpr int kSynapseTile = 16, kSynapseDepth = 32, kSynapseThreads = kSynapseTile * kSynapseTile,
                     kSynapseRow = kSynapseDepth + 1;

// tile[r, d] = from[row + r, depth + d] of a matrix [rows, columns], zero outside.
SYNANN_DEVICE void load_tile(int t, const float* from, int row, int rows, int depth, int columns,
                             float* tile) {
  for (int e = t; e < kSynapseTile * kSynapseDepth; e += kSynapseThreads) {
    const int r = e / kSynapseDepth, d = e % kSynapseDepth;
    const bool inside = row + r < rows && depth + d < columns;
    tile[r * kSynapseRow + d] = inside ? from[Index{row + r} * columns + depth + d] : 0.0f;
  }
}

// y, the product without its zeros, and their number; a thread for each (sample, output).
struct SynapseForward {
  const float *x, *alpha, *beta;  // [batch, n], [n] or null, [n, n]
  float* y;
  float* product;  // [batch, n]
  int* zeros;      // [batch, n]
  int batch, n;

  static constexpr int kThreads = kSynapseThreads;
  Grid grid() const {
    return {ceil_div(batch, kSynapseTile) * ceil_div(n, kSynapseTile), 1, kThreads,
            2 * kSynapseTile * kSynapseRow * 4 + 16};
  }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* inputs = block.template shared<float>(kSynapseTile * kSynapseRow);
    float* betas = block.template shared<float>(kSynapseTile * kSynapseRow);
    auto factors = block.template local<Factors>();
    const int tiles = ceil_div(n, kSynapseTile), sample = block.x() / tiles * kSynapseTile,
              output = block.x() % tiles * kSynapseTile;
    block.each([&](int t) { factors[t] = {1, 0}; });
    for (int depth = 0; depth < n; depth += kSynapseDepth) {
      block.each([&](int t) {
        load_tile(t, x, sample, batch, depth, n, inputs);
        load_tile(t, beta, output, n, depth, n, betas);
      });
      block.each([&](int t) {
        const float* xs = inputs + t / kSynapseTile * kSynapseRow;
        const float* bs = betas + t % kSynapseTile * kSynapseRow;
        for (int d = 0; d < kSynapseDepth; ++d) factors[t].times(bs[d], xs[d]);
      });
    }
    block.each([&](int t) {
      const int s = sample + t / kSynapseTile, i = output + t % kSynapseTile;
      if (s >= batch || i >= n) return;
      const Index k = Index{s} * n + i;
      product[k] = static_cast<float>(factors[t].product);
      zeros[k] = factors[t].zeros;
      const float p = factors[t].zeros > 0 ? 0.0f : product[k];
      y[k] = (alpha != nullptr ? alpha[i] : 1.0f) * x[k] * p;
    });
  }
};

// The original script's variant: C_i over all samples, so one block an output. product and zeros [n].
struct CoupledFactor {
  const float *x, *beta;
  double* product;
  int* zeros;
  int batch, n;

  static constexpr int kThreads = 256;
  Grid grid() const { return {n, 1, kThreads, kThreads * static_cast<int>(sizeof(Factors))}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    Factors* parts = block.template shared<Factors>(kThreads);
    const float* row = beta + Index{block.x()} * n;
    block.each([&](int t) {
      Factors mine{1, 0};
      for (int s = 0; s < batch; ++s)
        for (int j = t; j < n; j += kThreads) mine.times(row[j], x[Index{s} * n + j]);
      parts[t] = mine;
    });
    multiply_parts<kThreads>(block, parts, product + block.x(), zeros + block.x());
  }
};

struct CoupledForward {
  const float *x, *alpha;
  const double* product;
  const int* zeros;
  float* y;
  int batch, n;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * n); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * n, [&](Index k) {
      const int i = static_cast<int>(k % n);
      const float c = zeros[i] > 0 ? 0.0f : static_cast<float>(product[i]);
      y[k] = (alpha != nullptr ? alpha[i] : 1.0f) * x[k] * c;
    });
  }
};

// gain_i = α_i Σ_s dy_si x_si: what all factors of output i have in common; one block an output.
struct CoupledGain {
  const float *x, *dy, *alpha;
  double* gain;
  int batch, n;

  static constexpr int kThreads = 128;
  Grid grid() const { return {n, 1, kThreads, (kThreads + 2) * 8}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    double* scratch = block.template shared<double>(kThreads);
    double* sum = block.template shared<double>(1);
    const int i = block.x();
    sum_over<double>(block, batch, scratch, sum, [&](int s) {
      return static_cast<double>(dy[Index{s} * n + i]) * static_cast<double>(x[Index{s} * n + i]);
    });
    block.each([&](int t) {
      if (t == 0) gain[i] = sum[0] * (alpha != nullptr ? static_cast<double>(alpha[i]) : 1.0);
    });
  }
};

// For every (sample, output): the excitatory path's part of dx and of dα, and what without_factor() needs.
struct SynapsePrepare {
  const float *x, *dy, *alpha;
  const float* product;                   // per sample [batch, n]; null for the coupled variant
  const double *coupled, *gain;           // its product and gain [n]
  const int* zeros;                       // [batch, n] or [n]
  float *direct, *dalpha, *rest, *alone;  // [batch, n]; dalpha may be null
  int batch, n;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * n); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * n, [&](Index k) {
      const int i = static_cast<int>(k % n), none = product != nullptr ? zeros[k] : zeros[i];
      const float a = alpha != nullptr ? alpha[i] : 1.0f;
      const float p = product != nullptr ? product[k] : static_cast<float>(coupled[i]);
      const float whole = none > 0 ? 0.0f : p;
      const float w = product != nullptr ? dy[k] * a * x[k] * p : static_cast<float>(gain[i] * coupled[i]);
      direct[k] = dy[k] * a * whole;
      if (dalpha != nullptr) dalpha[k] = dy[k] * x[k] * whole;
      rest[k] = none == 0 ? w : 0.0f;
      alone[k] = none == 1 ? w : 0.0f;
    });
  }
};

}  // namespace synann::compute::cuda
