// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/compute/reference/layers.h"

// The synapse layer as plain loops (docs/theory.md): the reference of every faster one.
namespace synann::compute::reference {

using model::SynapseOptions;

template <class T>
T sigmoid(T v) {
  return 1 / (1 + std::exp(-v));
}

// What a weight means.
template <class T>
T beta_value(const SynapseOptions& options, T weight) {
  if (options.beta == SynapseOptions::Beta::Sigmoid) return sigmoid(weight);
  if (options.beta == SynapseOptions::Beta::Clamp)
    return std::clamp(weight, T{0}, static_cast<T>(1 - kClampMargin));
  return weight;
}

// The gradient by a weight from the one by its β. A clamped weight has none.
template <class T>
T weight_gradient(const SynapseOptions& options, T weight, T beta, T gradient) {
  if (options.beta == SynapseOptions::Beta::Sigmoid) return gradient * (beta * (1 - beta));
  if (options.beta == SynapseOptions::Beta::Clamp && beta != weight) return 0;
  return gradient;
}

// β [n, n] from the layer's weights.
template <class T>
void effective_beta(const SynapseOptions& options, int n, const T* weight, T* beta) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const std::size_t k = at(0, i, j, n, n);
      beta[k] = beta_value(options, weight[k]);
      if (options.diagonal == SynapseOptions::Diagonal::Zero && i == j) beta[k] = 0;
    }
}

// Turns the gradient by β into the gradient by the weights, in place.
template <class T>
void chain_beta(const SynapseOptions& options, int n, const T* weight, const T* beta, T* gradient) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      const std::size_t k = at(0, i, j, n, n);
      gradient[k] = weight_gradient(options, weight[k], beta[k], gradient[k]);
      if (options.diagonal == SynapseOptions::Diagonal::Zero && i == j) gradient[k] = 0;
    }
}

// α [n] from the layer's parameter (null for Alpha::One), and dα/da.
template <class T>
T effective_alpha(const SynapseOptions& options, const T* parameter, int i) {
  if (options.alpha == SynapseOptions::Alpha::Exp) return std::exp(parameter[i]);
  if (options.alpha == SynapseOptions::Alpha::Softplus) return std::log1p(std::exp(parameter[i]));
  return 1;
}
template <class T>
T alpha_slope(const SynapseOptions& options, const T* parameter, int i) {
  if (options.alpha == SynapseOptions::Alpha::Exp) return std::exp(parameter[i]);
  if (options.alpha == SynapseOptions::Alpha::Softplus) return sigmoid(parameter[i]);
  return 0;
}

// One sample: P_i = Π_j (1 − β_ij x_j). A product, no logarithm, so zeros and negative factors are exact. In
// double, because BatchNorm behind the layer subtracts nearly equal numbers and would magnify the rounding of
// n factors.
template <class T>
void inhibition_forward(int n, const T* beta, const T* x, T* product) {
  for (int i = 0; i < n; ++i) {
    double p = 1;
    for (int j = 0; j < n; ++j)
      p *= 1 - static_cast<double>(beta[at(0, i, j, n, n)]) * static_cast<double>(x[j]);
    product[i] = static_cast<T>(p);
  }
}

// One sample, for a loss whose gradient by P_i is w_i: with P_i∖j = Π_{k≠j} (1 − β_ik x_k) from prefix and
// suffix products (no division, exact when a factor is 0), dβ_ij −= w_i x_j P_i∖j and dx_j −= Σ_i w_i β_ij
// P_i∖j.
template <class T>
void inhibition_backward(int n, const T* beta, const T* x, const T* w, T* dx, T* dbeta) {
  std::vector<T> prefix(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) {
    T product = 1;
    for (int j = 0; j < n; ++j) {
      prefix[static_cast<std::size_t>(j)] = product;
      product *= 1 - beta[at(0, i, j, n, n)] * x[j];
    }
    T suffix = 1;
    for (int j = n; j-- > 0;) {
      const T others = prefix[static_cast<std::size_t>(j)] * suffix;
      dbeta[at(0, i, j, n, n)] -= w[i] * x[j] * others;
      dx[j] -= w[i] * beta[at(0, i, j, n, n)] * others;
      suffix *= 1 - beta[at(0, i, j, n, n)] * x[j];
    }
  }
}

// y_i = α_i x_i Π_j (1 − β_ij x_j), sample by sample.
template <class T>
void synapse_forward(int batch, int n, const T* x, const T* alpha, const T* beta, T* y) {
  for (int s = 0; s < batch; ++s, x += n, y += n) {
    inhibition_forward(n, beta, x, y);
    for (int i = 0; i < n; ++i) y[i] *= alpha[i] * x[i];
  }
}

// dα_i += Σ dy_i x_i P_i, dx_i += dy_i α_i P_i, and the inhibition's part with w_i = dy_i α_i x_i.
template <class T>
void synapse_backward(int batch, int n, const T* x, const T* alpha, const T* beta, const T* dy, T* dx,
                      T* dalpha, T* dbeta) {
  std::vector<T> product(static_cast<std::size_t>(n)), w(static_cast<std::size_t>(n));
  for (int s = 0; s < batch; ++s, x += n, dy += n, dx += n) {
    inhibition_forward(n, beta, x, product.data());
    for (int i = 0; i < n; ++i) {
      const T p = product[static_cast<std::size_t>(i)];
      dx[i] = dy[i] * alpha[i] * p;
      dalpha[i] += dy[i] * x[i] * p;
      w[static_cast<std::size_t>(i)] = dy[i] * alpha[i] * x[i];
    }
    inhibition_backward(n, beta, x, w.data(), dx, dbeta);
  }
}

// What the original script computes: one factor C_i = Π_b Π_j (1 − β_ij x_bj) for the whole batch, y_bi = α_i
// x_bi C_i.
template <class T>
void coupled_factor(int batch, int n, const T* x, const T* beta, int i, double& product, int& zeros) {
  product = 1;  // without the factors that are exactly zero, which are counted
  zeros = 0;
  for (int s = 0; s < batch; ++s)
    for (int j = 0; j < n; ++j) {
      const double factor =
          1 - static_cast<double>(beta[at(0, i, j, n, n)]) * static_cast<double>(x[at(0, s, j, batch, n)]);
      factor == 0 ? static_cast<void>(++zeros) : static_cast<void>(product *= factor);
    }
}

template <class T>
void coupled_forward(int batch, int n, const T* x, const T* alpha, const T* beta, T* y) {
  for (int i = 0; i < n; ++i) {
    double product;
    int zeros;
    coupled_factor(batch, n, x, beta, i, product, zeros);
    const T c = zeros > 0 ? T{0} : static_cast<T>(product);
    for (int s = 0; s < batch; ++s) y[at(0, s, i, batch, n)] = alpha[i] * x[at(0, s, i, batch, n)] * c;
  }
}

// Output i alone: dx [batch, n] is added to, dbeta [n] (row i) too. With G_i = Σ_b dy_bi α_i x_bi:
// dβ_ij −= G_i Σ_b x_bj C_i / (1 − β_ij x_bj), dx_bj −= G_i β_ij C_i / (1 − β_ij x_bj); with one factor zero
// only its own derivative survives, with two none.
template <class T>
void coupled_backward_row(int batch, int n, const T* x, T alpha, const T* beta, const T* dy, int i, T* dx,
                          T& dalpha, T* dbeta) {
  double product;
  int zeros;
  coupled_factor(batch, n, x, beta, i, product, zeros);
  double gain = 0;
  for (int s = 0; s < batch; ++s)
    gain += static_cast<double>(dy[at(0, s, i, batch, n)]) * static_cast<double>(x[at(0, s, i, batch, n)]);
  const double c = zeros > 0 ? 0 : product;
  dalpha += static_cast<T>(gain * c);
  gain *= static_cast<double>(alpha);
  std::vector<double> row(static_cast<std::size_t>(n));
  for (int s = 0; s < batch; ++s) {
    dx[at(0, s, i, batch, n)] +=
        static_cast<T>(static_cast<double>(dy[at(0, s, i, batch, n)]) * static_cast<double>(alpha) * c);
    for (int j = 0; j < n; ++j) {
      const double b = static_cast<double>(beta[at(0, i, j, n, n)]),
                   v = static_cast<double>(x[at(0, s, j, batch, n)]);
      const double factor = 1 - b * v;
      const double others = zeros == 0 ? c / factor : zeros == 1 && factor == 0 ? product : 0;
      row[static_cast<std::size_t>(j)] -= gain * v * others;
      dx[at(0, s, j, batch, n)] -= static_cast<T>(gain * b * others);
    }
  }
  for (int j = 0; j < n; ++j) dbeta[j] += static_cast<T>(row[static_cast<std::size_t>(j)]);
}

}  // namespace synann::compute::reference
