// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <QRectF>

namespace synann::ui {

// Which of many rectangles lie near a place: a coarse grid whose squares know what touches them. Costs as
// much as is found, not as much as there is. Not thread-safe.
class CircuitIndex {
 public:
  static constexpr double kSquare = 256;  // side, pixels

  void put(int id, const QRectF& rect) {
    each(rect, [&](std::int64_t key) { squares_[key].push_back(id); });
  }
  // `rect` as it was put.
  void take(int id, const QRectF& rect) {
    each(rect, [&](std::int64_t key) { std::erase(squares_[key], id); });
  }
  void clear() { squares_.clear(); }

  // Calls found(id) for all whose squares touch `rect`, some of them more than once, until one returns true;
  // whether one did.
  template <class Found>
  bool any(const QRectF& rect, Found&& found) const {
    bool met = false;
    each(rect, [&](std::int64_t key) {
      if (met) return;
      const auto square = squares_.find(key);
      if (square == squares_.end()) return;
      for (const int id : square->second)
        if ((met = found(id))) return;
    });
    return met;
  }

 private:
  template <class Visit>
  static void each(const QRectF& rect, Visit&& visit) {
    const auto of = [](double at) { return static_cast<std::int64_t>(std::floor(at / kSquare)); };
    for (std::int64_t y = of(rect.top()); y <= of(rect.bottom()); ++y)
      for (std::int64_t x = of(rect.left()); x <= of(rect.right()); ++x) visit(y * (1LL << 31) + x);
  }

  std::unordered_map<std::int64_t, std::vector<int>> squares_;
};

}  // namespace synann::ui
