// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QChart>
#include <QList>
#include <QPointF>
#include <QStringList>

#include "ui/plots/figure_look.h"
#include "ui/plots/loss_viewport.h"
#include "ui/plots/ticks.h"

class QCategoryAxis;
class QGraphicsEllipseItem;
class QGraphicsPathItem;
class QLineSeries;
class QScatterSeries;

namespace synann::ui {

class OverlayLabel;
class SettingMarks;

inline constexpr double kBestRingSize = 14;  // pixels

// The look of the loss figure, the same on screen and in files: it draws a part of a curve as the original's
// figure does. It knows the curve only during display(). Drawn by the raster painter, never with OpenGL, so
// it works without a display.
//
// Both axes are linear for Qt Charts, with our own labels; a logarithmic y axis is fed logarithms.
// QLogValueAxis loses labels and, for a single loss of zero, the whole line.
class LossFigure : public QChart {
  Q_OBJECT

 public:
  explicit LossFigure(QGraphicsItem* parent = nullptr);

  void setLook(const FigureLook& look);
  const FigureLook& look() const { return look_; }
  // How a file is drawn, to be set before display(): the resolution of the curve, and for vector files a line
  // that is clipped by ourselves, because QSvgGenerator ignores the painter's clip.
  void setDrawsForFile(int dotsPerPixel, bool vector);

  void display(const LossCurve& curve, const LossRange& range, bool logY);

  // Between data (examples, nats) and positions in this item. A loss that cannot be shown maps to NaN.
  QPointF toPixel(double examples, double loss) const;
  QPointF toData(QPointF pixel) const;
  const LossRange& range() const { return range_; }
  void placeOverlays();  // legend and texts to their corners; after the plot area or a font has changed

  const QLineSeries* trainSeries() const { return train_; }
  const QScatterSeries* testSeries() const { return test_; }
  const QScatterSeries* lonePoint() const { return lone_; }
  const SettingMarks* settingMarks() const { return setting_marks_; }
  QString note() const;  // what the picture cannot show: "2 losses are not finite …"; empty as a rule
  QStringList tickLabels(Qt::Orientation axis) const;

 private:
  void makeAxes();
  void setTrainPen();
  void makeSeries();
  void showTicks(bool logY);
  void showTrain(const LossCurve& curve);
  void showTest(const LossCurve& curve);
  void showNotFinite(const LossCurve& curve);
  void drawFrame();
  void drawTrainPath();
  void placeLegend();
  QPointF legendPlace(const QSizeF& size);
  int coveredBy(const QRectF& rect) const;
  void placeBest();
  QList<Tick> fittingTicks(QList<Tick> ticks) const;
  void setNote(const LossCurve& curve);

  FigureLook look_;
  LossRange range_;
  bool log_y_ = false;
  bool ticks_log_ = false;  // how the y ticks stand at present
  int dots_per_pixel_ = 1;
  bool vector_ = false;
  bool dense_ = false;  // more than two points in each pixel column
  QCategoryAxis* x_axis_;
  QCategoryAxis* y_axis_;
  QLineSeries* train_;
  QScatterSeries* test_;
  QScatterSeries* not_finite_;  // marks on the upper frame where a loss is NaN or infinite
  QScatterSeries* lone_;        // the train loss while it is a single point
  QGraphicsPathItem* train_path_;
  QGraphicsPathItem* frame_;  // with the minor ticks
  QGraphicsEllipseItem* best_ring_;
  SettingMarks* setting_marks_;
  OverlayLabel* best_text_;
  OverlayLabel* empty_text_;
  OverlayLabel* note_text_;
  std::vector<SettingMark> marks_;
  QList<QPointF> train_points_;        // in axis positions
  std::optional<QPointF> best_point_;  // in examples and nats
  QList<Tick> x_ticks_, y_ticks_;
  std::size_t legend_corner_ = 0;  // upper right, lower right, lower left, upper left
};

}  // namespace synann::ui
