// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/heat_view.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QPainter>

namespace synann::ui {
namespace {

constexpr double kMarkShare = 0.4;  // of a cell
constexpr double kLeastRim = 3;     // pixels of a mark that has one

}  // namespace

HeatView::HeatView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleDescription(tr(
      "The arrow keys go from cell to cell, with Ctrl ten at a time; Home and End to the ends of the row, "
      "Page Up and Page Down ten rows; with Shift they choose the block from the cell to there; plus and "
      "minus zoom, Backspace zooms back, 0 and Escape show all, Alt and arrows move; Enter opens the cell as "
      "a surface."));
  setWhatsThis(
      tr("Each cell is one number of the matrix. Click to choose one, drag to zoom, wheel to zoom about the "
         "pointer, Shift drag to choose a block, middle drag to move, Backspace to zoom back, Escape for all "
         "of it; double "
         "click opens the cell as a surface, right click has more."));
  updateAccessibleName();
}

void HeatView::setData(std::shared_ptr<const HeatData> shown, const HeatScale& scale) {
  if (shown && (shown->rows < 1 || shown->columns < 1)) shown.reset();  // there is no cell to be at
  const bool same =
      figure_ && shown && figure_->data().rows == shown->rows && figure_->data().columns == shown->columns;
  if (!same) {
    viewport_ = {};
    marks_.clear();
    forgetParts();
    endDrag();
  }
  const bool ordered = same && figure_->data().row_order == shown->row_order &&
                       figure_->data().column_order == shown->column_order;
  figure_ = shown ? std::make_shared<HeatFigure>(std::move(shown), scale) : nullptr;
  if (figure_) {
    figure_->setViewport(viewport_);
    row_ = std::clamp(row_, 0, figure_->data().rows - 1);
    column_ = std::clamp(column_, 0, figure_->data().columns - 1);
  }
  if (!ordered) setAnchor(std::nullopt);
  updateAccessibleName();
  update();
}

void HeatView::setCell(int row, int column) {
  if (!figure_) {
    row_ = std::max(0, row);
    column_ = std::max(0, column);
    return;
  }
  const int r = std::clamp(row, 0, figure_->data().rows - 1),
            c = std::clamp(column, 0, figure_->data().columns - 1);
  if (r == row_ && c == column_) return;
  moveTo(r, c);
  setAnchor(std::nullopt);
}

void HeatView::moveTo(int row, int column) {
  row_ = row;
  column_ = column;
  bringIntoView();
  updateAccessibleName();
  update();
}

QRect HeatView::block() const {
  if (!figure_ || !anchor_) return {};
  const HeatData& matrix = figure_->data();
  const QPoint here(matrix.columnPosition(column_), matrix.rowPosition(row_));
  return QRect(QPoint(std::min(here.x(), anchor_->x()), std::min(here.y(), anchor_->y())),
               QPoint(std::max(here.x(), anchor_->x()), std::max(here.y(), anchor_->y())));
}

void HeatView::setAnchor(std::optional<QPoint> anchor) {
  if (!anchor && !anchor_) return;
  anchor_ = anchor;
  updateAccessibleName();
  update();
  emit blockChanged();
}

std::optional<int> HeatView::currentPoint() const {
  if (!figure_) return std::nullopt;
  const HeatData& matrix = figure_->data();
  return matrix.rowPosition(row_) * matrix.columns + matrix.columnPosition(column_);
}

QString HeatView::currentPointText() const {
  const auto point = currentPoint();
  if (!point) return {};
  const QString cell = figure_->pointText(*point);
  const QRect chosen = block();
  return chosen.isEmpty()
             ? cell
             : tr("%1, in a block of %2 × %3 cells").arg(cell).arg(chosen.height()).arg(chosen.width());
}

FigurePaint HeatView::how() const {
  FigurePaint paint = FigureWidget::how();
  paint.current = currentPoint();
  return paint;
}

FigureWidget::View HeatView::shownPart() const {
  if (viewport_.isEmpty()) return std::nullopt;
  return std::array{viewport_.x(), viewport_.y(), viewport_.width(), viewport_.height()};
}

void HeatView::showPart(const View& part) {
  setViewport(part ? QRectF((*part)[0], (*part)[1], (*part)[2], (*part)[3]) : QRectF());
}

QRectF HeatView::viewport() const {
  return figure_ ? figure_->viewport() : QRectF();
}

void HeatView::setViewport(const QRectF& cells) {
  if (!figure_) return;
  const QRectF all(0, 0, figure_->data().columns, figure_->data().rows);
  QRectF to = cells;
  if (to.isEmpty() || (to.width() >= all.width() && to.height() >= all.height())) {
    to = {};
  } else {
    to.moveLeft(std::clamp(to.left(), 0.0, std::max(0.0, all.width() - to.width())));
    to.moveTop(std::clamp(to.top(), 0.0, std::max(0.0, all.height() - to.height())));
    to = to.intersected(all);
  }
  if (to == viewport_) return;
  viewport_ = to;
  figure_->setViewport(viewport_);
  update();
  emit viewportChanged();
}

void HeatView::zoom(double factor, std::optional<QPointF> about) {
  if (!figure_) return;
  const HeatData& matrix = figure_->data();
  const QRectF from = viewport();
  const QPointF centre =
      about.value_or(QPointF(matrix.columnPosition(column_) + 0.5, matrix.rowPosition(row_) + 0.5));
  const double width =
      std::clamp(from.width() / factor, kFewestCells, std::max(kFewestCells, double(matrix.columns)));
  const double height =
      std::clamp(from.height() / factor, kFewestCells, std::max(kFewestCells, double(matrix.rows)));
  // The cell under the pointer stays there.
  const double across = (centre.x() - from.left()) / from.width(),
               down = (centre.y() - from.top()) / from.height();
  setViewport({centre.x() - across * width, centre.y() - down * height, width, height});
}

void HeatView::bringIntoView() {
  if (viewport_.isEmpty()) return;
  const HeatData& matrix = figure_->data();
  const double x = matrix.columnPosition(column_), y = matrix.rowPosition(row_);
  QRectF to = viewport_;
  if (x < to.left()) to.moveLeft(x);
  if (x + 1 > to.right()) to.moveRight(x + 1);
  if (y < to.top()) to.moveTop(y);
  if (y + 1 > to.bottom()) to.moveBottom(y + 1);
  setViewport(to);
}

void HeatView::chooseCell(int row_position, int column_position, bool block) {
  const HeatData& matrix = figure_->data();
  const auto anchor =
      block
          ? std::optional(anchor_.value_or(QPoint(matrix.columnPosition(column_), matrix.rowPosition(row_))))
          : std::nullopt;
  const int r = matrix.rowAt(std::clamp(row_position, 0, matrix.rows - 1));
  const int c = matrix.columnAt(std::clamp(column_position, 0, matrix.columns - 1));
  moveTo(r, c);
  emit cellChosen(r, c);
  setAnchor(anchor);
}

void HeatView::walk(int rows, int columns, bool block) {
  const HeatData& matrix = figure_->data();
  chooseCell(matrix.rowPosition(row_) + rows, matrix.columnPosition(column_) + columns, block);
}

void HeatView::setMarks(std::vector<QPoint> cells) {
  if (marks_ == cells) return;
  marks_ = std::move(cells);
  update();
}

void HeatView::paintEvent(QPaintEvent* event) {
  FigureWidget::paintEvent(event);
  if (!figure_ || (block().isEmpty() && marks_.empty())) return;
  const QRectF matrix = figure_->matrixRect(area(), how());
  QPainter painter(this);
  paintMarks(painter, matrix);
  paintBlock(painter, matrix);
}

// Dark with a light rim, which is seen on every colour; squares of a pixel or two where cells are small.
void HeatView::paintMarks(QPainter& painter, const QRectF& matrix) const {
  const QRectF cells = viewport();
  const double across = matrix.width() / cells.width(), down = matrix.height() / cells.height();
  const double size = std::max(1.0, kMarkShare * std::min(across, down));
  painter.setClipRect(matrix);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(size < kLeastRim ? QPen(Qt::NoPen) : QPen(Qt::white, 1));
  painter.setBrush(Qt::black);
  for (const QPoint& cell : marks_) {
    const QPointF place(figure_->data().columnPosition(cell.x()) + 0.5,
                        figure_->data().rowPosition(cell.y()) + 0.5);
    if (!cells.contains(place)) continue;
    const QRectF dot(matrix.left() + (place.x() - cells.left()) * across - size / 2,
                     matrix.top() + (place.y() - cells.top()) * down - size / 2, size, size);
    if (size < kLeastRim)
      painter.fillRect(dot, Qt::black);
    else
      painter.drawEllipse(dot);
  }
  painter.setRenderHint(QPainter::Antialiasing, false);
}

// Its frame: two lines, one dark and one light, are seen on every colour.
void HeatView::paintBlock(QPainter& painter, const QRectF& matrix) const {
  const QRect chosen = block();
  if (chosen.isEmpty()) return;
  const QRectF cells = viewport();
  const double across = matrix.width() / cells.width(), down = matrix.height() / cells.height();
  const QRectF frame(matrix.left() + (chosen.left() - cells.left()) * across,
                     matrix.top() + (chosen.top() - cells.top()) * down, chosen.width() * across,
                     chosen.height() * down);
  painter.setClipRect(matrix.adjusted(-2, -2, 2, 2));
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(Qt::black, 3));
  painter.drawRect(frame);
  painter.setPen(QPen(Qt::white, 1));
  painter.drawRect(frame);
}

QPointF HeatView::cellsAt(QPointF place) const {
  const QRectF rect = figure_->matrixRect(area(), how()), cells = viewport();
  return {cells.left() + (place.x() - rect.left()) / rect.width() * cells.width(),
          cells.top() + (place.y() - rect.top()) / rect.height() * cells.height()};
}

}  // namespace synann::ui
