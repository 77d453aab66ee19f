// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <math.h>

#include "engine/compute/cuda/kernels_image.h"

// Convolutions with stride, zero padding and groups, and pools whose windows may overlap or leave pixels out.
// Every output gathers what it is made of, in a fixed order. Arrays are [batch, channels, rows, columns].
namespace synann::compute::cuda {

struct ConvSteps {
  int stride, padding, groups;
};

// y[o, r, c] = b[o] + Σ_{i,u,v} w[o, i, u, v] x[g in / groups + i, r stride + u − padding, c stride + v −
// padding] over the in / groups channels of o's group g.
struct AnyConvForward {
  ImageShape s;
  ConvSteps f;
  const float *x, *w, *b;
  float* y;
  int batch;

  static constexpr int kThreads = 128;
  Grid grid() const { return elementwise(Index{batch} * s.out_size(), kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * s.out_size(), [&](Index k) {
      const int place = static_cast<int>(k % s.out_size());
      const int o = place / (s.columns * s.rows), share = s.in / f.groups;
      const int row = place / s.columns % s.rows * f.stride - f.padding,
                column = place % s.columns * f.stride - f.padding;
      const int u0 = greatest(0, -row), u1 = least(s.kernel, s.in_rows - row), v0 = greatest(0, -column),
                v1 = least(s.kernel, s.in_columns - column);
      const float* image =
          x + k / s.out_size() * s.in_size() + o / (s.out / f.groups) * share * s.in_rows * s.in_columns;
      const float* weight = w + Index{o} * share * s.kernel * s.kernel;
      double sum = static_cast<double>(b[o]);  // of rows that are summed in float
      for (int i = 0; i < share; ++i) {
        for (int u = u0; u < u1; ++u) {
          const float* pixels = image + (row + u) * s.in_columns + column;
          float part = 0;
          for (int v = v0; v < v1; ++v) part += weight[u * s.kernel + v] * pixels[v];
          sum += static_cast<double>(part);
        }
        image += s.in_rows * s.in_columns;
        weight += s.kernel * s.kernel;
      }
      y[k] = static_cast<float>(sum);
    });
  }
};

// dx[i, p, q] = Σ w[o, i, u, v] dy[o, r, c] over the outputs of i's group and all u, v with r stride = p +
// padding − u and c stride = q + padding − v.
struct AnyConvBackwardInput {
  ImageShape s;
  ConvSteps f;
  const float *dy, *w;
  float* dx;
  int batch;

  static constexpr int kThreads = 128;
  Grid grid() const { return elementwise(Index{batch} * s.in_size(), kThreads); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{batch} * s.in_size(), [&](Index k) {
      const int place = static_cast<int>(k % s.in_size()), share = s.in / f.groups,
                outputs = s.out / f.groups, i = place / (s.in_columns * s.in_rows), group = i / share;
      const int p = place / s.in_columns % s.in_rows + f.padding, q = place % s.in_columns + f.padding;
      const float* gradient = dy + k / s.in_size() * s.out_size() + group * outputs * s.rows * s.columns;
      const float* weight = w + (Index{group} * outputs * share + i % share) * s.kernel * s.kernel;
      double sum = 0;  // of rows that are summed in float
      for (int o = 0; o < outputs; ++o) {
        for (int u = p % f.stride; u < s.kernel && u <= p; u += f.stride) {
          const int r = (p - u) / f.stride;
          if (r < s.rows) sum += static_cast<double>(row(weight + u * s.kernel, gradient + r * s.columns, q));
        }
        gradient += s.rows * s.columns;
        weight += Index{share} * s.kernel * s.kernel;
      }
      dx[k] = static_cast<float>(sum);
    });
  }
  SYNANN_DEVICE float row(const float* weight, const float* gradient, int q) const {
    float sum = 0;
    for (int v = q % f.stride; v < s.kernel && v <= q; v += f.stride) {
      const int c = (q - v) / f.stride;
      if (c < s.columns) sum += weight[v] * gradient[c];
    }
    return sum;
  }
};

// Partial gradients of chunks of `chunk` samples: parts[chunk number, weights then biases], a thread each.
struct AnyConvBackwardWeight {
  ImageShape s;
  ConvSteps f;
  const float *x, *dy;
  float* parts;
  int batch, chunk;

  SYNANN_HOST_DEVICE int weights() const { return s.in / f.groups * s.kernel * s.kernel; }  // of one output
  SYNANN_HOST_DEVICE int part_size() const { return s.out * (weights() + 1); }
  SYNANN_HOST_DEVICE int chunks() const { return ceil_div(batch, chunk); }

  static constexpr int kThreads = 256;
  Grid grid() const { return elementwise(Index{chunks()} * part_size()); }
  template <class Block>
  SYNANN_DEVICE void run(Block& block) const {
    each_element<kThreads>(block, Index{chunks()} * part_size(), [&](Index e) {
      const int first = static_cast<int>(e / part_size()) * chunk, end = least(batch, first + chunk),
                place = static_cast<int>(e % part_size());
      const bool bias = place >= s.out * weights();
      double sum = 0;
      for (int n = first; n < end; ++n)
        sum +=
            bias ? of_bias(n, place - s.out * weights()) : of_weight(n, place / weights(), place % weights());
      parts[e] = static_cast<float>(sum);
    });
  }
  SYNANN_DEVICE double of_bias(int n, int o) const {
    const float* gradient = dy + Index{n} * s.out_size() + o * s.rows * s.columns;
    double sum = 0;
    for (int place = 0; place < s.rows * s.columns; ++place) sum += static_cast<double>(gradient[place]);
    return sum;
  }
  // What sample n adds to weight k of output o.
  SYNANN_DEVICE double of_weight(int n, int o, int k) const {
    const int v = k % s.kernel - f.padding, u = k / s.kernel % s.kernel - f.padding,
              i = o / (s.out / f.groups) * (s.in / f.groups) + k / (s.kernel * s.kernel);
    const float* gradient = dy + Index{n} * s.out_size() + o * s.rows * s.columns;
    const float* image = x + Index{n} * s.in_size() + i * s.in_rows * s.in_columns;
    double sum = 0;  // of rows that are summed in float
    for (int r = 0; r < s.rows; ++r) {
      const int p = r * f.stride + u;
      if (p < 0 || p >= s.in_rows) continue;
      float part = 0;
      for (int c = 0; c < s.columns; ++c) {
        const int q = c * f.stride + v;
        if (q >= 0 && q < s.in_columns) part += gradient[r * s.columns + c] * image[p * s.in_columns + q];
      }
      sum += static_cast<double>(part);
    }
    return sum;
  }
};

// A pooling window, and how far it moves; a global pool has one that covers the whole image.
struct PoolWindow {
  int rows, columns, step;
};

// As MaxPoolForward: ties go to the first in row-major order, and a NaN wins.
struct AnyMaxPoolForward {
  ImageShape s;
  PoolWindow f;
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
      const int corner = (o * s.in_rows + r * f.step) * s.in_columns + c * f.step,
                best = greatest_of_window(image, corner, f.rows, f.columns, s.in_columns);
      y[k] = image[best];
      where[k] = best;
    });
  }
};

struct AnyAvgPoolForward {
  ImageShape s;
  PoolWindow f;
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
          x + k / s.out_size() * s.in_size() + (o * s.in_rows + r * f.step) * s.in_columns + c * f.step;
      double sum = 0;
      for (int u = 0; u < f.rows; ++u)
        for (int v = 0; v < f.columns; ++v) sum += static_cast<double>(image[u * s.in_columns + v]);
      y[k] = static_cast<float>(sum / (f.rows * f.columns));
    });
  }
};

// Each input adds up the gradients of the windows that cover it: of those whose maximum it was, or its shares
// of the means.
struct AnyPoolBackward {
  ImageShape s;
  PoolWindow f;
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
      const int q = place % s.in_columns, p = place / s.in_columns % s.in_rows,
                o = place / (s.in_columns * s.in_rows);
      const Index map = k / s.in_size() * s.out_size() + o * s.rows * s.columns;
      double sum = 0;
      for (int r = first(p, f.rows); r < s.rows && r * f.step <= p; ++r)
        for (int c = first(q, f.columns); c < s.columns && c * f.step <= q; ++c) {
          const Index window = map + r * s.columns + c;
          if (where == nullptr || where[window] == place) sum += static_cast<double>(dy[window]);
        }
      dx[k] = static_cast<float>(where == nullptr ? sum / (f.rows * f.columns) : sum);
    });
  }
  // The first window of `size` that reaches as far as a pixel.
  SYNANN_DEVICE int first(int pixel, int size) const {
    return pixel < size ? 0 : (pixel - size) / f.step + 1;
  }
};

}  // namespace synann::compute::cuda
