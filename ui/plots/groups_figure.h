// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QStringList>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// Groups of numbers, one below the other over one axis: every number as a point, with their mean and its
// interval, their quartiles as a box, or a bar up to the mean. Its points are the numbers.
class GroupsFigure : public Figure {
 public:
  enum class Shape { Interval, Box, Bar };
  struct Point {
    QString name;      // "seed 1"
    double value = 0;  // NaN: none
    QString gap{};     // then why
  };
  struct Group {
    QString name;
    std::vector<Point> points{};
    double mean = 0;                                               // NaN: none
    std::optional<double> from, to;                                // of the mean's interval; both or none
    double least = 0, lower = 0, median = 0, upper = 0, most = 0;  // NaN: none
    int color = 0;                                                 // seriesColor
    std::optional<double> expected{};                              // marked by a diamond
  };
  struct Content {
    QString title, axis, unit;  // names of the figure and of the axis; behind a number: " %"
    QString point;              // what a point is: "seed"
    std::vector<Group> groups{};
    Shape shape = Shape::Interval;
    QStringList notes{};          // lines below the title
    Axes::Range otherwise{0, 1};  // of the axis while there is no number
  };
  explicit GroupsFigure(Content content);

  const Content& content() const { return content_; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(order_.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  FigureParts parts() const override { return {.lines = true}; }
  int columnCount() const override { return 6; }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;
  QString whyNoValue(int row, int column) const override;

 private:
  struct Place {
    std::size_t group = 0, point = 0;
  };
  const Group& groupOf(int point) const {
    return content_.groups[order_[static_cast<std::size_t>(point)].group];
  }
  const Point& pointOf(int point) const {
    return groupOf(point).points[order_[static_cast<std::size_t>(point)].point];
  }
  QString numberOf(double value) const { return numberText(value) + content_.unit; }
  QRectF plotOf(const QRectF& area, const FigurePaint& how) const;
  double across(const QRectF& plot, double value) const;  // pixels
  QPointF placeOf(const QRectF& plot, const Place& at) const;
  void paintAxis(QPainter& painter, const QRectF& area, const QRectF& plot, const FigurePaint& how) const;
  void paintGroup(QPainter& painter, const QRectF& area, const QRectF& plot, std::size_t k,
                  const FigurePaint& how) const;
  void paintShape(QPainter& painter, const QRectF& plot, const Group& group, double y, double half,
                  const FigurePaint& how) const;

  Content content_;
  std::vector<Place> order_;  // of the points
  Axes::Range range_;
};

}  // namespace synann::ui
