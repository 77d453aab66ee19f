// SPDX-License-Identifier: GPL-3.0-or-later
// The mouse and the keyboard of LossChart.
#include <algorithm>
#include <cmath>

#include <QKeyEvent>

#include "ui/plots/crosshair.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_chart_item.h"
#include "ui/plots/loss_view.h"

namespace synann::ui {
namespace {

constexpr double kLossZoomStep = 0.8;  // of the range that one key press keeps
constexpr double kLossPanStep = 0.1;   // of the range that one key press moves

}  // namespace

QRectF LossChart::zoomArea() const {
  return view_->plotArea();
}

void LossChart::moveBy(QPointF way) {
  const QRectF area = view_->figure()->plotArea();
  if (area.width() > 0 && area.height() > 0) panBy(-way.x() / area.width(), way.y() / area.height());
}

void LossChart::zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers held) {
  zoomStep(1 / factor, view_->toFigure(place), held);
}

void LossChart::pointTo(std::optional<QPointF> place) {
  if (place) return hover(*place);
  if (!hasFocus()) setCurrentPoint(std::nullopt);  // with the focus, the keyboard may be walking
}

void LossChart::hover(QPointF position) {
  const QPointF pixel = view_->toFigure(position);
  const QRectF area = view_->figure()->plotArea();
  if (!area.contains(pixel)) return setCurrentPoint(std::nullopt);
  const LossRange& range = view_->figure()->range();
  const auto to_pixel = [this](double examples, double loss) {
    return view_->figure()->toPixel(examples, loss);
  };
  setCurrentPoint(nearestToPixel(*curve_, pixel, view_->figure()->toData(pixel).x(),
                                 (range.maxX - range.minX) / area.width(), to_pixel));
}

void LossChart::zoomToBand(const QRectF& band) {
  const LossChartItem& figure = *view_->figure();
  const QPointF a = figure.toData(view_->toFigure(band.topLeft())),
                b = figure.toData(view_->toFigure(band.bottomRight()));
  zoomTo({a.x(), b.x(), b.y(), a.y()});
}

void LossChart::zoomStep(double factor, QPointF about, Qt::KeyboardModifiers modifiers) {
  const QRectF area = view_->figure()->plotArea();
  if (area.isEmpty()) return;
  const QPointF inside(std::clamp(about.x(), area.left(), area.right()),
                       std::clamp(about.y(), area.top(), area.bottom()));
  const QPointF place = view_->figure()->toData(inside);
  const bool followed = state_.follow();
  state_.zoomAbout(place.x(), place.y(), modifiers.testFlag(Qt::ShiftModifier) ? 1 : factor,
                   modifiers.testFlag(Qt::ControlModifier) ? 1 : factor, *curve_);
  viewportChanged(followed);
}

void LossChart::panBy(double fractionX, double fractionY) {
  const bool followed = state_.follow();
  state_.pan(fractionX, fractionY, *curve_);
  viewportChanged(followed);
}

bool LossChart::figureKey(const QKeyEvent& event) {
  const Qt::KeyboardModifiers held = event.modifiers() & ~Qt::KeypadModifier;
  return zoomKey(event) || (held == Qt::NoModifier && walkKey(event.key()));
}

bool LossChart::zoomKey(const QKeyEvent& event) {
  const QPointF middle =
      view_->crosshair()->isVisible() ? view_->crosshair()->point() : view_->figure()->plotArea().center();
  const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
  if (event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier)) return false;
  const auto pan = [&](double x, double y) {
    rememberPart(Change::Turn, event.timestamp());
    panBy(x, y);
    return true;
  };
  switch (event.key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal:
      rememberPart(Change::Zoom);
      zoomStep(kLossZoomStep, middle, Qt::NoModifier);
      return true;
    case Qt::Key_Minus:
    case Qt::Key_Underscore:
      rememberPart(Change::Zoom);
      zoomStep(1 / kLossZoomStep, middle, Qt::NoModifier);
      return true;
    case Qt::Key_0:
    case Qt::Key_F:
      resetView();
      return true;
    case Qt::Key_L:
      setLogY(!state_.logY());
      return true;
    case Qt::Key_Left:
      return shift && pan(-kLossPanStep, 0);
    case Qt::Key_Right:
      return shift && pan(kLossPanStep, 0);
    case Qt::Key_Up:
      return shift && pan(0, kLossPanStep);
    case Qt::Key_Down:
      return shift && pan(0, -kLossPanStep);
    default:
      return false;
  }
}

bool LossChart::walkKey(int key) {
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

void LossChart::walk(qsizetype steps) {
  const auto current = currentPoint();
  const CurveSeries series = current ? current->series : CurveSeries::Train;
  const auto count = static_cast<qsizetype>(pointCount(*curve_, series));
  if (count == 0) return current ? void() : otherSeries();
  // The first key press shows where one is: the newest point.
  const qsizetype from = current ? static_cast<qsizetype>(current->index) + steps : count - 1;
  walkTo(series, static_cast<std::size_t>(std::clamp<qsizetype>(from, 0, count - 1)));
}

void LossChart::walkTo(CurveSeries series, std::size_t index) {
  if (index >= pointCount(*curve_, series)) return;
  const CurvePoint point{series, index};
  bringIntoView(point);
  setCurrentPoint(point);
}

void LossChart::otherSeries() {
  const auto current = currentPoint();
  const CurveSeries from = current ? current->series : CurveSeries::Train;
  const CurveSeries to = from == CurveSeries::Train ? CurveSeries::Test : CurveSeries::Train;
  const double examples =
      current ? pointExamples(*curve_, *current) : static_cast<double>(curve_->lastExamples());
  if (const auto point = nearestByExamples(*curve_, to, examples)) walkTo(to, point->index);
}

// A zoomed view moves along just far enough to show the point.
void LossChart::bringIntoView(CurvePoint point) {
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
