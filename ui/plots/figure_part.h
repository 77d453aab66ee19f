// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "ui/plots/figure.h"

namespace synann::ui {

// A figure of which a part is shown: to be painted, copied and saved as it is seen. Its points and numbers
// are all of them. Shares the figure.
class FigurePart : public Figure {
 public:
  // `part`: as FigurePaint's.
  FigurePart(std::shared_ptr<const Figure> whole, const QRectF& part)
      : whole_(std::move(whole)), part_(part) {}

  QString title() const override { return whole_->title(); }
  bool headed() const override { return whole_->headed(); }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override {
    whole_->paint(painter, area, of(how));
  }
  int pointCount() const override { return whole_->pointCount(); }
  QString pointText(int point) const override { return whole_->pointText(point); }
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override {
    return whole_->pointAt(place, area, of(how));
  }
  FigureParts parts() const override { return whole_->parts(); }
  FigureStyle shownStyle() const override { return whole_->shownStyle(); }
  std::shared_ptr<const Figure> whole() const override { return whole_; }
  QRectF plotArea(const QRectF& area, const FigurePaint& how) const override {
    return whole_->plotArea(area, of(how));
  }
  int rowCount() const override { return whole_->rowCount(); }
  int columnCount() const override { return whole_->columnCount(); }
  QString columnName(int column) const override { return whole_->columnName(column); }
  QString rowName(int row) const override { return whole_->rowName(row); }
  QVariant cell(int row, int column) const override { return whole_->cell(row, column); }
  std::optional<Matrix> matrix() const override { return whole_->matrix(); }

 private:
  FigurePaint of(FigurePaint how) const {
    how.part = part_;
    return how;
  }

  std::shared_ptr<const Figure> whole_;
  QRectF part_;
};

}  // namespace synann::ui
