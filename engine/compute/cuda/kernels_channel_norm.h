// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/block.h"

// Batch norm of each channel over all samples and pixels: one block a channel for the sums, in double, and
// one thread an element for the rest. Arrays are [batch, channels, pixels].
namespace synann::compute::cuda {

struct ChannelShape {
  int batch, channels, pixels;
  SYNANN_HOST_DEVICE Index count() const { return Index{batch} * pixels; }  // of one channel
  SYNANN_HOST_DEVICE Index size() const { return count() * channels; }
  SYNANN_DEVICE int channel(Index k) const { return static_cast<int>(k / pixels % channels); }
};

// result[0] = Σ term(place) over the elements of a channel, in an order that depends on the shape alone.
template <int kThreads, class Block, class Term>
SYNANN_DEVICE void sum_channel(Block& block, const ChannelShape& s, int channel, double* scratch,
                               double* result, Term term) {
  block.each([&](int t) {
    double sum = 0;
    int sample = t / s.pixels, pixel = t % s.pixels;
    const int samples = kThreads / s.pixels, pixels = kThreads % s.pixels;
    while (sample < s.batch) {
      sum += term((Index{sample} * s.channels + channel) * s.pixels + pixel);
      sample += samples;
      pixel += pixels;
      if (pixel >= s.pixels) pixel -= s.pixels, ++sample;
    }
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

inline constexpr int kChannelThreads = 512;

// The batch's statistics; observed_*: what the running statistics move towards (the variance unbiased).
struct ChannelMoments {
  ChannelShape s;
  const float* x;
  double *mean, *inverse;  // [channels]; 1 / √(v + ε)
  float *observed_mean, *observed_variance;
  double epsilon;

  static constexpr int kThreads = kChannelThreads;
  Grid grid() const { return {s.channels, 1, kThreads, (kThreads + 4) * 8}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    double* scratch = block.template shared<double>(kThreads);
    double* sum = block.template shared<double>(2);
    double* squares = sum + 1;
    const int channel = block.x();
    const auto count = static_cast<double>(s.count());
    sum_channel<kThreads>(block, s, channel, scratch, sum,
                          [&](Index k) { return static_cast<double>(x[k]); });
    sum_channel<kThreads>(block, s, channel, scratch, squares, [&](Index k) {
      const double d = static_cast<double>(x[k]) - sum[0] / count;
      return d * d;
    });
    block.each([&](int t) {
      if (t > 0) return;
      mean[channel] = sum[0] / count;
      inverse[channel] = 1.0 / sqrt(squares[0] / count + epsilon);
      observed_mean[channel] = static_cast<float>(sum[0] / count);
      observed_variance[channel] = static_cast<float>(squares[0] / greatest(1.0, count - 1));
    });
  }
};

// y = w (x − m) inverse + b
struct ChannelNorm {
  ChannelShape s;
  const float *x, *w, *b;
  const double *mean, *inverse;
  float* y;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(s.size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, s.size(), [&](Index k) {
      const int i = s.channel(k);
      y[k] = w[i] * static_cast<float>((static_cast<double>(x[k]) - mean[i]) * inverse[i]) + b[i];
    });
  }
};

// The same with the running statistics.
struct ChannelNormEvaluate {
  ChannelShape s;
  const float *x, *w, *b, *running_mean, *running_var;
  float* y;
  float epsilon;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(s.size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, s.size(), [&](Index k) {
      const int i = s.channel(k);
      y[k] = w[i] * (x[k] - running_mean[i]) / sqrtf(running_var[i] + epsilon) + b[i];
    });
  }
};

// dw = Σ dy x̂, db = Σ dy; kept in double as well, [2, channels], for the gradient by the input.
struct ChannelNormSums {
  ChannelShape s;
  const float *x, *dy;
  const double *mean, *inverse;
  double* sums;
  float *dw, *db;

  static constexpr int kThreads = kChannelThreads;
  Grid grid() const { return {s.channels, 1, kThreads, (kThreads + 4) * 8}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    double* scratch = block.template shared<double>(kThreads);
    double* dot = block.template shared<double>(2);
    double* sum = dot + 1;
    const int i = block.x();
    sum_channel<kThreads>(block, s, i, scratch, dot, [&](Index k) {
      return static_cast<double>(dy[k]) * (static_cast<double>(x[k]) - mean[i]) * inverse[i];
    });
    sum_channel<kThreads>(block, s, i, scratch, sum, [&](Index k) { return static_cast<double>(dy[k]); });
    block.each([&](int t) {
      if (t > 0) return;
      sums[i] = dot[0];
      sums[s.channels + i] = sum[0];
      dw[i] = static_cast<float>(dot[0]);
      db[i] = static_cast<float>(sum[0]);
    });
  }
};

// dx = w inverse (dy − mean(dy) − x̂ mean(dy x̂))
struct ChannelNormBackward {
  ChannelShape s;
  const float *x, *w, *dy;
  const double *mean, *inverse, *sums;
  float* dx;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(s.size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, s.size(), [&](Index k) {
      const int i = s.channel(k);
      const auto count = static_cast<double>(s.count());
      const double normal = (static_cast<double>(x[k]) - mean[i]) * inverse[i];
      const double centred =
          static_cast<double>(dy[k]) - sums[s.channels + i] / count - normal * sums[i] / count;
      dx[k] = static_cast<float>(static_cast<double>(w[i]) * inverse[i] * centred);
    });
  }
};

}  // namespace synann::compute::cuda
