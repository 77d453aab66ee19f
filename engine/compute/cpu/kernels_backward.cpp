// SPDX-License-Identifier: GPL-3.0-or-later
// The backward pass from batch norm to fc1's outputs.
#include "engine/compute/cpu/kernels_parts.h"
#include "engine/compute/cpu/simd.h"

namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kGroup = 2;  // vectors of outputs side by side; what they need stays in the L1 cache

// Factors between two prefix products that are kept; those between are made again, in registers.
constexpr int kBlock = kLanes == 16 ? 4 : 1;

// With P_i∖j the product without factor j, from prefix and suffix products (no division, exact when a factor
// is zero): dβ_ij = −dy_i x_i x_j P_i∖j, dx_j = dy_j P_j − Σ_i dy_i x_i β_ij P_i∖j. Lanes are outputs i, from
// `first` on. kSamples samples at a time: β and its gradient are read once for all, and while one product
// waits for its last factor the others go on.
template <int kSamples>
void synapse_backward(const float* beta, int first, bool add, const Sample* samples, float* dbeta,
                      Scratch& scratch) {
  constexpr int kPrefix = kGroup * kLanes * kSamples;
  const auto factor = [&](const Sample& sample, int j, int g) {
    return 1.0f - load(beta + j * kHidden + first + g * kLanes) * spread(sample.soft[j]);
  };
  Vec product[static_cast<unsigned>(kSamples)][kGroup];
#pragma GCC unroll 2
  for (int s = 0; s < kSamples; ++s)
#pragma GCC unroll 2
    for (int g = 0; g < kGroup; ++g) product[s][g] = spread(1.0f);
#pragma GCC unroll 1
  for (int block = 0; block < kHidden; block += kBlock) {
#pragma GCC unroll 2
    for (int s = 0; s < kSamples; ++s)
#pragma GCC unroll 2
      for (int g = 0; g < kGroup; ++g) {
        store(scratch.prefix + block / kBlock * kPrefix + (s * kGroup + g) * kLanes, product[s][g]);
#pragma GCC unroll 4
        for (int j = block; j < block + kBlock; ++j) product[s][g] *= factor(samples[s], j, g);
      }
  }
#pragma GCC unroll 2
  for (int s = 0; s < kSamples; ++s) {
    float* dx = samples[s].dhidden;
    if (first == 0)
      for (int j = 0; j < kHidden; j += kLanes) store(dx + j, Vec{});
#pragma GCC unroll 2
    for (int g = 0; g < kGroup; ++g) {
      const int i = first + g * kLanes;
      const Vec gradient = load(samples[s].dnormed + i);
      store(dx + i, load(dx + i) + gradient * product[s][g]);
      product[s][g] = gradient * load(samples[s].soft + i);  // rides along in the suffix product
    }
  }
#pragma GCC unroll 1
  for (int block = kHidden - kBlock; block >= 0; block -= kBlock) {
    Vec prefix[kBlock][static_cast<unsigned>(kSamples)][kGroup];
#pragma GCC unroll 2
    for (int s = 0; s < kSamples; ++s)
#pragma GCC unroll 2
      for (int g = 0; g < kGroup; ++g) {
        prefix[0][s][g] = load(scratch.prefix + block / kBlock * kPrefix + (s * kGroup + g) * kLanes);
#pragma GCC unroll 4
        for (int k = 1; k < kBlock; ++k)
          prefix[k][s][g] = prefix[k - 1][s][g] * factor(samples[s], block + k - 1, g);
      }
#pragma GCC unroll 4
    for (int k = kBlock - 1; k >= 0; --k) {
      const int j = block + k;
      Vec sum[static_cast<unsigned>(kSamples)];
#pragma GCC unroll 2
      for (int s = 0; s < kSamples; ++s)
        sum[s] = first == 0 ? Vec{} : load(scratch.vector + (s * kHidden + j) * kLanes);
#pragma GCC unroll 2
      for (int g = 0; g < kGroup; ++g) {
        const int at = j * kHidden + first + g * kLanes;
        const Vec b = load(beta + at);
        Vec total = add ? load(dbeta + at) : Vec{};
#pragma GCC unroll 2
        for (int s = 0; s < kSamples; ++s) {
          const Vec input = spread(samples[s].soft[j]);
          const Vec others = prefix[k][s][g] * product[s][g];
          total -= others * input;
          sum[s] += others * b;
          product[s][g] *= 1.0f - b * input;
        }
        store(dbeta + at, total);
      }
#pragma GCC unroll 2
      for (int s = 0; s < kSamples; ++s) store(scratch.vector + (s * kHidden + j) * kLanes, sum[s]);
    }
  }
  if (first + kGroup * kLanes < kHidden) return;
#pragma GCC unroll 2
  for (int s = 0; s < kSamples; ++s)
    for (int j = 0; j < kHidden; j += kLanes) {
      Vec rows[kLanes];
#pragma GCC unroll 16
      for (int r = 0; r < kLanes; ++r) rows[r] = load(scratch.vector + (s * kHidden + j + r) * kLanes);
      add_rows<kLanes / 2>(rows);
      store(samples[s].dhidden + j, load(samples[s].dhidden + j) - rows[0]);
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

// The gradient of fc1's output where its ReLU is all that lies behind it.
void relu_backward(const Sample& s, const float* dsoft, float* fc1_bias) {
  for (int f = 0; f < kHidden; f += kLanes) {
    const Vec dhidden = load(s.hidden + f) > 0.0f ? load(dsoft + f) : Vec{};
    store(s.dhidden + f, dhidden);
    store(fc1_bias + f, load(fc1_bias + f) + dhidden);
  }
}

// dhidden, from the gradient of the softmax.
void soft_backward(const Sample& s, const float* dsoft, float* fc1_bias) {
  if constexpr (!kNet.softmax) return relu_backward(s, dsoft, fc1_bias);
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
    for (int s = 0; s < count; s += 2)
      for (int first = 0; first < kHidden; first += kGroup * kLanes) {
        const auto backward = s + 1 < count ? synapse_backward<2> : synapse_backward<1>;
        backward(w.synapse_by_input, first, s > 0, samples + s, sums.synapse_by_input, scratch);
      }
  }
  for (int s = 0; s < count; ++s) {
    soft_backward(samples[s], w.synapse_by_input ? samples[s].dhidden : samples[s].dnormed, sums.fc1_bias);
  }
}

}  // namespace synann::compute::fused::SYNANN_NET::SYNANN_ISA_NAMESPACE
