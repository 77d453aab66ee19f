// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keyboard of the heat map.
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include "ui/plots/heat_view.h"
#include "ui/plots/view_measures.h"

namespace synann::ui {
namespace {
constexpr int kCellsOfPage = 10;  // cells of a page, and of Ctrl with an arrow
constexpr double kHeatZoomStep = 1.25;
constexpr double kHeatPanStep = 0.1;  // of what is shown
}  // namespace

void HeatView::keyPressEvent(QKeyEvent* event) {
  if (!figure_ || !(zoomKey(*event) || walkKey(*event))) QWidget::keyPressEvent(event);
}

bool HeatView::zoomKey(const QKeyEvent& event) {
  const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
  const QRectF cells = viewport();
  const auto pan = [&](double x, double y) {
    setViewport(cells.translated(x * kHeatPanStep * cells.width(), y * kHeatPanStep * cells.height()));
    return true;
  };
  switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoom(kHeatZoomStep);
      return true;
    case Qt::Key_Minus:
      zoom(1 / kHeatZoomStep);
      return true;
    case Qt::Key_0:
      setViewport({});
      return true;
    case Qt::Key_Left:
      return shift && pan(-1, 0);
    case Qt::Key_Right:
      return shift && pan(1, 0);
    case Qt::Key_Up:
      return shift && pan(0, -1);
    case Qt::Key_Down:
      return shift && pan(0, 1);
    default:
      return false;
  }
}

bool HeatView::walkKey(const QKeyEvent& event) {
  const int step = event.modifiers().testFlag(Qt::ControlModifier) ? kCellsOfPage : 1;
  const int all = figure_->data().columns;
  switch (event.key()) {
    case Qt::Key_Left:
      walk(0, -step);
      return true;
    case Qt::Key_Right:
      walk(0, step);
      return true;
    case Qt::Key_Up:
      walk(-step, 0);
      return true;
    case Qt::Key_Down:
      walk(step, 0);
      return true;
    case Qt::Key_Home:
      walk(0, -all);
      return true;
    case Qt::Key_End:
      walk(0, all);
      return true;
    case Qt::Key_PageUp:
      walk(-kCellsOfPage, 0);
      return true;
    case Qt::Key_PageDown:
      walk(kCellsOfPage, 0);
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      emit cellActivated(row_, column_);
      return true;
    default:
      return false;
  }
}

void HeatView::mousePressEvent(QMouseEvent* event) {
  if (!figure_) return;
  // A menu is about the cell it was opened on.
  if (event->button() == Qt::RightButton) chooseUnder(event->position());
  if (event->button() != Qt::LeftButton) return;
  drag_ = press_ = event->position();
  dragged_ = false;
}

void HeatView::mouseMoveEvent(QMouseEvent* event) {
  if (!figure_) return;
  if (drag_) {
    const QPointF way = event->position() - press_;
    dragged_ = dragged_ || std::hypot(way.x(), way.y()) > kDragDistance;
    if (dragged_) {
      setViewport(viewport().translated(cellsAt(*drag_) - cellsAt(event->position())));
      drag_ = event->position();
    }
    return;
  }
  const auto point = figure_->pointAt(event->position(), area(), how());
  const HeatData& matrix = figure_->data();
  emit cellHovered(point ? matrix.rowAt(*point / matrix.columns) : -1,
                   point ? matrix.columnAt(*point % matrix.columns) : -1);
}

void HeatView::mouseReleaseEvent(QMouseEvent* event) {
  const bool click = drag_ && !dragged_ && event->button() == Qt::LeftButton;
  drag_.reset();
  if (click && figure_) chooseUnder(event->position());
}

bool HeatView::chooseUnder(QPointF place) {
  const auto point = figure_->pointAt(place, area(), how());
  if (point) chooseAt(*point / figure_->data().columns, *point % figure_->data().columns);
  return point.has_value();
}

void HeatView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton && figure_ && chooseUnder(event->position()))
    emit cellActivated(row_, column_);
}

void HeatView::wheelEvent(QWheelEvent* event) {
  if (!figure_) return;
  zoom(std::pow(kHeatZoomStep, event->angleDelta().y() / kWheelNotch), cellsAt(event->position()));
  event->accept();
}

void HeatView::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  emit cellHovered(-1, -1);
}

// The release of the button will not be told.
void HeatView::hideEvent(QHideEvent* event) {
  QWidget::hideEvent(event);
  drag_.reset();
}

void HeatView::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void HeatView::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

}  // namespace synann::ui
