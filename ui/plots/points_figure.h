// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include <QStringList>

#include "engine/synapse/surface.h"
#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// Where the data of one synapse lie in the plane of its inputs, by class; seen from above.
class PointsFigure : public Figure {
 public:
  struct Content {
    synapse::Synapse synapse;
    std::vector<synapse::OperatingPoint> points;  // every one, for the table
    std::vector<synapse::PointCluster> clusters;  // what is drawn
    synapse::Ranges ranges;
    QString title, x, y;        // names of the figure and of the axes
    QStringList class_names{};  // empty: their numbers
  };
  explicit PointsFigure(Content content);

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.points.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  QRectF plotArea(const QRectF& area, const FigurePaint& how) const override {
    return axes(area, how).plot();
  }
  FigureParts parts() const override { return {.legend = FigureParts::Legend::Fixed}; }
  int columnCount() const override { return 4; }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

 private:
  QString className(int label) const;
  Axes axes(const QRectF& area, const FigurePaint& how) const;

  Content content_;
};

// How many points there are of each class.
std::map<int, int> classCounts(const std::vector<synapse::OperatingPoint>& points);

}  // namespace synann::ui
