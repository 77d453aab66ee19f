// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/decimate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace synann::ui {
namespace {

bool drawable(float value, bool positiveOnly) {
  return std::isfinite(value) && (!positiveOnly || value > 0.0F);
}

// The four points that stand for one pixel column, as indices.
class Column {
 public:
  bool empty() const { return empty_; }

  void add(std::size_t index, float value) {
    if (empty_) {
      first_ = lowest_ = highest_ = last_ = index;
      low_ = high_ = value;
      empty_ = false;
      return;
    }
    if (value < low_) {
      low_ = value;
      lowest_ = index;
    }
    if (value > high_) {
      high_ = value;
      highest_ = index;
    }
    last_ = index;
  }

  // Calls take(index) for each different index in ascending order, and begins a new column.
  template <class Take>
  void flush(Take take) {
    if (empty_) return;
    const std::array<std::size_t, 4> order{first_, std::min(lowest_, highest_), std::max(lowest_, highest_),
                                           last_};
    for (std::size_t k = 0; k < order.size(); ++k)
      if (k == 0 || order[k] != order[k - 1]) take(order[k]);
    empty_ = true;
  }

 private:
  std::size_t first_ = 0, lowest_ = 0, highest_ = 0, last_ = 0;
  float low_ = 0, high_ = 0;
  bool empty_ = true;
};

struct Inside {
  std::size_t begin, end;
};

Inside indicesInside(std::span<const std::int64_t> x, double minX, double maxX) {
  const auto below = [](std::int64_t value, double limit) { return static_cast<double>(value) < limit; };
  const auto above = [](double limit, std::int64_t value) { return limit < static_cast<double>(value); };
  const auto begin = std::lower_bound(x.begin(), x.end(), minX, below);
  const auto end = std::upper_bound(begin, x.end(), maxX, above);
  return {static_cast<std::size_t>(begin - x.begin()), static_cast<std::size_t>(end - x.begin())};
}

int pixelColumn(std::int64_t x, const DecimationWindow& window) {
  const double scale = window.columns / (window.maxX - window.minX);
  return std::clamp(static_cast<int>((static_cast<double>(x) - window.minX) * scale), 0, window.columns - 1);
}

bool valid(const DecimationWindow& window) {
  return window.columns > 0 && window.maxX > window.minX;
}

}  // namespace

QList<QPointF> decimate(std::span<const std::int64_t> x, std::span<const float> y,
                        const DecimationWindow& window) {
  QList<QPointF> points;
  if (!valid(window) || x.size() != y.size()) return points;
  const auto [begin, end] = indicesInside(x, window.minX, window.maxX);
  const auto take = [&](std::size_t i) {
    points.append({static_cast<double>(x[i]), static_cast<double>(y[i])});
  };

  for (std::size_t i = begin; i-- > 0;)
    if (drawable(y[i], window.positiveOnly)) {
      take(i);
      break;
    }
  Column column;
  int current = -1;
  for (std::size_t i = begin; i < end; ++i) {
    if (!drawable(y[i], window.positiveOnly)) continue;
    const int c = pixelColumn(x[i], window);
    if (c != current) column.flush(take);
    current = c;
    column.add(i, y[i]);
  }
  column.flush(take);
  for (std::size_t i = end; i < x.size(); ++i)
    if (drawable(y[i], window.positiveOnly)) {
      take(i);
      break;
    }
  return points;
}

QList<double> notFiniteColumns(std::span<const std::int64_t> x, std::span<const float> y,
                               const DecimationWindow& window) {
  QList<double> positions;
  if (!valid(window) || x.size() != y.size()) return positions;
  const auto [begin, end] = indicesInside(x, window.minX, window.maxX);
  int current = -1;
  for (std::size_t i = begin; i < end; ++i) {
    if (std::isfinite(y[i])) continue;
    const int c = pixelColumn(x[i], window);
    if (c != current) positions.append(static_cast<double>(x[i]));
    current = c;
  }
  return positions;
}

}  // namespace synann::ui
