// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "ui/plots/figure_widget.h"

namespace synann::ui {

// Shows a figure, or a part of it, and walks along its points. Keys: Left and Right = one point, Up and
// Down = one line of points, Page Up/Down = ten, Home and End, Escape = none; + and − = zoom, Shift+arrows =
// move, 0 = all of it. Mouse: as every figure; moving marks the nearest point, a click chooses it.
class FigureView : public FigureWidget {
  Q_OBJECT

 public:
  explicit FigureView(QWidget* parent = nullptr);

  // The figure to show; null shows `placeholder` instead. What was picked stays picked where there are as
  // many points as before; else their numbers mean other points.
  void setFigure(std::shared_ptr<const Figure> figure);
  const std::shared_ptr<const Figure>& figure() const { return figure_; }
  std::shared_ptr<const Figure> shownFigure() const override;  // the part
  bool canZoom() const override { return !zoomArea().isEmpty(); }
  const std::optional<QRectF>& part() const { return part_; }  // as FigurePaint's

  void setCurrentPoint(std::optional<int> point);
  std::optional<int> currentPoint() const { return current_; }
  QString currentPointText() const override;

  QSize sizeHint() const override { return {320, 200}; }
  QSize minimumSizeHint() const override { return {160, 76}; }

 signals:
  void pointChosen(int point);  // by click or key
  void currentPointChanged(const QString& text);

 protected:
  FigurePaint how() const override;
  View shownPart() const override;
  void showPart(const View& part) override;
  QRectF zoomArea() const override;
  void zoomToBand(const QRectF& band) override;
  void moveBy(QPointF way) override;
  void zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers held) override;
  bool figureKey(const QKeyEvent& event) override;
  void pointTo(std::optional<QPointF> place) override;
  void chooseAt(QPointF place) override;

 private:
  void hover(std::optional<int> point);
  void setPart(QRectF part);
  bool zoomKey(const QKeyEvent& event);
  QPointF fractionAt(QPointF place) const;

  std::shared_ptr<const Figure> figure_;
  std::optional<QRectF> part_;
  std::optional<int> current_, hovered_;
};

}  // namespace synann::ui
