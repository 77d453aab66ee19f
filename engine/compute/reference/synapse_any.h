// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <vector>

#include "engine/compute/reference/synapse.h"

// Synapse layers of any shape as plain loops: as many outputs as wanted, each excited by an input of choice,
// over the features of a sample, the channels at each position, or the positions of each channel:
//   y_i = α_i x_e(i) Π_j (1 − β_ij x_j).
// A sample holds one such product for each group (Layer::synapse_groups()). Here inputs stand as rows [count,
// inputs] and outputs as rows [count, outputs], count = batch · groups; β is [outputs, inputs].
namespace synann::compute::reference {

// Where number k of a row lies in its sample's part of the tensor, for a row length of `length`.
inline std::size_t place_in_sample(const Layer& l, int group, int k, int length) {
  const auto g = static_cast<std::size_t>(group), i = static_cast<std::size_t>(k);
  if (l.over == model::Over::Channels) return i * static_cast<std::size_t>(l.synapse_groups()) + g;
  return g * static_cast<std::size_t>(length) + i;
}

// Tensor [batch, groups · length in the layer's order] to rows, and back.
template <class T>
void to_rows(const Layer& l, int batch, int length, const T* tensor, T* rows) {
  for (int s = 0; s < batch; ++s, tensor += l.synapse_groups() * length)
    for (int g = 0; g < l.synapse_groups(); ++g)
      for (int k = 0; k < length; ++k) *rows++ = tensor[place_in_sample(l, g, k, length)];
}
template <class T>
void from_rows(const Layer& l, int batch, int length, const T* rows, T* tensor) {
  for (int s = 0; s < batch; ++s, tensor += l.synapse_groups() * length)
    for (int g = 0; g < l.synapse_groups(); ++g)
      for (int k = 0; k < length; ++k) tensor[place_in_sample(l, g, k, length)] = *rows++;
}

// β [outputs, inputs] from the layer's weights.
template <class T>
void effective_beta(const Layer& l, const T* weight, T* beta) {
  const int outputs = l.synapse_outputs(), inputs = l.synapse_inputs();
  for (int i = 0; i < outputs; ++i)
    for (int j = 0; j < inputs; ++j) {
      const std::size_t k = at(0, i, j, outputs, inputs);
      beta[k] = beta_value(l.synapse, weight[k]);
      if (l.synapse.diagonal == SynapseOptions::Diagonal::Zero && j == l.excitatory_input(i)) beta[k] = 0;
    }
}

// The same, and α [outputs] of its parameter (null for Alpha::One).
template <class T>
void effective_parameters(const Layer& l, const T* weight, const T* alpha_parameter, T* alpha, T* beta) {
  for (int i = 0; i < l.synapse_outputs(); ++i) alpha[i] = effective_alpha(l.synapse, alpha_parameter, i);
  effective_beta(l, weight, beta);
}

// Turns the gradients by α and β into those by the parameters, in place.
template <class T>
void chain_parameters(const Layer& l, const T* weight, const T* alpha_parameter, const T* beta, T* dalpha,
                      T* dbeta) {
  const int outputs = l.synapse_outputs(), inputs = l.synapse_inputs();
  for (int i = 0; i < outputs; ++i) {
    dalpha[i] *= alpha_slope(l.synapse, alpha_parameter, i);
    for (int j = 0; j < inputs; ++j) {
      const std::size_t k = at(0, i, j, outputs, inputs);
      dbeta[k] = weight_gradient(l.synapse, weight[k], beta[k], dbeta[k]);
      if (l.synapse.diagonal == SynapseOptions::Diagonal::Zero && j == l.excitatory_input(i)) dbeta[k] = 0;
    }
  }
}

// One output of one row: Π_j (1 − β_j x_j) without the factors that are zero, and how many those are.
struct FactorProduct {
  double product = 1;
  int zeros = 0;
  double value() const { return zeros > 0 ? 0 : product; }
};
template <class T>
void multiply_factors(int inputs, const T* beta, const T* x, FactorProduct& into) {
  for (int j = 0; j < inputs; ++j) {
    const double factor = 1 - static_cast<double>(beta[j]) * static_cast<double>(x[j]);
    factor == 0 ? static_cast<void>(++into.zeros) : static_cast<void>(into.product *= factor);
  }
}
// Π over the others of factor 1 − β x.
inline double without(const FactorProduct& all, double factor) {
  if (all.zeros == 0) return all.product / factor;
  return all.zeros == 1 && factor == 0 ? all.product : 0;
}

// Rows [count, ·]; batch-coupled: one product over all rows for each output.
template <class T>
void any_synapse_forward(const Layer& l, int count, const T* x, const T* alpha, const T* beta, T* y) {
  const int outputs = l.synapse_outputs(), inputs = l.synapse_inputs();
  const bool coupled = l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled;
  for (int i = 0; i < outputs; ++i) {
    const T* row = beta + at(0, i, 0, outputs, inputs);
    FactorProduct common;
    for (int s = 0; coupled && s < count; ++s)
      multiply_factors(inputs, row, x + at(0, s, 0, count, inputs), common);
    for (int s = 0; s < count; ++s) {
      const T* in = x + at(0, s, 0, count, inputs);
      FactorProduct own;
      if (!coupled) multiply_factors(inputs, row, in, own);
      y[at(0, s, i, count, outputs)] =
          alpha[i] * in[l.excitatory_input(i)] * static_cast<T>((coupled ? common : own).value());
    }
  }
}

// One output: what stands before its inputs in the gradients, −Σ dy α x_e · Π of the other factors, goes to
// dx [count, inputs] (added), dbeta [inputs] and dalpha (added).
template <class T>
void any_synapse_backward_output(const Layer& l, int count, int i, const T* x, T alpha, const T* beta,
                                 const T* dy, T* dx, T& dalpha, T* dbeta) {
  const int outputs = l.synapse_outputs(), inputs = l.synapse_inputs(), e = l.excitatory_input(i);
  const bool coupled = l.synapse.semantics == SynapseOptions::Semantics::BatchCoupled;
  const auto gain_of = [&](int s) {  // dy x_e
    return wide(dy[at(0, s, i, count, outputs)]) * wide(x[at(0, s, e, count, inputs)]);
  };
  FactorProduct product;
  double gain = 0;
  for (int s = 0; coupled && s < count; ++s) {
    multiply_factors(inputs, beta, x + at(0, s, 0, count, inputs), product);
    gain += gain_of(s);
  }
  std::vector<double> sums(static_cast<std::size_t>(inputs));
  double alpha_sum = 0;
  for (int s = 0; s < count; ++s) {
    const T* in = x + at(0, s, 0, count, inputs);
    T* out = dx + at(0, s, 0, count, inputs);
    if (!coupled) {
      product = {};
      multiply_factors(inputs, beta, in, product);
      gain = gain_of(s);
    }
    alpha_sum += gain_of(s) * product.value();
    out[e] += static_cast<T>(wide(dy[at(0, s, i, count, outputs)]) * wide(alpha) * product.value());
    for (int j = 0; j < inputs; ++j) {
      const double others = gain * wide(alpha) * without(product, 1 - wide(beta[j]) * wide(in[j]));
      sums[static_cast<std::size_t>(j)] -= wide(in[j]) * others;
      out[j] -= static_cast<T>(wide(beta[j]) * others);
    }
  }
  dalpha += static_cast<T>(alpha_sum);
  for (int j = 0; j < inputs; ++j) dbeta[j] += static_cast<T>(sums[static_cast<std::size_t>(j)]);
}

}  // namespace synann::compute::reference
