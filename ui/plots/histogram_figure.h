// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// How numbers spread over equal bins. What is not finite is counted apart.
struct Histogram {
  double from = 0, to = 1;
  std::vector<int> counts;
  int outside = 0;  // NaN and infinity, and numbers beyond the range

  double edge(std::size_t k) const {
    return from + (to - from) * static_cast<double>(k) / static_cast<double>(counts.size());
  }
};
Histogram histogramOf(const std::vector<float>& values, double from, double to, int bins);

// How the numbers of a matrix are spread, with their spread at the start behind.
class HistogramFigure : public Figure {
 public:
  struct Content {
    std::vector<float> now, start;  // start may be empty
    QString title, value;           // "β"
  };
  explicit HistogramFigure(Content content);

  const Histogram& now() const { return now_; }
  const Histogram& start() const { return start_; }

  QString title() const override { return content_title_; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(now_.counts.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  QRectF plotArea(const QRectF& area, const FigurePaint& how) const override {
    return axes(area, how).plot();
  }
  FigureParts parts() const override {
    return {.legend = has_start_ ? FigureParts::Legend::Fixed : FigureParts::Legend::Absent, .lines = true};
  }
  int columnCount() const override { return has_start_ ? 4 : 3; }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

 private:
  QString head(const FigurePaint& how) const;
  Axes axes(const QRectF& area, const FigurePaint& how) const;

  QString content_title_, value_;
  Histogram now_, start_;
  bool has_start_ = false;
  int most_ = 1;
};

}  // namespace synann::ui
