// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/kernels_synapse.h"

// The synapse layer y_i = α_i x_e(i) Π_j (1 − β_ij x_j) of any shape: β [outputs, inputs], any excitatory
// inputs e, and several products a sample (groups), which share β: one at each position over the channels, or
// one in each channel over the positions. A product's row r is sample · groups + group. Products, zeros and
// sums as in kernels_synapse.h; a thread gathers what its element is made of. Memory is O(batch · features +
// outputs · inputs).
namespace synann::compute::cuda {

// Where the inputs and the outputs of each product lie.
struct SynapseShape {
  int batch, inputs, outputs, groups;
  int in_group, in_step;    // steps in x from group to group, and from input to input
  int out_group, out_step;  // the same in y
  const int* excitatory;    // [outputs]

  SYNANN_HOST_DEVICE int in_size() const { return inputs * groups; }
  SYNANN_HOST_DEVICE int out_size() const { return outputs * groups; }
  SYNANN_HOST_DEVICE Index weights() const { return Index{outputs} * inputs; }
  SYNANN_HOST_DEVICE Index rows() const { return Index{batch} * groups; }
  SYNANN_DEVICE Index input_row(Index sample, int group) const {
    return sample * in_size() + Index{group} * in_group;
  }
  SYNANN_DEVICE Index output_row(Index sample, int group) const {
    return sample * out_size() + Index{group} * out_group;
  }
  SYNANN_DEVICE Index input(Index row, int j) const {
    return input_row(row / groups, static_cast<int>(row % groups)) + Index{j} * in_step;
  }
  SYNANN_DEVICE Index output(Index row, int i) const {
    return output_row(row / groups, static_cast<int>(row % groups)) + Index{i} * out_step;
  }
};

// What element k of x or y is: input or output `unit` of a sample's group.
struct SynapsePlace {
  Index sample;
  int group, unit;
};
SYNANN_DEVICE SynapsePlace input_place(const SynapseShape& s, Index k) {
  const int place = static_cast<int>(k % s.in_size());
  return {k / s.in_size(), place / s.in_group % s.groups, place / s.in_step % s.inputs};
}
SYNANN_DEVICE SynapsePlace output_place(const SynapseShape& s, Index k) {
  const int place = static_cast<int>(k % s.out_size());
  return {k / s.out_size(), place / s.out_group % s.groups, place / s.out_step % s.outputs};
}

// β in both orders, α and dα/da from what is trained.
struct AnySynapseConstrain {
  SynapseShape s;
  const float *weight, *parameter;  // [outputs, inputs], [outputs] or null
  float *beta, *beta_by_input;      // [outputs, inputs], [inputs, outputs]
  float *alpha, *slope;             // [outputs]
  BetaForm beta_form;
  AlphaForm alpha_form;
  int zero_diagonal;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(s.weights()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, s.weights(), [&](Index k) {
      const int i = static_cast<int>(k / s.inputs), j = static_cast<int>(k % s.inputs);
      float b = weight[k];
      if (beta_form == BetaForm::Sigmoid) b = logistic(b);
      if (beta_form == BetaForm::Clamp) b = b < 0 ? 0.0f : b > kLargestBeta ? kLargestBeta : b;
      if (zero_diagonal != 0 && j == s.excitatory[i]) b = 0;
      beta[k] = b;
      beta_by_input[Index{j} * s.outputs + i] = b;
      if (j > 0) return;
      alpha[i] = slope[i] = 1;
      if (alpha_form == AlphaForm::Exp) alpha[i] = slope[i] = expf(parameter[i]);
      if (alpha_form == AlphaForm::Softplus) {
        alpha[i] = log1pf(expf(parameter[i]));
        slope[i] = logistic(parameter[i]);
      }
    });
  }
};

// The gradient by β becomes the gradient by the weights, in place. A clamped weight has none.
struct AnySynapseChain {
  SynapseShape s;
  const float *weight, *beta;
  float* gradient;
  BetaForm beta_form;
  int zero_diagonal;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(s.weights()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, s.weights(), [&](Index k) {
      float g = gradient[k];
      if (beta_form == BetaForm::Sigmoid) g *= beta[k] * (1 - beta[k]);
      if (beta_form == BetaForm::Clamp && beta[k] != weight[k]) g = 0;
      if (zero_diagonal != 0 && k % s.inputs == s.excitatory[k / s.inputs]) g = 0;
      gradient[k] = g;
    });
  }
};

// y, the product without its zeros, and their number, each [batch, out_size].
struct AnySynapseForward {
  SynapseShape s;
  const float *x, *alpha, *beta_by_input;
  float *y, *product;
  int* zeros;

  static constexpr int kThreads = 128;
  Grid grid() const { return elementwise(Index{s.batch} * s.out_size(), kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{s.batch} * s.out_size(), [&](Index k) {
      const SynapsePlace at = output_place(s, k);
      const float* in = x + s.input_row(at.sample, at.group);
      Factors factors{1, 0};
      for (int j = 0; j < s.inputs; ++j)
        factors.times(beta_by_input[Index{j} * s.outputs + at.unit], in[Index{j} * s.in_step]);
      product[k] = static_cast<float>(factors.product);
      zeros[k] = factors.zeros;
      const float p = factors.zeros > 0 ? 0.0f : product[k];
      y[k] = alpha[at.unit] * in[Index{s.excitatory[at.unit]} * s.in_step] * p;
    });
  }
};

// The batch-coupled variant: C_i over all rows, one block an output. product and zeros [outputs].
struct AnyCoupledFactor {
  SynapseShape s;
  const float *x, *beta;
  double* product;
  int* zeros;

  static constexpr int kThreads = 256;
  Grid grid() const { return {s.outputs, 1, kThreads, kThreads * static_cast<int>(sizeof(Factors))}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    Factors* parts = block.template shared<Factors>(kThreads);
    const float* row = beta + Index{block.x()} * s.inputs;
    block.each([&](int t) {
      Factors mine{1, 0};
      for (int sample = 0; sample < s.batch; ++sample)
        for (int place = t; place < s.in_size(); place += kThreads)
          mine.times(row[place / s.in_step % s.inputs], x[Index{sample} * s.in_size() + place]);
      parts[t] = mine;
    });
    multiply_parts<kThreads>(block, parts, product + block.x(), zeros + block.x());
  }
};

struct AnyCoupledForward {
  SynapseShape s;
  const float *x, *alpha;
  const double* product;
  const int* zeros;
  float* y;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{s.batch} * s.out_size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{s.batch} * s.out_size(), [&](Index k) {
      const SynapsePlace at = output_place(s, k);
      const float c = zeros[at.unit] > 0 ? 0.0f : static_cast<float>(product[at.unit]);
      const Index excited = s.input_row(at.sample, at.group) + Index{s.excitatory[at.unit]} * s.in_step;
      y[k] = alpha[at.unit] * x[excited] * c;
    });
  }
};

}  // namespace synann::compute::cuda
