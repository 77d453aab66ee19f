// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/compute/exact/index.h"
#include "engine/compute/reference/layers.h"

// Layers without parameters that only model files have, as plain loops; layers.h says what x, y, dx and dy
// are.
namespace synann::compute::reference {

// As max_pool2d_forward with one window a channel.
template <class T>
void global_max_pool2d_forward(const Layer& l, int batch, const T* x, T* y, std::int32_t* where) {
  const int positions = l.in.rows * l.in.columns;
  for (int n = 0; n < batch; ++n, x += l.in.size())
    for (int ch = 0; ch < l.in.channels; ++ch) {
      const int first = ch * positions;
      int best = first;
      for (int k = first; k < first + positions; ++k)
        if (x[k] > x[best] || std::isnan(x[k])) best = k;
      *y++ = x[best];
      *where++ = best;
    }
}

template <class T>
void global_avg_pool2d_forward(const Layer& l, int batch, const T* x, T* y) {
  const int positions = l.in.rows * l.in.columns;
  for (int k = 0; k < batch * l.in.channels; ++k, x += positions) {
    double sum = 0;
    for (int p = 0; p < positions; ++p) sum += wide(x[p]);
    y[k] = static_cast<T>(sum / positions);
  }
}

template <class T>
void global_avg_pool2d_backward(const Layer& l, int batch, const T* dy, T* dx) {
  const int positions = l.in.rows * l.in.columns;
  for (int k = 0; k < batch * l.in.channels; ++k, dx += positions)
    std::fill_n(dx, positions, dy[k] / static_cast<T>(positions));
}

// y = a σ(b) with x = [a, b], n outputs of 2 n inputs.
template <class T>
void glu_forward(int n, int batch, const T* x, T* y) {
  for (int s = 0; s < batch; ++s, x += 2 * n, y += n)
    for (int i = 0; i < n; ++i) y[i] = x[i] / (1 + std::exp(-x[n + i]));
}

// da = dy σ(b), db = dy a σ(b) (1 − σ(b))
template <class T>
void glu_backward(int n, int batch, const T* x, const T* dy, T* dx) {
  for (int s = 0; s < batch; ++s, x += 2 * n, dx += 2 * n, dy += n)
    for (int i = 0; i < n; ++i) {
      const T gate = 1 / (1 + std::exp(-x[n + i]));
      dx[i] = dy[i] * gate;
      dx[n + i] = dy[i] * x[i] * gate * (1 - gate);
    }
}

// A NaN passes through: a broken number must stay visible.
template <class T>
T clamped(const Layer& l, T v) {
  const T least = static_cast<T>(l.least), most = static_cast<T>(l.most);
  return v < least ? least : v > most ? most : v;
}
template <class T>
bool is_inside(const Layer& l, T v) {
  return v >= static_cast<T>(l.least) && v <= static_cast<T>(l.most);
}

// [batch, channels, positions] to [batch, positions, channels], and back.
template <class T>
void channels_last(int batch, int channels, int positions, const T* from, T* to) {
  for (int s = 0; s < batch; ++s)
    for (int c = 0; c < channels; ++c)
      for (int p = 0; p < positions; ++p) to[at(s, p, c, positions, channels)] = *from++;
}
template <class T>
void channels_first(int batch, int channels, int positions, const T* from, T* to) {
  for (int s = 0; s < batch; ++s)
    for (int c = 0; c < channels; ++c)
      for (int p = 0; p < positions; ++p) *to++ = from[at(s, p, c, positions, channels)];
}

}  // namespace synann::compute::reference
