// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QImage>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"
#include "ui/plots/heat_scale.h"

namespace synann::ui {

// Two numbers against each other: points as dots, any number of them, over a field of colours, with curves
// and named marks. The points are the rows of its table.
class PlaneFigure : public Figure {
 public:
  // A number for each cell of a regular grid, as colours.
  struct Field {
    std::vector<float> values;  // [rows, columns], the lowest row first; not finite: grey
    int rows = 0, columns = 0;
    Axes::Range x{}, y{};  // from the outer edge of the first cell to that of the last
    HeatScale scale{};
    QString name{};
  };
  struct Path {
    QString name;
    std::vector<QPointF> points;  // not finite = a gap
    int color = 0;                // seriesColor
    Qt::PenStyle pen = Qt::SolidLine;
  };
  struct Mark {
    QString name;
    QPointF place;
    int color = 0;
  };
  struct Content {
    QString title, x, y;          // names of the figure and of the axes
    std::vector<QPointF> points;  // the table
    bool dots = true;             // whether they are drawn; darker where many fall on a pixel
    Axes::Range x_range{}, y_range{};
    std::optional<Field> field{};
    std::vector<Path> paths{};
    std::vector<Mark> marks{};
    QString note{};  // one line below the title
    // What the table has beside x and y: a name and a number for each point.
    QString extra_name{};
    std::vector<double> extra{};
  };
  explicit PlaneFigure(Content content);

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.points.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  QRectF plotArea(const QRectF& area, const FigurePaint& how) const override {
    return axes(area, how).plot();
  }
  FigureParts parts() const override {
    const bool named = !content_.paths.empty() || !content_.marks.empty();
    return {.legend = named ? FigureParts::Legend::Fixed : FigureParts::Legend::Absent,
            .marks = !content_.marks.empty(),
            .lines = !content_.paths.empty()};
  }
  int columnCount() const override { return content_.extra.empty() ? 2 : 3; }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

 private:
  Axes axes(const QRectF& area, const FigurePaint& how) const;
  void paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const;
  double paintLegendEntry(QPainter& painter, QPointF at, const QString& name, const FigurePaint& how) const;
  void paintField(QPainter& painter, const Axes& axes, const FigurePaint& how) const;
  void paintDots(QPainter& painter, const Axes& axes, const FigurePaint& how) const;
  void paintMarks(QPainter& painter, const Axes& axes, const FigurePaint& how) const;
  const QImage& fieldImage(bool dark) const;

  Content content_;
  mutable QImage field_image_;  // one pixel a cell, for the ground it was made for
  mutable bool field_dark_ = false;
};

}  // namespace synann::ui
