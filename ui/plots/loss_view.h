// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QChartView>

#include "ui/plots/curve_point.h"
#include "ui/plots/figure_style.h"
#include "ui/plots/loss_series.h"

namespace synann::ui {

class Crosshair;
class LossChartItem;

// What LossChart is drawn with: a curve through a LossChartItem, and the crosshair on it. It answers neither
// mouse nor keyboard; its owner does.
class LossView : public QChartView {
  Q_OBJECT

 public:
  explicit LossView(QWidget* parent = nullptr);
  ~LossView() override;

  void display(const std::shared_ptr<const LossCurve>& curve, const LossRange& range, bool logY,
               const LossSmoothing& smoothing, const FigureStyle& style = {});
  // The crosshair on a point of the curve that is displayed, with its values; none hides it.
  void point(const LossCurve& curve, std::optional<CurvePoint> point);

  const LossChartItem* figure() const { return figure_; }
  const Crosshair* crosshair() const { return crosshair_; }
  QRectF plotArea() const;  // in pixels of this widget
  QPointF toFigure(QPointF position) const;

 signals:
  void roomChanged();  // for the plot: what is displayed no longer fits it

 protected:
  void changeEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void applyPalette();

  LossChartItem* figure_ = nullptr;
  Crosshair* crosshair_ = nullptr;
  std::vector<LossSeries> shown_;  // one, or none yet
  bool drawing_ = false;
};

}  // namespace synann::ui
