// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_view.h"

#include <cmath>

#include <QGraphicsLayout>
#include <QRubberBand>

#include "ui/plots/crosshair.h"
#include "ui/plots/loss_figure.h"

namespace synann::ui {

LossView::LossView(QWidget* parent)
    : QChartView(new LossFigure, parent),  // the view owns it
      curve_(std::make_shared<LossCurve>()),
      figure_(static_cast<LossFigure*>(chart())) {
  crosshair_ = new Crosshair(figure_);
  band_ = new QRubberBand(QRubberBand::Rectangle, viewport());
  setRenderHint(QPainter::Antialiasing);
  setFrameShape(QFrame::NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  viewport()->setMouseTracking(true);
  viewport()->setCursor(Qt::CrossCursor);
  // Short, for it must not cover the crosshair's values; the whole of it is in What's This.
  setToolTip(tr("Drag to zoom, double click to follow"));
  setWhatsThis(
      tr("Train and test loss against the training examples seen. Drag to zoom, wheel to zoom about the "
         "pointer, right or Shift drag to move, double click to follow."));
  setAccessibleDescription(
      tr("Left and Right walk along the points, Up and Down change between train and test loss, Home and End "
         "go to "
         "the ends, Page Up and Page Down a tenth further, plus and minus zoom, Shift and arrows move, 0 "
         "follows, "
         "L changes to a logarithmic axis."));
  setAccessibleName(tr("Loss figure"));
  connect(figure_, &QChart::plotAreaChanged, this, [this] {
    if (!drawing_ && isVisible()) redraw();
  });
  state_.update(*curve_);
  applyPalette();
}

LossView::~LossView() = default;

void LossView::setCurve(std::shared_ptr<const LossCurve> curve) {
  curve_ = curve ? std::move(curve) : std::make_shared<LossCurve>();
  shown_revision_ = 0;
  setCurrentPoint(std::nullopt);
  refresh();
}

void LossView::refresh() {
  if (!isVisible() || shown_revision_ == curve_->revision()) return;
  shown_revision_ = curve_->revision();
  state_.update(*curve_);
  redraw();
  tellPoint();  // it may be gone
}

void LossView::redraw() {
  drawing_ = true;
  const double width = figure_->plotArea().width();
  figure_->display(*curve_, state_.range(), state_.logY());
  figure_->layout()->activate();
  // New labels may have changed the room for the curve: once more for the new number of columns.
  if (std::abs(figure_->plotArea().width() - width) >= 1)
    figure_->display(*curve_, state_.range(), state_.logY());
  drawing_ = false;
  placeCrosshair();
}

void LossView::viewportChanged(bool followed) {
  if (isVisible()) redraw();
  if (followed != state_.follow()) emit followChanged(state_.follow());
}

void LossView::setFollow(bool follow) {
  const bool followed = state_.follow();
  state_.setFollow(follow, *curve_);
  viewportChanged(followed);
}

void LossView::setLogY(bool log) {
  if (log == state_.logY()) return;
  state_.setLogY(log, *curve_);
  viewportChanged(state_.follow());
  emit logYChanged(log);
}

void LossView::zoomTo(const LossRange& range) {
  const bool followed = state_.follow();
  state_.zoomTo(range, *curve_);
  viewportChanged(followed);
}

void LossView::setCurrentPoint(std::optional<CurvePoint> point) {
  point_.keep(*curve_, point);
  placeCrosshair();
  tellPoint();
}

QString LossView::currentPointText() const {
  const auto current = currentPoint();
  return current ? spokenPoint(*curve_, *current) : QString();
}

void LossView::tellPoint() {
  const QString text = currentPointText();
  if (text == told_) return;
  told_ = text;
  // Setting the name tells screen readers that it changed.
  setAccessibleName(text.isEmpty() ? tr("Loss figure") : tr("Loss figure: %1").arg(text));
  emit currentPointChanged(text);
}

void LossView::placeCrosshair() {
  const auto current = currentPoint();
  if (!current) return crosshair_->hide();
  const double examples = pointExamples(*curve_, *current);
  const QPointF place = figure_->toPixel(examples, pointLoss(*curve_, *current));
  const QRectF area = figure_->plotArea();
  // A loss without a place (NaN, or zero on a log axis) still has its values: shown at the upper frame.
  const QPointF shown(place.x(), std::isnan(place.y()) ? area.top() : place.y());
  const QPointF x_only(figure_->toPixel(examples, figure_->range().maxY).x(), area.top());
  const QPointF point = std::isnan(shown.x()) ? x_only : shown;
  if (!area.adjusted(-1, -1, 1, 1).contains(point)) return crosshair_->hide();
  crosshair_->place(point, area, detailedPoint(*curve_, *current), font());
}

void LossView::applyPalette() {
  const FigureLook look = FigureLook::fromPalette(palette());
  figure_->setFont(font());
  figure_->setLook(look);
  crosshair_->setLook(look);
  setBackgroundBrush(look.background);
  if (isVisible()) redraw();
}

void LossView::showEvent(QShowEvent* event) {
  QChartView::showEvent(event);
  shown_revision_ = 0;
  refresh();
}

void LossView::changeEvent(QEvent* event) {
  QChartView::changeEvent(event);
  const bool look = event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange ||
                    event->type() == QEvent::StyleChange;
  if (look && figure_ != nullptr && crosshair_ != nullptr) applyPalette();
}

}  // namespace synann::ui
