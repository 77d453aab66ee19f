// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

#include <QList>
#include <QPointF>
#include <QRectF>

namespace synann::ui {

// Finds the way of a wire from an output to a port, in horizontal and vertical pieces that keep clear of
// symbols where there is such a way. A wire back to the left passes below or above what is between.
// Stateless.
class CircuitRouter {
 public:
  // Whether a box meets no symbol.
  using IsFree = std::function<bool(const QRectF& box)>;

  struct Ends {
    QPointF from, to;           // an output, which leaves to the right; a port, entered from the left
    int lane = 0, in_lane = 0;  // numbers that keep wires of different sources apart
    bool above_first = false;   // of a way around
    double around = 0;          // how far from both ends a way around begins to look, up and down
    int tries = 120;            // ways that are tried before it goes through symbols
  };

  explicit CircuitRouter(IsFree is_free) : is_free_(std::move(is_free)) {}
  // The corners, both ends included.
  QList<QPointF> route(const Ends& ends) const;

 private:
  bool across(double y, double x1, double x2) const;
  bool along(double x, double y1, double y2) const;
  QList<QPointF> forward(const Ends& ends, double out, double in) const;
  QList<QPointF> around(const Ends& ends, double out, double in) const;

  IsFree is_free_;
};

}  // namespace synann::ui
