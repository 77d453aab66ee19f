// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include <QList>
#include <QPen>
#include <QPointF>

#include "ui/plots/figure_look.h"
#include "ui/plots/loss_series.h"

class QAbstractAxis;
class QChart;
class QGraphicsEllipseItem;
class QGraphicsPathItem;
class QLineSeries;
class QScatterSeries;
class QXYSeries;

namespace synann::ui {

inline constexpr double kBestRingSize = 14;  // pixels

// How much larger points and ring are drawn where lines are so many times as wide: their areas grow alike.
inline double pointScale(double line_width) {
  return std::clamp(std::sqrt(line_width), 0.5, 3.0);
}

// What of the curves is drawn, and how: the same for all curves of a figure.
struct CurveWindow {
  LossRange range;
  bool log_y = false;
  LossSmoothing smoothing;
  int columns = 1;        // columns of dots that the plot has
  double width = 1;       // of the plot, pixels
  bool vector = false;    // lines are paths of our own
  double line_width = 1;  // a factor
};

// One curve of the loss figure: its line, faint behind it the losses of single batches where the line is
// smoothed, its test points, the ring about the best, and marks where a loss is not finite. It keeps nothing
// of the curve but what is drawn.
class LossCurveItem {
 public:
  LossCurveItem(QChart& chart, QAbstractAxis* x, QAbstractAxis* y);
  ~LossCurveItem();  // takes its parts out of the chart, which must still live
  LossCurveItem(const LossCurveItem&) = delete;
  LossCurveItem& operator=(const LossCurveItem&) = delete;

  void setLook(const FigureLook& look);
  void clearLine();  // before both axes change: without points that is cheaper
  void show(const LossSeries& series, const CurveWindow& window);

  // Once the plot has its place: the ring, and the lines of a vector file, cut at the plot's frame. `place`
  // turns axis positions into pixels.
  using Place = std::function<QPointF(const QPointF&)>;
  void placeRing(const Place& place, bool shown);
  void drawPaths(const QRectF& plot, const Place& place);

  const QLineSeries* line() const { return line_; }
  const QLineSeries* raw() const { return raw_; }
  const QScatterSeries* test() const { return test_; }
  const QScatterSeries* lone() const { return lone_; }
  const QList<QPointF>& linePoints() const { return line_points_; }  // in axis positions
  const QList<QPointF>& rawPoints() const { return raw_points_; }    // the same; empty unless smoothed
  std::optional<QPointF> best() const { return best_; }              // in axis positions
  double bestAccuracy() const { return best_accuracy_; }             // percent

 private:
  QPen linePen() const;
  void setPens();
  void showLine(const LossCurve& curve, const CurveWindow& window);
  void showTest(const LossCurve& curve, const CurveWindow& window);
  void showNotFinite(const LossCurve& curve, const CurveWindow& window);

  QChart& chart_;
  QLineSeries* raw_;   // below the line
  QLineSeries* line_;  // the train loss, smoothed or as it is
  QScatterSeries* test_;
  QScatterSeries* not_finite_;  // on the upper frame where a loss is NaN or infinite
  QScatterSeries* lone_;        // the train loss while it is a single point
  QGraphicsPathItem* raw_path_;
  QGraphicsPathItem* line_path_;
  QGraphicsEllipseItem* ring_;
  SmoothedLosses smoothed_;
  FigureLook look_;
  QString name_;
  int color_ = 0;
  bool smooth_ = false;
  double line_width_ = 1;  // a factor
  bool dense_ = false;     // more than two points in each column
  QList<QPointF> line_points_, raw_points_;
  std::optional<QPointF> best_;
  double best_accuracy_ = 0;
};

}  // namespace synann::ui
