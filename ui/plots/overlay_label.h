// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QGraphicsSimpleTextItem>
#include <QPainter>

namespace synann::ui {

// A short text inside a plot, on a ground of its own so that it can be read over a curve.
class OverlayLabel : public QGraphicsSimpleTextItem {
 public:
  explicit OverlayLabel(QGraphicsItem* parent) : QGraphicsSimpleTextItem(parent) {
    setZValue(50);
    setAcceptedMouseButtons(Qt::NoButton);
  }

  void setColors(const QColor& text, const QColor& ground) {
    setBrush(text);
    ground_ = ground;
  }

  void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override {
    if (!text().isEmpty()) painter->fillRect(boundingRect(), ground_);
    QGraphicsSimpleTextItem::paint(painter, option, widget);
  }

 private:
  QColor ground_;
};

}  // namespace synann::ui
