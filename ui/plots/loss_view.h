// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include <QChartView>

#include "ui/plots/curve_point.h"
#include "ui/plots/loss_viewport.h"

class QRubberBand;

namespace synann::ui {

class Crosshair;
class LossFigure;

// The live part of the loss chart: shows a viewport of the curve through a LossFigure and answers mouse and
// keyboard.
//
// Mouse: move = crosshair; drag = rubber band; wheel = zoom about the pointer (Ctrl: x only, Shift: y only);
// middle, right or Shift drag = pan; double click = follow. Keys: Left/Right = walk, PageUp/PageDown = walk
// 10 %, Home/End, Up/Down or T = other series, + and − = zoom, Shift+arrows = pan, 0 or F = follow, L =
// logarithmic, Esc = no crosshair.
class LossView : public QChartView {
  Q_OBJECT

 public:
  explicit LossView(QWidget* parent = nullptr);
  ~LossView() override;

  void setCurve(std::shared_ptr<const LossCurve> curve);
  const LossCurve& curve() const { return *curve_; }
  void refresh();

  const LossViewport& state() const { return state_; }
  void setFollow(bool follow);
  void setLogY(bool log);
  void zoomTo(const LossRange& range);

  void setCurrentPoint(std::optional<CurvePoint> point);
  std::optional<CurvePoint> currentPoint() const { return point_.on(*curve_); }
  QString currentPointText() const;
  const LossFigure* figure() const { return figure_; }
  const Crosshair* crosshair() const { return crosshair_; }
  void applyPalette();

 signals:
  void followChanged(bool follow);
  void logYChanged(bool log);
  void currentPointChanged(const QString& text);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void showEvent(QShowEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  enum class Drag { None, Band, Pan };

  void endDrag();
  void redraw();  // shows the viewport as it is
  void viewportChanged(bool followed);
  void placeCrosshair();
  void hover(QPointF position);
  void zoomToBand(const QRect& band);
  void zoomStep(double factor, QPointF about, Qt::KeyboardModifiers modifiers);
  void panBy(double fractionX, double fractionY);
  bool walkKey(int key);
  bool zoomKey(QKeyEvent* event);
  void walk(qsizetype steps);
  void walkTo(CurveSeries series, std::size_t index);
  void otherSeries();
  void bringIntoView(CurvePoint point);
  QPointF toFigure(QPointF position) const;
  void tellPoint();

  std::shared_ptr<const LossCurve> curve_;
  LossViewport state_;
  LossFigure* figure_ = nullptr;
  Crosshair* crosshair_ = nullptr;
  QRubberBand* band_ = nullptr;
  KeptPoint point_;
  QString told_;  // what was said of it last
  Drag drag_ = Drag::None;
  QPoint drag_start_, drag_last_;
  std::uint64_t shown_revision_ = 0;
  bool drawing_ = false;
};

}  // namespace synann::ui
