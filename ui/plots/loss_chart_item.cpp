// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_chart_item.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCategoryAxis>
#include <QFontMetricsF>
#include <QGraphicsLayout>
#include <QGraphicsLineItem>
#include <QGraphicsPathItem>
#include <QLegend>
#include <QLineSeries>
#include <QPen>
#include <QScatterSeries>

#include "ui/plots/loss_curve_item.h"
#include "ui/plots/overlay_label.h"
#include "ui/plots/setting_marks.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr double kXTickSpacing = 90;  // pixels that a label of the x axis needs
constexpr double kYTickSpacing = 36;
constexpr double kXTickDigits = 11.7, kYTickLines = 1.8;  // the same for large letters
constexpr int kTickTries = 8;                             // for a second tick
constexpr double kOverlayZ = 50;

// A category axis is used for its free labels only; the limits of its categories are our ticks.
void setTicks(QCategoryAxis* axis, const QList<Tick>& ticks, const std::function<double(double)>& place) {
  for (const QString& label : axis->categoriesLabels()) axis->remove(label);
  axis->setStartValue(-std::numeric_limits<float>::max());
  for (const Tick& tick : ticks) axis->append(tick.label, place(tick.value));
}

}  // namespace

LossChartItem::LossChartItem(QGraphicsItem* parent)
    : QChart(parent),
      x_axis_(new QCategoryAxis(this)),
      y_axis_(new QCategoryAxis(this)),
      frame_(new QGraphicsPathItem(this)),
      setting_marks_(new SettingMarks(this)),
      best_text_(new OverlayLabel(this)),
      best_line_(new QGraphicsLineItem(this)),
      empty_text_(new OverlayLabel(this)),
      note_text_(new OverlayLabel(this)) {
  setBackgroundRoundness(0);
  setMargins(kLossMargins);
  layout()->setContentsMargins(0, 0, 0, 0);
  setPlotAreaBackgroundVisible(true);
  frame_->setZValue(4.5);
  makeAxes();
  makeCurves(1);
  legend()->detachFromChart();
  legend()->setAlignment(Qt::AlignLeft);  // markers below each other: rows of unlike ones would be cut off
  legend()->setBackgroundVisible(true);
  legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
  legend()->setZValue(kOverlayZ);
  legend()->setAcceptedMouseButtons(Qt::NoButton);
  empty_text_->setText(u"The loss curves appear here while training"_s);
  best_text_->hide();
  best_line_->setZValue(kOverlayZ - 2);
  best_line_->hide();
  connect(this, &QChart::plotAreaChanged, this, &LossChartItem::placeOverlays);
  setLook(FigureLook::light());
}

LossChartItem::~LossChartItem() {
  disconnect();  // what is taken out moves what stays
  curves_.clear();
}

void LossChartItem::makeCurves(std::size_t count) {
  if (curves_.size() == count) return;
  if (curves_.size() > count) curves_.resize(count);
  while (curves_.size() < count) {
    curves_.push_back(std::make_unique<LossCurveItem>(*this, x_axis_, y_axis_));
    curves_.back()->setLook(look_);
  }
  // QLegend hides its markers when one is added, until it is laid out.
  legend()->layout()->invalidate();
  legend()->layout()->activate();
}

void LossChartItem::makeAxes() {
  x_axis_->setTitleText(u"number of training examples seen"_s);
  y_axis_->setTitleText(u"negative log likelihood loss"_s);
  addAxis(x_axis_, Qt::AlignBottom);
  addAxis(y_axis_, Qt::AlignLeft);
  for (QCategoryAxis* axis : {x_axis_, y_axis_}) {
    axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    axis->setTruncateLabels(false);
  }
}

void LossChartItem::setLook(const FigureLook& look) {
  look_ = look;
  setBackgroundBrush(look.background);
  setBackgroundPen(Qt::NoPen);
  setPlotAreaBackgroundBrush(look.background);
  setPlotAreaBackgroundPen(Qt::NoPen);
  for (QCategoryAxis* axis : {x_axis_, y_axis_}) {
    axis->setLabelsColor(look.text);
    axis->setTitleBrush(look.text);
    axis->setTitleFont(font());
    axis->setLabelsFont(font());
    axis->setLinePen(QPen(look.frame, 1));
    axis->setGridLinePen(QPen(look.grid, 1));
  }
  legend()->setFont(font());
  legend()->setLabelColor(look.text);
  legend()->setBrush(look.box);
  legend()->setPen(QPen(look.grid, 1));
  frame_->setPen(QPen(look.frame, 1));
  best_line_->setPen(QPen(look.text, 1));
  for (const auto& curve : curves_) curve->setLook(look);
  setting_marks_->setColors(look.frame, look.text, look.box);
  for (OverlayLabel* item : {best_text_, empty_text_, note_text_}) {
    item->setColors(look.text, look.box);
    item->setFont(font());
  }
  placeOverlays();
}

void LossChartItem::setDrawsForFile(int dotsPerPixel, bool vector) {
  dots_per_pixel_ = std::max(1, dotsPerPixel);
  vector_ = vector;
}

void LossChartItem::setStyle(const FigureStyle& style) {
  style_ = style;
  legend()->setVisible(style.legend != LegendPlace::None);
}

void LossChartItem::display(std::span<const LossSeries> curves, const LossRange& range, bool logY,
                            const LossSmoothing& smoothing) {
  const bool ticks_change = range != range_ || logY != log_y_;
  range_ = range;
  log_y_ = logY;
  makeCurves(std::max<std::size_t>(1, curves.size()));
  if (ticks_change) {
    // Each of the two changes places every point of the line anew: cheaper without points.
    for (const auto& curve : curves_) curve->clearLine();
    x_axis_->setRange(range.minX, range.maxX);
    y_axis_->setRange(toAxis(range.minY, logY), toAxis(range.maxY, logY));
  }
  if (!plotArea().isEmpty()) nameAxes();
  showTicks(logY);
  const double width = std::max(1.0, plotArea().width());
  const CurveWindow window{.range = range,
                           .log_y = logY,
                           .smoothing = smoothing,
                           .columns = static_cast<int>(width) * dots_per_pixel_,
                           .width = width,
                           .vector = vector_,
                           .line_width = style_.line_width};
  const LossSeries nothing{std::make_shared<const LossCurve>()};
  for (std::size_t k = 0; k < curves_.size(); ++k)
    curves_[k]->show(k < curves.size() ? curves[k] : nothing, window);
  setNote(curves);
  // With several curves nobody could tell whose settings they are.
  marks_ = style_.marks && curves.size() == 1 ? curves.front().curve->marks() : std::vector<SettingMark>();
  empty_text_->setVisible(
      std::ranges::all_of(curves, [](const LossSeries& series) { return series.curve->empty(); }));
  placeOverlays();
}

// The axes' names, shorter ones where a small figure would cut them off.
void LossChartItem::nameAxes() {
  const QFontMetricsF metrics(font());
  const QSizeF size = plotArea().size();
  const auto name = [&metrics](QCategoryAxis* axis, double room, const QString& whole, const QString& brief) {
    const QString words = metrics.horizontalAdvance(whole) < room ? whole : brief;
    if (axis->titleText() != words) axis->setTitleText(words);
  };
  name(x_axis_, size.width(), u"number of training examples seen"_s, u"training examples"_s);
  name(y_axis_, size.height(), u"negative log likelihood loss"_s, u"loss (nats)"_s);
}

void LossChartItem::showTicks(bool logY) {
  const QSizeF size = plotArea().size();
  const QFontMetricsF metrics(font());
  const double across = std::max(kXTickSpacing, kXTickDigits * metrics.horizontalAdvance('0')),
               down = std::max(kYTickSpacing, kYTickLines * metrics.height());
  const int wanted_x = std::max(2, static_cast<int>(size.width() / across));
  const int wanted_y = std::max(2, static_cast<int>(size.height() / down));
  QList<Tick> x = fittingTicks(countTicks(range_.minX, range_.maxX, wanted_x));
  // Where the last one does not fit, finer steps until there are two again.
  for (int more = wanted_x + 1; x.size() < 2 && more < 2 * wanted_x + kTickTries; ++more)
    x = fittingTicks(countTicks(range_.minX, range_.maxX, more));
  const QList<Tick> y =
      logY ? logTicks(range_.minY, range_.maxY, wanted_y) : linearTicks(range_.minY, range_.maxY, wanted_y);
  // Labels are laid out anew only when they change: that is the dear part of a refresh.
  if (x != x_ticks_) setTicks(x_axis_, x, [](double value) { return value; });
  if (y != y_ticks_ || logY != ticks_log_)
    setTicks(y_axis_, y, [logY](double value) { return toAxis(value, logY); });
  ticks_log_ = logY;
  x_ticks_ = x;
  y_ticks_ = y;
}

// Without those whose labels would be cut off at the right edge of the figure.
QList<Tick> LossChartItem::fittingTicks(QList<Tick> ticks) const {
  const QFontMetricsF metrics(font());
  ticks.removeIf([&](const Tick& tick) {
    return toPixel(tick.value, range_.maxY).x() + metrics.horizontalAdvance(tick.label) / 2 >
           size().width() - 1;
  });
  return ticks;
}

void LossChartItem::setNote(std::span<const LossSeries> curves) {
  std::int64_t not_finite = 0, not_positive = 0;
  std::optional<std::int64_t> first;
  for (const LossSeries& series : curves) {
    not_finite += series.curve->notFiniteCount();
    not_positive += series.curve->notPositiveCount();
    if (const auto one = series.curve->firstNotFinite()) first = std::min(*one, first.value_or(*one));
  }
  QStringList parts;
  if (first)
    parts << (not_finite == 1 ? u"1 loss is not finite, at %1 examples (▲)"_s.arg(countText(*first))
                              : u"%1 losses are not finite, the first at %2 examples (▲)"_s.arg(
                                    countText(not_finite), countText(*first)));
  if (log_y_ && not_positive > 0)
    parts << u"not on a log axis: %1 %2 of zero or below"_s.arg(countText(not_positive),
                                                                not_positive == 1 ? u"loss"_s : u"losses"_s);
  note_text_->setText(parts.join(u"\n"_s));
}

const QLineSeries* LossChartItem::trainSeries() const {
  return curves_.front()->line();
}
const QLineSeries* LossChartItem::rawSeries() const {
  return curves_.front()->raw();
}
const QScatterSeries* LossChartItem::testSeries() const {
  return curves_.front()->test();
}
const QScatterSeries* LossChartItem::lonePoint() const {
  return curves_.front()->lone();
}

QString LossChartItem::note() const {
  return note_text_->text();
}

QStringList LossChartItem::tickLabels(Qt::Orientation axis) const {
  return (axis == Qt::Horizontal ? x_axis_ : y_axis_)->categoriesLabels();
}

QPointF LossChartItem::toPixel(double examples, double loss) const {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (!std::isfinite(loss) || (log_y_ && loss <= 0)) return {nan, nan};
  const QRectF area = plotArea();
  const double low = toAxis(range_.minY, log_y_), high = toAxis(range_.maxY, log_y_);
  return {area.left() + (examples - range_.minX) / (range_.maxX - range_.minX) * area.width(),
          area.bottom() - (toAxis(loss, log_y_) - low) / (high - low) * area.height()};
}

QPointF LossChartItem::toData(QPointF pixel) const {
  const QRectF area = plotArea();
  const double low = toAxis(range_.minY, log_y_), high = toAxis(range_.maxY, log_y_);
  return {range_.minX + (pixel.x() - area.left()) / area.width() * (range_.maxX - range_.minX),
          fromAxis(low + (area.bottom() - pixel.y()) / area.height() * (high - low), log_y_)};
}

}  // namespace synann::ui
