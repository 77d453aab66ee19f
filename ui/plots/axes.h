// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPainter>
#include <QRectF>
#include <QString>

#include "ui/plots/figure.h"
#include "ui/plots/ticks.h"

namespace synann::ui {

// The two axes of a small figure: makes room for ticks and titles in an area, and turns data into places.
// Both are linear; each may be labelled as a logarithmic one, and takes log10 of the data then, and the one
// along x as a clock, which takes seconds since 1970.
class Axes {
 public:
  struct Range {
    double min = 0, max = 1;
    double width() const { return max - min; }
  };
  enum class Along { Numbers, Counts, Logarithms, Clock };  // what is written along x
  struct Titles {
    QString x, y;
  };

  // Where the area is low, the plot takes the room of the name along x.
  // y_log: y and its range are log10 of the data.
  Axes(const QRectF& area, Range x, Range y, const Titles& titles, const QFont& font, Along along,
       bool y_log = false);
  // x_counts: whole numbers along x.
  Axes(const QRectF& area, Range x, Range y, const Titles& titles, const QFont& font, bool x_counts,
       bool y_log = false)
      : Axes(area, x, y, titles, font, x_counts ? Along::Counts : Along::Numbers, y_log) {}

  // The part of a whole range along x, and along y, that is to be shown.
  static Range partOfX(const Range& all, const FigurePaint& how);
  static Range partOfY(const Range& all, const FigurePaint& how);

  const QRectF& plot() const { return plot_; }
  QPointF place(double x, double y) const;
  double xAt(double pixel) const;

  // Grid first, then the data by the caller, then frame and labels.
  void paintGrid(QPainter& painter, const FigureLook& look) const;
  void paintFrame(QPainter& painter, const FigureLook& look) const;

 private:
  QRectF area_, plot_;
  Range x_, y_;
  Titles titles_;
  QFont font_;
  QList<Tick> x_ticks_, y_ticks_;
};

// A range with some air around the numbers, never empty; includes 0 where `zero`.
Axes::Range roomyRange(double least, double most, bool zero);

}  // namespace synann::ui
