// SPDX-License-Identifier: GPL-3.0-or-later
// Mouse and keyboard of the heat map.
#include <algorithm>
#include <cmath>

#include <QKeyEvent>

#include "ui/plots/heat_view.h"
#include "ui/widgets/arrow_key.h"

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
  const QRectF cells = viewport();
  if (const auto way = arrowWay(event.key()); way && event.modifiers().testFlag(Qt::AltModifier)) {
    rememberPart(Change::Turn, event.timestamp());
    setViewport(cells.translated(way->x() * kPanStep * cells.width(), way->y() * kPanStep * cells.height()));
    return true;
  }
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
    default:
      return false;
  }
}

bool HeatView::walkKey(const QKeyEvent& event) {
  const int step = event.modifiers().testFlag(Qt::ControlModifier) ? kPageOfCells : 1;
  const int all = figure_->data().columns;
  const bool block = event.modifiers().testFlag(Qt::ShiftModifier);
  if (const auto way = arrowWay(event.key())) {
    walk(step * way->y(), step * way->x(), block);
    return true;
  }
  switch (event.key()) {
    case Qt::Key_Home:
      walk(0, -all, block);
      return true;
    case Qt::Key_End:
      walk(0, all, block);
      return true;
    case Qt::Key_PageUp:
      walk(-kPageOfCells, 0, block);
      return true;
    case Qt::Key_PageDown:
      walk(kPageOfCells, 0, block);
      return true;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      emit cellActivated(row_, column_);
      return true;
    case Qt::Key_Escape:
      if (!anchor_) return false;
      setAnchor(std::nullopt);
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

// Whoever drags beyond the matrix means its edge.
void HeatView::selectBetween(std::optional<QPointF> from, QPointF to) {
  if (!figure_) return;
  const QRectF cells = viewport();
  const auto cellAt = [&](QPointF place) {
    const QPointF at = cellsAt(place);
    return QPoint(static_cast<int>(std::floor(std::clamp(at.x(), cells.left(), cells.right() - 1e-9))),
                  static_cast<int>(std::floor(std::clamp(at.y(), cells.top(), cells.bottom() - 1e-9))));
  };
  if (from && (!anchor_ || *anchor_ != cellAt(*from))) {
    const QPoint first = cellAt(*from);
    chooseCell(first.y(), first.x());
  }
  const QPoint last = cellAt(to);
  chooseCell(last.y(), last.x(), true);
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
