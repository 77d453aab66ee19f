// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/compute/reference/synapse.h"

// The recurrent synapse cell (docs/theory.md): a state h ∈ (0, 1)ⁿ that rows of the image change one after
// the other,
//   e = σ(W_e z + U_e h + b_e), f = σ(W_f z + U_f h + b_f), s = e ∘ q, h ← h ∘ (1 − f) + f ∘ s,
// where q_i = Π_j (1 − β_ij h_j) with β = σ(B); for the dense twin q = σ(B h), for the identity twin q = 1.
namespace synann::compute::reference {

using model::Twin;

// The tensors of a cell with n states and m inputs, in one block of T or const T.
template <class T>
struct RnnParameters {
  T *weight_ie, *weight_he, *bias_e, *weight_if, *weight_hf, *bias_f;  // [n, m], [n, n], [n], twice
  T* weight;                                                           // B [n, n]; null for the identity twin
};

// What backward needs of one sample: rows of n numbers, one per time; h has one more.
template <class T>
struct RnnTrace {
  std::vector<T> h, e, f, s, q;
  void resize(int steps, int n) {
    const auto size = static_cast<std::size_t>(steps) * static_cast<std::size_t>(n);
    h.resize(size + static_cast<std::size_t>(n));
    for (auto* v : {&e, &f, &s, &q}) v->resize(size);
  }
};

template <class T>
T gate(int n, int m, const T* w, const T* u, const T* b, const T* z, const T* h, int i) {
  T sum = b[i];
  for (int k = 0; k < m; ++k) sum += w[at(0, i, k, n, m)] * z[k];
  for (int k = 0; k < n; ++k) sum += u[at(0, i, k, n, n)] * h[k];
  return sigmoid(sum);
}

// z: the sample's rows [steps, m]; y [n] = 4 h_T − 2. beta: σ(B) for the synapse, B itself for the dense
// twin.
template <class T>
void rnn_forward(const Layer& l, const RnnParameters<const T>& p, const T* beta, const T* z,
                 RnnTrace<T>& trace, T* y) {
  const int n = l.out, m = l.in.columns, steps = l.in.rows * l.in.channels;
  trace.resize(steps, n);
  std::fill_n(trace.h.begin(), n, static_cast<T>(kRnnStart));
  for (int t = 0; t < steps; ++t, z += m) {
    const std::size_t row = static_cast<std::size_t>(t) * static_cast<std::size_t>(n);
    const T* h = trace.h.data() + row;
    T *e = trace.e.data() + row, *f = trace.f.data() + row, *s = trace.s.data() + row,
      *q = trace.q.data() + row;
    T* next = trace.h.data() + row + n;
    std::fill_n(q, n, T{1});
    if (l.twin == Twin::Synapse) inhibition_forward(n, beta, h, q);
    for (int i = 0; i < n; ++i) {
      if (l.twin == Twin::Dense) {
        T sum = 0;
        for (int j = 0; j < n; ++j) sum += beta[at(0, i, j, n, n)] * h[j];
        q[i] = sigmoid(sum);
      }
      e[i] = gate(n, m, p.weight_ie, p.weight_he, p.bias_e, z, h, i);
      f[i] = gate(n, m, p.weight_if, p.weight_hf, p.bias_f, z, h, i);
      s[i] = e[i] * q[i];
      next[i] = h[i] * (1 - f[i]) + f[i] * s[i];
    }
  }
  const T* last = trace.h.data() + static_cast<std::size_t>(steps) * static_cast<std::size_t>(n);
  for (int i = 0; i < n; ++i) y[i] = 4 * last[i] - 2;
}

template <class T>
void gate_backward(int n, int m, const T* w, const T* u, const T* z, const T* h, const T* ga, T* dz, T* dh,
                   T* dw, T* du, T* db) {
  for (int i = 0; i < n; ++i) {
    db[i] += ga[i];
    for (int k = 0; k < m; ++k) {
      dw[at(0, i, k, n, m)] += ga[i] * z[k];
      dz[k] += ga[i] * w[at(0, i, k, n, m)];
    }
    for (int k = 0; k < n; ++k) {
      du[at(0, i, k, n, n)] += ga[i] * h[k];
      dh[k] += ga[i] * u[at(0, i, k, n, n)];
    }
  }
}

// Backward through time for one sample. d.weight receives the gradient by beta (σ(B) or B). dz [steps, m] is
// overwritten.
template <class T>
void rnn_backward(const Layer& l, const RnnParameters<const T>& p, const T* beta, const T* z,
                  const RnnTrace<T>& trace, const T* dy, T* dz, const RnnParameters<T>& d) {
  const int n = l.out, m = l.in.columns, steps = l.in.rows * l.in.channels;
  const auto width = static_cast<std::size_t>(n);
  std::vector<T> gh(width), before(width), ge(width), gf(width), gq(width);
  for (std::size_t i = 0; i < width; ++i) gh[i] = 4 * dy[i];
  std::fill_n(dz, static_cast<std::size_t>(steps) * static_cast<std::size_t>(m), T{0});
  for (int t = steps; t-- > 0;) {
    const std::size_t row = static_cast<std::size_t>(t) * width;
    const T *h = trace.h.data() + row, *e = trace.e.data() + row, *f = trace.f.data() + row,
            *s = trace.s.data() + row, *q = trace.q.data() + row;
    for (std::size_t i = 0; i < width; ++i) {
      before[i] = gh[i] * (1 - f[i]);
      gf[i] = gh[i] * (s[i] - h[i]) * f[i] * (1 - f[i]);
      ge[i] = gh[i] * f[i] * q[i] * e[i] * (1 - e[i]);
      gq[i] = gh[i] * f[i] * e[i];
    }
    const T* zt = z + static_cast<std::size_t>(t) * static_cast<std::size_t>(m);
    T* dzt = dz + static_cast<std::size_t>(t) * static_cast<std::size_t>(m);
    if (l.twin == Twin::Synapse) inhibition_backward(n, beta, h, gq.data(), before.data(), d.weight);
    if (l.twin == Twin::Dense) {
      for (int i = 0; i < n; ++i)
        for (int j = 0; j < n; ++j) {
          const auto k = static_cast<std::size_t>(i);
          const T ga = gq[k] * q[k] * (1 - q[k]);
          d.weight[at(0, i, j, n, n)] += ga * h[j];
          before[static_cast<std::size_t>(j)] += ga * beta[at(0, i, j, n, n)];
        }
    }
    gate_backward(n, m, p.weight_ie, p.weight_he, zt, h, ge.data(), dzt, before.data(), d.weight_ie,
                  d.weight_he, d.bias_e);
    gate_backward(n, m, p.weight_if, p.weight_hf, zt, h, gf.data(), dzt, before.data(), d.weight_if,
                  d.weight_hf, d.bias_f);
    gh.swap(before);
  }
}

}  // namespace synann::compute::reference
