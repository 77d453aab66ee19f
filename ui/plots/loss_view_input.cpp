// SPDX-License-Identifier: GPL-3.0-or-later
// The mouse and the keyboard of LossView.
#include <algorithm>
#include <cmath>

#include <QKeyEvent>
#include <QMouseEvent>
#include <QRubberBand>
#include <QWheelEvent>

#include "ui/plots/crosshair.h"
#include "ui/plots/loss_figure.h"
#include "ui/plots/loss_view.h"

namespace synann::ui {
namespace {

constexpr double kLossZoomStep = 0.8;  // of the range that one notch or key press keeps
constexpr double kLossPanStep = 0.1;   // of the range that one key press moves
constexpr int kSmallestBand = 5;       // pixels; less is a click, not a drag
constexpr double kNotch = 120;         // eighths of a degree in one notch of a wheel

}  // namespace

QPointF LossView::toFigure(QPointF position) const {
  return figure_->mapFromScene(mapToScene(position.toPoint()));
}

void LossView::mousePressEvent(QMouseEvent* event) {
  const bool pan = event->button() == Qt::MiddleButton || event->button() == Qt::RightButton ||
                   (event->button() == Qt::LeftButton && event->modifiers().testFlag(Qt::ShiftModifier));
  drag_start_ = drag_last_ = event->position().toPoint();
  if (pan) {
    drag_ = Drag::Pan;
    viewport()->setCursor(Qt::ClosedHandCursor);
  } else if (event->button() == Qt::LeftButton) {
    drag_ = Drag::Band;
  }
  event->accept();
}

void LossView::mouseMoveEvent(QMouseEvent* event) {
  const QPoint position = event->position().toPoint();
  if (drag_ == Drag::Band) {
    const QRect area = mapFromScene(figure_->mapToScene(figure_->plotArea())).boundingRect();
    const QRect band = QRect(drag_start_, position).normalized().intersected(area);
    band_->setGeometry(band);
    band_->setVisible(band.width() >= kSmallestBand || band.height() >= kSmallestBand);
  } else if (drag_ == Drag::Pan) {
    const QPoint moved = position - drag_last_;
    const QRectF area = figure_->plotArea();
    if (area.width() > 0 && area.height() > 0 && !moved.isNull())
      panBy(-moved.x() / area.width(), moved.y() / area.height());
    drag_last_ = position;
  }
  if (drag_ != Drag::Pan) hover(event->position());
  event->accept();
}

void LossView::mouseReleaseEvent(QMouseEvent* event) {
  const bool zooms = drag_ == Drag::Band && band_->isVisible();
  endDrag();
  if (zooms) zoomToBand(band_->geometry());
  event->accept();
}

void LossView::endDrag() {
  drag_ = Drag::None;
  band_->hide();
  viewport()->setCursor(Qt::CrossCursor);
}

// The release of the button will not be told.
void LossView::hideEvent(QHideEvent* event) {
  QChartView::hideEvent(event);
  endDrag();
}

void LossView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() == Qt::LeftButton) setFollow(true);
  event->accept();
}

void LossView::leaveEvent(QEvent* event) {
  QChartView::leaveEvent(event);
  if (!hasFocus()) setCurrentPoint(std::nullopt);  // with the focus, the keyboard may be walking
}

void LossView::wheelEvent(QWheelEvent* event) {
  // With Alt or a tilted wheel the turn arrives as a horizontal one.
  const int turn = event->angleDelta().y() != 0 ? event->angleDelta().y() : event->angleDelta().x();
  if (turn != 0)
    zoomStep(std::pow(kLossZoomStep, turn / kNotch), toFigure(event->position()), event->modifiers());
  event->accept();
}

void LossView::hover(QPointF position) {
  const QPointF pixel = toFigure(position);
  const QRectF area = figure_->plotArea();
  if (!area.contains(pixel)) return setCurrentPoint(std::nullopt);
  const LossRange& range = figure_->range();
  const auto to_pixel = [this](double examples, double loss) { return figure_->toPixel(examples, loss); };
  setCurrentPoint(nearestToPixel(*curve_, pixel, figure_->toData(pixel).x(),
                                 (range.maxX - range.minX) / area.width(), to_pixel));
}

void LossView::zoomToBand(const QRect& band) {
  const QPointF a = figure_->toData(toFigure(band.topLeft())),
                b = figure_->toData(toFigure(band.bottomRight()));
  LossRange range = state_.range();
  // A band that is flat in one direction zooms in the other one only.
  if (band.width() >= kSmallestBand) {
    range.minX = a.x();
    range.maxX = b.x();
  }
  if (band.height() >= kSmallestBand) {
    range.minY = b.y();
    range.maxY = a.y();
  }
  zoomTo(range);
}

void LossView::zoomStep(double factor, QPointF about, Qt::KeyboardModifiers modifiers) {
  const QRectF area = figure_->plotArea();
  if (area.isEmpty()) return;
  const QPointF inside(std::clamp(about.x(), area.left(), area.right()),
                       std::clamp(about.y(), area.top(), area.bottom()));
  const QPointF place = figure_->toData(inside);
  const bool followed = state_.follow();
  state_.zoomAbout(place.x(), place.y(), modifiers.testFlag(Qt::ShiftModifier) ? 1 : factor,
                   modifiers.testFlag(Qt::ControlModifier) ? 1 : factor, *curve_);
  viewportChanged(followed);
}

void LossView::panBy(double fractionX, double fractionY) {
  const bool followed = state_.follow();
  state_.pan(fractionX, fractionY, *curve_);
  viewportChanged(followed);
}

void LossView::keyPressEvent(QKeyEvent* event) {
  const Qt::KeyboardModifiers held = event->modifiers() & ~Qt::KeypadModifier;
  const bool plain = held == Qt::NoModifier;
  if (zoomKey(event) || (plain && walkKey(event->key()))) {
    event->accept();
    return;
  }
  // Not to QChartView, which would scroll: shortcuts and the focus chain come next.
  event->ignore();
}

bool LossView::zoomKey(QKeyEvent* event) {
  const QPointF middle = crosshair_->isVisible() ? crosshair_->point() : figure_->plotArea().center();
  const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
  if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return false;
  switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      zoomStep(kLossZoomStep, middle, Qt::NoModifier);
      return true;
    case Qt::Key_Minus:
    case Qt::Key_Underscore:
      zoomStep(1 / kLossZoomStep, middle, Qt::NoModifier);
      return true;
    case Qt::Key_0:
    case Qt::Key_F:
      setFollow(true);
      return true;
    case Qt::Key_L:
      setLogY(!state_.logY());
      return true;
    case Qt::Key_Left:
      return shift && (panBy(-kLossPanStep, 0), true);
    case Qt::Key_Right:
      return shift && (panBy(kLossPanStep, 0), true);
    case Qt::Key_Up:
      return shift && (panBy(0, kLossPanStep), true);
    case Qt::Key_Down:
      return shift && (panBy(0, -kLossPanStep), true);
    default:
      return false;
  }
}

bool LossView::walkKey(int key) {
  const auto current = currentPoint();
  const CurveSeries series = current ? current->series : CurveSeries::Train;
  const auto count = static_cast<qsizetype>(pointCount(*curve_, series));
  switch (key) {
    case Qt::Key_Left:
      walk(-1);
      return true;
    case Qt::Key_Right:
      walk(1);
      return true;
    case Qt::Key_PageUp:
      walk(-std::max<qsizetype>(1, count / 10));
      return true;
    case Qt::Key_PageDown:
      walk(std::max<qsizetype>(1, count / 10));
      return true;
    case Qt::Key_Home:
      walkTo(series, 0);
      return true;
    case Qt::Key_End:
      walkTo(series, static_cast<std::size_t>(std::max<qsizetype>(1, count)) - 1);
      return true;
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_T:
      otherSeries();
      return true;
    case Qt::Key_Escape:
      if (!current) return false;  // Esc has other work to do when there is no crosshair
      setCurrentPoint(std::nullopt);
      return true;
    default:
      return false;
  }
}

void LossView::walk(qsizetype steps) {
  const auto current = currentPoint();
  const CurveSeries series = current ? current->series : CurveSeries::Train;
  const auto count = static_cast<qsizetype>(pointCount(*curve_, series));
  if (count == 0) return current ? void() : otherSeries();
  // The first key press shows where one is: the newest point.
  const qsizetype from = current ? static_cast<qsizetype>(current->index) + steps : count - 1;
  walkTo(series, static_cast<std::size_t>(std::clamp<qsizetype>(from, 0, count - 1)));
}

void LossView::walkTo(CurveSeries series, std::size_t index) {
  if (index >= pointCount(*curve_, series)) return;
  const CurvePoint point{series, index};
  bringIntoView(point);
  setCurrentPoint(point);
}

void LossView::otherSeries() {
  const auto current = currentPoint();
  const CurveSeries from = current ? current->series : CurveSeries::Train;
  const CurveSeries to = from == CurveSeries::Train ? CurveSeries::Test : CurveSeries::Train;
  const double examples =
      current ? pointExamples(*curve_, *current) : static_cast<double>(curve_->lastExamples());
  if (const auto point = nearestByExamples(*curve_, to, examples)) walkTo(to, point->index);
}

// A zoomed view moves along just far enough to show the point.
void LossView::bringIntoView(CurvePoint point) {
  if (state_.follow()) return;
  const LossRange range = state_.range();
  const double x = pointExamples(*curve_, point), loss = pointLoss(*curve_, point);
  const auto outside = [](double value, double low, double high) {
    const double span = high - low;
    return value < low    ? (value - low) / span - kLossPanStep
           : value > high ? (value - high) / span + kLossPanStep
                          : 0.0;
  };
  const double dx = outside(x, range.minX, range.maxX);
  const bool has_place = std::isfinite(loss) && (!state_.logY() || loss > 0);
  const bool log = state_.logY();
  const double dy =
      has_place ? outside(toAxis(loss, log), toAxis(range.minY, log), toAxis(range.maxY, log)) : 0.0;
  if (dx != 0 || dy != 0) panBy(dx, dy);
}

}  // namespace synann::ui
