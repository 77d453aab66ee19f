// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"
#include "ui/plots/run_colors.h"

namespace synann::ui {

// Things by two of their numbers, in colours that tell a third.
class ScatterFigure : public Figure {
 public:
  struct Point {
    QString name;
    double x = 0, y = 0;  // a point without both is in the table alone
    double color = 0;     // NaN: none
  };
  struct Content {
    QString title, x, y, color;  // names of the figure, of the axes, and of what the colours tell
    std::vector<Point> points;
    bool x_log = false, y_log = false;  // what is not above 0 is nowhere then
    QString note{};                     // one line below the title
  };
  explicit ScatterFigure(Content content);

  const Content& content() const { return content_; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.points.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  QRectF plotArea(const QRectF& area, const FigurePaint& how) const override {
    return axes(area, how).plot();
  }
  FigureParts parts() const override { return {.legend = FigureParts::Legend::Fixed}; }
  int columnCount() const override { return 3; }
  QString columnName(int column) const override;
  QString rowName(int row) const override { return content_.points[static_cast<std::size_t>(row)].name; }
  QVariant cell(int row, int column) const override;
  int shownDigits() const override { return kComputedDigits; }

 private:
  Axes axes(const QRectF& area, const FigurePaint& how) const;
  QPointF placeOf(const Axes& axes, const Point& point) const;  // not finite: nowhere
  void paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const;

  Content content_;
  NumberColors colors_;
  Axes::Range x_range_, y_range_;
};

}  // namespace synann::ui
