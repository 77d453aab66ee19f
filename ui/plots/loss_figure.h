// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "ui/plots/curve_point.h"
#include "ui/plots/figure.h"
#include "ui/plots/loss_series.h"

namespace synann::ui {

// Train and test loss of one run, or of several, against the training examples seen. Its points are those of
// the curves in full resolution, curve by curve, train before test; its table has a row for each and then one
// for each change of a setting: series, epoch, examples, loss (nats), accuracy (percent), setting; with names
// before them where the curves have names. Window's thread only: it is laid out by Qt Charts.
class LossFigure : public Figure {
 public:
  struct Content {
    std::vector<LossSeries> curves;  // which must not change any more
    LossPart part{};
    QString title{};      // "Loss" where it is empty
    FigureStyle style{};  // as it is shown
  };
  explicit LossFigure(Content content);
  ~LossFigure() override;

  const std::vector<LossSeries>& curves() const { return content_.curves; }
  const LossPart& part() const { return content_.part; }

  QString title() const override;
  bool headed() const override { return false; }  // the axes say it all, as the original's do
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return points_; }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  FigureParts parts() const override;
  FigureStyle shownStyle() const override { return content_.style; }
  std::shared_ptr<const Figure> whole() const override;
  int rowCount() const override { return points_ + marks_; }
  int columnCount() const override;
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

 private:
  class Scene;
  // A point, or a change of a setting, of one of the curves.
  struct Place {
    std::size_t curve = 0;
    CurvePoint point;                 // where it is one
    std::optional<std::size_t> mark;  // else this change
  };
  Place placeOf(int row) const;
  QVariant pointCell(const LossCurve& curve, CurvePoint point, int column) const;
  QVariant markCell(const LossCurve& curve, const SettingMark& mark, int column) const;
  Scene& scene(QSizeF size, const FigurePaint& how, double dots) const;

  Content content_;
  bool named_ = false;  // whether any curve has a name
  int points_ = 0, marks_ = 0;
  mutable std::unique_ptr<Scene> scene_;  // as it was laid out last
};

}  // namespace synann::ui
