// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/synapse/lens.h"
#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// One output's surprisal as a sum of bars, each beginning where the one above it ended: the excitation, the
// gain, the largest inhibitions, the rest, and the total, with the residual in print.
class WaterfallFigure : public Figure {
 public:
  WaterfallFigure(synapse::Waterfall waterfall, const QString& title);

  const synapse::Waterfall& waterfall() const { return waterfall_; }

  QString title() const override { return title_; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override {
    return static_cast<int>(waterfall_.terms.size()) + 1;
  }  // the total is last
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int rowCount() const override { return pointCount() + 1; }  // and the residual
  int columnCount() const override { return 3; }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;
  // j of the inhibition at a point, −1 for others.
  int synapseAt(int point) const;

 private:
  struct Frame;
  Frame frame(const QRectF& area, const FigurePaint& how) const;
  QString label(int point) const;
  double value(int point) const;
  double before(int point) const;

  synapse::Waterfall waterfall_;
  std::vector<double> starts_;  // where each bar begins: the sum of the finite terms before it
  QString title_;
};

}  // namespace synann::ui
