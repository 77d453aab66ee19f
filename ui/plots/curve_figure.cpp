// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/curve_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QFontMetricsF>
#include <QStringList>

#include "ui/plots/polyline_clip.h"

namespace synann::ui {
namespace {
constexpr double kSample = 22;       // pixels of a legend's line
constexpr double kEntryGap = 14;     // pixels between its entries
constexpr double kCurveWidth = 1.6;  // pixels
constexpr double kDot = 3;           // pixels, the radius of a single point
}  // namespace

CurveFigure::CurveFigure(Content content) : content_(std::move(content)) {
  double least = INFINITY, most = -INFINITY;
  for (const Series& series : content_.series)
    for (const double raw : series.values) {
      const double value = scaled(raw);
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
  y_range_ = content_.y_range.value_or(roomyRange(least, most, !content_.y_log));
  if (content_.x_range) {
    x_range_ = *content_.x_range;
  } else if (!content_.at.empty()) {
    x_range_ = {content_.at.front(), content_.at.back()};
    if (x_range_.width() <= 0) x_range_ = {x_range_.min - 0.5, x_range_.max + 0.5};  // one place
  }
}

double CurveFigure::scaled(double value) const {
  if (!content_.y_log) return value;
  return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
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

int CurveFigure::headLines(double width, const FigurePaint& how) const {
  const int lines = (how.titled ? 0 : 1) + (content_.note.isEmpty() ? 0 : 1);
  if (how.style.legend == LegendPlace::None || content_.series.empty()) return lines;
  return lines + 1 + legendEntries(width, how.font).back().line;
}

Axes CurveFigure::axes(const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height();
  return Axes(area.adjusted(0, headLines(area.width(), how) * 1.2 * line, 0, 0), Axes::partOfX(x_range_, how),
              Axes::partOfY(y_range_, how), {content_.x, content_.y_title}, how.font, content_.x_counts,
              content_.y_log);
}

void CurveFigure::paintSeries(QPainter& painter, const Axes& axes, const Series& series,
                              const FigurePaint& how) const {
  painter.setPen(QPen(seriesColor(how.look, series.color), kCurveWidth * how.style.line_width, series.pen));
  painter.setBrush(Qt::NoBrush);
  if (series.dots) {
    painter.setBrush(painter.pen().color());
    for (std::size_t k = 0; k < series.values.size(); ++k) {
      const double value = scaled(series.values[k]);
      const QPointF place = axes.place(content_.at[k], value);
      if (std::isfinite(value) && axes.plot().adjusted(-1, -1, 1, 1).contains(place))
        painter.drawEllipse(place, kDot, kDot);
    }
    return;
  }
  QList<QPointF> line;
  for (std::size_t k = 0; k <= series.values.size(); ++k) {
    const bool end = k == series.values.size();
    if (!end && std::isfinite(scaled(series.values[k]))) {
      line.append(axes.place(content_.at[k], scaled(series.values[k])));
      continue;
    }
    if (series.bridged && !end) continue;
    if (line.size() > 1) painter.drawPath(clippedPolyline(line, axes.plot()));
    if (series.bridged && line.size() == 1 && axes.plot().adjusted(-1, -1, 1, 1).contains(line.front())) {
      painter.setBrush(painter.pen().color());
      painter.drawEllipse(line.front(), kDot, kDot);
    }
    line.clear();
  }
}

void CurveFigure::paintMarks(QPainter& painter, const Axes& axes, const FigurePaint& how) const {
  const auto mark = [&](double x, double value) {
    if (!std::isfinite(scaled(value))) return;
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
  const double x = axes.place(content_.at[at], 0).x();
  if (x < axes.plot().left() - 1 || x > axes.plot().right() + 1) return;
  painter.setPen(QPen(how.look.frame, 1, Qt::DashLine));
  painter.drawLine(QPointF(x, axes.plot().top()), QPointF(x, axes.plot().bottom()));
  mark(content_.at[at], content_.series.front().values[at]);
}

// What stands for a curve in the legend.
void CurveFigure::paintSample(QPainter& painter, const Series& series, QPointF from,
                              const FigurePaint& how) const {
  const QColor color = seriesColor(how.look, series.color);
  painter.setPen(QPen(color, kCurveWidth * how.style.line_width, series.pen));
  painter.setBrush(color);
  if (series.dots)
    painter.drawEllipse(from + QPointF(kSample / 2, 0), kDot, kDot);
  else
    painter.drawLine(from, from + QPointF(kSample, 0));
  painter.setBrush(Qt::NoBrush);
}

// Title, note, and one entry for each curve.
void CurveFigure::paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height() * 1.2;
  painter.setPen(how.look.text);
  const auto write = [&](double y, const QString& words) {
    painter.drawText(QRectF(area.left(), y, area.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(words, Qt::ElideRight, area.width()));
  };
  double y = area.top();
  const auto next = [&](const QString& words) {
    write(y, words);
    y += line;
  };
  if (!how.titled) next(content_.title);
  if (!content_.note.isEmpty()) next(content_.note);
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
  for (auto series = content_.series.rbegin(); series != content_.series.rend(); ++series)
    paintSeries(painter, axes, *series, how);
  paintMarks(painter, axes, how);
  axes.paintFrame(painter, how.look);
  painter.restore();
}

QString CurveFigure::columnName(int column) const {
  return column == 0 ? content_.x : content_.series[static_cast<std::size_t>(column - 1)].name;
}

QVariant CurveFigure::cell(int row, int column) const {
  const auto k = static_cast<std::size_t>(row);
  return column == 0 ? content_.at[k] : content_.series[static_cast<std::size_t>(column - 1)].values[k];
}

QString CurveFigure::whyNoValue(int /*row*/, int column) const {
  return column == 0 ? QString() : content_.series[static_cast<std::size_t>(column - 1)].gap;
}

QString CurveFigure::pointText(int point) const {
  QStringList parts;
  for (int c = 0; c < columnCount(); ++c)
    parts.append(columnName(c) + ' ' + valueText(cell(point, c).toDouble()));
  return parts.join(QStringLiteral(", "));
}

std::optional<int> CurveFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  if (content_.at.empty() || !axes.plot().adjusted(-4, -4, 4, 4).contains(place)) return std::nullopt;
  const double x = axes.xAt(place.x());
  const auto after = std::lower_bound(content_.at.begin(), content_.at.end(), x);
  auto k = static_cast<int>(after - content_.at.begin());
  if (k == pointCount()) return pointCount() - 1;
  if (k > 0 && x - content_.at[static_cast<std::size_t>(k - 1)] < *after - x) --k;
  return k;
}

}  // namespace synann::ui
