// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_chart.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
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
  makeActions();
  state_.update(*curve_);
}

// What the menu offers beside copying and saving.
void LossChart::makeActions() {
  legend_ = new QAction(tr("&Legend"), this);
  legend_->setObjectName("figure.legend");
  marks_ = new QAction(tr("&Marks"), this);
  marks_->setObjectName("figure.marks");
  marks_->setToolTip(tr("The best point and the changes of settings"));
  for (QAction* action : {legend_, marks_}) action->setCheckable(true);
  auto* const places = new QMenu(tr("Legend &place"), this);
  places->menuAction()->setObjectName("figure.legend-place");
  auto* const group = new QActionGroup(places);
  const std::pair<LegendPlace, QString> kPlaces[] = {{LegendPlace::Automatic, tr("&Where there is room")},
                                                     {LegendPlace::UpperRight, tr("Upper &right")},
                                                     {LegendPlace::UpperLeft, tr("Upper &left")},
                                                     {LegendPlace::LowerLeft, tr("L&ower left")},
                                                     {LegendPlace::LowerRight, tr("Low&er right")}};
  for (const auto& [place, words] : kPlaces) {
    QAction* const action = places->addAction(words);
    action->setObjectName(QLatin1String("figure.legend.") + legendId(place));
    action->setCheckable(true);
    action->setData(static_cast<int>(place));
    group->addAction(action);
    legend_at_.push_back(action);
    connect(action, &QAction::triggered, this, [this, at = place] {
      setStyle({.legend = at, .marks = style_.marks, .line_width = style_.line_width});
    });
  }
  // Hidden and shown again, it stands where it stood.
  connect(legend_, &QAction::triggered, this, [this, group](bool shown) {
    const QAction* const at = group->checkedAction();
    FigureStyle style = style_;
    style.legend = !shown ? LegendPlace::None
                   : at   ? static_cast<LegendPlace>(at->data().toInt())
                          : LegendPlace::Automatic;
    setStyle(style);
  });
  connect(marks_, &QAction::triggered, this, [this](bool shown) {
    FigureStyle style = style_;
    style.marks = shown;
    setStyle(style);
  });
  addActions({legend_, places->menuAction(), marks_});
  checkActions();
}

void LossChart::checkActions() {
  legend_->setChecked(style_.legend != LegendPlace::None);
  marks_->setChecked(style_.marks);
  for (QAction* action : legend_at_)
    if (action->data().toInt() == static_cast<int>(style_.legend)) action->setChecked(true);
}

void LossChart::setStyle(const FigureStyle& style) {
  if (style == style_) return;
  style_ = style;
  checkActions();
  if (isVisible()) redraw();
  emit styleChanged();
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
  view_->display(curve_, state_.range(), state_.logY(), smoothing_, style_);
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
      LossFigure::Content{.curves = {LossSeries{copy_}}, .part = part(), .title = title_, .style = style_});
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
