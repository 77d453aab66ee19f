// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/block.h"
#include "engine/compute/cuda/close_call.h"

// Convolutions and pools, one thread an output. Arrays are [batch, channels, rows, columns].
namespace synann::compute::cuda {

// The shapes of a layer on images: valid convolution of stride 1, or windows of size and stride `kernel`.
struct ImageShape {
  int in, in_rows, in_columns;  // channels, pixels
  int out, rows, columns;
  int kernel;
  SYNANN_HOST_DEVICE int in_size() const { return in * in_rows * in_columns; }
  SYNANN_HOST_DEVICE int out_size() const { return out * rows * columns; }
};

// y[o, r, c] = b[o] + Σ_{i,u,v} w[o, i, u, v] x[i, r + u, c + v]
struct ConvForward {
  ImageShape s;
  const float *x, *w, *b;
  float* y;
  int batch;

  static constexpr int kThreads = 128;
  Grid grid() const { return elementwise(Index{batch} * s.out_size(), kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * s.out_size(), [&](Index k) {
      const int place = static_cast<int>(k % s.out_size());
      const int c = place % s.columns, r = place / s.columns % s.rows, o = place / (s.columns * s.rows);
      const float* image = x + k / s.out_size() * s.in_size() + r * s.in_columns + c;
      const float* weight = w + o * s.in * s.kernel * s.kernel;
      double sum = static_cast<double>(b[o]);  // of rows that are summed in float
      for (int i = 0; i < s.in; ++i, image += s.in_rows * s.in_columns)
        for (int u = 0; u < s.kernel; ++u) {
          float row = 0;
          for (int v = 0; v < s.kernel; ++v) row += *weight++ * image[u * s.in_columns + v];
          sum += static_cast<double>(row);
        }
      y[k] = static_cast<float>(sum);
    });
  }
};

// Takes the decisions of a MaxPool2d and a ReLU behind a convolution that float32 leaves open from sums in
// double, as exact/close_calls.h; one thread a window of `side` × `side` places.
struct SettleWindows {
  ImageShape s;  // of the convolution
  const float *x, *w, *b;
  float* y;
  int batch, side;

  static constexpr int kThreads = 128;
  SYNANN_HOST_DEVICE int windows() const { return s.out * (s.rows / side) * (s.columns / side); }
  Grid grid() const { return elementwise(Index{batch} * windows(), kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * windows(), [&](Index k) {
      const int window = static_cast<int>(k % windows()), across = s.columns / side, down = s.rows / side;
      const int o = window / (across * down), r = window / across % down * side, c = window % across * side;
      const float* image = x + k / windows() * s.in_size();
      float* map = y + k / windows() * s.out_size() + o * s.rows * s.columns;
      if (!close_call(side * side, [&](int p) { return at(map, r, c, p); })) return;
      settle(image, map, o, r, c);
    });
  }

 private:
  SYNANN_DEVICE float& at(float* map, int r, int c, int p) const {
    return map[(r + p / side) * s.columns + c + p % side];
  }
  SYNANN_DEVICE double exact(const float* image, int o, int r, int c) const {
    const float* weight = w + o * s.in * s.kernel * s.kernel;
    double sum = static_cast<double>(b[o]);
    for (int i = 0; i < s.in; ++i)
      for (int u = 0; u < s.kernel; ++u)
        for (int v = 0; v < s.kernel; ++v)
          sum += static_cast<double>(*weight++) *
                 static_cast<double>(image[(i * s.in_rows + r + u) * s.in_columns + c + v]);
    return sum;
  }
  SYNANN_DEVICE void settle(const float* image, float* map, int o, int r, int c) const {
    settle_sums(
        side * side, [&](int p) -> float& { return at(map, r, c, p); },
        [&](int p) { return exact(image, o, r + p / side, c + p % side); });
  }
};

// dx[i, p, q] = Σ_{o,u,v} w[o, i, u, v] dy[o, p − u, q − v]
struct ConvBackwardInput {
  ImageShape s;
  const float *dy, *w;
  float* dx;
  int batch;

  static constexpr int kThreads = 128;
  Grid grid() const { return elementwise(Index{batch} * s.in_size(), kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * s.in_size(), [&](Index k) {
      const int place = static_cast<int>(k % s.in_size());
      const int q = place % s.in_columns, p = place / s.in_columns % s.in_rows,
                i = place / (s.in_columns * s.in_rows);
      const float* gradient = dy + k / s.in_size() * s.out_size();
      float sum = 0;
      for (int o = 0; o < s.out; ++o)
        for (int u = greatest(0, p - s.rows + 1); u < s.kernel && u <= p; ++u)
          for (int v = greatest(0, q - s.columns + 1); v < s.kernel && v <= q; ++v) {
            sum += w[((o * s.in + i) * s.kernel + u) * s.kernel + v] *
                   gradient[(o * s.rows + p - u) * s.columns + q - v];
          }
      dx[k] = sum;
    });
  }
};

// Partial gradients of chunks of `chunk` samples: parts[chunk number, weights then biases]; a block a chunk
// and output channel.
struct ConvBackwardWeight {
  ImageShape s;
  const float *x, *dy;
  float* parts;
  int batch, chunk;

  SYNANN_HOST_DEVICE int weights() const { return s.in * s.kernel * s.kernel; }  // of one output channel
  SYNANN_HOST_DEVICE int part_size() const { return s.out * (weights() + 1); }
  int chunks() const { return ceil_div(batch, chunk); }

  static constexpr int kThreads = 256;
  Grid grid() const { return {chunks(), s.out, kThreads, 0}; }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    const int first = block.x() * chunk, end = least(batch, first + chunk), o = block.y();
    block.each([&](int t) {
      float* part = parts + Index{block.x()} * part_size();
      for (int k = t; k <= weights(); k += kThreads) {
        float sum = 0;
        for (int n = first; n < end; ++n) sum += sample(n, o, k);
        part[k < weights() ? o * weights() + k : s.out * weights() + o] = sum;
      }
    });
  }
  // What sample n adds to weight k of channel o; k == weights() is its bias.
  SYNANN_DEVICE float sample(int n, int o, int k) const {
    const int v = k % s.kernel, u = k / s.kernel % s.kernel, i = k / (s.kernel * s.kernel);
    const float* gradient = dy + Index{n} * s.out_size() + o * s.rows * s.columns;
    float sum = 0;
    if (k == weights()) {
      for (int place = 0; place < s.rows * s.columns; ++place) sum += gradient[place];
      return sum;
    }
    const float* image = x + Index{n} * s.in_size() + (i * s.in_rows + u) * s.in_columns + v;
    for (int r = 0; r < s.rows; ++r)
      for (int c = 0; c < s.columns; ++c) sum += gradient[r * s.columns + c] * image[r * s.in_columns + c];
    return sum;
  }
};

// Where the maximum of a window stands that begins at `corner`; ties: the first in row-major order. A NaN
// wins.
SYNANN_DEVICE int greatest_of_window(const float* image, int corner, int rows, int columns, int width) {
  int best = corner;
  for (int u = 0; u < rows; ++u)
    for (int v = 0; v < columns; ++v) {
      const int candidate = corner + u * width + v;
      if (image[candidate] > image[best] || isnan(image[candidate])) best = candidate;
    }
  return best;
}

// The maximum of each window and where it stands in its sample; ties: the first in row-major order. A NaN
// wins.
struct MaxPoolForward {
  ImageShape s;
  const float* x;
  float* y;
  int* where;
  int batch;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * s.out_size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * s.out_size(), [&](Index k) {
      const int place = static_cast<int>(k % s.out_size());
      const int c = place % s.columns, r = place / s.columns % s.rows, o = place / (s.columns * s.rows);
      const float* image = x + k / s.out_size() * s.in_size();
      const int corner = (o * s.in_rows + r * s.kernel) * s.in_columns + c * s.kernel,
                best = greatest_of_window(image, corner, s.kernel, s.kernel, s.in_columns);
      y[k] = image[best];
      where[k] = best;
    });
  }
};

// Each input takes the gradient of its window if it was the maximum, or its share of the mean.
struct PoolBackward {
  ImageShape s;
  const float* dy;
  const int* where;  // null for the mean
  float* dx;
  int batch;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * s.in_size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * s.in_size(), [&](Index k) {
      const int place = static_cast<int>(k % s.in_size());
      const int c = place % s.in_columns / s.kernel, r = place / s.in_columns % s.in_rows / s.kernel,
                o = place / (s.in_columns * s.in_rows);
      float gradient = 0;
      if (r < s.rows && c < s.columns) {
        const Index window = k / s.in_size() * s.out_size() + (o * s.rows + r) * s.columns + c;
        if (where == nullptr) gradient = dy[window] / static_cast<float>(s.kernel * s.kernel);
        if (where != nullptr && where[window] == place) gradient = dy[window];
      }
      dx[k] = gradient;
    });
  }
};

struct AvgPoolForward {
  ImageShape s;
  const float* x;
  float* y;
  int batch;

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{batch} * s.out_size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * s.out_size(), [&](Index k) {
      const int place = static_cast<int>(k % s.out_size());
      const int c = place % s.columns, r = place / s.columns % s.rows, o = place / (s.columns * s.rows);
      const float* image =
          x + k / s.out_size() * s.in_size() + (o * s.in_rows + r * s.kernel) * s.in_columns + c * s.kernel;
      float sum = 0;
      for (int u = 0; u < s.kernel; ++u)
        for (int v = 0; v < s.kernel; ++v) sum += image[u * s.in_columns + v];
      y[k] = sum / static_cast<float>(s.kernel * s.kernel);
    });
  }
};

}  // namespace synann::compute::cuda
