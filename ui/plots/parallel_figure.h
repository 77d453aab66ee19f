// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QPolygonF>
#include <QStringList>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"
#include "ui/plots/run_colors.h"

namespace synann::ui {

// Things with several numbers each as lines across parallel axes, one axis a number, in colours that tell one
// more number.
class ParallelFigure : public Figure {
 public:
  struct Axis {
    QString name;
    QStringList words{};  // what the whole numbers 0, 1, … stand for; empty: they are numbers
    bool log = false;     // all of its numbers are above 0
  };
  struct Line {
    QString name;
    std::vector<double> values;  // as many as axes; NaN: none, the line has a gap there
    double color = 0;            // NaN: none
  };
  struct Content {
    QString title, color;  // names of the figure, and of what the colours tell
    std::vector<Axis> axes;
    std::vector<Line> lines;
    QString note{};  // one line below the title
  };
  explicit ParallelFigure(Content content);

  const Content& content() const { return content_; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.lines.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  FigureParts parts() const override { return {.legend = FigureParts::Legend::Fixed, .lines = true}; }
  int columnCount() const override { return static_cast<int>(content_.axes.size()) + 1; }
  QString columnName(int column) const override;
  QString rowName(int row) const override { return content_.lines[static_cast<std::size_t>(row)].name; }
  QVariant cell(int row, int column) const override;
  int shownDigits() const override { return kComputedDigits; }

 private:
  QRectF plotOf(const QRectF& area, const FigurePaint& how) const;
  double across(const QRectF& plot, std::size_t axis) const;  // pixels
  double heightOf(const QRectF& plot, std::size_t axis, double value) const;
  std::vector<QPolygonF> stretches(const QRectF& plot, std::size_t line) const;  // between gaps
  void paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const;
  void paintAxis(QPainter& painter, const QRectF& plot, std::size_t axis, const FigurePaint& how) const;
  void paintLine(QPainter& painter, const QRectF& plot, std::size_t line, const QPen& pen) const;

  Content content_;
  NumberColors colors_;
  std::vector<Axes::Range> ranges_;  // of the axes, as they are drawn
};

}  // namespace synann::ui
