// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_curve_item.h"

#include <algorithm>
#include <cmath>

#include <QAbstractAxis>
#include <QChart>
#include <QGraphicsEllipseItem>
#include <QGraphicsPathItem>
#include <QLegend>
#include <QLegendMarker>
#include <QLineSeries>
#include <QScatterSeries>

#include "ui/plots/decimate.h"
#include "ui/plots/figure.h"
#include "ui/plots/polyline_clip.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

// Pixels; not cosmetic, so that files at twice the size draw twice the width.
constexpr double kLineWidth = 1.5;
constexpr double kDenseLineWidth =
    1;                            // where points are closer than pixels: shows more, paints twice as fast
constexpr double kPointSize = 8;  // pixels, matplotlib's default for points
constexpr double kFaint = 0.3;    // of the line's colour in what stands behind it
constexpr double kRingZ = 49;     // below the texts

QPen solidPen(const QColor& color, double width) {
  // Nothing round: Qt Charts draws each segment by itself and outlines them all, which would cost four times
  // the line.
  QPen pen(color, width, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin);
  pen.setCosmetic(false);
  return pen;
}

// Opaque: segments that overlap would show through each other.
QColor faintOf(const QColor& color, const QColor& ground, double part) {
  const auto mix = [part](float a, float b) {
    return a * static_cast<float>(part) + b * static_cast<float>(1 - part);
  };
  return QColor::fromRgbF(mix(color.redF(), ground.redF()), mix(color.greenF(), ground.greenF()),
                          mix(color.blueF(), ground.blueF()));
}

void replaceIfOther(QXYSeries* series, const QList<QPointF>& points) {
  if (points != series->points()) series->replace(points);
}

void setPen(QLineSeries* series, QGraphicsPathItem* path, const QPen& pen) {
  if (pen == series->pen()) return;
  series->setPen(pen);
  path->setPen(pen);
}

}  // namespace

LossCurveItem::LossCurveItem(QChart& chart, QAbstractAxis* x, QAbstractAxis* y)
    : chart_(chart),
      raw_(new QLineSeries(&chart)),
      line_(new QLineSeries(&chart)),
      test_(new QScatterSeries(&chart)),
      not_finite_(new QScatterSeries(&chart)),
      lone_(new QScatterSeries(&chart)),
      raw_path_(new QGraphicsPathItem(&chart)),
      line_path_(new QGraphicsPathItem(&chart)),
      ring_(new QGraphicsEllipseItem(&chart)) {
  for (QScatterSeries* points : {test_, not_finite_, lone_}) points->setMarkerSize(kPointSize);
  not_finite_->setMarkerShape(QScatterSeries::MarkerShapeTriangle);
  for (QXYSeries* series : std::initializer_list<QXYSeries*>{raw_, line_, test_, not_finite_, lone_}) {
    chart.addSeries(series);
    series->attachAxis(x);
    series->attachAxis(y);
  }
  for (QXYSeries* unnamed : std::initializer_list<QXYSeries*>{raw_, not_finite_, lone_})
    for (QLegendMarker* marker : chart.legend()->markers(unnamed)) marker->setVisible(false);
  // Above the axes (3), below the series (4), so that points lie on the line.
  raw_path_->setZValue(3.4);
  line_path_->setZValue(3.5);
  raw_path_->hide();
  line_path_->hide();
  ring_->setRect(-kBestRingSize / 2, -kBestRingSize / 2, kBestRingSize, kBestRingSize);
  ring_->setZValue(kRingZ);
  ring_->hide();
}

LossCurveItem::~LossCurveItem() {
  for (QXYSeries* series : std::initializer_list<QXYSeries*>{raw_, line_, test_, not_finite_, lone_}) {
    chart_.removeSeries(series);
    delete series;
  }
  delete raw_path_;
  delete line_path_;
  delete ring_;
}

QPen LossCurveItem::linePen() const {
  const QColor color = name_.isEmpty() ? look_.train : seriesColor(look_, color_);
  const double width = smooth_ ? 2 * kDenseLineWidth : dense_ ? kDenseLineWidth : kLineWidth;
  return solidPen(color, line_width_ * width);
}

void LossCurveItem::setPens() {
  const QPen pen = linePen();
  setPen(line_, line_path_, pen);
  setPen(raw_, raw_path_,
         solidPen(faintOf(pen.color(), look_.background, kFaint), line_width_ * kDenseLineWidth));
}

void LossCurveItem::setLook(const FigureLook& look) {
  look_ = look;
  setPens();
  const QColor own = seriesColor(look, color_);
  for (QScatterSeries* points : {test_, not_finite_}) {
    points->setColor(name_.isEmpty() ? look.test : own);
    points->setPen(Qt::NoPen);  // with a border, Qt Charts places points half a pixel beside their place
  }
  lone_->setColor(name_.isEmpty() ? look.train : own);
  lone_->setPen(Qt::NoPen);
  ring_->setPen(solidPen(look.text, kLineWidth));
}

void LossCurveItem::clearLine() {
  raw_->clear();
  line_->clear();
}

void LossCurveItem::show(const LossSeries& series, const CurveWindow& window) {
  const bool other = series.name != name_ || series.color != color_;
  name_ = series.name;
  color_ = series.color;
  if (other) setLook(look_);
  const QString words = smoothingWords(window.smoothing);
  const QString before = name_.isEmpty() ? QString() : name_ + u" · "_s;
  const QString train = before + (words.isEmpty() ? u"Train Loss"_s : u"Train Loss (%1)"_s.arg(words));
  // A name that is set again would lay the legend out anew.
  if (line_->name() != train) line_->setName(train);
  if (const QString test = before + u"Test Loss"_s; test_->name() != test) test_->setName(test);
  showLine(*series.curve, window);
  showTest(*series.curve, window);
  showNotFinite(*series.curve, window);
}

void LossCurveItem::showLine(const LossCurve& curve, const CurveWindow& window) {
  const LossRange& range = window.range;
  const auto drawn = [&](std::span<const std::int64_t> x, std::span<const float> y) {
    QList<QPointF> points = decimate(x, y, {range.minX, range.maxX, window.columns, window.log_y});
    if (window.log_y)
      for (QPointF& point : points) point.setY(toAxis(point.y(), true));
    return points;
  };
  line_points_ = drawn(curve.examples(), curve.losses());
  if (line_width_ != window.line_width) {
    line_width_ = window.line_width;
    for (QScatterSeries* series : {test_, not_finite_, lone_})
      series->setMarkerSize(kPointSize * pointScale(line_width_));
    ring_->setScale(pointScale(line_width_));
  }
  dense_ = line_points_.size() > 2 * window.columns;
  smoothed_.update(curve, window.smoothing);
  smooth_ = !smoothed_.losses().empty();
  raw_points_.clear();
  if (smooth_) {
    raw_points_ = line_points_;
    line_points_ = drawn(smoothed_.examples(), smoothed_.losses());
  }
  setPens();
  if (!window.vector) {
    line_->replace(line_points_);
    if (smooth_ || raw_->count() > 0) raw_->replace(raw_points_);
  }
  // A line through one point is nothing to be seen.
  replaceIfOther(lone_, line_points_.size() == 1 ? line_points_ : QList<QPointF>());
}

void LossCurveItem::showTest(const LossCurve& curve, const CurveWindow& window) {
  const LossRange& range = window.range;
  QList<QPointF> points;
  best_.reset();
  const auto& evaluations = curve.evaluations();
  const auto best = curve.best();
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    const double x = static_cast<double>(evaluations[i].examples), y = evaluations[i].test_loss;
    if (!std::isfinite(y) || x < range.minX || x > range.maxX || y < range.minY || y > range.maxY) continue;
    points.append({x, toAxis(y, window.log_y)});
    if (best != i) continue;
    best_ = points.back();
    best_accuracy_ = evaluations[i].accuracy();
  }
  replaceIfOther(test_, points);
}

void LossCurveItem::showNotFinite(const LossCurve& curve, const CurveWindow& window) {
  const LossRange& range = window.range;
  QList<QPointF> marks;
  if (curve.notFiniteCount() > 0) {
    const int columns = std::max(1, static_cast<int>(window.width / kPointSize));
    // Just inside the upper frame, where a loss that grew without bound would have left the picture.
    const double top = toAxis(range.maxY, window.log_y), bottom = toAxis(range.minY, window.log_y);
    const double y = top - 0.02 * (top - bottom);
    for (const double x :
         notFiniteColumns(curve.examples(), curve.losses(), {range.minX, range.maxX, columns}))
      marks.append({x, y});
    for (const LossEvaluation& e : curve.evaluations()) {
      const double x = static_cast<double>(e.examples);
      if (!std::isfinite(e.test_loss) && x >= range.minX && x <= range.maxX) marks.append({x, y});
    }
  }
  replaceIfOther(not_finite_, marks);
}

void LossCurveItem::placeRing(const Place& place, bool shown) {
  ring_->setVisible(shown && best_.has_value());
  if (best_) ring_->setPos(place(*best_));
}

void LossCurveItem::drawPaths(const QRectF& plot, const Place& place) {
  const auto draw = [&](QGraphicsPathItem* path, const QList<QPointF>& points) {
    QList<QPointF> pixels;
    pixels.reserve(points.size());
    for (const QPointF& point : points) pixels.append(place(point));
    path->setPath(clippedPolyline(pixels, plot));
    path->show();
  };
  draw(raw_path_, raw_points_);
  draw(line_path_, line_points_);
}

}  // namespace synann::ui
