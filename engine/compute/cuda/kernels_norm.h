// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/block.h"

// Batch norm: 32 features a block, eight stretches of samples side by side. Sums are in double, because x −
// mean subtracts nearly equal numbers.
namespace synann::compute::cuda {

inline constexpr int kNormFeatures = 32, kNormLanes = 8, kNormThreads = kNormFeatures * kNormLanes;

// out[column] = Σ over the lanes of parts[lane, column], for the first row of threads.
SYNANN_DEVICE double sum_lanes(const double* parts, int column) {
  double sum = 0;
  for (int lane = 0; lane < kNormLanes; ++lane) sum += parts[lane * kNormFeatures + column];
  return sum;
}

// y = w (x − m) inverse + b with the batch's statistics; observed_*: what the running statistics move towards
// (the variance unbiased).
struct NormForward {
  const float *x, *w, *b;
  float* y;
  double* mean;    // [n]
  float* inverse;  // [n], 1 / √(v + ε)
  float *observed_mean, *observed_variance;
  int batch, n;
  double epsilon;

  static constexpr int kThreads = kNormThreads;
  Grid grid() const { return {ceil_div(n, kNormFeatures), 1, kThreads, kThreads * 8 + kNormFeatures * 16}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    double* parts = block.template shared<double>(kThreads);
    double* centre = block.template shared<double>(kNormFeatures);
    double* scale = block.template shared<double>(kNormFeatures);
    const int first = block.x() * kNormFeatures;
    const auto value = [&](int s, int i) { return static_cast<double>(x[Index{s} * n + i]); };
    block.each([&](int t) {
      const int i = first + t % kNormFeatures;
      parts[t] = 0;
      for (int s = t / kNormFeatures; i < n && s < batch; s += kNormLanes) parts[t] += value(s, i);
    });
    block.each([&](int t) {
      if (t < kNormFeatures) centre[t] = sum_lanes(parts, t) / batch;
    });
    block.each([&](int t) {
      const int i = first + t % kNormFeatures;
      parts[t] = 0;
      for (int s = t / kNormFeatures; i < n && s < batch; s += kNormLanes) {
        const double d = value(s, i) - centre[t % kNormFeatures];
        parts[t] += d * d;
      }
    });
    block.each([&](int t) {
      const int i = first + t;
      if (t >= kNormFeatures || i >= n) return;
      const double squares = sum_lanes(parts, t);
      scale[t] = 1.0 / sqrt(squares / batch + epsilon);
      mean[i] = centre[t];
      inverse[i] = static_cast<float>(scale[t]);
      observed_mean[i] = static_cast<float>(centre[t]);
      observed_variance[i] = static_cast<float>(squares / greatest(1, batch - 1));
    });
    block.each([&](int t) {
      const int f = t % kNormFeatures, i = first + f;
      for (int s = t / kNormFeatures; i < n && s < batch; s += kNormLanes)
        y[Index{s} * n + i] = w[i] * static_cast<float>((value(s, i) - centre[f]) * scale[f]) + b[i];
    });
  }
};

struct NormEvaluate {
  const float *x, *w, *b, *running_mean, *running_var;
  float* y;
  int batch, n;
  float epsilon;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * n); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * n, [&](Index k) {
      const int i = static_cast<int>(k % n);
      y[k] = w[i] * (x[k] - running_mean[i]) / sqrtf(running_var[i] + epsilon) + b[i];
    });
  }
};

// dx = w inverse (dy − mean(dy) − x̂ mean(dy x̂)), dw = Σ dy x̂, db = Σ dy
struct NormBackward {
  const float *x, *w, *dy;
  const double* mean;
  const float* inverse;
  float *dx, *dw, *db;
  int batch, n;

  static constexpr int kThreads = kNormThreads;
  Grid grid() const {
    return {ceil_div(n, kNormFeatures), 1, kThreads, 2 * kThreads * 8 + kNormFeatures * 16};
  }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    double* parts = block.template shared<double>(kThreads);
    double* products = block.template shared<double>(kThreads);
    double* sum = block.template shared<double>(kNormFeatures);
    double* dot = block.template shared<double>(kNormFeatures);
    const int first = block.x() * kNormFeatures;
    const auto normal = [&](int s, int i) {
      return (static_cast<double>(x[Index{s} * n + i]) - mean[i]) * static_cast<double>(inverse[i]);
    };
    block.each([&](int t) {
      const int i = first + t % kNormFeatures;
      parts[t] = products[t] = 0;
      for (int s = t / kNormFeatures; i < n && s < batch; s += kNormLanes) {
        const double g = static_cast<double>(dy[Index{s} * n + i]);
        parts[t] += g;
        products[t] += g * normal(s, i);
      }
    });
    block.each([&](int t) {
      const int i = first + t;
      if (t >= kNormFeatures || i >= n) return;
      sum[t] = sum_lanes(parts, t);
      dot[t] = sum_lanes(products, t);
      dw[i] = static_cast<float>(dot[t]);
      db[i] = static_cast<float>(sum[t]);
    });
    block.each([&](int t) {
      const int f = t % kNormFeatures, i = first + f;
      for (int s = t / kNormFeatures; dx != nullptr && i < n && s < batch; s += kNormLanes) {
        const Index k = Index{s} * n + i;
        const double centred = static_cast<double>(dy[k]) - sum[f] / batch - normal(s, i) * dot[f] / batch;
        dx[k] = w[i] * inverse[i] * static_cast<float>(centred);
      }
    });
  }
};

}  // namespace synann::compute::cuda
