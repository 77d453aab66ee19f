// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// One row or one column of a matrix as a curve over its index.
class ProfileFigure : public Figure {
 public:
  struct Content {
    std::vector<float> values;
    QString title;         // "row 12: β over synapse j"
    QString index, value;  // names of the axes
    bool column = false;   // drawn in the second colour
    int marked = -1;       // the chosen cell, −1 for none
  };
  explicit ProfileFigure(Content content);

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.values.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  QRectF plotArea(const QRectF& area, const FigurePaint& how) const override {
    return axes(area, how).plot();
  }
  FigureParts parts() const override { return {.marks = content_.marked >= 0, .lines = true}; }
  int columnCount() const override { return 2; }
  QString columnName(int column) const override { return column == 0 ? content_.index : content_.value; }
  QVariant cell(int row, int column) const override;

 private:
  Axes axes(const QRectF& area, const FigurePaint& how) const;

  Content content_;
  Axes::Range range_;
};

}  // namespace synann::ui
