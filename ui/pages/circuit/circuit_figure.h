// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/circuit/circuit_scene.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// The drawing of a circuit: as large as fits, never much larger than on the screen. Its points and the rows
// of its table are the inputs and synapses with their values.
class CircuitFigure : public Figure {
 public:
  explicit CircuitFigure(CircuitScene scene);

  QString title() const override;
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return scene_.graph().nodeCount(); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  FigureParts parts() const override { return {.lines = true}; }
  int columnCount() const override;
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

  const CircuitScene& scene() const { return scene_; }

 private:
  // From the scene to an area.
  QTransform fit(const QRectF& area) const;

  CircuitScene scene_;
  QRectF bounds_;
};

}  // namespace synann::ui
