// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "engine/synapse/surface.h"
#include "ui/plots/axes.h"
#include "ui/plots/figure.h"
#include "ui/plots/heat_scale.h"

namespace synann::ui {

// A field over the plane as colours with labelled iso-lines, seen from above. The points of the figure are
// those of the grid, row by row.
class MapFigure : public Figure {
 public:
  struct Content {
    QString title, x, y, value;  // names of the figure, the axes and the field
    synapse::Surface grid;
    Axes::Range x_range, y_range;  // of the axes; the grid may begin and end a little inside
    HeatScale scale;
    std::vector<double> levels;  // of the iso-lines; empty: none
    std::optional<QPointF> chosen;
    QString note{};  // one line below the title
    QString gap{};   // why a value is missing
  };
  explicit MapFigure(Content content);

  const Content& content() const { return content_; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.grid.values.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  QRectF plotArea(const QRectF& area, const FigurePaint& how) const override {
    return axes(area, how).plot();
  }
  FigureParts parts() const override {
    return {.marks = content_.chosen.has_value(), .lines = !content_.levels.empty()};
  }
  int rowCount() const override { return static_cast<int>(content_.grid.rows); }
  int columnCount() const override { return static_cast<int>(content_.grid.columns); }
  QString columnName(int column) const override;  // x
  QString rowName(int row) const override;        // y
  QVariant cell(int row, int column) const override;
  int shownDigits() const override { return kComputedDigits; }
  QString whyNoValue(int /*row*/, int /*column*/) const override { return content_.gap; }
  std::optional<Matrix> matrix() const override;

  // The place of a point in the plane.
  QPointF placeOf(int point) const;

 private:
  Axes axes(const QRectF& area, const FigurePaint& how) const;
  void paintColors(QPainter& painter, const Axes& axes, const FigurePaint& how) const;
  void paintLevels(QPainter& painter, const Axes& axes, const FigurePaint& how) const;
  void paintMarks(QPainter& painter, const Axes& axes, const FigurePaint& how) const;

  Content content_;
};

}  // namespace synann::ui
