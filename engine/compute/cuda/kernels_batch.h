// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/block.h"
#include "engine/compute/cuda/control.h"

// Kernels that work sample by sample: batches, dropout, ReLU, softmax, the loss. Arrays are [batch,
// features].
namespace synann::compute::cuda {

// x[slot] = table[pixels of the sample], target[slot] = its label. Samples are order[batch_size · step …], or
// first, first + 1 … where there is no order.
struct Gather {
  const std::uint32_t* order;
  const std::uint8_t *pixels, *labels;
  const float* table;      // [256]
  const Control* control;  // may be null without an order
  int image, batch_size, first, count;
  float* x;
  std::uint8_t* target;

  static constexpr int kThreads = 256;
  Grid grid() const { return {count, 1, kThreads, 0}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    const int slot = block.x();
    const Index sample = order != nullptr
                             ? static_cast<Index>(order[Index{control->step} * batch_size + slot])
                             : Index{first} + slot;
    block.each([&](int t) {
      for (int i = t; i < image; i += kThreads)
        x[Index{slot} * image + i] = table[pixels[sample * image + i]];
      if (t == 0) target[slot] = labels[sample];
    });
  }
};

// y = x > 0 ? x : 0; a NaN passes through, so that a broken number stays visible.
struct Relu {
  const float* x;
  float* y;
  Index count;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(count); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, count, [&](Index k) { y[k] = x[k] < 0 ? 0.0f : x[k]; });
  }
};

struct ReluBackward {
  const float *x, *dy;
  float* dx;
  Index count;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(count); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, count, [&](Index k) { dx[k] = x[k] > 0 ? dy[k] : 0.0f; });
  }
};

// Kept elements times `scale`, the others zero; `group` elements share one draw. Serves both directions.
struct DropoutMask {
  const float* x;
  float* y;
  Index count;
  const Control* control;
  int layer, group, enabled;
  std::uint32_t threshold;
  float scale;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(count); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, count, [&](Index k) {
      const bool kept =
          enabled == 0 || control->dropout(layer).word(static_cast<std::uint32_t>(k / group)) >= threshold;
      y[k] = enabled == 0 ? x[k] : kept ? x[k] * scale : 0.0f;
    });
  }
};

// y_i = exp(x_i − max) / Σ; one block a sample.
struct SoftmaxForward {
  const float* x;
  float* y;
  int batch, n;

  static constexpr int kThreads = 128;
  Grid grid() const { return {batch, 1, kThreads, (kThreads + 8) * 4}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* scratch = block.template shared<float>(kThreads);
    float* top = block.template shared<float>(2);
    float* sum = top + 1;
    const float* in = x + Index{block.x()} * n;
    float* out = y + Index{block.x()} * n;
    greatest_over<float>(block, n, -INFINITY, scratch, top, [&](int i) { return in[i]; });
    sum_over<float>(block, n, scratch, sum, [&](int i) { return expf(in[i] - top[0]); });
    block.each([&](int t) {
      for (int i = t; i < n; i += kThreads) out[i] = expf(in[i] - top[0]) / sum[0];
    });
  }
};

// dx_i = y_i (dy_i − Σ_k dy_k y_k)
struct SoftmaxBackward {
  const float *y, *dy;
  float* dx;
  int batch, n;

  static constexpr int kThreads = 128;
  Grid grid() const { return {batch, 1, kThreads, (kThreads + 8) * 4}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* scratch = block.template shared<float>(kThreads);
    float* dot = block.template shared<float>(1);
    const Index row = Index{block.x()} * n;
    sum_over<float>(block, n, scratch, dot, [&](int i) { return dy[row + i] * y[row + i]; });
    block.each([&](int t) {
      for (int i = t; i < n; i += kThreads) dx[row + i] = y[row + i] * (dy[row + i] - dot[0]);
    });
  }
};

// y_i = x_i − max − log Σ exp(x_k − max)
struct LogSoftmaxForward {
  const float* x;
  float* y;
  int batch, n;

  static constexpr int kThreads = 32;
  Grid grid() const { return {batch, 1, kThreads, (kThreads + 8) * 4}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    float* scratch = block.template shared<float>(kThreads);
    float* top = block.template shared<float>(2);
    float* sum = top + 1;
    const float* in = x + Index{block.x()} * n;
    greatest_over<float>(block, n, -INFINITY, scratch, top, [&](int i) { return in[i]; });
    sum_over<float>(block, n, scratch, sum, [&](int i) { return expf(in[i] - top[0]); });
    block.each([&](int t) {
      const float shift = top[0] + logf(sum[0]);
      for (int i = t; i < n; i += kThreads) y[Index{block.x()} * n + i] = in[i] - shift;
    });
  }
};

// The gradient of the mean negative log-likelihood by the logits: (softmax − onehot) / batch.
struct LossBackward {
  const float* log_probs;
  const std::uint8_t* target;
  float* dx;
  int batch, n;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * n); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * n, [&](Index k) {
      const bool hit = k % n == target[k / n];
      dx[k] = (expf(log_probs[k]) - (hit ? 1.0f : 0.0f)) / static_cast<float>(batch);
    });
  }
};

// control->loss = the batch's mean negative log-likelihood, summed in double; one block.
struct BatchLoss {
  const float* log_probs;
  const std::uint8_t* target;
  int batch, n;
  Control* control;

  static constexpr int kThreads = 128;
  Grid grid() const { return {1, 1, kThreads, (kThreads + 2) * 8}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    double* scratch = block.template shared<double>(kThreads);
    double* sum = block.template shared<double>(1);
    sum_over<double>(block, batch, scratch, sum,
                     [&](int s) { return -static_cast<double>(log_probs[Index{s} * n + target[s]]); });
    block.each([&](int t) {
      if (t == 0) control->loss = sum[0] / batch;
    });
  }
};

// Evaluation, a thread a sample: its loss, and whether the first greatest class is its target.
struct Score {
  const float* log_probs;
  const std::uint8_t* target;
  int batch, n;
  float* losses;       // [batch]
  std::uint8_t* hits;  // [batch]

  static constexpr int kThreads = 64;
  Grid grid() const { return elementwise(batch, kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    block.each([&](int t) {
      const int s = block.x() * kThreads + t;
      if (s >= batch) return;
      const float* row = log_probs + Index{s} * n;
      int best = 0;
      for (int i = 1; i < n; ++i)
        if (row[i] > row[best]) best = i;
      losses[s] = -row[target[s]];
      hits[s] = best == target[s] ? 1 : 0;
    });
  }
};

}  // namespace synann::compute::cuda
