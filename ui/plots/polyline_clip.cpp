// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/polyline_clip.h"

#include <array>
#include <optional>

#include <QLineF>

namespace synann::ui {
namespace {

// The part of segment a–b inside the rectangle, if any.
std::optional<QLineF> clippedSegment(QPointF a, QPointF b, const QRectF& r) {
  const QPointF d = b - a;
  const std::array<double, 4> p{-d.x(), d.x(), -d.y(), d.y()};
  const std::array<double, 4> q{a.x() - r.left(), r.right() - a.x(), a.y() - r.top(), r.bottom() - a.y()};
  double enter = 0, leave = 1;
  for (std::size_t edge = 0; edge < p.size(); ++edge) {
    if (p[edge] == 0) {
      if (q[edge] < 0) return std::nullopt;
      continue;
    }
    const double t = q[edge] / p[edge];
    if (p[edge] < 0)
      enter = std::max(enter, t);
    else
      leave = std::min(leave, t);
    if (enter > leave) return std::nullopt;
  }
  // The ends themselves are kept exactly, so that neighbouring segments join.
  return QLineF(enter > 0 ? a + enter * d : a, leave < 1 ? a + leave * d : b);
}

}  // namespace

QPainterPath clippedPolyline(const QList<QPointF>& points, const QRectF& rectangle) {
  QPainterPath path;
  bool joined = false;  // does the path end where the next segment begins?
  for (qsizetype i = 1; i < points.size(); ++i) {
    const auto segment = clippedSegment(points[i - 1], points[i], rectangle);
    if (!segment) {
      joined = false;
      continue;
    }
    if (!joined) path.moveTo(segment->p1());
    path.lineTo(segment->p2());
    joined = segment->p2() == points[i];
  }
  return path;
}

}  // namespace synann::ui
