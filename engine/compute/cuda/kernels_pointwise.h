// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/kernels_synapse.h"

// Layers that work on each element by itself, or on two of them, and the softmax with temperature and scale.
// Arrays are [batch, features].
namespace synann::compute::cuda {

enum class PointForm : int { Sigmoid, Tanh, Clamp };

// dσ/dv, without the cancellation in σ (1 − σ) where σ is near one.
SYNANN_DEVICE float logistic_slope(float v) {
  const float e = expf(-fabsf(v)), sum = 1 + e;
  return e / (sum * sum);
}

// y = σ(x), tanh x, or x clamped to [low, high]; a NaN passes through.
struct Pointwise {
  const float* x;
  float* y;
  Index count;
  PointForm form;
  float low, high;  // Clamp

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(count); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, count, [&](Index k) {
      const float v = x[k];
      float result = v < low ? low : v > high ? high : v;
      if (form == PointForm::Sigmoid) result = logistic(v);
      if (form == PointForm::Tanh) result = tanhf(v);
      y[k] = result;
    });
  }
};

// dx = dy dy/dx; with d tanh(v)/dv = 4 σ'(2v).
struct PointwiseBackward {
  const float *x, *dy;
  float* dx;
  Index count;
  PointForm form;
  float low, high;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(count); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, count, [&](Index k) {
      const float v = x[k];
      float slope = v >= low && v <= high ? 1.0f : 0.0f;
      if (form == PointForm::Sigmoid) slope = logistic_slope(v);
      if (form == PointForm::Tanh) slope = 4 * logistic_slope(2 * v);
      // No gradient where there is no slope, whatever comes from behind.
      dx[k] = slope != 0 ? dy[k] * slope : 0.0f;
    });
  }
};

// y = a σ(b) with [a, b] = x: the halves of the features of each sample, `half` numbers each.
struct GluForward {
  const float* x;
  float* y;
  int batch, half;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * half); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * half, [&](Index k) {
      const float* a = x + k / half * 2 * half + k % half;
      y[k] = a[0] * logistic(a[half]);
    });
  }
};

// da = dy σ(b), db = dy a σ'(b)
struct GluBackward {
  const float *x, *dy;
  float* dx;
  int batch, half;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * half); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * half, [&](Index k) {
      const Index place = k / half * 2 * half + k % half;
      const float a = x[place], b = x[place + half];
      dx[place] = dy[k] * logistic(b);
      dx[place + half] = dy[k] * a * logistic_slope(b);
    });
  }
};

// y = a + b, or a copy of a where b is null.
struct Sum {
  const float *a, *b;
  float* y;
  Index count;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(count); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, count, [&](Index k) { y[k] = b != nullptr ? a[k] + b[k] : a[k]; });
  }
};

// y_i = scale exp((x_i − top) / temperature) / Σ; top: the x whose quotient is the largest. One block a
// sample.
struct ScaledSoftmaxForward {
  const float* x;
  float* y;
  int batch, n;
  float temperature, scale;

  static constexpr int kThreads = 128;
  Grid grid() const { return {batch, 1, kThreads, (kThreads + 8) * 4}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* scratch = block.template shared<float>(kThreads);
    float* top = block.template shared<float>(2);
    float* sum = top + 1;
    const float* in = x + Index{block.x()} * n;
    float* out = y + Index{block.x()} * n;
    const auto heat = [&](int i) { return in[i] / temperature; };
    greatest_over<float>(block, n, -INFINITY, scratch, top, heat);
    sum_over<float>(block, n, scratch, sum, [&](int i) { return expf(heat(i) - top[0]); });
    block.each([&](int t) {
      for (int i = t; i < n; i += kThreads) out[i] = scale * (expf(heat(i) - top[0]) / sum[0]);
    });
  }
};

// dx_i = y_i (dy_i − Σ_k dy_k y_k / scale) / temperature; with a scale of zero y and dx are zero.
struct ScaledSoftmaxBackward {
  const float *y, *dy;
  float* dx;
  int batch, n;
  float temperature, scale;

  static constexpr int kThreads = 128;
  Grid grid() const { return {batch, 1, kThreads, (kThreads + 8) * 4}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* scratch = block.template shared<float>(kThreads);
    float* dot = block.template shared<float>(1);
    const Index row = Index{block.x()} * n;
    sum_over<float>(block, n, scratch, dot, [&](int i) { return dy[row + i] * y[row + i]; });
    block.each([&](int t) {
      const float mean = scale != 0 ? dot[0] / scale : 0.0f;
      for (int i = t; i < n; i += kThreads) dx[row + i] = y[row + i] * (dy[row + i] - mean) / temperature;
    });
  }
};

}  // namespace synann::compute::cuda
