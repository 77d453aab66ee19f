// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "ui/plots/curve_figure.h"

namespace synann::ui {

// Two figures of curves side by side, or below each other where there is not the width for that. Its points
// are those of the first and then those of the second; its table has the columns of both.
class PairFigure : public Figure {
 public:
  PairFigure(QString title, std::shared_ptr<const CurveFigure> first,
             std::shared_ptr<const CurveFigure> second);

  const CurveFigure& first() const { return *first_; }
  const CurveFigure& second() const { return *second_; }

  QString title() const override { return title_; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return first_->pointCount() + second_->pointCount(); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  FigureParts parts() const override { return first_->parts(); }
  int rowCount() const override { return std::max(first_->rowCount(), second_->rowCount()); }
  int columnCount() const override { return first_->columnCount() + second_->columnCount(); }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

 private:
  struct Halves {
    QRectF first, second;
  };
  Halves halvesOf(const QRectF& area, const FigurePaint& how) const;

  QString title_;
  std::shared_ptr<const CurveFigure> first_, second_;
};

}  // namespace synann::ui
