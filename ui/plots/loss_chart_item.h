// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <QChart>
#include <QList>
#include <QMargins>
#include <QPointF>
#include <QStringList>

#include "ui/plots/figure_look.h"
#include "ui/plots/figure_style.h"
#include "ui/plots/loss_series.h"
#include "ui/plots/ticks.h"

class QCategoryAxis;
class QGraphicsLineItem;
class QGraphicsPathItem;
class QLineSeries;
class QScatterSeries;

namespace synann::ui {

inline const QMargins kLossMargins(4, 8, 20, 4);  // pixels around the plot and its labels

class LossCurveItem;
class OverlayLabel;
class PlotInk;
class SettingMarks;

// The look of the loss figure, the same on screen and in files: it draws a part of one curve as the
// original's figure does, or of several curves in the colours of their runs. It knows the curves only during
// display(). Drawn by the raster painter, never with OpenGL, so it works without a display.
//
// Both axes are linear for Qt Charts, with our own labels; a logarithmic y axis is fed logarithms.
// QLogValueAxis loses labels and, for a single loss of zero, the whole line.
class LossChartItem : public QChart {
  Q_OBJECT

 public:
  explicit LossChartItem(QGraphicsItem* parent = nullptr);
  ~LossChartItem() override;

  void setLook(const FigureLook& look);
  const FigureLook& look() const { return look_; }
  // How a file is drawn, to be set before display(): the resolution of the curve, and for vector files a line
  // that is clipped by ourselves, because QSvgGenerator ignores the painter's clip.
  void setDrawsForFile(int dotsPerPixel, bool vector);

  // Legend, marks and width of the lines, to be set before display().
  void setStyle(const FigureStyle& style);

  void display(std::span<const LossSeries> curves, const LossRange& range, bool logY,
               const LossSmoothing& smoothing);

  // Between data (examples, nats) and positions in this item. A loss that cannot be shown maps to NaN.
  QPointF toPixel(double examples, double loss) const;
  QPointF toData(QPointF pixel) const;
  const LossRange& range() const { return range_; }
  void placeOverlays();  // legend and texts to their corners; after the plot area or a font has changed

  // Of the first curve.
  const QLineSeries* trainSeries() const;  // smoothed where it is
  const QLineSeries* rawSeries() const;    // the losses of single batches behind it
  const QScatterSeries* testSeries() const;
  const QScatterSeries* lonePoint() const;
  // Of the best point: its words, and where they stand; empty where there is none.
  QString bestText() const;
  QRectF bestRect() const;
  const SettingMarks* settingMarks() const { return setting_marks_; }
  QString note() const;  // what the picture cannot show: "2 losses are not finite …"; empty as a rule
  QStringList tickLabels(Qt::Orientation axis) const;

 private:
  void makeAxes();
  void makeCurves(std::size_t count);
  void nameAxes();
  void showTicks(bool logY);
  void drawFrame();
  PlotInk ink() const;
  void placeLegend(PlotInk& ink);
  std::optional<QRectF> legendPlace(const QSizeF& size, const PlotInk& ink);
  double ringSize() const;
  void placeBest(const PlotInk& ink);
  void setHead(double height);
  std::function<QPointF(const QPointF&)> axisToPixel() const;
  QList<Tick> fittingTicks(QList<Tick> ticks) const;
  void setNote(std::span<const LossSeries> curves);

  FigureLook look_;
  LossRange range_;
  FigureStyle style_;
  bool log_y_ = false;
  bool ticks_log_ = false;  // how the y ticks stand at present
  int dots_per_pixel_ = 1;
  bool vector_ = false;
  QCategoryAxis* x_axis_;
  QCategoryAxis* y_axis_;
  std::vector<std::unique_ptr<LossCurveItem>> curves_;  // at least one
  QGraphicsPathItem* frame_;                            // with the minor ticks
  SettingMarks* setting_marks_;
  OverlayLabel* best_text_;
  QGraphicsLineItem* best_line_;  // from the text to the point, where it is far
  OverlayLabel* empty_text_;
  OverlayLabel* note_text_;
  std::vector<SettingMark> marks_;
  QList<Tick> x_ticks_, y_ticks_;
  std::size_t legend_place_ = 0;  // of those that are tried: the upper right first
  QPointF best_way_;              // from the best point to the middle of its text
  double head_ = 0;               // pixels above the plot, for what has no room in it
  bool legend_outside_ = false, best_outside_ = false;
};

}  // namespace synann::ui
