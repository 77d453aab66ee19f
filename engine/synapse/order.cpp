// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/order.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace synann::synapse {
namespace {

// The rows, or the columns as rows; a number that is not finite counts as 0.
std::vector<float> as_rows(std::span<const float> matrix, std::size_t rows, std::size_t columns, Axis axis) {
  std::vector<float> values(matrix.size());
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) {
      const float value = matrix[i * columns + j];
      values[axis == Axis::Rows ? i * columns + j : j * rows + i] = std::isfinite(value) ? value : 0.0F;
    }
  return values;
}

float dot(const float* a, const float* b, std::size_t length) {
  float sums[8] = {};  // independent, so that the compiler may keep them side by side
  std::size_t k = 0;
  for (; k + 8 <= length; k += 8)
    for (std::size_t l = 0; l < 8; ++l) sums[l] += a[k + l] * b[k + l];
  float sum = 0;
  for (const float part : sums) sum += part;
  for (; k < length; ++k) sum += a[k] * b[k];
  return sum;
}

}  // namespace

std::vector<int> natural_order(std::size_t count) {
  std::vector<int> order(count);
  std::iota(order.begin(), order.end(), 0);
  return order;
}

std::vector<int> order_by_norm(std::span<const float> matrix, std::size_t rows, std::size_t columns,
                               Axis axis) {
  const auto values = as_rows(matrix, rows, columns, axis);
  const std::size_t count = axis == Axis::Rows ? rows : columns, length = axis == Axis::Rows ? columns : rows;
  std::vector<float> norms(count);
  for (std::size_t i = 0; i < count; ++i)
    norms[i] = dot(values.data() + i * length, values.data() + i * length, length);
  auto order = natural_order(count);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return norms[static_cast<std::size_t>(a)] > norms[static_cast<std::size_t>(b)];
  });
  return order;
}

std::vector<int> order_by_similarity(std::span<const float> matrix, std::size_t rows, std::size_t columns,
                                     Axis axis) {
  auto values = as_rows(matrix, rows, columns, axis);
  const std::size_t count = axis == Axis::Rows ? rows : columns, length = axis == Axis::Rows ? columns : rows;
  auto left = order_by_norm(matrix, rows, columns, axis);
  for (std::size_t i = 0; i < count; ++i) {
    float* row = values.data() + i * length;
    const float norm = std::sqrt(dot(row, row, length));
    for (std::size_t k = 0; norm > 0 && k < length; ++k) row[k] /= norm;
  }
  std::vector<int> order;
  order.reserve(count);
  for (std::size_t next = 0; !left.empty();) {
    const int last = left[next];
    order.push_back(last);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(next));
    const float* row = values.data() + static_cast<std::size_t>(last) * length;
    float best = -2;
    next = 0;
    for (std::size_t k = 0; k < left.size(); ++k) {
      const float likeness = dot(row, values.data() + static_cast<std::size_t>(left[k]) * length, length);
      if (likeness > best) {
        best = likeness;
        next = k;
      }
    }
  }
  return order;
}

}  // namespace synann::synapse
