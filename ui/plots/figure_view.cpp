// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_view.h"

#include <algorithm>

#include <QKeyEvent>

#include "ui/plots/figure_part.h"

namespace synann::ui {
namespace {
constexpr int kPageOfPoints = 10;  // points of a page
constexpr double kPartZoom = 1.25;
constexpr double kPartMove = 0.1;        // of what is shown
constexpr double kSmallestPart = 0.002;  // of all the data, that can be shown
constexpr QRectF kWholePart(0, 0, 1, 1);
}  // namespace

FigureView::FigureView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleDescription(
      tr("The arrow keys walk along the points, Page Up and Page Down ten further, Home and End go to the "
         "ends; plus and minus zoom, Backspace zooms back, 0 and Escape show all, Shift and arrows move."));
  updateAccessibleName();
}

void FigureView::setFigure(std::shared_ptr<const Figure> figure) {
  const bool same = figure_ && figure && figure->pointCount() == figure_->pointCount();
  figure_ = std::move(figure);
  if (!same) {
    setCurrentPoint(std::nullopt);
    part_.reset();
    forgetParts();
    endDrag();
  }
  if (hovered_) hover(same ? hovered_ : std::nullopt);
  updateAccessibleName();
  update();
}

void FigureView::setCurrentPoint(std::optional<int> point) {
  if (!figure_ || (point && (*point < 0 || *point >= figure_->pointCount()))) point.reset();
  if (point == current_) return;
  current_ = point;
  updateAccessibleName();
  update();
  emit currentPointChanged(currentPointText());
}

QString FigureView::currentPointText() const {
  return figure_ && current_ ? figure_->pointText(*current_) : QString();
}

FigurePaint FigureView::how() const {
  FigurePaint paint = FigureWidget::how();
  paint.current = hovered_ ? hovered_ : current_;
  paint.part = part_;
  return paint;
}

std::shared_ptr<const Figure> FigureView::shownFigure() const {
  if (!figure_ || !part_) return figure_;
  return std::make_shared<const FigurePart>(figure_, *part_);
}

FigureWidget::View FigureView::shownPart() const {
  if (!part_) return std::nullopt;
  return std::array{part_->x(), part_->y(), part_->width(), part_->height()};
}

void FigureView::showPart(const View& part) {
  setPart(part ? QRectF((*part)[0], (*part)[1], (*part)[2], (*part)[3]) : kWholePart);
}

QRectF FigureView::zoomArea() const {
  return figure_ ? figure_->plotArea(area(), how()) : QRectF();
}

// Of all the data, x from the left and y from the bottom.
QPointF FigureView::fractionAt(QPointF place) const {
  const QRectF plot = zoomArea(), part = part_.value_or(kWholePart);
  return {part.x() + (place.x() - plot.left()) / plot.width() * part.width(),
          part.y() + (plot.bottom() - place.y()) / plot.height() * part.height()};
}

void FigureView::setPart(QRectF part) {
  part.setWidth(std::clamp(part.width(), kSmallestPart, 1.0));
  part.setHeight(std::clamp(part.height(), kSmallestPart, 1.0));
  part.moveLeft(std::clamp(part.left(), 0.0, 1 - part.width()));
  part.moveTop(std::clamp(part.top(), 0.0, 1 - part.height()));
  part_ = part == kWholePart ? std::nullopt : std::optional(part);
  update();
}

void FigureView::zoomToBand(const QRectF& band) {
  setPart(QRectF(fractionAt(band.bottomLeft()), fractionAt(band.topRight())));
}

void FigureView::moveBy(QPointF way) {
  setPart(part_.value_or(kWholePart).translated(fractionAt({}) - fractionAt(way)));
}

void FigureView::zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers) {
  const QRectF part = part_.value_or(kWholePart);
  const QPointF at = fractionAt(place);
  setPart({at.x() - (at.x() - part.x()) / factor, at.y() - (at.y() - part.y()) / factor,
           part.width() / factor, part.height() / factor});
}

bool FigureView::zoomKey(const QKeyEvent& event) {
  if (!canZoom()) return false;
  const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
  const QRectF part = part_.value_or(kWholePart);
  const auto zoom = [&](double factor) {
    rememberPart(Change::Zoom);
    zoomAbout(zoomArea().center(), factor, {});
    return true;
  };
  const auto move = [&](double x, double y) {
    rememberPart(Change::Turn, event.timestamp());
    setPart(part.translated(x * kPartMove * part.width(), y * kPartMove * part.height()));
    return true;
  };
  switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      return zoom(kPartZoom);
    case Qt::Key_Minus:
      return zoom(1 / kPartZoom);
    case Qt::Key_0:
      resetView();
      return true;
    case Qt::Key_Left:
      return shift && move(-1, 0);
    case Qt::Key_Right:
      return shift && move(1, 0);
    case Qt::Key_Up:
      return shift && move(0, 1);
    case Qt::Key_Down:
      return shift && move(0, -1);
    default:
      return false;
  }
}

bool FigureView::figureKey(const QKeyEvent& event) {
  if (zoomKey(event)) return true;
  const int count = figure_ ? figure_->pointCount() : 0;
  const int at = current_.value_or(-1);
  const int line = figure_ ? std::max(1, figure_->pointsPerLine(area(), how())) : 1;
  std::optional<int> to;
  switch (event.key()) {
    case Qt::Key_Left:
      to = at - 1;
      break;
    case Qt::Key_Up:
      to = at - line;
      break;
    case Qt::Key_Right:
      to = at + 1;
      break;
    case Qt::Key_Down:
      to = current_ ? at + line : 0;
      break;
    case Qt::Key_PageUp:
      to = at - kPageOfPoints;
      break;
    case Qt::Key_PageDown:
      to = at + kPageOfPoints;
      break;
    case Qt::Key_Home:
      to = 0;
      break;
    case Qt::Key_End:
      to = count - 1;
      break;
    case Qt::Key_Escape:
      if (!current_) return false;  // it has other work to do then
      setCurrentPoint(std::nullopt);
      return true;
    default:
      return false;
  }
  if (count == 0) return true;
  hovered_.reset();
  // Beside each other, they end where their lines end.
  if (line > 1 && (event.key() == Qt::Key_Up || event.key() == Qt::Key_Down) && (*to < 0 || *to >= count))
    to = at;
  setCurrentPoint(std::clamp(*to, 0, count - 1));
  emit pointChosen(*current_);
  return true;
}

void FigureView::pointTo(std::optional<QPointF> place) {
  if (!place) {  // the tool tip may still stand there
    hovered_.reset();
    return update();
  }
  hover(figure_ ? figure_->pointAt(*place, area(), how()) : std::nullopt);
}

void FigureView::hover(std::optional<int> point) {
  setToolTip(point ? figure_->pointText(*point) : QString());
  if (point == hovered_) return;
  hovered_ = point;
  update();
}

void FigureView::chooseAt(QPointF place) {
  const auto point = figure_ ? figure_->pointAt(place, area(), how()) : std::nullopt;
  if (!point) return;
  setCurrentPoint(point);
  emit pointChosen(*point);
}

}  // namespace synann::ui
