// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCategoryAxis>
#include <QFontMetricsF>
#include <QGraphicsEllipseItem>
#include <QGraphicsLayout>
#include <QGraphicsLayoutItem>
#include <QGraphicsPathItem>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QPen>
#include <QScatterSeries>

#include "ui/plots/decimate.h"
#include "ui/plots/overlay_label.h"
#include "ui/plots/polyline_clip.h"
#include "ui/plots/setting_marks.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

// Pixels; not cosmetic, so that files at twice the size draw twice the width.
constexpr double kLineWidth = 1.5;
constexpr double kDenseLineWidth =
    1;                                // where points are closer than pixels: shows more, paints twice as fast
constexpr double kPointSize = 8;      // pixels, matplotlib's default for points
constexpr double kXTickSpacing = 90;  // pixels that a label of the x axis needs
constexpr double kYTickSpacing = 36;
constexpr double kOverlayZ = 50;

// A category axis is used for its free labels only; the limits of its categories are our ticks.
void setTicks(QCategoryAxis* axis, const QList<Tick>& ticks, const std::function<double(double)>& place) {
  for (const QString& label : axis->categoriesLabels()) axis->remove(label);
  axis->setStartValue(-std::numeric_limits<float>::max());
  for (const Tick& tick : ticks) axis->append(tick.label, place(tick.value));
}

QPen solidPen(const QColor& color, double width) {
  // Nothing round: Qt Charts draws each segment by itself and outlines them all, which would cost four times
  // the line.
  QPen pen(color, width, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin);
  pen.setCosmetic(false);
  return pen;
}

}  // namespace

LossFigure::LossFigure(QGraphicsItem* parent)
    : QChart(parent),
      x_axis_(new QCategoryAxis(this)),
      y_axis_(new QCategoryAxis(this)),
      train_(new QLineSeries(this)),
      test_(new QScatterSeries(this)),
      not_finite_(new QScatterSeries(this)),
      lone_(new QScatterSeries(this)),
      train_path_(new QGraphicsPathItem(this)),
      frame_(new QGraphicsPathItem(this)),
      best_ring_(new QGraphicsEllipseItem(this)),
      setting_marks_(new SettingMarks(this)),
      best_text_(new OverlayLabel(this)),
      empty_text_(new OverlayLabel(this)),
      note_text_(new OverlayLabel(this)) {
  setBackgroundRoundness(0);
  setMargins(QMargins(4, 8, 20, 4));
  layout()->setContentsMargins(0, 0, 0, 0);
  setPlotAreaBackgroundVisible(true);
  makeSeries();
  makeAxes();
  legend()->detachFromChart();
  legend()->setBackgroundVisible(true);
  legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
  legend()->setZValue(kOverlayZ);
  legend()->setAcceptedMouseButtons(Qt::NoButton);
  empty_text_->setText(u"The loss curves appear here while training"_s);
  best_text_->setText(u"best"_s);
  best_text_->hide();
  connect(this, &QChart::plotAreaChanged, this, &LossFigure::placeOverlays);
  setLook(FigureLook::light());
}

void LossFigure::makeSeries() {
  train_->setName(u"Train Loss"_s);
  test_->setName(u"Test Loss"_s);
  test_->setMarkerSize(kPointSize);
  best_ring_->setRect(-kBestRingSize / 2, -kBestRingSize / 2, kBestRingSize, kBestRingSize);
  best_ring_->setZValue(kOverlayZ - 1);
  best_ring_->hide();
  not_finite_->setMarkerShape(QScatterSeries::MarkerShapeTriangle);
  not_finite_->setMarkerSize(kPointSize);
  addSeries(train_);
  addSeries(test_);
  addSeries(not_finite_);
  lone_->setMarkerSize(kPointSize);
  addSeries(lone_);
  for (const QScatterSeries* unnamed : {not_finite_, lone_}) {
    for (QLegendMarker* marker : legend()->markers(const_cast<QScatterSeries*>(unnamed)))
      marker->setVisible(false);
  }
  train_path_->setZValue(3.5);  // above the axes (3), below the series (4), so that points lie on the line
  train_path_->hide();
  frame_->setZValue(4.5);
}

void LossFigure::makeAxes() {
  x_axis_->setTitleText(u"number of training examples seen"_s);
  y_axis_->setTitleText(u"negative log likelihood loss"_s);
  addAxis(x_axis_, Qt::AlignBottom);
  addAxis(y_axis_, Qt::AlignLeft);
  for (QCategoryAxis* axis : {x_axis_, y_axis_}) {
    axis->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
    axis->setTruncateLabels(false);
    for (QAbstractSeries* one : series()) one->attachAxis(axis);
  }
}

void LossFigure::setLook(const FigureLook& look) {
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
  setTrainPen();
  frame_->setPen(QPen(look.frame, 1));
  for (QScatterSeries* points : {test_, not_finite_}) {
    points->setColor(look.test);
    points->setPen(Qt::NoPen);  // with a border, Qt Charts places points half a pixel beside their place
  }
  lone_->setColor(look.train);
  lone_->setPen(Qt::NoPen);
  best_ring_->setPen(solidPen(look.text, kLineWidth));
  setting_marks_->setColors(look.frame, look.text, look.box);
  for (OverlayLabel* item : {best_text_, empty_text_, note_text_}) {
    item->setColors(look.text, look.box);
    item->setFont(font());
  }
  placeOverlays();
}

void LossFigure::setTrainPen() {
  const QPen pen = solidPen(look_.train, dense_ ? kDenseLineWidth : kLineWidth);
  if (pen == train_->pen()) return;
  train_->setPen(pen);
  train_path_->setPen(pen);
}

void LossFigure::setDrawsForFile(int dotsPerPixel, bool vector) {
  dots_per_pixel_ = std::max(1, dotsPerPixel);
  vector_ = vector;
}

void LossFigure::display(const LossCurve& curve, const LossRange& range, bool logY) {
  const bool ticks_change = range != range_ || logY != log_y_;
  range_ = range;
  log_y_ = logY;
  if (ticks_change) {
    // Each of the two changes places every point of the line anew: cheaper without points.
    train_->clear();
    x_axis_->setRange(range.minX, range.maxX);
    y_axis_->setRange(toAxis(range.minY, logY), toAxis(range.maxY, logY));
  }
  showTicks(logY);
  showTrain(curve);
  showTest(curve);
  showNotFinite(curve);
  setNote(curve);
  marks_ = curve.marks();
  empty_text_->setVisible(curve.empty());
  placeOverlays();
}

void LossFigure::showTicks(bool logY) {
  const QSizeF size = plotArea().size();
  const int wanted_x = std::max(2, static_cast<int>(size.width() / kXTickSpacing));
  const int wanted_y = std::max(2, static_cast<int>(size.height() / kYTickSpacing));
  const QList<Tick> x = fittingTicks(countTicks(range_.minX, range_.maxX, wanted_x));
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
QList<Tick> LossFigure::fittingTicks(QList<Tick> ticks) const {
  const QFontMetricsF metrics(font());
  ticks.removeIf([&](const Tick& tick) {
    return toPixel(tick.value, range_.maxY).x() + metrics.horizontalAdvance(tick.label) / 2 >
           size().width() - 1;
  });
  return ticks;
}

void LossFigure::showTrain(const LossCurve& curve) {
  const int columns = std::max(1, static_cast<int>(plotArea().width())) * dots_per_pixel_;
  train_points_ = decimate(curve.examples(), curve.losses(), {range_.minX, range_.maxX, columns, log_y_});
  if (log_y_)
    for (QPointF& point : train_points_) point.setY(toAxis(point.y(), true));
  dense_ = train_points_.size() > 2 * columns;
  setTrainPen();
  if (!vector_) train_->replace(train_points_);
  // A line through one point is nothing to be seen.
  const QList<QPointF> lone = train_points_.size() == 1 ? train_points_ : QList<QPointF>();
  if (lone != lone_->points()) lone_->replace(lone);
}

void LossFigure::showTest(const LossCurve& curve) {
  QList<QPointF> points;
  best_point_.reset();
  const auto& evaluations = curve.evaluations();
  const auto best = curve.best();
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    const double x = static_cast<double>(evaluations[i].examples), y = evaluations[i].test_loss;
    if (!std::isfinite(y) || x < range_.minX || x > range_.maxX || y < range_.minY || y > range_.maxY)
      continue;
    points.append({x, toAxis(y, log_y_)});
    if (best == i) best_point_ = QPointF(x, y);
  }
  if (points != test_->points()) test_->replace(points);
}

void LossFigure::showNotFinite(const LossCurve& curve) {
  QList<QPointF> marks;
  if (curve.notFiniteCount() > 0) {
    const int columns = std::max(1, static_cast<int>(plotArea().width() / kPointSize));
    // Just inside the upper frame, where a loss that grew without bound would have left the picture.
    const double top = toAxis(range_.maxY, log_y_), bottom = toAxis(range_.minY, log_y_);
    const double y = top - 0.02 * (top - bottom);
    for (const double x :
         notFiniteColumns(curve.examples(), curve.losses(), {range_.minX, range_.maxX, columns}))
      marks.append({x, y});
    for (const train::Evaluation& e : curve.evaluations()) {
      const double x = static_cast<double>(e.examples);
      if (!std::isfinite(e.test_loss) && x >= range_.minX && x <= range_.maxX) marks.append({x, y});
    }
  }
  if (marks != not_finite_->points()) not_finite_->replace(marks);
}

void LossFigure::setNote(const LossCurve& curve) {
  QStringList parts;
  if (const auto first = curve.firstNotFinite())
    parts << (curve.notFiniteCount() == 1
                  ? u"1 loss is not finite, at %1 examples (▲)"_s.arg(countText(*first))
                  : u"%1 losses are not finite, the first at %2 examples (▲)"_s.arg(
                        countText(curve.notFiniteCount()), countText(*first)));
  if (log_y_ && curve.notPositiveCount() > 0)
    parts << u"not on a log axis: %1 %2 of zero or below"_s.arg(
        countText(curve.notPositiveCount()), curve.notPositiveCount() == 1 ? u"loss"_s : u"losses"_s);
  note_text_->setText(parts.join(u"\n"_s));
}

QString LossFigure::note() const {
  return note_text_->text();
}

QStringList LossFigure::tickLabels(Qt::Orientation axis) const {
  return (axis == Qt::Horizontal ? x_axis_ : y_axis_)->categoriesLabels();
}

QPointF LossFigure::toPixel(double examples, double loss) const {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (!std::isfinite(loss) || (log_y_ && loss <= 0)) return {nan, nan};
  const QRectF area = plotArea();
  const double low = toAxis(range_.minY, log_y_), high = toAxis(range_.maxY, log_y_);
  return {area.left() + (examples - range_.minX) / (range_.maxX - range_.minX) * area.width(),
          area.bottom() - (toAxis(loss, log_y_) - low) / (high - low) * area.height()};
}

QPointF LossFigure::toData(QPointF pixel) const {
  const QRectF area = plotArea();
  const double low = toAxis(range_.minY, log_y_), high = toAxis(range_.maxY, log_y_);
  return {range_.minX + (pixel.x() - area.left()) / area.width() * (range_.maxX - range_.minX),
          fromAxis(low + (area.bottom() - pixel.y()) / area.height() * (high - low), log_y_)};
}

}  // namespace synann::ui
