// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "ui/plots/axes.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// A few curves over the same places, the first of them with a marked point.
class CurveFigure : public Figure {
 public:
  // A shape at some of a curve's points, so that curves can be told apart without their colours.
  enum class Mark { None, Disc, Square, Diamond, Upwards, Downwards, Cross };
  struct Series {
    QString name;
    std::vector<double> values;  // as many as places; not finite = a gap
    int color = 0;               // seriesColor
    Qt::PenStyle pen = Qt::SolidLine;
    bool dots = false;     // single points, not a line
    bool listed = true;    // has an entry of its own in the legend
    QString gap{};         // why a value is missing
    bool bridged = false;  // the line goes on over a gap, and a value by itself is a point
    Mark mark = Mark::None;
    bool faint = false;            // behind the others, thin and pale
    std::vector<double> spread{};  // as many as values: a band of so much above and below; NaN: none there
  };
  struct Content {
    QString title, x, y;     // names of the figure and of the axes
    std::vector<double> at;  // rising
    std::vector<Series> series;
    std::optional<QPointF> marked;
    std::optional<Axes::Range> x_range{};  // that of `at` when empty
    std::optional<Axes::Range> y_range{};  // what is outside it is cut off; all that is finite when empty
    QString note{};                        // one line below the title
    QString y_title{};                     // of the axis along y; most figures are named by their title alone
    bool x_counts = false;                 // whole numbers along x
    bool y_log = false;    // a logarithmic axis along y: what is not above 0 is a gap; without a y_range
    bool x_log = false;    // the same along x, without an x_range
    bool x_clock = false;  // the places are seconds since 1970
  };
  explicit CurveFigure(Content content);

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.at.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  QRectF plotArea(const QRectF& area, const FigurePaint& how) const override {
    return axes(area, how).plot();
  }
  FigureParts parts() const override {
    return {.legend = FigureParts::Legend::Fixed, .marks = hasMarks(), .lines = true};
  }
  int columnCount() const override { return 1 + static_cast<int>(columns_.size()); }
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;
  int shownDigits() const override { return kComputedDigits; }
  QString whyNoValue(int row, int column) const override;

 private:
  bool hasMarks() const;
  double headHeight(const QRectF& area, const FigurePaint& how) const;  // with the legend
  // Where each entry of the legend begins: pixels from the left, and its line.
  struct Entry {
    double x = 0;
    int line = 0;
  };
  std::vector<Entry> legendEntries(double width, const QFont& font) const;
  Axes axes(const QRectF& area, const FigurePaint& how) const;
  double scaled(double value) const;       // along y, as the axes take it; NaN: nowhere
  double across(std::size_t place) const;  // the same along x
  void paintBand(QPainter& painter, const Axes& axes, const Series& series, const FigurePaint& how) const;
  QPen penOf(const Series& series, const FigurePaint& how) const;
  void paintSeries(QPainter& painter, const Axes& axes, const Series& series, const FigurePaint& how) const;
  void paintMarks(QPainter& painter, const Axes& axes, const FigurePaint& how) const;
  void paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const;
  void paintSample(QPainter& painter, const Series& series, QPointF from, const FigurePaint& how) const;

  // A column of the table: a curve's values, or its spread.
  struct Column {
    std::size_t series = 0;
    bool spread = false;
  };

  Content content_;
  std::vector<Column> columns_;
  Axes::Range x_range_, y_range_;
};

}  // namespace synann::ui
