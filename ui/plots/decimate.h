// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

#include <QList>
#include <QPointF>

namespace synann::ui {

// What of a curve is to be drawn, and on how many pixel columns.
struct DecimationWindow {
  double minX = 0;
  double maxX = 1;
  int columns = 1;
  bool positiveOnly = false;  // leave out values ≤ 0, which a logarithmic axis cannot show
};

// The points that draw like the whole curve: of each pixel column its first, smallest, largest and last
// point, in the order of x; at most 4 per column, plus one neighbour on each side so that the line leaves the
// picture at the right angle. x must be sorted. NaN and infinite values are left out. Every returned point is
// a point of the curve.
QList<QPointF> decimate(std::span<const std::int64_t> x, std::span<const float> y,
                        const DecimationWindow& window);

// x positions of values that are NaN or infinite, at most one in each pixel column.
QList<double> notFiniteColumns(std::span<const std::int64_t> x, std::span<const float> y,
                               const DecimationWindow& window);

}  // namespace synann::ui
