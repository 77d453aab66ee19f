// SPDX-License-Identifier: GPL-3.0-or-later
// The mouse of FigureWidget: what is a click, a band, a move or a turn.
#include <algorithm>
#include <cmath>

#include <QMouseEvent>
#include <QRubberBand>
#include <QWheelEvent>

#include "ui/plots/figure_widget.h"

namespace synann::ui {
namespace {

constexpr double kDragDistance = 4;       // pixels that a click may wobble
constexpr double kSmallestBand = 5;       // pixels; less is flat in that direction
constexpr double kNotch = 120;            // eighths of a degree in one notch of a wheel
constexpr double kWidgetZoomStep = 1.25;  // of one notch

}  // namespace

void FigureWidget::mousePressEvent(QMouseEvent* event) {
  if (event->button() == Qt::RightButton) {
    menuAt(event->position());
  } else if (event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton) {
    beginDrag(*event);
  }
  event->accept();
}

void FigureWidget::beginDrag(const QMouseEvent& event) {
  press_ = last_ = event.position();
  drag_ = Drag::Press;
  const bool middle = event.button() == Qt::MiddleButton,
             shift = event.modifiers().testFlag(Qt::ShiftModifier);
  becomes_ = shift && !middle && selectsOnShift() ? Drag::Select
             : turnsOnDrag()                      ? Drag::Turn
             : middle || shift                    ? Drag::Move
                                                  : Drag::Band;
}

void FigureWidget::mouseMoveEvent(QMouseEvent* event) {
  if (drag_ != Drag::None) dragTo(event->position());
  if (drag_ != Drag::Move && drag_ != Drag::Turn) pointTo(event->position());
  event->accept();
}

void FigureWidget::dragTo(QPointF place) {
  const QPointF all = place - press_, way = place - last_;
  if (drag_ == Drag::Press) {
    if (!canZoom() || std::hypot(all.x(), all.y()) <= kDragDistance) return;
    drag_ = becomes_;
    if (drag_ == Drag::Move) {
      cursor_before_ = cursor();
      setCursor(Qt::ClosedHandCursor);
    }
    if (drag_ == Drag::Move || drag_ == Drag::Turn) rememberPart(Change::Zoom);
  }
  last_ = place;
  if (drag_ == Drag::Band) {
    showBand(place);
  } else if (drag_ == Drag::Move) {
    moveBy(way);
  } else if (drag_ == Drag::Turn) {
    turnBy(way);
  } else if (drag_ == Drag::Select) {
    selectBetween(press_, place);
  }
}

void FigureWidget::showBand(QPointF place) {
  if (band_ == nullptr) band_ = new QRubberBand(QRubberBand::Rectangle, this);
  const QRectF band = QRectF(press_, place).normalized() & zoomArea();
  band_->setGeometry(band.toRect());
  band_->setVisible(band.width() >= kSmallestBand || band.height() >= kSmallestBand);
}

void FigureWidget::mouseReleaseEvent(QMouseEvent* event) {
  const Drag was = drag_;
  const bool band = was == Drag::Band && band_ != nullptr && band_->isVisible();
  endDrag();
  event->accept();
  if (was == Drag::Press && event->button() == Qt::LeftButton) {
    return becomes_ == Drag::Select ? selectBetween(std::nullopt, event->position())
                                    : chooseAt(event->position());
  }
  if (!band) return;
  const QRectF room = zoomArea();
  QRectF to = QRectF(press_, event->position()).normalized() & room;
  // A band that is flat in one direction zooms in the other one only.
  if (to.width() < kSmallestBand) to = QRectF(room.left(), to.top(), room.width(), to.height());
  if (to.height() < kSmallestBand) to = QRectF(to.left(), room.top(), to.width(), room.height());
  rememberPart(Change::Zoom);
  zoomToBand(to);
}

void FigureWidget::endDrag() {
  if (drag_ == Drag::Move) setCursor(cursor_before_);
  drag_ = Drag::None;
  if (band_ != nullptr) band_->hide();
}

void FigureWidget::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) openAt(event->position());
  event->accept();
}

void FigureWidget::wheelEvent(QWheelEvent* event) {
  if (!canZoom()) return event->ignore();  // a page that scrolls may have it
  // With Alt or a tilted wheel the turn arrives as a horizontal one.
  const int turn = event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x();
  event->accept();
  if (turn == 0) return;
  rememberPart(Change::Turn, event->timestamp());
  zoomAbout(event->position(), std::pow(kWidgetZoomStep, turn / kNotch), event->modifiers());
}

void FigureWidget::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  pointTo(std::nullopt);
}

// The release of the button will not be told.
void FigureWidget::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  endDrag();
}

}  // namespace synann::ui
