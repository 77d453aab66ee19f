// SPDX-License-Identifier: GPL-3.0-or-later
// The backward pass from batch norm to fc1's outputs.
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

namespace synann::compute::fused::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kGroup = 2;  // vectors of outputs side by side; what they need stays in the L1 cache

// Halves the rows until lane l holds the sum of row l's lanes.
template <int kStep>
inline void add_rows(Vec* rows) {
  if constexpr (kStep > 0) {
#pragma GCC unroll 16
    for (int r = 0; r < kStep; ++r) {
      exchange<kStep>(rows[r], rows[r + kStep], AllLanes());
      rows[r] += rows[r + kStep];
    }
    add_rows<kStep / 2>(rows);
  }
}

// With P_i∖j the product without factor j, from prefix and suffix products (no division, exact when a factor
// is zero): dβ_ij = −dy_i x_i x_j P_i∖j, dx_j = dy_j P_j − Σ_i dy_i x_i β_ij P_i∖j. Lanes are outputs i, from
// `first` on.
void synapse_backward(const float* beta, int first, bool add, const float* x, const float* dy, float* dx,
                      float* dbeta, Scratch& scratch) {
  Vec product[kGroup];
#pragma GCC unroll 2
  for (int g = 0; g < kGroup; ++g) product[g] = spread(1.0f);
#pragma GCC unroll 1
  for (int j = 0; j < kHidden; ++j) {
    const Vec input = spread(x[j]);
#pragma GCC unroll 2
    for (int g = 0; g < kGroup; ++g) {
      store(scratch.prefix + (j * kGroup + g) * kLanes, product[g]);
      product[g] *= 1.0f - load(beta + j * kHidden + first + g * kLanes) * input;
    }
  }
  if (first == 0)
    for (int j = 0; j < kHidden; j += kLanes) store(dx + j, Vec{});
#pragma GCC unroll 2
  for (int g = 0; g < kGroup; ++g) {
    const int i = first + g * kLanes;
    const Vec gradient = load(dy + i);
    store(dx + i, load(dx + i) + gradient * product[g]);
    product[g] = gradient * load(x + i);  // rides along in the suffix product
  }
#pragma GCC unroll 1
  for (int j = kHidden - 1; j >= 0; --j) {
    const Vec input = spread(x[j]);
    Vec sum{};
#pragma GCC unroll 2
    for (int g = 0; g < kGroup; ++g) {
      const int k = j * kHidden + first + g * kLanes;
      const Vec b = load(beta + k), others = load(scratch.prefix + (j * kGroup + g) * kLanes) * product[g];
      store(dbeta + k, (add ? load(dbeta + k) : Vec{}) - others * input);
      sum += others * b;
      product[g] *= 1.0f - b * input;
    }
    store(scratch.vector + j * kLanes, sum);
  }
  for (int j = 0; j < kHidden; j += kLanes) {
    Vec rows[kLanes];
#pragma GCC unroll 16
    for (int r = 0; r < kLanes; ++r) rows[r] = load(scratch.vector + (j + r) * kLanes);
    add_rows<kLanes / 2>(rows);
    store(dx + j, load(dx + j) - rows[0]);
  }
}

// dnormed: from the gradient of batch norm's output to that of its input.
void norm_backward(const Weights& w, const Norm& norm, const Sample& s) {
  for (int f = 0; f < kHidden; f += kLanes) {
    const Vec centred =
        load(s.dnormed + f) - load(norm.mean_dz + f) - load(s.normal + f) * load(norm.mean_dot + f);
    store(s.dnormed + f, load(w.norm_scale + f) * load(norm.inverse + f) * centred);
  }
}

// dhidden, from the gradient of the softmax.
void soft_backward(const Sample& s, const float* dsoft, float* fc1_bias) {
  Vec dot{};
  for (int f = 0; f < kHidden; f += kLanes) dot += load(dsoft + f) * load(s.soft + f);
  const float mean = sum_lanes(dot);
  for (int f = 0; f < kHidden; f += kLanes) {
    const VecInt bits = spread_int(static_cast<int>((s.kept >> f) & 0xffffu)) >> lane_numbers();
    const Vec d = load(s.soft + f) * (load(dsoft + f) - mean) * s.kept_scale;
    const VecInt active = ((bits & 1) != 0) & (load(s.hidden + f) > 0.0f);
    const Vec dhidden = active ? d : Vec{};
    store(s.dhidden + f, dhidden);
    store(fc1_bias + f, load(fc1_bias + f) + dhidden);
  }
}

}  // namespace

void backward_head(const Weights& w, const Norm& norm, const Sample* samples, int count, Scratch& scratch,
                   BackwardSums& sums) {
  sums.touched = 0;
  for (float& x : sums.conv1) x = 0;
  for (float& x : sums.conv1_bias) x = 0;
  for (float& x : sums.blank_bias) x = 0;
  for (float& x : sums.blank_taps) x = 0;
  for (float& x : sums.conv2_bias) x = 0;
  for (float& x : sums.fc1_bias) x = 0;
  for (int s = 0; s < count; ++s) norm_backward(w, norm, samples[s]);
  if (w.synapse_by_input != nullptr) {
    for (int first = 0; first < kHidden; first += kGroup * kLanes)
      for (int s = 0; s < count; ++s)
        synapse_backward(w.synapse_by_input, first, s > 0, samples[s].soft, samples[s].dnormed,
                         samples[s].dhidden, sums.synapse_by_input, scratch);
  }
  for (int s = 0; s < count; ++s) {
    soft_backward(samples[s], w.synapse_by_input ? samples[s].dhidden : samples[s].dnormed, sums.fc1_bias);
  }
}

}  // namespace synann::compute::fused::SYNANN_ISA_NAMESPACE
