// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QString>

#include "engine/bench/model_summary.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// A model as a graph from input to output: a box for each layer with what it computes and the shape of its
// output, and beside it its parameters and its share of the operations of a training step. The points are the
// layers.
class ModelFigure : public Figure {
 public:
  // `chosen`: a layer that is marked, from 0; −1 for none.
  ModelFigure(std::shared_ptr<const bench::ModelSummary> summary, const model::Shape& input,
              const QString& title, int chosen);

  QString title() const override { return title_; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(summary_->layers.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int columnCount() const override;
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

 private:
  // Where everything stands in an area, pixels.
  struct Layout {
    QRectF boxes;                                         // of all layers and the input, one below the other
    double pitch = 0;                                     // from one box to the next
    double height = 0;                                    // of a box
    double output = 0, parameters = 0, bar = 0, end = 0;  // left edges of the columns; 0 = left out
    bool two_lines = false;                               // room for the formula below the title
    QRectF box(int line) const { return {boxes.left(), boxes.top() + line * pitch, boxes.width(), height}; }
  };
  Layout layout(const QRectF& area, const FigurePaint& how) const;
  void paintBox(QPainter& painter, const QRectF& box, const bench::LayerSummary& layer, bool two_lines,
                const FigurePaint& how) const;
  void paintColumns(QPainter& painter, const Layout& where, int point, const FigurePaint& how) const;
  void paintHeadings(QPainter& painter, const Layout& where, const FigurePaint& how) const;
  void paintInput(QPainter& painter, const Layout& where, const FigurePaint& how) const;

  std::shared_ptr<const bench::ModelSummary> summary_;
  model::Shape input_;
  QString title_;
  int chosen_;
};

}  // namespace synann::ui
