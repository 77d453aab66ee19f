// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/synapse/lens.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// Both spaces of the theory side by side for one output: the product and the sum of surprisals with their
// difference, and the commutative diagram at one synapse with its numbers.
class ProofFigure : public Figure {
 public:
  struct Content {
    synapse::TwoRoutes routes;
    synapse::Diagram diagram;
    std::optional<synapse::SlopeCheck> slope;  // where it was asked for
    QString title;
  };
  explicit ProofFigure(Content content);

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(lines_.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int columnCount() const override { return 2; }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

 private:
  struct Line {
    QString name;
    double value;
    bool in_list;  // beside the diagram's own
  };
  void paintDiagram(QPainter& painter, const QRectF& area, const FigurePaint& how) const;

  Content content_;
  std::vector<Line> lines_;
};

}  // namespace synann::ui
