// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include <QWidget>

#include "ui/plots/surface_figure.h"

namespace synann::ui {

// A surface one can turn, and walk on. Keys: arrows = turn, Ctrl+arrows = the chosen place one line of the
// grid further (with Shift ten), + and − = zoom, Home, R and 0 = as at first. Mouse: drag = turn, click =
// choose a place, wheel = zoom, double click = as at first.
class SurfaceView : public QWidget {
  Q_OBJECT

 public:
  explicit SurfaceView(QWidget* parent = nullptr);

  // The camera stays; null shows the placeholder.
  void setData(std::shared_ptr<const SurfaceData> data, const SurfaceStyle& style);
  const std::shared_ptr<const SurfaceFigure>& figure() const { return figure_; }
  void setPlaceholder(const QString& words);

  const SurfaceCamera& camera() const { return camera_; }
  void setCamera(const SurfaceCamera& camera);
  QString currentPointText() const;  // of the chosen place

  QSize sizeHint() const override { return {560, 480}; }
  QSize minimumSizeHint() const override { return {260, 200}; }

 signals:
  void placeChosen(double x, double y);
  void placeHovered(const QString& text);  // empty when the pointer is on none
  void cameraChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  FigurePaint how() const;
  QRectF area() const;
  bool turnKey(const QKeyEvent& event);
  bool walkKey(const QKeyEvent& event);
  void walk(int columns, int rows);
  void chooseAt(int point);
  void updateAccessibleName();

  std::shared_ptr<const SurfaceFigure> figure_;
  QString placeholder_;
  SurfaceCamera camera_;
  std::optional<int> hovered_;
  std::optional<QPointF> drag_;  // where the pointer was last
  QPointF press_;
  bool dragged_ = false;
};

}  // namespace synann::ui
