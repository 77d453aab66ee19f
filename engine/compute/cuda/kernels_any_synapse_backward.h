// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/kernels_any_synapse.h"

// The backward pass of the synapse layer of any shape, and its headroom.
namespace synann::compute::cuda {

// The products of a forward pass, and the gradient by the output.
struct AnySynapseTrace {
  const float *x, *dy, *alpha;
  const float* product;   // per sample [batch, out_size]; null for the coupled variant
  const double* coupled;  // its product [outputs]
  const int* zeros;       // [batch, out_size] or [outputs]

  // The product of output k, which is output i of its row; and without the factors that are zero.
  SYNANN_DEVICE int none(Index k, int i) const { return product != nullptr ? zeros[k] : zeros[i]; }
  SYNANN_DEVICE double nonzero(Index k, int i) const {
    return product != nullptr ? static_cast<double>(product[k]) : coupled[i];
  }
  SYNANN_DEVICE double whole(Index k, int i) const { return none(k, i) > 0 ? 0.0 : nonzero(k, i); }
};

// Over all rows, one block an output: gain_i = α_i Σ dy_ri x_r,e(i), which all factors of a coupled output
// have in common, and da_i = dα_i/da_i Σ dy_ri x_r,e(i) P_ri. Either may be null.
struct AnySynapseSums {
  SynapseShape s;
  AnySynapseTrace f;
  const float* slope;  // [outputs]
  double* gain;        // [outputs]
  float* dparameter;   // [outputs]

  static constexpr int kThreads = 256;
  Grid grid() const { return {s.outputs, 1, kThreads, (kThreads + 4) * 8}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    double* scratch = block.template shared<double>(kThreads);
    double* drive = block.template shared<double>(2);
    double* passed = drive + 1;
    const int i = block.x(), e = s.excitatory[i];
    const auto term = [&](Index row, bool product) {
      const Index k = s.output(row, i);
      const double both = static_cast<double>(f.dy[k]) * static_cast<double>(f.x[s.input(row, e)]);
      return product ? both * f.whole(k, i) : both;
    };
    sum_rows(block, scratch, drive, [&](Index row) { return term(row, false); });
    sum_rows(block, scratch, passed, [&](Index row) { return term(row, true); });
    block.each([&](int t) {
      if (t > 0) return;
      if (gain != nullptr) gain[i] = drive[0] * static_cast<double>(f.alpha[i]);
      if (dparameter != nullptr)
        dparameter[i] = static_cast<float>(passed[0] * static_cast<double>(slope[i]));
    });
  }

 private:
  template <class Block, class Term>
  SYNANN_DEVICE void sum_rows(Block& block, double* scratch, double* result, Term term) const {
    block.each([&](int t) {
      double sum = 0;
      for (Index row = t; row < s.rows(); row += kThreads) sum += term(row);
      scratch[t] = sum;
    });
    for (int half = kThreads / 2; half > 0; half /= 2) {
      block.each([&](int t) {
        if (t < half) scratch[t] += scratch[t + half];
      });
    }
    block.each([&](int t) {
      if (t == 0) result[0] = scratch[0];
    });
  }
};

// For every output: the excitatory path's part of dx, and what without_factor() needs.
struct AnySynapsePrepare {
  SynapseShape s;
  AnySynapseTrace f;
  const double* gain;            // [outputs], coupled only
  float *direct, *rest, *alone;  // [batch, out_size]

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{s.batch} * s.out_size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{s.batch} * s.out_size(), [&](Index k) {
      const SynapsePlace at = output_place(s, k);
      const int i = at.unit, none = f.none(k, i);
      const Index excited = s.input_row(at.sample, at.group) + Index{s.excitatory[i]} * s.in_step;
      const double passed = static_cast<double>(f.dy[k]) * static_cast<double>(f.alpha[i]);
      const double w = f.product != nullptr ? passed * static_cast<double>(f.x[excited]) : gain[i];
      const auto rested = static_cast<float>(w * f.nonzero(k, i));
      direct[k] = static_cast<float>(passed * f.whole(k, i));
      rest[k] = none == 0 ? rested : 0.0f;
      alone[k] = none == 1 ? rested : 0.0f;
    });
  }
};

// dx_rj = Σ over the outputs that j excites of direct_ri − Σ_i β_ij w_ri P_ri∖j
struct AnySynapseBackwardInput {
  SynapseShape s;
  const float *x, *beta, *direct, *rest, *alone;
  float* dx;

  static constexpr int kThreads = 128;
  Grid grid() const { return elementwise(Index{s.batch} * s.in_size(), kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{s.batch} * s.in_size(), [&](Index k) {
      const SynapsePlace at = input_place(s, k);
      const Index row = s.output_row(at.sample, at.group);
      const float v = x[k];
      double sum = 0;
      for (int i = 0; i < s.outputs; ++i) {
        const Index out = row + Index{i} * s.out_step;
        const float b = beta[Index{i} * s.inputs + at.unit];
        if (s.excitatory[i] == at.unit) sum += static_cast<double>(direct[out]);
        sum -= static_cast<double>(b * without_factor(b, v, rest[out], alone[out]));
      }
      dx[k] = static_cast<float>(sum);
    });
  }
};

// dβ_ij = −Σ_r x_rj w_ri P_ri∖j over stretches of rows: parts[split, outputs, inputs].
struct AnySynapseBackwardWeight {
  SynapseShape s;
  const float *x, *beta, *rest, *alone;
  float* parts;
  int splits;

  static constexpr int kThreads = 128;
  Grid grid() const { return elementwise(s.weights() * splits, kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, s.weights() * splits, [&](Index e) {
      const Index k = e % s.weights(), share = (s.rows() + splits - 1) / splits,
                  begin = e / s.weights() * share, end = least(s.rows(), begin + share);
      const int i = static_cast<int>(k / s.inputs), j = static_cast<int>(k % s.inputs);
      const float b = beta[k];
      double sum = 0;
      Index sample = begin / s.groups;
      int group = static_cast<int>(begin % s.groups);
      for (Index row = begin; row < end; ++row) {
        const Index out = s.output_row(sample, group) + Index{i} * s.out_step;
        const float v = x[s.input_row(sample, group) + Index{j} * s.in_step];
        sum -= static_cast<double>(v * without_factor(b, v, rest[out], alone[out]));
        if (++group == s.groups) group = 0, ++sample;
      }
      parts[e] = static_cast<float>(sum);
    });
  }
};

// headroom[j] = the smallest of 1 − β_ij x_rj over i and r, reached where β and x are extreme; one block an
// input.
struct AnyHeadroom {
  SynapseShape s;
  const float *x, *beta;
  float* headroom;  // [inputs]

  struct Extremes {
    float low_x, high_x, low_b, high_b;
    SYNANN_DEVICE void add(const Extremes& o) {
      low_x = least(low_x, o.low_x), high_x = greatest(high_x, o.high_x);
      low_b = least(low_b, o.low_b), high_b = greatest(high_b, o.high_b);
    }
  };

  static constexpr int kThreads = 128;
  Grid grid() const { return {s.inputs, 1, kThreads, kThreads * static_cast<int>(sizeof(Extremes))}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    Extremes* parts = block.template shared<Extremes>(kThreads);
    const int j = block.x();
    block.each([&](int t) {
      float v = x[s.input(0, j)], b = beta[j];
      Extremes mine{v, v, b, b};
      for (Index row = t; row < s.rows(); row += kThreads) {
        v = x[s.input(row, j)];
        mine.add({v, v, b, b});
      }
      for (int i = t; i < s.outputs; i += kThreads) {
        b = beta[Index{i} * s.inputs + j];
        mine.add({v, v, b, b});
      }
      parts[t] = mine;
    });
    for (int half = kThreads / 2; half > 0; half /= 2) {
      block.each([&](int t) {
        if (t < half) parts[t].add(parts[t + half]);
      });
    }
    block.each([&](int t) {
      if (t > 0) return;
      const Extremes& e = parts[0];
      const float a = greatest(e.low_b * e.low_x, e.low_b * e.high_x),
                  b = greatest(e.high_b * e.low_x, e.high_b * e.high_x);
      headroom[j] = 1.0f - greatest(a, b);
    });
  }
};

}  // namespace synann::compute::cuda
