// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/crosshair.h"

#include <algorithm>

#include <QFontMetricsF>
#include <QPainter>

namespace synann::ui {
namespace {

constexpr double kPadding = 6;    // pixels inside the box
constexpr double kDistance = 12;  // pixels between the point and the box
constexpr double kRadius = 3.5;   // of the dot on the point

}  // namespace

Crosshair::Crosshair(QGraphicsItem* parent) : QGraphicsItem(parent) {
  setZValue(60);  // above the legend
  setAcceptedMouseButtons(Qt::NoButton);
  hide();
}

void Crosshair::setLook(const FigureLook& look) {
  look_ = look;
  update();
}

void Crosshair::place(QPointF point, const QRectF& area, const QString& text, const QFont& font) {
  prepareGeometryChange();
  point_ = point;
  area_ = area;
  text_ = text;
  font_ = font;
  const QRectF bounds = QFontMetricsF(font_).boundingRect(QRectF(0, 0, 1000, 1000), Qt::AlignLeft, text_);
  box_ = boxFor(bounds.size() + QSizeF(2 * kPadding, 2 * kPadding));
  show();
  update();
}

// Right of and above the point; mirrored where the frame is in the way.
QRectF Crosshair::boxFor(QSizeF size) const {
  QPointF corner(point_.x() + kDistance, point_.y() - kDistance - size.height());
  if (corner.x() + size.width() > area_.right()) corner.setX(point_.x() - kDistance - size.width());
  if (corner.y() < area_.top()) corner.setY(point_.y() + kDistance);
  corner.setX(std::clamp(corner.x(), area_.left(), std::max(area_.left(), area_.right() - size.width())));
  corner.setY(std::clamp(corner.y(), area_.top(), std::max(area_.top(), area_.bottom() - size.height())));
  return {corner, size};
}

void Crosshair::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  QColor thin = look_.text;
  thin.setAlpha(170);
  const QPen line(thin, 1, Qt::DashLine);
  painter->setRenderHint(QPainter::Antialiasing, false);
  painter->setPen(line);
  painter->drawLine(QPointF(point_.x(), area_.top()), QPointF(point_.x(), area_.bottom()));
  painter->drawLine(QPointF(area_.left(), point_.y()), QPointF(area_.right(), point_.y()));
  painter->setRenderHint(QPainter::Antialiasing, true);
  painter->setPen(QPen(look_.text, 1));
  painter->setBrush(look_.background);
  painter->drawEllipse(point_, kRadius, kRadius);
  QColor ground = look_.box;
  ground.setAlpha(244);  // a text over a line must stay readable
  painter->setBrush(ground);
  painter->setPen(QPen(look_.frame, 1));
  painter->drawRoundedRect(box_, 3, 3);
  painter->setPen(look_.text);
  painter->setFont(font_);
  painter->drawText(box_.adjusted(kPadding, kPadding, -kPadding, -kPadding), Qt::AlignLeft | Qt::AlignVCenter,
                    text_);
}

}  // namespace synann::ui
