// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/reference/close_calls.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "engine/compute/reference/layers.h"

namespace synann::compute::reference {
namespace {

using model::Layer;

constexpr int kMostPlaces = 16;  // of one pooling window

// What the sums of channel o may be off by: rounding errors of k terms grow like their root, not like k.
float rounding(const Layer& conv, int o, float largest_input, const float* w, const float* b) {
  const int terms = conv.in.channels * conv.kernel * conv.kernel;
  float sum = std::abs(b[o]);
  for (int k = 0; k < terms; ++k) sum += std::abs(w[at(0, o, k, 1, terms)]) * largest_input;
  return 2 * std::numeric_limits<float>::epsilon() * sum;
}

double exact_sum(const Layer& conv, const float* x, const float* w, const float* b, int o, int r, int c) {
  double sum = static_cast<double>(b[o]);
  for (int i = 0; i < conv.in.channels; ++i)
    for (int u = 0; u < conv.kernel; ++u)
      for (int v = 0; v < conv.kernel; ++v)
        sum += static_cast<double>(w[at(o * conv.in.channels + i, u, v, conv.kernel, conv.kernel)]) *
               static_cast<double>(x[at(i, r + u, c + v, conv.in.rows, conv.in.columns)]);
  return sum;
}

// Whether all positions of a window see the same pixels: then they are equal, and nothing is to be decided.
bool is_flat(const Layer& conv, int side, const float* x, int r, int c) {
  const int reach = conv.kernel + side - 1;
  for (int i = 0; i < conv.in.channels; ++i) {
    const float ground = x[at(i, r, c, conv.in.rows, conv.in.columns)];
    for (int u = 0; u < reach; ++u)
      for (int v = 0; v < reach; ++v)
        if (x[at(i, r + u, c + v, conv.in.rows, conv.in.columns)] != ground) return false;
  }
  return true;
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

void settle_close_calls(const Layer& conv, const Layer& pool, const float* x, const float* w, const float* b,
                        float* y) {
  const int side = pool.kernel, rows = conv.result.rows, columns = conv.result.columns;
  if (side * side > kMostPlaces) return;
  float largest = 0;
  for (int k = 0; k < conv.in.size(); ++k) largest = std::max(largest, std::abs(x[k]));
  for (int o = 0; o < conv.result.channels; ++o) {
    const float margin = rounding(conv, o, largest, w, b);
    for (int r = 0; r + side <= rows; r += side)
      for (int c = 0; c + side <= columns; c += side) {
        std::array<Place, kMostPlaces> places;
        float top = -std::numeric_limits<float>::infinity();
        for (int k = 0; k < side * side; ++k) {
          float& value = y[at(o, r + k / side, c + k % side, rows, columns)];
          places[static_cast<std::size_t>(k)].y = &value;
          top = std::max(top, value);
        }
        if (top < -margin) continue;  // the ReLU stops all of it
        std::size_t count = 0;
        for (int k = 0; k < side * side; ++k) {
          const Place p = places[static_cast<std::size_t>(k)];
          if (top - *p.y <= margin) places[count++] = p;
        }
        if ((count == 1 && top > margin) || is_flat(conv, side, x, r, c)) continue;
        for (std::size_t k = 0; k < count; ++k) {
          const auto place = static_cast<int>(places[k].y - y) % (rows * columns);
          places[k].exact = exact_sum(conv, x, w, b, o, place / columns, place % columns);
        }
        write_back(std::span(places).first(count));
      }
  }
}

const Layer* pool_behind(const model::Model& model, std::size_t k) {
  using enum model::LayerKind;
  if (model.layers[k].kind != Conv2d) return nullptr;
  std::size_t next = k + 1;
  while (next < model.layers.size() && model.layers[next].kind == Dropout2d) ++next;
  const bool found = next < model.layers.size() && model.layers[next].kind == MaxPool2d;
  return found ? &model.layers[next] : nullptr;
}

}  // namespace synann::compute::reference
