// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QStringList>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// Ratios with their intervals, one below the other, over a logarithmic axis with a line at 1. What is 0 or
// infinite lies beyond the axis and ends in an arrow.
class IntervalFigure : public Figure {
 public:
  struct Row {
    QString name;
    double value = 1;            // > 0, or 0, infinite, NaN
    std::optional<double> from;  // both or none
    std::optional<double> to;
    int color = 0;      // seriesColor
    QString instead{};  // what stands in place of an interval that does not exist
    QString gap{};      // why its value is missing, and its interval where there is no other reason
    QString why{};      // why its interval is missing
  };
  struct Content {
    QString title, axis;  // names of the figure and of the axis
    std::vector<Row> rows;
    QStringList notes{};  // lines below the title
  };
  explicit IntervalFigure(Content content);

  const Content& content() const { return content_; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.rows.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  FigureParts parts() const override { return {.lines = true}; }
  int columnCount() const override { return 4; }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;
  int shownDigits() const override { return kComputedDigits; }
  QString whyNoValue(int row, int column) const override;

 private:
  QRectF plotOf(const QRectF& area, const FigurePaint& how) const;
  double across(const QRectF& plot, double ratio) const;  // pixels
  double heightOf(const QRectF& plot, std::size_t row) const;
  void paintAxis(QPainter& painter, const QRectF& area, const QRectF& plot, const FigurePaint& how) const;
  void paintRow(QPainter& painter, const QRectF& area, const QRectF& plot, std::size_t k,
                const FigurePaint& how) const;

  Content content_;
  Axes::Range logs_;  // log₁₀ of what the axis spans
};

}  // namespace synann::ui
