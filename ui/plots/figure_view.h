// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include <QWidget>

#include "ui/plots/figure.h"

namespace synann::ui {

// Paints a widget that shows `figure`, or `placeholder` where there is none, and a frame while it has the
// focus.
void paintFigureWidget(QWidget& widget, const Figure* figure, const QRectF& area, const FigurePaint& how,
                       const QString& placeholder);

// Shows a figure and walks along its points. Keys: Left/Up and Right/Down = one point, Page Up/Down = ten,
// Home and End, Escape = none. Mouse: moving marks the nearest point, a click chooses it.
class FigureView : public QWidget {
  Q_OBJECT

 public:
  explicit FigureView(QWidget* parent = nullptr);

  // The figure to show; null shows `placeholder` instead. What was picked stays picked where there are as
  // many points as before; else their numbers mean other points.
  void setFigure(std::shared_ptr<const Figure> figure);
  const std::shared_ptr<const Figure>& figure() const { return figure_; }
  void setPlaceholder(const QString& words);

  void setCurrentPoint(std::optional<int> point);
  std::optional<int> currentPoint() const { return current_; }
  QString currentPointText() const;

  QSize sizeHint() const override { return {320, 200}; }
  QSize minimumSizeHint() const override { return {160, 96}; }

 signals:
  void pointChosen(int point);  // by click or key
  void currentPointChanged(const QString& text);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  FigurePaint how() const;
  QRectF area() const;
  void hover(std::optional<int> point);
  void updateAccessibleName();

  std::shared_ptr<const Figure> figure_;
  QString placeholder_;
  std::optional<int> current_, hovered_;
};

}  // namespace synann::ui
