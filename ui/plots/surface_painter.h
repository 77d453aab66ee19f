// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/plots/surface_figure.h"

namespace synann::ui {

// Paints one surface once: walls, level curves, cells from the farthest to the nearest, curves, data, cursor.
class SurfacePainter {
 public:
  // All arguments must outlive it.
  SurfacePainter(const SurfaceFigure& figure, QPainter& painter, const QRectF& area, const FigurePaint& how);

  void paint();

 private:
  QColor colorAt(double height) const;
  void paintLevels();
  void paintCells();
  QColor cellColor(std::size_t row, std::size_t column) const;
  void paintMesh();
  void paintSections();
  void paintLines();
  void paintTags();
  QPen curvePen(const QColor& color, double width, Qt::PenStyle style = Qt::SolidLine) const;
  void paintFlatEdge();
  // A curve on the surface; where the surface hides it, it shines through, or is not seen.
  void paintCurve(const std::vector<Point3>& points, const QPen& pen, bool through = true);
  void paintTag(QPointF at, const QString& mark);
  void paintClusters();
  void paintCursor();
  void paintLegend();

  const SurfaceFigure& figure_;
  const SurfaceData& data_;
  QPainter& painter_;
  const QRectF& area_;
  const FigurePaint& how_;
  SurfaceBox box_;
  const ColorTable* colors_;
  double least_, most_;  // of the colours
};

}  // namespace synann::ui
