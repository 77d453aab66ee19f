// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/figure_view.h"

#include <algorithm>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "ui/plots/figure_accessible.h"
#include "ui/plots/view_measures.h"

namespace synann::ui {
namespace {
constexpr int kPointsOfPage = 10;  // points of a page
}  // namespace

void paintFigureWidget(QWidget& widget, const Figure* figure, const QRectF& area, const FigurePaint& how,
                       const QString& placeholder) {
  QPainter painter(&widget);
  const QPalette& palette = widget.palette();
  painter.fillRect(widget.rect(), how.look.background);
  if (figure == nullptr) {
    painter.setPen(palette.color(QPalette::PlaceholderText));
    painter.drawText(widget.rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, placeholder);
  } else {
    painter.setRenderHint(QPainter::Antialiasing);
    figure->paint(painter, area, how);
  }
  if (!widget.hasFocus()) return;
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setPen(QPen(palette.color(QPalette::Highlight), 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(widget.rect().adjusted(0, 0, -1, -1));
}

FigureView::FigureView(QWidget* parent) : QWidget(parent) {
  installFigureAccessibility();
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
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

void FigureView::setPlaceholder(const QString& words) {
  placeholder_ = words;
  if (figure_) return;
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

void FigureView::updateAccessibleName() {
  const QString title = figure_ ? figure_->title() : placeholder_;
  const QString text = currentPointText();
  setAccessibleName(text.isEmpty() ? title : tr("%1: %2").arg(title, text));
}

FigurePaint FigureView::how() const {
  return {.look = FigureLook::fromPalette(palette()),
          .font = font(),
          .vector = false,
          .current = hovered_ ? hovered_ : current_};
}

QRectF FigureView::area() const {
  return QRectF(rect()).adjusted(kViewMargin, kViewMargin, -kViewMargin, -kViewMargin);
}

void FigureView::paintEvent(QPaintEvent*) {
  paintFigureWidget(*this, figure_.get(), area(), how(), placeholder_);
}

void FigureView::keyPressEvent(QKeyEvent* event) {
  const int count = figure_ ? figure_->pointCount() : 0;
  const int at = current_.value_or(-1);
  std::optional<int> to;
  switch (event->key()) {
    case Qt::Key_Left:
    case Qt::Key_Up:
      to = at - 1;
      break;
    case Qt::Key_Right:
    case Qt::Key_Down:
      to = at + 1;
      break;
    case Qt::Key_PageUp:
      to = at - kPointsOfPage;
      break;
    case Qt::Key_PageDown:
      to = at + kPointsOfPage;
      break;
    case Qt::Key_Home:
      to = 0;
      break;
    case Qt::Key_End:
      to = count - 1;
      break;
    case Qt::Key_Escape:
      setCurrentPoint(std::nullopt);
      return;
    default:
      QWidget::keyPressEvent(event);
      return;
  }
  if (count == 0) return;
  hovered_.reset();
  setCurrentPoint(std::clamp(*to, 0, count - 1));
  emit pointChosen(*current_);
}

void FigureView::mouseMoveEvent(QMouseEvent* event) {
  hover(figure_ ? figure_->pointAt(event->position(), area(), how()) : std::nullopt);
}

void FigureView::hover(std::optional<int> point) {
  setToolTip(point ? figure_->pointText(*point) : QString());
  if (point == hovered_) return;
  hovered_ = point;
  update();
}

void FigureView::mousePressEvent(QMouseEvent* event) {
  const auto point = figure_ ? figure_->pointAt(event->position(), area(), how()) : std::nullopt;
  if (!point || event->button() != Qt::LeftButton) return;
  setCurrentPoint(point);
  emit pointChosen(*point);
}

void FigureView::leaveEvent(QEvent* event) {
  QWidget::leaveEvent(event);
  hovered_.reset();
  update();
}

void FigureView::focusInEvent(QFocusEvent* event) {
  QWidget::focusInEvent(event);
  update();
}

void FigureView::focusOutEvent(QFocusEvent* event) {
  QWidget::focusOutEvent(event);
  update();
}

}  // namespace synann::ui
