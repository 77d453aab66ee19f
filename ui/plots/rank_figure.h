// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/plots/figure.h"

namespace synann::ui {

// Cells of a matrix as a list: row, column and number, with a bar about 0. The points are the cells, from
// above.
class RankFigure : public Figure {
 public:
  struct Cell {
    int row = 0, column = 0;
    double value = 0;
  };
  struct Content {
    std::vector<Cell> cells;
    QString title{};          // "10 largest of |β|"
    QString value{};          // "β"
    QString row{}, column{};  // "unit i", "synapse j"
  };
  explicit RankFigure(Content content);

  const std::vector<Cell>& cells() const { return content_.cells; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.cells.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int columnCount() const override { return 3; }
  QString columnName(int column) const override;
  QString rowName(int row) const override { return QString::number(row + 1); }
  QVariant cell(int row, int column) const override;

 private:
  struct Frame;
  Frame frame(const QRectF& area, const FigurePaint& how) const;

  Content content_;
  double largest_ = 0;  // of the magnitudes
};

}  // namespace synann::ui
