// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keyboard of the heat map.
#include <algorithm>
#include <cmath>

#include <QKeyEvent>

#include "ui/plots/heat_view.h"

namespace synann::ui {
namespace {
constexpr int kPageOfCells = 10;  // cells of a page, and of Ctrl with an arrow
constexpr double kCellZoom = 1.25;
constexpr double kPanStep = 0.1;  // of what is shown
}  // namespace

bool HeatView::figureKey(const QKeyEvent& event) {
  return figure_ && (zoomKey(event) || walkKey(event));
}

bool HeatView::zoomKey(const QKeyEvent& event) {
  const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
  const QRectF cells = viewport();
  const auto pan = [&](double x, double y) {
    rememberPart(Change::Turn, event.timestamp());
    setViewport(cells.translated(x * kPanStep * cells.width(), y * kPanStep * cells.height()));
    return true;
  };
  switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      rememberPart(Change::Zoom);
      zoom(kCellZoom);
      return true;
    case Qt::Key_Minus:
      rememberPart(Change::Zoom);
      zoom(1 / kCellZoom);
      return true;
    case Qt::Key_0:
      resetView();
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
  const int step = event.modifiers().testFlag(Qt::ControlModifier) ? kPageOfCells : 1;
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
      walk(-kPageOfCells, 0);
      return true;
    case Qt::Key_PageDown:
      walk(kPageOfCells, 0);
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      emit cellActivated(row_, column_);
      return true;
    default:
      return false;
  }
}

QRectF HeatView::zoomArea() const {
  return figure_ ? figure_->matrixRect(area(), how()) : QRectF();
}

void HeatView::zoomToBand(const QRectF& band) {
  if (!figure_) return;
  const QPointF from = cellsAt(band.topLeft()), to = cellsAt(band.bottomRight());
  // Whole cells, and as wide to high as all of it: a cell stays as it looked.
  const HeatData& matrix = figure_->data();
  const QPointF first(std::floor(from.x()), std::floor(from.y())), last(std::ceil(to.x()), std::ceil(to.y()));
  const double factor = std::min(matrix.columns / std::max(1.0, last.x() - first.x()),
                                 matrix.rows / std::max(1.0, last.y() - first.y()));
  const double most = std::min(matrix.columns, matrix.rows) / kFewestCells;
  const QSizeF size = QSizeF(matrix.columns, matrix.rows) / std::clamp(factor, 1.0, std::max(1.0, most));
  const QPointF middle = (first + last) / 2;
  setViewport(QRectF(middle - QPointF(size.width(), size.height()) / 2, size));
}

void HeatView::moveBy(QPointF way) {
  if (figure_) setViewport(viewport().translated(cellsAt({}) - cellsAt(way)));
}

void HeatView::zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers) {
  if (figure_) zoom(factor, cellsAt(place));
}

void HeatView::pointTo(std::optional<QPointF> place) {
  if (place && !figure_) return;
  const auto point = place ? figure_->pointAt(*place, area(), how()) : std::nullopt;
  if (!point) return emit cellHovered(-1, -1);
  const HeatData& matrix = figure_->data();
  emit cellHovered(matrix.rowAt(*point / matrix.columns), matrix.columnAt(*point % matrix.columns));
}

bool HeatView::chooseUnder(QPointF place) {
  const auto point = figure_ ? figure_->pointAt(place, area(), how()) : std::nullopt;
  if (point) chooseCell(*point / figure_->data().columns, *point % figure_->data().columns);
  return point.has_value();
}

void HeatView::openAt(QPointF place) {
  if (chooseUnder(place)) emit cellActivated(row_, column_);
}

}  // namespace synann::ui
