// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "engine/compute/batch.h"
#include "engine/compute/exact/index.h"
#include "engine/model/description.h"

// The readable oracle: every layer as plain loops that read like its formula, templated on the scalar so that
// the same code is checked against finite differences in double. x, y, dx, dy are [batch, features] of the
// layer's shapes, row major. Backward functions overwrite dx and add to parameter gradients. Forward sums are
// added up in double, so that a float oracle is off by the rounding of its results alone.
namespace synann::compute::reference {

using model::Layer;

using exact::at;
using exact::wide;

// y[o, r, c] = b[o] + Σ_{i,u,v} w[o, i, u, v] x[i, r·stride − padding + u, c·stride − padding + v], zero
// beyond the edge; i runs over the channels of o's group. visit(x's place, w's place) for each term of y[o,
// r, c].
template <class Visit>
void each_tap(const Layer& l, int o, int r, int c, const Visit& visit) {
  const int k = l.kernel, in = l.in.channels / l.groups, first = o / (l.result.channels / l.groups) * in;
  for (int i = 0; i < in; ++i)
    for (int u = 0; u < k; ++u)
      for (int v = 0; v < k; ++v) {
        const int row = r * l.step() - l.padding + u, column = c * l.step() - l.padding + v;
        if (row < 0 || row >= l.in.rows || column < 0 || column >= l.in.columns) continue;
        visit(at(first + i, row, column, l.in.rows, l.in.columns), at(o * in + i, u, v, k, k));
      }
}

// b is null where there is no bias; so is db.
template <class T>
void conv2d_forward(const Layer& l, int batch, const T* x, const T* w, const T* b, T* y) {
  for (int n = 0; n < batch; ++n, x += l.in.size(), y += l.result.size()) {
    for (int o = 0; o < l.result.channels; ++o)
      for (int r = 0; r < l.result.rows; ++r)
        for (int c = 0; c < l.result.columns; ++c) {
          double sum = b == nullptr ? 0 : wide(b[o]);
          each_tap(l, o, r, c,
                   [&](std::size_t from, std::size_t tap) { sum += wide(w[tap]) * wide(x[from]); });
          y[at(o, r, c, l.result.rows, l.result.columns)] = static_cast<T>(sum);
        }
  }
}

template <class T>
void conv2d_backward(const Layer& l, int batch, const T* x, const T* w, const T* dy, T* dx, T* dw, T* db) {
  for (int n = 0; n < batch; ++n, x += l.in.size(), dx += l.in.size(), dy += l.result.size()) {
    std::fill_n(dx, l.in.size(), T{0});
    for (int o = 0; o < l.result.channels; ++o)
      for (int r = 0; r < l.result.rows; ++r)
        for (int c = 0; c < l.result.columns; ++c) {
          const T g = dy[at(o, r, c, l.result.rows, l.result.columns)];
          if (db != nullptr) db[o] += g;
          each_tap(l, o, r, c, [&](std::size_t from, std::size_t tap) {
            dw[tap] += g * x[from];
            dx[from] += g * w[tap];
          });
        }
  }
}

// The position of each maximum inside its sample goes to `where` (ties: first in row-major order, as
// PyTorch).
template <class T>
void max_pool2d_forward(const Layer& l, int batch, const T* x, T* y, std::int32_t* where) {
  const int k = l.kernel, step = l.step(), rows = l.result.rows, columns = l.result.columns;
  for (int n = 0; n < batch; ++n, x += l.in.size(), y += l.result.size(), where += l.result.size()) {
    for (int ch = 0; ch < l.in.channels; ++ch)
      for (int r = 0; r < rows; ++r)
        for (int c = 0; c < columns; ++c) {
          std::size_t best = at(ch, r * step, c * step, l.in.rows, l.in.columns);
          for (int u = 0; u < k; ++u)
            for (int v = 0; v < k; ++v) {
              const std::size_t candidate = at(ch, r * step + u, c * step + v, l.in.rows, l.in.columns);
              if (x[candidate] > x[best] || std::isnan(x[candidate])) best = candidate;
            }
          y[at(ch, r, c, rows, columns)] = x[best];
          where[at(ch, r, c, rows, columns)] = static_cast<std::int32_t>(best);
        }
  }
}

template <class T>
void max_pool2d_backward(const Layer& l, int batch, const std::int32_t* where, const T* dy, T* dx) {
  for (int n = 0; n < batch; ++n, dx += l.in.size(), dy += l.result.size(), where += l.result.size()) {
    std::fill_n(dx, l.in.size(), T{0});
    for (int k = 0; k < l.result.size(); ++k) dx[where[k]] += dy[k];
  }
}

// y = the mean of each window.
template <class T>
void avg_pool2d_forward(const Layer& l, int batch, const T* x, T* y) {
  const int k = l.kernel, step = l.step();
  for (int n = 0; n < batch; ++n, x += l.in.size()) {
    for (int ch = 0; ch < l.in.channels; ++ch)
      for (int r = 0; r < l.result.rows; ++r)
        for (int c = 0; c < l.result.columns; ++c) {
          T sum = 0;
          for (int u = 0; u < k; ++u)
            for (int v = 0; v < k; ++v) sum += x[at(ch, r * step + u, c * step + v, l.in.rows, l.in.columns)];
          *y++ = sum / static_cast<T>(k * k);
        }
  }
}

template <class T>
void avg_pool2d_backward(const Layer& l, int batch, const T* dy, T* dx) {
  const int k = l.kernel, step = l.step();
  for (int n = 0; n < batch; ++n, dx += l.in.size()) {
    std::fill_n(dx, l.in.size(), T{0});
    for (int ch = 0; ch < l.in.channels; ++ch)
      for (int r = 0; r < l.result.rows; ++r)
        for (int c = 0; c < l.result.columns; ++c) {
          const T share = *dy++ / static_cast<T>(k * k);
          for (int u = 0; u < k; ++u)
            for (int v = 0; v < k; ++v)
              dx[at(ch, r * step + u, c * step + v, l.in.rows, l.in.columns)] += share;
        }
  }
}

// Scales kept elements by 1 / (1 − p) and zeroes the others; `group` consecutive elements share one draw
// (a channel's pixels for Dropout2d, one element for Dropout). Serves forward and backward.
template <class T>
void dropout(const Layer& l, int batch, int group, const DropoutDraws& draws, int layer_index, const T* x,
             T* y) {
  const std::size_t count = static_cast<std::size_t>(batch) * static_cast<std::size_t>(l.in.size());
  if (!draws.enabled) {
    std::copy_n(x, count, y);
    return;
  }
  const RandomStream stream = draws.stream(layer_index);
  const std::uint32_t threshold = dropout_threshold(l.p);
  const T scale = static_cast<T>(1.0 / (1.0 - l.p));
  for (std::size_t k = 0; k < count; ++k) {
    const bool kept =
        stream.word(static_cast<std::uint32_t>(k / static_cast<std::size_t>(group))) >= threshold;
    y[k] = kept ? x[k] * scale : T{0};
  }
}

// y = x Wᵀ + b; b is null where there is no bias, and so is db.
template <class T>
void linear_forward(const Layer& l, int batch, const T* x, const T* w, const T* b, T* y) {
  const int in = l.in.size(), out = l.result.size();
  for (int n = 0; n < batch; ++n)
    for (int o = 0; o < out; ++o) {
      double sum = b == nullptr ? 0 : wide(b[o]);
      for (int i = 0; i < in; ++i) sum += wide(w[at(0, o, i, out, in)]) * wide(x[at(0, n, i, batch, in)]);
      y[at(0, n, o, batch, out)] = static_cast<T>(sum);
    }
}

template <class T>
void linear_backward(const Layer& l, int batch, const T* x, const T* w, const T* dy, T* dx, T* dw, T* db) {
  const int in = l.in.size(), out = l.result.size();
  std::fill_n(dx, static_cast<std::size_t>(batch) * static_cast<std::size_t>(in), T{0});
  for (int n = 0; n < batch; ++n)
    for (int o = 0; o < out; ++o) {
      const T g = dy[at(0, n, o, batch, out)];
      if (db != nullptr) db[o] += g;
      for (int i = 0; i < in; ++i) {
        dw[at(0, o, i, out, in)] += g * x[at(0, n, i, batch, in)];
        dx[at(0, n, i, batch, in)] += g * w[at(0, o, i, out, in)];
      }
    }
}

// y_i = scale · exp((x_i − max) / temperature) / Σ
template <class T>
void softmax_forward(int batch, int n, const T* x, T* y, T temperature = 1, T scale = 1) {
  for (int s = 0; s < batch; ++s, x += n, y += n) {
    const T top = *std::max_element(x, x + n);
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += wide(y[i] = std::exp((x[i] - top) / temperature));
    for (int i = 0; i < n; ++i) y[i] = static_cast<T>(wide(scale) * wide(y[i]) / sum);
  }
}

// dx_i = y_i (dy_i − Σ_k dy_k y_k / scale) / temperature
template <class T>
void softmax_backward(int batch, int n, const T* y, const T* dy, T* dx, T temperature = 1, T scale = 1) {
  for (int s = 0; s < batch; ++s, y += n, dy += n, dx += n) {
    double dot = 0;
    for (int i = 0; i < n; ++i) dot += wide(dy[i]) * wide(y[i]) / wide(scale);
    for (int i = 0; i < n; ++i) dx[i] = static_cast<T>(wide(y[i]) * (wide(dy[i]) - dot) / wide(temperature));
  }
}

// y = w (x − m) / √(v + ε) + b with the batch's statistics, which go to mean and inverse (1/√(v + ε));
// observed_mean and observed_variance (unbiased) are what the running statistics move towards.
template <class T>
void batch_norm_forward(int batch, int n, const T* x, const T* w, const T* b, T* y, double* mean,
                        double* inverse, T* observed_mean, T* observed_variance) {
  for (int i = 0; i < n; ++i) {
    double sum = 0, squares = 0;
    for (int s = 0; s < batch; ++s) sum += wide(x[at(0, s, i, batch, n)]);
    mean[i] = sum / batch;
    for (int s = 0; s < batch; ++s) {
      const double d = wide(x[at(0, s, i, batch, n)]) - mean[i];
      squares += d * d;
    }
    inverse[i] = 1 / std::sqrt(squares / batch + kBatchNormEpsilon);
    observed_mean[i] = static_cast<T>(mean[i]);
    observed_variance[i] = static_cast<T>(squares / std::max(1, batch - 1));
    for (int s = 0; s < batch; ++s)
      y[at(0, s, i, batch, n)] =
          static_cast<T>(wide(w[i]) * (wide(x[at(0, s, i, batch, n)]) - mean[i]) * inverse[i] + wide(b[i]));
  }
}

template <class T>
void batch_norm_evaluate(int batch, int n, const T* x, const T* w, const T* b, const T* running_mean,
                         const T* running_var, T* y) {
  for (int s = 0; s < batch; ++s)
    for (int i = 0; i < n; ++i) {
      const double inverse = 1 / std::sqrt(wide(running_var[i]) + kBatchNormEpsilon);
      y[at(0, s, i, batch, n)] = static_cast<T>(
          wide(w[i]) * (wide(x[at(0, s, i, batch, n)]) - wide(running_mean[i])) * inverse + wide(b[i]));
    }
}

// dx = w·inverse (dy − mean(dy) − x̂ mean(dy x̂))
template <class T>
void batch_norm_backward(int batch, int n, const T* x, const T* w, const double* mean, const double* inverse,
                         const T* dy, T* dx, T* dw, T* db) {
  for (int i = 0; i < n; ++i) {
    double sum = 0, dot = 0;
    for (int s = 0; s < batch; ++s) {
      const double g = wide(dy[at(0, s, i, batch, n)]);
      sum += g;
      dot += g * (wide(x[at(0, s, i, batch, n)]) - mean[i]) * inverse[i];
    }
    dw[i] += static_cast<T>(dot);
    db[i] += static_cast<T>(sum);
    for (int s = 0; s < batch; ++s) {
      const double normalised = (wide(x[at(0, s, i, batch, n)]) - mean[i]) * inverse[i];
      dx[at(0, s, i, batch, n)] =
          static_cast<T>(wide(w[i]) * inverse[i] *
                         (wide(dy[at(0, s, i, batch, n)]) - sum / batch - normalised * dot / batch));
    }
  }
}

// y_i = x_i − max − log Σ exp(x_k − max)
template <class T>
void log_softmax_forward(int batch, int n, const T* x, T* y) {
  for (int s = 0; s < batch; ++s, x += n, y += n) {
    const T top = *std::max_element(x, x + n);
    double sum = 0;
    for (int i = 0; i < n; ++i) sum += std::exp(wide(x[i]) - wide(top));
    const double shift = wide(top) + std::log(sum);
    for (int i = 0; i < n; ++i) y[i] = static_cast<T>(wide(x[i]) - shift);
  }
}

// The gradient of the mean negative log-likelihood by the logits: (softmax − onehot) / batch.
template <class T>
void nll_backward(int batch, int n, const T* log_probs, const std::uint8_t* target, T* dx) {
  for (int s = 0; s < batch; ++s)
    for (int i = 0; i < n; ++i) {
      const std::size_t k = at(0, s, i, batch, n);
      dx[k] = (std::exp(log_probs[k]) - (i == target[s] ? T{1} : T{0})) / static_cast<T>(batch);
    }
}

}  // namespace synann::compute::reference
