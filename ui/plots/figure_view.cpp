// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_view.h"

#include <algorithm>

#include <QKeyEvent>

namespace synann::ui {
namespace {
constexpr int kFarther = 10;  // points of a page
}  // namespace

FigureView::FigureView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleDescription(
      tr("The arrow keys walk along the points, Page Up and Page Down ten further, Home and End go to the "
         "ends."));
  updateAccessibleName();
}

void FigureView::setFigure(std::shared_ptr<const Figure> figure) {
  const bool same = figure_ && figure && figure->pointCount() == figure_->pointCount();
  figure_ = std::move(figure);
  if (!same) setCurrentPoint(std::nullopt);
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
  return paint;
}

bool FigureView::figureKey(const QKeyEvent& event) {
  const int count = figure_ ? figure_->pointCount() : 0;
  const int at = current_.value_or(-1);
  std::optional<int> to;
  switch (event.key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
      to = at - 1;
      break;
    case Qt::Key_Right:
    case Qt::Key_Down:
      to = at + 1;
      break;
    case Qt::Key_PageUp:
      to = at - kFarther;
      break;
    case Qt::Key_PageDown:
      to = at + kFarther;
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
