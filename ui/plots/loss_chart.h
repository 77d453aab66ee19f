// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "ui/plots/curve_point.h"
#include "ui/plots/figure_widget.h"
#include "ui/plots/loss_series.h"

class QAction;

namespace synann::ui {

class LossFigure;
class LossView;

// The loss figure of a run, live: a blue line for the train loss, red points for the test loss, a crosshair
// with exact values, and zoom that stays while data arrive. The owner appends to the curve and calls
// refresh() at most 30 times a second; while hidden the chart does nothing and catches up when shown. Follows
// the palette, light or dark.
//
// Mouse: as every figure; moving shows the crosshair, Ctrl and the wheel zoom x alone, Shift y alone; all of
// it again follows what arrives. Keys: Left/Right = walk, Page Up/Down = a tenth, Home/End, Up/Down or T =
// the other series, + and − = zoom, Shift+arrows = move, 0 or F = follow, L = logarithmic.
class LossChart : public FigureWidget {
  Q_OBJECT

 public:
  explicit LossChart(QWidget* parent = nullptr);

  // The curve is shared with the owner, who alone changes it, in this thread. Never null inside.
  void setCurve(std::shared_ptr<const LossCurve> curve);
  const LossCurve& curve() const { return *curve_; }
  void refresh();  // shows what was appended; cheap when nothing was

  bool follow() const { return state_.follow(); }
  bool logY() const { return state_.logY(); }
  LossRange range() const { return state_.range(); }  // what is shown, in examples and nats
  void zoomTo(const LossRange& range);                // stops following
  const LossSmoothing& smoothing() const { return smoothing_; }
  LossPart part() const;  // as a figure of it is looked at
  void setPart(const LossPart& part);
  // Legend and marks, in the window and in its figures; the menu has a choice for each.
  const FigureStyle& style() const { return style_; }
  void setStyle(const FigureStyle& style);
  void setTitle(const QString& title) { title_ = title; }  // of the figures that are copied and saved

  // A figure of the curve as it is now, which what is appended later does not change; null while it is empty.
  std::shared_ptr<const LossFigure> lossFigure() const;
  std::shared_ptr<const Figure> shownFigure() const override;
  bool canZoom() const override { return true; }

  void setCurrentPoint(std::optional<CurvePoint> point);
  std::optional<CurvePoint> currentPoint() const { return point_.on(*curve_); }
  // "train loss 0.0936 at 12,800 examples, epoch 1"; empty without a crosshair.
  QString currentPointText() const override;

  LossView* view() const { return view_; }
  QSize sizeHint() const override { return {800, 480}; }
  // The axis below takes its room from the figure.
  int wordsMiddle() const override { return (height() - kAxisRoom) / 2; }
  QSize minimumSizeHint() const override { return {320, 260}; }

 public slots:
  void setFollow(bool follow);  // true: back to the full live range
  void setLogY(bool log);
  void setSmoothing(const LossSmoothing& smoothing);

 signals:
  void followChanged(bool follow);
  void logYChanged(bool log);
  void smoothingChanged();
  void styleChanged();
  void currentPointChanged(const QString& text);

 protected:
  View shownPart() const override;
  void showPart(const View& part) override;
  QRectF zoomArea() const override;
  void zoomToBand(const QRectF& band) override;
  void moveBy(QPointF way) override;
  void zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers held) override;
  void pointTo(std::optional<QPointF> place) override;
  bool figureKey(const QKeyEvent& event) override;
  void paintEvent(QPaintEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  static constexpr int kAxisRoom = 48;  // pixels, of the axis below and its title

  void makeActions();
  void checkActions();
  void redraw();  // shows the viewport as it is
  void viewportChanged(bool followed);
  void hover(QPointF position);
  void zoomStep(double factor, QPointF about, Qt::KeyboardModifiers modifiers);
  void panBy(double fractionX, double fractionY);
  bool walkKey(int key);
  bool zoomKey(const QKeyEvent& event);
  void walk(qsizetype steps);
  void walkTo(CurveSeries series, std::size_t index);
  void otherSeries();
  void bringIntoView(CurvePoint point);
  void tellPoint();

  std::shared_ptr<const LossCurve> curve_;
  LossViewport state_;
  LossSmoothing smoothing_;
  FigureStyle style_;
  QAction* legend_;                  // shown or not
  QAction* marks_;                   // the same
  std::vector<QAction*> legend_at_;  // its places, LegendPlace as data
  QString title_;
  LossView* view_;
  KeptPoint point_;
  QString told_;  // what was said of it last
  std::uint64_t shown_revision_ = 0;
  mutable std::shared_ptr<const LossCurve> copy_;  // of the curve, for figures
};

}  // namespace synann::ui
