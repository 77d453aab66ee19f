// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QStringList>

#include "engine/compute/confusion.h"
#include "ui/plots/figure.h"
#include "ui/plots/heat_scale.h"

namespace synann::ui {

// How often images of one class were taken for another, or how much more often than at another time. Its
// points are the cells, row by row: row = true class, column = what the network said.
class ConfusionFigure : public Figure {
 public:
  enum class Numbers { Counts, RowPercent, ColumnPercent };

  struct Content {
    QString title;
    compute::Confusion counts;
    std::optional<compute::Confusion> before;  // then counts − before is shown
    QStringList names;                         // [classes]
    Numbers numbers = Numbers::Counts;
    bool logarithmic = false;  // the colours; so that 3 can be told from 0 beside 980
    int marked = -1;           // the chosen cell; −1: none
    QString note{};            // one line below the title
  };
  // The classes of `counts` and `before` must be as many.
  explicit ConfusionFigure(Content content);

  const Content& content() const { return content_; }
  double value(int truth, int said) const {  // as it is shown: a count, or percent
    return values_[static_cast<std::size_t>(truth * content_.counts.classes + said)];
  }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return content_.counts.classes * content_.counts.classes; }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int pointsPerLine(const QRectF&, const FigurePaint&) const override { return content_.counts.classes; }
  int rowCount() const override { return content_.counts.classes; }
  int columnCount() const override { return content_.counts.classes; }
  QString columnName(int column) const override;
  QString rowName(int row) const override;
  QVariant cell(int row, int column) const override { return value(row, column); }
  std::optional<Matrix> matrix() const override;

 private:
  struct Grid {
    QRectF cells;     // of all classes
    QRectF bar;       // the colour bar
    double cell = 1;  // side, pixels
    QRectF rectOf(int truth, int said) const;
  };
  Grid grid(const QRectF& area, const FigurePaint& how) const;
  std::vector<double> shares(const compute::Confusion& of) const;
  QString valueText(double value) const;
  QString valueName() const;
  void paintNames(QPainter& painter, const Grid& grid, const FigurePaint& how) const;
  void paintCell(QPainter& painter, const QRectF& box, double value, QRgb ground,
                 const FigurePaint& how) const;

  Content content_;
  std::vector<double> values_;  // [classes, classes]
  HeatScale scale_;
};

}  // namespace synann::ui
