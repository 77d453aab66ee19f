// SPDX-License-Identifier: GPL-3.0-or-later
// One time step of the recurrent synapse cell for kOutputs samples, which are the lanes: a state is a row of
// kOutputs floats, and weights are used as they lie.
#include "engine/compute/cpu/simd.h"
#include "engine/compute/eigen/kernels_parts.h"

namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE {
namespace {

constexpr int kVectors = kOutputs / kLanes;
constexpr int kSide = 8 / kVectors;  // rows of a tile: enough independent sums to hide the latency

inline Vec sigmoid(Vec x) {
  const Vec bounded = x < -80.0f ? spread(-80.0f) : x;  // e^80 is still a float
  const Vec power = exponential(-bounded);
  return 1.0f / (1.0f + power);
}

template <int kTall>
inline void add_product(int inner, const float* w, int row_step, int inner_step, const float* in, int pitch,
                        float* out) {
  Vec sum[kTall][kVectors];
#pragma GCC unroll 8
  for (int r = 0; r < kTall; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) sum[r][v] = load(out + r * pitch + v * kLanes);
#pragma GCC unroll 1
  for (int k = 0; k < inner; ++k)
#pragma GCC unroll 8
    for (int r = 0; r < kTall; ++r)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; ++v)
        sum[r][v] += w[r * row_step + k * inner_step] * load(in + k * pitch + v * kLanes);
#pragma GCC unroll 8
  for (int r = 0; r < kTall; ++r)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) store(out + r * pitch + v * kLanes, sum[r][v]);
}

// out_r += Σ_k w_rk in_k, or Σ_k w_kr in_k where transposed; n rows each.
void add_product(int n, bool transposed, const float* w, const float* in, int pitch, float* out) {
  const int row_step = transposed ? 1 : n, inner_step = transposed ? n : 1;
  int r = 0;
  for (; r + kSide <= n; r += kSide)
    add_product<kSide>(n, w + r * row_step, row_step, inner_step, in, pitch, out + r * pitch);
  for (; r < n; ++r) add_product<1>(n, w + r * row_step, row_step, inner_step, in, pitch, out + r * pitch);
}

// each(k) for every vector of n rows.
template <class Each>
inline void each_vector(int n, int pitch, const Each& each) {
  for (int i = 0; i < n; ++i)
    for (int v = 0; v < kOutputs; v += kLanes) each(i * pitch + v);
}

}  // namespace

void rnn_forward(int n, int pitch, RnnMiddle middle, const float* ue, const float* uf, const float* beta,
                 const RnnRows& t) {
  add_product(n, false, ue, t.h, pitch, t.e);
  add_product(n, false, uf, t.h, pitch, t.f);
  if (middle == RnnMiddle::Synapse || middle == RnnMiddle::General)
    synapse_product(n, pitch, kOutputs, 0, n, beta, t.h, t.q);
  if (middle == RnnMiddle::Dense) {
    each_vector(n, pitch, [&](int k) { store(t.q + k, Vec{}); });
    add_product(n, false, beta, t.h, pitch, t.q);
  }
  each_vector(n, pitch, [&](int k) {
    if (middle == RnnMiddle::Dense) store(t.q + k, sigmoid(load(t.q + k)));
    if (middle == RnnMiddle::One) store(t.q + k, spread(1.0f));
    const Vec e = sigmoid(load(t.e + k)), f = sigmoid(load(t.f + k)), h = load(t.h + k);
    store(t.e + k, e);
    store(t.f + k, f);
    store(t.h + kOutputs + k, h * (1.0f - f) + f * (e * load(t.q + k)));
  });
}

void rnn_deltas(int n, int pitch, RnnMiddle middle, const RnnRows& t, float* gh, float* before) {
  each_vector(n, pitch, [&](int k) {
    const Vec e = load(t.e + k), f = load(t.f + k), q = load(t.q + k), h = load(t.h + k), g = load(gh + k);
    const Vec gs = g * f;
    store(before + k, g * (1.0f - f));
    store(t.e + k, gs * q * e * (1.0f - e));
    store(t.f + k, g * (e * q - h) * f * (1.0f - f));
    const Vec inhibited = middle == RnnMiddle::General ? -(gs * e) : -(gs * e * q);
    store(t.q + k, middle == RnnMiddle::Dense ? gs * e * q * (1.0f - q) : inhibited);
  });
}

void rnn_backward(int n, int pitch, const float* ue, const float* uf, const float* b, const RnnRows& t,
                  float* before) {
  add_product(n, true, ue, t.e, pitch, before);
  add_product(n, true, uf, t.f, pitch, before);
  if (b != nullptr) add_product(n, true, b, t.q, pitch, before);
}

}  // namespace synann::compute::eigen::SYNANN_ISA_NAMESPACE
