// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/compute/cuda/kernels_synapse.h"

// The recurrent synapse cell, one block a sample: rows of the image change the state h one after the other,
//   e = σ(W_e z + U_e h + b_e), f = σ(W_f z + U_f h + b_f), s = e ∘ q, h ← h ∘ (1 − f) + f ∘ s,
// with q_i = Π_j (1 − β_ij h_j), or σ(B h) for the dense twin, or 1. Traces are [batch, steps, n].
namespace synann::compute::cuda {

enum class RnnTwin : int { Synapse, Dense, Identity };

// The tensors of a cell with n states and m inputs, as PyTorch keeps them, and the same with inputs as rows,
// which is what neighbouring threads read.
struct RnnTensors {
  const float *in[2], *recurrent[2], *bias[2];  // gates e, f: [n, m], [n, n], [n]
  const float* inhibition;                      // β or B [n, n]
  const float *in_by_input[2], *recurrent_by_input[2], *inhibition_by_input;
};

// to[columns, rows] = from[rows, columns]ᵀ, through the logistic function where asked for.
struct Transpose {
  const float* from;
  float* to;
  int rows, columns, logistic_first;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{rows} * columns); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    block.each([&](int t) {
      const int k = block.x() * kThreads + t;
      if (k >= rows * columns) return;
      const float v = from[k % rows * columns + k / rows];
      to[k] = logistic_first != 0 ? logistic(v) : v;
    });
  }
};

// What the forward pass leaves: h before each row, the gates, and q as a product and its zeros.
struct RnnTrace {
  float *h, *gate[2], *q;  // [batch, steps, n]
  int* zeros;              // the same; only for the synapse
};

struct RnnForward {
  RnnTensors p;
  RnnTwin twin;
  const float* x;  // [batch, steps, m]
  RnnTrace trace;
  float* y;  // [batch, n] = 4 h − 2
  int batch, steps, n, m;
  float start;

  static constexpr int kThreads = 256;
  Grid grid() const { return {batch, 1, kThreads, 2 * n * 4 + 16}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* h = block.template shared<float>(n);
    float* inhibition = block.template shared<float>(n);
    const Index sample = block.x();
    block.each([&](int t) {
      for (int i = t; i < n; i += kThreads) h[i] = start;
    });
    for (int time = 0; time < steps; ++time) {
      const Index row = (sample * steps + time) * n;
      const float* z = x + (sample * steps + time) * m;
      block.each([&](int t) {
        for (int k = t; k < 3 * n; k += kThreads) {
          if (k < 2 * n) {
            trace.gate[k / n][row + k % n] = gate(k / n, k % n, z, h);
          } else {
            inhibition[k - 2 * n] = inhibit(k - 2 * n, row, h);
          }
        }
      });
      block.each([&](int t) {
        for (int i = t; i < n; i += kThreads) {
          const float f = trace.gate[1][row + i];
          trace.h[row + i] = h[i];
          h[i] = h[i] * (1 - f) + f * (trace.gate[0][row + i] * inhibition[i]);
        }
      });
    }
    block.each([&](int t) {
      for (int i = t; i < n; i += kThreads) y[sample * n + i] = 4 * h[i] - 2;
    });
  }
  SYNANN_DEVICE float gate(int g, int i, const float* z, const float* h) const {
    float sum = p.bias[g][i];
    for (int k = 0; k < m; ++k) sum += p.in_by_input[g][k * n + i] * z[k];
    for (int k = 0; k < n; ++k) sum += p.recurrent_by_input[g][k * n + i] * h[k];
    return logistic(sum);
  }
  // q_i; the trace keeps it without its zeros.
  SYNANN_DEVICE float inhibit(int i, Index row, const float* h) const {
    float q = 1;
    if (twin == RnnTwin::Dense) {
      float sum = 0;
      for (int j = 0; j < n; ++j) sum += p.inhibition_by_input[j * n + i] * h[j];
      q = logistic(sum);
    }
    trace.q[row + i] = q;
    if (twin != RnnTwin::Synapse) return q;
    Factors factors{1, 0};
    for (int j = 0; j < n; ++j) factors.times(p.inhibition_by_input[j * n + i], h[j]);
    trace.q[row + i] = static_cast<float>(factors.product);
    trace.zeros[row + i] = factors.zeros;
    return factors.zeros > 0 ? 0.0f : trace.q[row + i];
  }
};

// Backward through time. Leaves the gradients of the gates' and of the dense twin's arguments, or what
// without_factor() needs, for the weights' gradients: [batch, steps, n].
struct RnnBackward {
  RnnTensors p;
  RnnTwin twin;
  RnnTrace trace;
  const float* dy;
  float *dgate[2], *rest, *alone;  // rest holds the dense twin's gradient
  int batch, steps, n;

  static constexpr int kThreads = 256;
  Grid grid() const { return {batch, 1, kThreads, 9 * n * 4 + 96}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* gh = block.template shared<float>(n);
    float* parts = block.template shared<float>(3 * n);
    float* gates = block.template shared<float>(2 * n);
    float* rests = block.template shared<float>(n);
    float* alones = block.template shared<float>(n);
    const Index sample = block.x();
    block.each([&](int t) {
      for (int i = t; i < n; i += kThreads) gh[i] = 4 * dy[sample * n + i];
    });
    for (int time = steps - 1; time >= 0; --time) {
      const Index row = (sample * steps + time) * n;
      block.each([&](int t) {
        for (int i = t; i < n; i += kThreads) {
          differentiate(i, row + i, gh[i], gates, rests, alones);
          dgate[0][row + i] = gates[i];
          dgate[1][row + i] = gates[n + i];
          rest[row + i] = rests[i];
          alone[row + i] = alones[i];
        }
      });
      block.each([&](int t) {
        for (int k = t; k < 3 * n; k += kThreads)
          parts[k] =
              k < 2 * n ? through_gate(k / n, k % n, gates) : through_inhibition(k % n, row, rests, alones);
      });
      block.each([&](int t) {
        for (int j = t; j < n; j += kThreads)
          gh[j] = gh[j] * (1 - trace.gate[1][row + j]) + parts[j] + parts[n + j] + parts[2 * n + j];
      });
    }
  }
  // The gradients of one state's gates and inhibition at one time, for the gradient g of the state behind it.
  SYNANN_DEVICE void differentiate(int i, Index k, float g, float* gates, float* rests, float* alones) const {
    const float e = trace.gate[0][k], f = trace.gate[1][k];
    const int none = twin == RnnTwin::Synapse ? trace.zeros[k] : 0;
    const float q = none > 0 ? 0.0f : trace.q[k], w = g * f * e;
    gates[i] = g * f * q * e * (1 - e);
    gates[n + i] = g * (e * q - trace.h[k]) * f * (1 - f);
    rests[i] = twin == RnnTwin::Dense ? w * q * (1 - q) : none == 0 ? w * trace.q[k] : 0.0f;
    alones[i] = none == 1 ? w * trace.q[k] : 0.0f;
  }
  SYNANN_DEVICE float through_gate(int g, int j, const float* gates) const {
    float sum = 0;
    for (int i = 0; i < n; ++i) sum += gates[g * n + i] * p.recurrent[g][i * n + j];
    return sum;
  }
  SYNANN_DEVICE float through_inhibition(int j, Index row, const float* rests, const float* alones) const {
    float sum = 0;
    if (twin == RnnTwin::Dense)
      for (int i = 0; i < n; ++i) sum += rests[i] * p.inhibition[i * n + j];
    if (twin == RnnTwin::Synapse) {
      const float h = trace.h[row + j];
      for (int i = 0; i < n; ++i) {
        const float b = p.inhibition[i * n + j];
        sum -= b * without_factor(b, h, rests[i], alones[i]);
      }
    }
    return sum;
  }
};

}  // namespace synann::compute::cuda
