// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/circuit/circuit_router.h"

#include <algorithm>
#include <cmath>

namespace synann::ui {
namespace {

constexpr double kStub = 12;    // pixels: the least that a wire goes straight on at either end
constexpr double kLane = 8;     // between wires of different sources
constexpr double kWireAir = 4;  // around a wire
constexpr int kWireLanes = 5, kInLanes = 3;
constexpr int kMostBends = 40;  // places of the piece in the middle

}  // namespace

bool CircuitRouter::across(double y, double x1, double x2) const {
  return is_free_(QRectF(std::min(x1, x2), y - kWireAir, std::abs(x2 - x1), 2 * kWireAir));
}

bool CircuitRouter::along(double x, double y1, double y2) const {
  return is_free_(QRectF(x - kWireAir, std::min(y1, y2), 2 * kWireAir, std::abs(y2 - y1)));
}

// Straight, or with one vertical piece; empty where there is no free way.
QList<QPointF> CircuitRouter::forward(const Ends& ends, double out, double in) const {
  const auto& [from, to] = std::pair(ends.from, ends.to);
  const double first = from.x() + kStub - kWireAir, last = to.x() - kStub + kWireAir;
  if (std::abs(from.y() - to.y()) < 0.5) {
    if (across(from.y(), first, last)) return {from, to};
    return {};
  }
  const auto bend = [&](double x) -> QList<QPointF> {
    if (x < from.x() + kStub || x > to.x() - kStub) return {};
    if (!along(x, from.y(), to.y()) || !across(from.y(), first, x) || !across(to.y(), x, last)) return {};
    return {from, {x, from.y()}, {x, to.y()}, to};
  };
  for (const double x : {out, in})
    if (auto path = bend(x); !path.isEmpty()) return path;
  for (int k = 1; k <= std::min(kMostBends, ends.tries); ++k)
    if (auto path = bend(out + k * kLane); !path.isEmpty()) return path;
  return {};
}

QList<QPointF> CircuitRouter::around(const Ends& ends, double out, double in) const {
  const auto& [from, to] = std::pair(ends.from, ends.to);
  const double below = std::max(from.y(), to.y()) + ends.around,
               above = std::min(from.y(), to.y()) - ends.around;
  const auto at = [&](double y) -> QList<QPointF> {
    return {from, {out, from.y()}, {out, y}, {in, y}, {in, to.y()}, to};
  };
  const double shift = (ends.lane % kInLanes) * kLane;
  for (int k = 0; k < ends.tries; ++k)
    for (const bool up : {ends.above_first, !ends.above_first}) {
      const double y = up ? above - shift - k * kLane : below + shift + k * kLane;
      if (across(y, out, in) && along(out, from.y(), y) && along(in, y, to.y())) return at(y);
    }
  return at(ends.above_first ? above : below);
}

QList<QPointF> CircuitRouter::route(const Ends& ends) const {
  const double out = ends.from.x() + kStub + (ends.lane % kWireLanes) * kLane;
  const double in = ends.to.x() - kStub - (ends.in_lane % kInLanes) * kLane;
  const double room = ends.to.x() - ends.from.x();
  if (room >= 2 * kStub) {
    if (auto path = forward(ends, std::min(out, ends.to.x() - kStub), std::max(in, ends.from.x() + kStub));
        !path.isEmpty())
      return path;
  }
  return around(ends, out, in);
}

}  // namespace synann::ui
