// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QGraphicsItem>
#include <QString>

#include "ui/plots/figure_look.h"

namespace synann::ui {

// A vertical and a horizontal line through a point of a figure, and a box with its values beside it.
class Crosshair : public QGraphicsItem {
 public:
  explicit Crosshair(QGraphicsItem* parent);

  void setLook(const FigureLook& look);
  // `point` in the parent's pixels; the lines span `area`, the box stays inside it.
  void place(QPointF point, const QRectF& area, const QString& text, const QFont& font);
  const QString& text() const { return text_; }
  QPointF point() const { return point_; }

  QRectF boundingRect() const override { return area_; }
  void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

 private:
  QRectF boxFor(QSizeF size) const;

  FigureLook look_;
  QFont font_;
  QRectF area_, box_;
  QPointF point_;
  QString text_;
};

}  // namespace synann::ui
