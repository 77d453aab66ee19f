// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_chart.h"

#include <QVBoxLayout>

#include "ui/plots/loss_figure.h"
#include "ui/plots/loss_view.h"

namespace synann::ui {

LossChart::LossChart(QWidget* parent)
    : FigureWidget(parent), curve_(std::make_shared<LossCurve>()), view_(new LossView(this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->addWidget(view_);
  setCursor(Qt::CrossCursor);
  // Short, for it must not cover the crosshair's values; the whole of it is in What's This.
  setToolTip(tr("Drag to zoom, double click to follow"));
  setWhatsThis(
      tr("Train and test loss against the training examples seen. Drag to zoom, wheel to zoom about the "
         "pointer, Shift drag or middle drag to move, Backspace to zoom back, double click or Escape to "
         "follow, right click for more."));
  setAccessibleDescription(
      tr("Left and Right walk along the points, Up and Down change between train and test loss, Home and End "
         "go to the ends, Page Up and Page Down a tenth further, plus and minus zoom, Backspace zooms back, "
         "Shift and arrows move, 0 and Escape follow, L changes to a logarithmic axis."));
  setAccessibleName(tr("Loss figure"));
  connect(view_, &LossView::roomChanged, this, [this] {
    if (isVisible()) redraw();
  });
  state_.update(*curve_);
}

void LossChart::setCurve(std::shared_ptr<const LossCurve> curve) {
  curve_ = curve ? std::move(curve) : std::make_shared<LossCurve>();
  shown_revision_ = 0;
  copy_.reset();
  forgetParts();
  setCurrentPoint(std::nullopt);
  refresh();
}

void LossChart::refresh() {
  if (!isVisible() || shown_revision_ == curve_->revision()) return;
  shown_revision_ = curve_->revision();
  state_.update(*curve_);
  if (curve_->empty()) forgetParts();  // another run begins
  redraw();
  tellPoint();  // it may be gone
}

void LossChart::redraw() {
  view_->display(curve_, state_.range(), state_.logY(), smoothing_);
  view_->point(*curve_, currentPoint());
}

void LossChart::viewportChanged(bool followed) {
  if (isVisible()) redraw();
  if (followed != state_.follow()) emit followChanged(state_.follow());
}

void LossChart::setFollow(bool follow) {
  const bool followed = state_.follow();
  state_.setFollow(follow, *curve_);
  viewportChanged(followed);
}

void LossChart::setLogY(bool log) {
  if (log == state_.logY()) return;
  state_.setLogY(log, *curve_);
  viewportChanged(state_.follow());
  emit logYChanged(log);
}

void LossChart::setSmoothing(const LossSmoothing& smoothing) {
  if (smoothing == smoothing_) return;
  smoothing_ = smoothing;
  if (isVisible()) redraw();
  emit smoothingChanged();
}

void LossChart::zoomTo(const LossRange& range) {
  const bool followed = state_.follow();
  state_.zoomTo(range, *curve_);
  viewportChanged(followed);
}

LossPart LossChart::part() const {
  return {
      .range = follow() ? std::nullopt : std::optional(range()), .log_y = logY(), .smoothing = smoothing_};
}

void LossChart::setPart(const LossPart& part) {
  setLogY(part.log_y);
  setSmoothing(part.smoothing);
  if (part.range)
    zoomTo(*part.range);
  else
    setFollow(true);
}

FigureWidget::View LossChart::shownPart() const {
  if (follow()) return std::nullopt;
  const LossRange shown = range();
  return std::array{shown.minX, shown.maxX, shown.minY, shown.maxY};
}

void LossChart::showPart(const View& part) {
  if (part)
    zoomTo({(*part)[0], (*part)[1], (*part)[2], (*part)[3]});
  else
    setFollow(true);
}

std::shared_ptr<const LossFigure> LossChart::lossFigure() const {
  if (curve_->empty()) return nullptr;
  const bool same =
      copy_ && copy_->revision() == curve_->revision() && copy_->generation() == curve_->generation();
  if (!same) copy_ = std::make_shared<const LossCurve>(*curve_);
  return std::make_shared<const LossFigure>(
      LossFigure::Content{.curves = {LossSeries{copy_}}, .part = part(), .title = title_});
}

std::shared_ptr<const Figure> LossChart::shownFigure() const {
  return lossFigure();
}

void LossChart::setCurrentPoint(std::optional<CurvePoint> point) {
  point_.keep(*curve_, point);
  view_->point(*curve_, currentPoint());
  tellPoint();
}

QString LossChart::currentPointText() const {
  const auto current = currentPoint();
  return current ? spokenPoint(*curve_, *current) : QString();
}

void LossChart::tellPoint() {
  const QString text = currentPointText();
  if (text == told_) return;
  told_ = text;
  // Setting the name tells screen readers that it changed.
  setAccessibleName(text.isEmpty() ? tr("Loss figure") : tr("Loss figure: %1").arg(text));
  emit currentPointChanged(text);
}

void LossChart::showEvent(QShowEvent* event) {
  FigureWidget::showEvent(event);
  shown_revision_ = 0;
  refresh();
}

// The view covers all of it, and paints the frame of the focus too.
void LossChart::paintEvent(QPaintEvent*) {}

void LossChart::focusInEvent(QFocusEvent* event) {
  FigureWidget::focusInEvent(event);
  view_->viewport()->update();
}

void LossChart::focusOutEvent(QFocusEvent* event) {
  FigureWidget::focusOutEvent(event);
  view_->viewport()->update();
}

}  // namespace synann::ui
