// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/exact/close_calls.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "engine/compute/exact/index.h"

namespace synann::compute::exact {
namespace {

using enum model::LayerKind;
using model::Layer;

constexpr int kMostPlaces = 16;  // of one pooling window

// Those that exact() knows: convolutions without padding that look at every place, and windows side by side.
bool computes_exactly(const Layer& l) {
  switch (l.kind) {
    case Conv2d:
      return l.step() == 1 && l.padding == 0 && l.groups == 1;
    case AvgPool2d:
    case MaxPool2d:
      return l.step() == l.kernel;
    case Relu:
      return true;
    case GlobalAvgPool2d:
    case GlobalMaxPool2d:
    case Sigmoid:
    case Tanh:
    case Glu:
    case Clamp:
    case Dropout2d:
    case Dropout:
    case Linear:
    case Softmax:
    case Synapse:
    case BatchNorm1d:
    case BatchNorm2d:
    case SynaRnn:
    case ResidualBegin:
    case ResidualEnd:
    case LogSoftmax:
      return false;
  }
  return false;
}

// The pooling window behind convolution k, directly or behind a Dropout2d, where all layers up to it can be
// computed exactly.
int pool_behind(const model::Model& model, std::size_t k) {
  const auto& layers = model.layers;
  if (layers[k].kind != Conv2d) return 0;
  for (std::size_t before = 0; before <= k; ++before)
    if (!computes_exactly(layers[before])) return 0;
  std::size_t next = k + 1;
  while (next < layers.size() && layers[next].kind == Dropout2d) ++next;
  if (next == layers.size() || layers[next].kind != MaxPool2d || !computes_exactly(layers[next])) return 0;
  const int side = layers[next].kernel;
  return side * side <= kMostPlaces ? side : 0;
}

float largest_of(const float* x, std::size_t count) {
  float result = 0;
  for (std::size_t k = 0; k < count; ++k) result = std::max(result, std::abs(x[k]));
  return result;
}

std::size_t block(int count, int size) {
  return static_cast<std::size_t>(count) * static_cast<std::size_t>(size);
}

// kColumns neighbours of one row of b + Σ w x; x begins at their first pixel, [channels, height, width].
template <int kColumns>
void convolve_row(const Layer& l, const double* x, int height, int width, const float* w, float b,
                  double* y) {
  std::array<double, static_cast<std::size_t>(kColumns)> sums;
  sums.fill(wide(b));
  for (int i = 0; i < l.in.channels; ++i)
    for (int u = 0; u < l.kernel; ++u)
      for (int v = 0; v < l.kernel; ++v) {
        const double tap = wide(w[at(i, u, v, l.kernel, l.kernel)]);
        const double* from = x + at(i, u, v, height, width);
        for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += tap * from[c];
      }
  std::copy(sums.begin(), sums.end(), y);
}

// y [maps, rows, columns] of b + Σ w x, b null for none, with x [channels, rows + kernel − 1, columns +
// kernel − 1].
void convolve(const Layer& l, const double* x, const float* w, const float* b, int maps, int rows,
              int columns, double* y) {
  constexpr int kTile = 6;
  const int width = columns + l.kernel - 1, height = rows + l.kernel - 1;
  for (int m = 0; m < maps; ++m, w += block(l.in.channels, l.kernel * l.kernel)) {
    const float bias = b == nullptr ? 0 : b[m];
    for (int r = 0; r < rows; ++r) {
      const double* from = x + block(r, width);
      int c = 0;
      for (; c + kTile <= columns; c += kTile, y += kTile)
        convolve_row<kTile>(l, from + c, height, width, w, bias, y);
      for (; c < columns; ++c, ++y) convolve_row<1>(l, from + c, height, width, w, bias, y);
    }
  }
}

void pool(const Layer& l, const std::vector<double>& x, int rows, int columns, std::vector<double>& y) {
  const int k = l.kernel;
  for (std::size_t out = 0; out < y.size(); ++out) {
    const auto plane = static_cast<int>(out) / (rows * columns), r = static_cast<int>(out) / columns % rows,
               c = static_cast<int>(out) % columns;
    double best = -std::numeric_limits<double>::infinity(), sum = 0;
    for (int u = 0; u < k; ++u)
      for (int v = 0; v < k; ++v) {
        const double value = x[at(plane, r * k + u, c * k + v, rows * k, columns * k)];
        best = std::max(best, value);
        sum += value;
      }
    y[out] = l.kind == MaxPool2d ? best : sum / (k * k);
  }
}

struct Place {
  float* y;
  double exact;
};

// Writes the doubles back so that the first largest of them is the first largest float as well.
void write_back(std::span<Place> contenders) {
  for (const Place& p : contenders) *p.y = static_cast<float>(p.exact);
  const auto best = std::max_element(contenders.begin(), contenders.end(),
                                     [](const Place& p, const Place& q) { return p.exact < q.exact; });
  for (auto p = contenders.begin(); p != contenders.end(); ++p) {
    if (p != best && (p < best ? *p->y >= *best->y : *p->y > *best->y))
      *p->y = std::nextafter(*best->y, -std::numeric_limits<float>::infinity());
  }
}

}  // namespace

CloseCalls::CloseCalls(const model::Model& model) : model_(model) {
  for (std::size_t k = 0; k < model.layers.size(); ++k) {
    const Layer& l = model.layers[k];
    const bool relu_next = k + 1 < model.layers.size() && model.layers[k + 1].kind == Relu;
    pool_.push_back(pool_behind(model, k));
    before_relu_.push_back(l.kind == Linear && relu_next);
    const Parameter *weight = model.parameters.find(l.name + ".weight"),
                    *bias = model.parameters.find(l.name + ".bias");
    weight_.push_back(weight == nullptr ? 0 : weight->offset);
    bias_.push_back(bias == nullptr ? 0 : bias->offset);
  }
}

const float* CloseCalls::biases(std::size_t k, const float* values) const {
  return model_.layers[k].bias ? values + bias_[k] : nullptr;
}

float CloseCalls::margin(int terms, const float* w, float b, float largest) {
  float squares = 0;
  for (int k = 0; k < terms; ++k) squares += w[k] * w[k];
  return 8 * std::numeric_limits<float>::epsilon() * (std::abs(b) + std::sqrt(squares) * largest);
}

void CloseCalls::settle(std::size_t k, int count, const float* values, const float* input, const float* x,
                        float* y) const {
  const Layer& l = model_.layers[k];
  if (before_relu_[k]) settle_signs(k, count, values, x, y);
  for (int s = 0; pool_[k] > 0 && s < count; ++s)
    settle_windows(k, values, input + block(s, model_.input.size()), x + block(s, l.in.size()),
                   y + block(s, l.result.size()));
}

CloseCalls::Region CloseCalls::seen_by(std::size_t k, Region of) const {
  const Layer& l = model_.layers[k];
  if (l.kind == Conv2d) return {of.row, of.column, of.rows + l.kernel - 1, of.columns + l.kernel - 1};
  if (l.kind == Relu) return of;
  return {of.row * l.kernel, of.column * l.kernel, of.rows * l.kernel, of.columns * l.kernel};
}

// [maps, rows, columns] of layer k's output, in double from the pixels on.
std::vector<double> CloseCalls::exact(std::size_t k, const float* values, const float* input, int first_map,
                                      int maps, Region of) const {
  const Layer& l = model_.layers[k];
  const Region behind = seen_by(k, of);
  std::vector<double> x;
  if (k > 0) {
    x = exact(k - 1, values, input, 0, l.in.channels, behind);
  } else {
    for (int i = 0; i < l.in.channels; ++i)
      for (int r = 0; r < behind.rows; ++r)
        for (int c = 0; c < behind.columns; ++c)
          x.push_back(wide(input[at(i, behind.row + r, behind.column + c, l.in.rows, l.in.columns)]));
  }
  if (l.kind == Relu) {
    for (double& v : x) v = std::max(v, 0.0);
    return x;
  }
  std::vector<double> y(block(maps, of.rows * of.columns));
  if (l.kind == Conv2d) {
    const int terms = l.in.channels * l.kernel * l.kernel;
    const float* bias = biases(k, values);
    convolve(l, x.data(), values + weight_[k] + block(first_map, terms),
             bias == nullptr ? nullptr : bias + first_map, maps, of.rows, of.columns, y.data());
  } else {
    pool(l, x, of.rows, of.columns, y);
  }
  return y;
}

CloseCalls::Best CloseCalls::best_of_window(std::size_t k, const float* values, const float* input, int map,
                                            int row, int column) const {
  const int side = pool_[k];
  const auto sums = exact(k, values, input, map, 1, {row, column, side, side});
  const auto best = static_cast<int>(std::max_element(sums.begin(), sums.end()) - sums.begin());
  return {(row + best / side) * model_.layers[k].result.columns + column + best % side,
          sums[static_cast<std::size_t>(best)]};
}

bool CloseCalls::is_flat(std::size_t k, const float* input, int row, int column) const {
  Region seen{row, column, pool_[k], pool_[k]};
  for (std::size_t layer = k + 1; layer-- > 0;) seen = seen_by(layer, seen);
  const model::Shape& in = model_.input;
  for (int i = 0; i < in.channels; ++i) {
    const float ground = input[at(i, seen.row, seen.column, in.rows, in.columns)];
    for (int r = seen.row; r < seen.row + seen.rows; ++r)
      for (int c = seen.column; c < seen.column + seen.columns; ++c)
        if (input[at(i, r, c, in.rows, in.columns)] != ground) return false;
  }
  return true;
}

void CloseCalls::settle_windows(std::size_t k, const float* values, const float* input, const float* x,
                                float* y) const {
  const Layer& l = model_.layers[k];
  const int side = pool_[k], rows = l.result.rows, columns = l.result.columns,
            terms = l.in.channels * l.kernel * l.kernel;
  const float largest = largest_of(x, block(1, l.in.size())), *bias = biases(k, values);
  for (int m = 0; m < l.result.channels; ++m) {
    const float near =
        margin(terms, values + weight_[k] + block(m, terms), bias == nullptr ? 0 : bias[m], largest);
    for (int r = 0; r + side <= rows; r += side)
      for (int c = 0; c + side <= columns; c += side) {
        std::array<Place, kMostPlaces> places;
        float top = -std::numeric_limits<float>::infinity();
        for (int p = 0; p < side * side; ++p) {
          float& value = y[at(m, r + p / side, c + p % side, rows, columns)];
          places[static_cast<std::size_t>(p)].y = &value;
          top = std::max(top, value);
        }
        if (top < -near) continue;  // the ReLU stops all of it
        const auto close = std::count_if(places.begin(), places.begin() + side * side,
                                         [&](const Place& p) { return top - *p.y <= near; });
        if ((close == 1 && top > near) || is_flat(k, input, r, c)) continue;
        const auto sums = exact(k, values, input, m, 1, {r, c, side, side});
        for (std::size_t p = 0; p < sums.size(); ++p) places[p].exact = sums[p];
        write_back(std::span(places).first(sums.size()));
      }
  }
}

void CloseCalls::settle_signs(std::size_t k, int count, const float* values, const float* x, float* y) const {
  const Layer& l = model_.layers[k];
  const int in = l.in.size(), out = l.result.size();
  const float largest = largest_of(x, block(count, in)), *bias = biases(k, values);
  for (int o = 0; o < out; ++o) {
    const float* w = values + weight_[k] + block(o, in);
    const float b = bias == nullptr ? 0 : bias[o];
    const float near = margin(in, w, b, largest);
    for (int s = 0; s < count; ++s) {
      float& value = y[at(0, s, o, count, out)];
      if (std::abs(value) > near) continue;
      double sum = wide(b);
      for (int j = 0; j < in; ++j) sum += wide(w[j]) * wide(x[at(0, s, j, count, in)]);
      value = static_cast<float>(sum);
    }
  }
}

}  // namespace synann::compute::exact
