// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/curve_figure.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainterPath>
#include <QPolygonF>
#include <QStringList>

#include "ui/plots/figure_head.h"
#include "ui/plots/polyline_clip.h"

namespace synann::ui {
namespace {
constexpr double kSample = 22;                                // pixels of a legend's line
constexpr double kEntryGap = 14;                              // pixels between its entries
constexpr double kCurveWidth = 1.6;                           // pixels
constexpr double kDot = 3;                                    // pixels, the radius of a single point
constexpr double kCurveMarkRadius = 3.6, kCurveMarkGap = 46;  // pixels, between the marks of one curve
constexpr int kBandOpacity = 55, kFaintOpacity = 95;          // of 255

// A closed shape around a point; the cross has no inside.
QPainterPath curveMarkShape(CurveFigure::Mark mark, QPointF at) {
  using Mark = CurveFigure::Mark;
  const double r = kCurveMarkRadius;
  const auto polygon = [&](std::initializer_list<QPointF> corners) {
    QPolygonF shape;
    for (const QPointF& corner : corners) shape.append(at + r * corner);
    shape.append(shape.front());
    QPainterPath path;
    path.addPolygon(shape);
    return path;
  };
  QPainterPath path;
  switch (mark) {
    case Mark::None:
      return path;
    case Mark::Disc:
      path.addEllipse(at, r, r);
      return path;
    case Mark::Square:
      return polygon({{-0.9, -0.9}, {0.9, -0.9}, {0.9, 0.9}, {-0.9, 0.9}});
    case Mark::Diamond:
      return polygon({{0, -1.3}, {1.3, 0}, {0, 1.3}, {-1.3, 0}});
    case Mark::Upwards:
      return polygon({{0, -1.2}, {1.15, 0.9}, {-1.15, 0.9}});
    case Mark::Downwards:
      return polygon({{0, 1.2}, {1.15, -0.9}, {-1.15, -0.9}});
    case Mark::Cross:
      path.moveTo(at + r * QPointF(-1, -1));
      path.lineTo(at + r * QPointF(1, 1));
      path.moveTo(at + r * QPointF(-1, 1));
      path.lineTo(at + r * QPointF(1, -1));
      return path;
  }
  return path;
}

void paintCurveMark(QPainter& painter, CurveFigure::Mark mark, QPointF at, const QPen& pen) {
  if (mark == CurveFigure::Mark::None) return;
  QPen solid = pen;
  solid.setStyle(Qt::SolidLine);
  painter.setPen(solid);
  painter.setBrush(mark == CurveFigure::Mark::Cross ? QBrush(Qt::NoBrush) : QBrush(pen.color()));
  painter.drawPath(curveMarkShape(mark, at));
}

// The parts of a line that lie between gaps.
using CurveStretches = std::vector<QList<QPointF>>;
}  // namespace

CurveFigure::CurveFigure(Content content) : content_(std::move(content)) {
  double least = INFINITY, most = -INFINITY;
  const auto include = [&](double raw) {
    const double value = scaled(raw);
    if (!std::isfinite(value)) return;
    least = std::min(least, value);
    most = std::max(most, value);
  };
  for (std::size_t k = 0; k < content_.series.size(); ++k) {
    const Series& series = content_.series[k];
    columns_.push_back({k, false});
    if (!series.spread.empty()) columns_.push_back({k, true});
    for (std::size_t at = 0; at < series.values.size(); ++at) {
      include(series.values[at]);
      if (series.spread.empty()) continue;
      include(series.values[at] + series.spread[at]);
      include(series.values[at] - series.spread[at]);
    }
  }
  y_range_ = content_.y_range.value_or(roomyRange(least, most, !content_.y_log));
  if (content_.x_range) {
    x_range_ = *content_.x_range;
  } else if (!content_.at.empty()) {
    x_range_ = {INFINITY, -INFINITY};
    for (std::size_t k = 0; k < content_.at.size(); ++k) {
      if (!std::isfinite(across(k))) continue;
      x_range_ = {std::min(x_range_.min, across(k)), std::max(x_range_.max, across(k))};
    }
    if (x_range_.min > x_range_.max) x_range_ = {0, 1};
    if (x_range_.width() <= 0) x_range_ = {x_range_.min - 0.5, x_range_.max + 0.5};  // one place
  }
}

double CurveFigure::scaled(double value) const {
  if (!content_.y_log) return value;
  return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
}

double CurveFigure::across(std::size_t place) const {
  const double x = content_.at[place];
  if (!content_.x_log) return x;
  return x > 0 ? std::log10(x) : std::numeric_limits<double>::quiet_NaN();
}

QPen CurveFigure::penOf(const Series& series, const FigurePaint& how) const {
  QColor color = seriesColor(how.look, series.color);
  if (series.faint) color.setAlpha(kFaintOpacity);
  return {color, (series.faint ? 0.7 : 1) * kCurveWidth * how.style.line_width, series.pen};
}

std::vector<CurveFigure::Entry> CurveFigure::legendEntries(double width, const QFont& font) const {
  const QFontMetricsF metrics(font);
  std::vector<Entry> entries;
  double x = 0;
  int line = 0;
  for (const Series& series : content_.series) {
    const double own = kSample + 4 + metrics.horizontalAdvance(series.name);
    if (series.listed && x > 0 && x + own > width) {
      x = 0;
      ++line;
    }
    entries.push_back({x, line});
    if (series.listed) x += own + kEntryGap;
  }
  return entries;
}

bool CurveFigure::hasMarks() const {
  return content_.marked || std::any_of(content_.series.begin(), content_.series.end(),
                                        [](const Series& series) { return series.mark != Mark::None; });
}

double CurveFigure::headHeight(const QRectF& area, const FigurePaint& how) const {
  const double head = FigureHead(content_.title, {content_.note}, area, how).height();
  if (how.style.legend == LegendPlace::None || content_.series.empty()) return head;
  return head +
         (1 + legendEntries(area.width(), how.font).back().line) * 1.2 * QFontMetricsF(how.font).height();
}

Axes CurveFigure::axes(const QRectF& area, const FigurePaint& how) const {
  return Axes(area.adjusted(0, headHeight(area, how), 0, 0), Axes::partOfX(x_range_, how),
              Axes::partOfY(y_range_, how), {content_.x, content_.y_title}, how.font,
              content_.x_clock    ? Axes::Along::Clock
              : content_.x_log    ? Axes::Along::Logarithms
              : content_.x_counts ? Axes::Along::Counts
                                  : Axes::Along::Numbers,
              content_.y_log);
}

// What is above and below the curve; cut at the edges by hand, for files of lines know no clipping.
void CurveFigure::paintBand(QPainter& painter, const Axes& axes, const Series& series,
                            const FigurePaint& how) const {
  QPolygonF above, below;
  for (std::size_t k = 0; k < series.spread.size(); ++k) {
    const double high = scaled(series.values[k] + series.spread[k]);
    // Where a logarithmic axis has no place for the lower edge it is that of the plot.
    double low = scaled(series.values[k] - series.spread[k]);
    if (std::isfinite(high) && std::isnan(low)) low = y_range_.min;
    if (!std::isfinite(high) || !std::isfinite(low) || !std::isfinite(across(k))) continue;
    above.append(axes.place(across(k), high));
    below.append(axes.place(across(k), low));
  }
  if (above.size() < 2) return;
  std::reverse(below.begin(), below.end());
  QPainterPath band, plot;
  band.addPolygon(above + below);
  band.closeSubpath();
  plot.addRect(axes.plot());
  QColor color = seriesColor(how.look, series.color);
  color.setAlpha(kBandOpacity);
  painter.fillPath(band.intersected(plot), color);
}

void CurveFigure::paintSeries(QPainter& painter, const Axes& axes, const Series& series,
                              const FigurePaint& how) const {
  const QPen pen = penOf(series, how);
  const QRectF inside = axes.plot().adjusted(-1, -1, 1, 1);
  CurveStretches stretches(1);
  for (std::size_t k = 0; k < series.values.size(); ++k) {
    if (std::isfinite(scaled(series.values[k])) && std::isfinite(across(k))) {
      stretches.back().append(axes.place(across(k), scaled(series.values[k])));
    } else if (!series.bridged && !stretches.back().isEmpty()) {
      stretches.emplace_back();
    }
  }
  double marked = -INFINITY;  // pixels, where the last mark is
  for (const QList<QPointF>& line : stretches) {
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    if (!series.dots && line.size() > 1) painter.drawPath(clippedPolyline(line, axes.plot()));
    const bool single = series.bridged && line.size() == 1 && series.mark == Mark::None;
    if (series.dots || single) painter.setBrush(pen.color());
    for (const QPointF& place : line) {
      if (!inside.contains(place)) continue;
      if (series.dots || single) painter.drawEllipse(place, kDot, kDot);
      if (series.mark == Mark::None || !how.style.marks || place.x() - marked < kCurveMarkGap) continue;
      paintCurveMark(painter, series.mark, place, pen);
      marked = place.x();
    }
  }
}

void CurveFigure::paintMarks(QPainter& painter, const Axes& axes, const FigurePaint& how) const {
  const auto mark = [&](double x, double value) {
    if (!std::isfinite(scaled(value)) || !std::isfinite(x)) return;
    const QPointF place = axes.place(x, scaled(value));
    if (!axes.plot().adjusted(-1, -1, 1, 1).contains(place)) return;
    painter.setPen(QPen(how.look.text, 1));
    painter.setBrush(seriesColor(how.look, content_.series.front().color));
    painter.drawEllipse(place, 4, 4);
  };
  if (content_.series.empty()) return;
  if (content_.marked && how.style.marks) mark(content_.marked->x(), content_.marked->y());
  const int k = how.current.value_or(-1);
  if (k < 0 || k >= pointCount()) return;
  const auto at = static_cast<std::size_t>(k);
  const double x = axes.place(across(at), 0).x();
  if (!std::isfinite(x) || x < axes.plot().left() - 1 || x > axes.plot().right() + 1) return;
  painter.setPen(QPen(how.look.frame, 1, Qt::DashLine));
  painter.drawLine(QPointF(x, axes.plot().top()), QPointF(x, axes.plot().bottom()));
  mark(across(at), content_.series.front().values[at]);
}

// What stands for a curve in the legend.
void CurveFigure::paintSample(QPainter& painter, const Series& series, QPointF from,
                              const FigurePaint& how) const {
  const QColor color = seriesColor(how.look, series.color);
  const QPen pen = penOf(series, how);
  if (!series.spread.empty()) {
    QColor pale = color;
    pale.setAlpha(kBandOpacity);
    painter.fillRect(QRectF(from.x(), from.y() - kDot, kSample, 2 * kDot), pale);
  }
  painter.setPen(pen);
  painter.setBrush(color);
  if (series.dots)
    painter.drawEllipse(from + QPointF(kSample / 2, 0), kDot, kDot);
  else
    painter.drawLine(from, from + QPointF(kSample, 0));
  if (how.style.marks) paintCurveMark(painter, series.mark, from + QPointF(kSample / 2, 0), pen);
  painter.setBrush(Qt::NoBrush);
}

// Title, note, and one entry for each curve.
void CurveFigure::paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height() * 1.2;
  const FigureHead head(content_.title, {content_.note}, area, how);
  head.paint(painter, area, how);
  const double y = area.top() + head.height();
  if (how.style.legend == LegendPlace::None) return;
  const std::vector<Entry> entries = legendEntries(area.width(), how.font);
  for (std::size_t k = 0; k < entries.size(); ++k) {
    const Series& series = content_.series[k];
    if (!series.listed) continue;
    const QPointF from(area.left() + entries[k].x, y + (entries[k].line + 0.5) * line);
    paintSample(painter, series, from, how);
    painter.setPen(how.look.text);
    painter.drawText(
        QRectF(from.x() + kSample + 4, from.y() - line / 2, metrics.horizontalAdvance(series.name) + 2, line),
        Qt::AlignLeft | Qt::AlignVCenter, series.name);
  }
}

void CurveFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  painter.save();
  painter.setFont(how.font);
  paintHead(painter, area, how);
  axes.paintGrid(painter, how.look);
  for (const Series& series : content_.series) paintBand(painter, axes, series, how);
  for (const bool faint : {true, false})
    for (auto series = content_.series.rbegin(); series != content_.series.rend(); ++series)
      if (series->faint == faint) paintSeries(painter, axes, *series, how);
  paintMarks(painter, axes, how);
  axes.paintFrame(painter, how.look);
  painter.restore();
}

QString CurveFigure::columnName(int column) const {
  if (column == 0) return content_.x;
  const Column& of = columns_[static_cast<std::size_t>(column - 1)];
  const QString& name = content_.series[of.series].name;
  return of.spread ? QCoreApplication::translate("curves", "%1, standard deviation").arg(name) : name;
}

QVariant CurveFigure::cell(int row, int column) const {
  const auto k = static_cast<std::size_t>(row);
  if (column == 0) return content_.x_clock ? QVariant(clockText(content_.at[k])) : QVariant(content_.at[k]);
  const Column& of = columns_[static_cast<std::size_t>(column - 1)];
  const Series& series = content_.series[of.series];
  return of.spread ? series.spread[k] : series.values[k];
}

QString CurveFigure::whyNoValue(int /*row*/, int column) const {
  if (column == 0) return {};
  const Column& of = columns_[static_cast<std::size_t>(column - 1)];
  return of.spread ? QString() : content_.series[of.series].gap;
}

QString CurveFigure::pointText(int point) const {
  QStringList parts;
  for (int c = 0; c < columnCount(); ++c) {
    const QVariant value = cell(point, c);
    parts.append(columnName(c) + ' ' +
                 (value.typeId() == QMetaType::QString ? value.toString() : valueText(value.toDouble())));
  }
  return parts.join(QStringLiteral(", "));
}

std::optional<int> CurveFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  if (content_.at.empty() || !axes.plot().adjusted(-4, -4, 4, 4).contains(place)) return std::nullopt;
  const double x = content_.x_log ? std::pow(10.0, axes.xAt(place.x())) : axes.xAt(place.x());
  const auto after = std::lower_bound(content_.at.begin(), content_.at.end(), x);
  auto k = static_cast<int>(after - content_.at.begin());
  if (k == pointCount()) return pointCount() - 1;
  if (k > 0 && x - content_.at[static_cast<std::size_t>(k - 1)] < *after - x) --k;
  return k;
}

}  // namespace synann::ui
