// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "ui/plots/figure_widget.h"
#include "ui/plots/surface_figure.h"

namespace synann::ui {

// A surface one can turn, and walk on. Keys: arrows = turn, Ctrl+arrows = the chosen point one line of the
// grid further (with Shift ten), + and − = zoom, Home, R and 0 = as at first. Mouse: as every figure, but a
// drag turns, for the picture has depth.
class SurfaceView : public FigureWidget {
  Q_OBJECT

 public:
  explicit SurfaceView(QWidget* parent = nullptr);

  // The camera stays; null shows the placeholder.
  void setData(std::shared_ptr<const SurfaceData> data, const SurfaceStyle& style);
  const std::shared_ptr<const SurfaceFigure>& figure() const { return figure_; }
  std::shared_ptr<const Figure> shownFigure() const override { return figure_; }
  bool canZoom() const override { return figure_ != nullptr; }

  const SurfaceCamera& camera() const { return camera_; }
  void setCamera(const SurfaceCamera& camera);
  QString currentPointText() const override;  // of the chosen point

  QSize sizeHint() const override { return {560, 480}; }
  QSize minimumSizeHint() const override { return {260, 200}; }

 signals:
  void pointChosen(double x, double y);
  void pointHovered(const QString& text);  // empty when the pointer is on none
  void cameraChanged();

 protected:
  FigurePaint how() const override;
  View shownPart() const override;
  void showPart(const View& part) override;
  bool turnsOnDrag() const override { return true; }
  void turnBy(QPointF way) override;
  void zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers held) override;
  void pointTo(std::optional<QPointF> place) override;
  void chooseAt(QPointF place) override;
  bool figureKey(const QKeyEvent& event) override;

 private:
  bool turnKey(const QKeyEvent& event);
  bool walkKey(const QKeyEvent& event);
  void walk(int columns, int rows);

  std::shared_ptr<const SurfaceFigure> figure_;
  SurfaceCamera camera_;
  std::optional<int> hovered_;
};

}  // namespace synann::ui
