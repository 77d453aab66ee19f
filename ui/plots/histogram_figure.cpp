// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/histogram_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/polyline_clip.h"

namespace synann::ui {
namespace {

constexpr int kHistogramBins = 64;

struct HistogramWords {
  Q_DECLARE_TR_FUNCTIONS(histogram)
};

}  // namespace

Histogram histogramOf(const std::vector<float>& values, double from, double to, int bins) {
  Histogram h{from, to, std::vector<int>(static_cast<std::size_t>(bins)), 0};
  const double factor = bins / (to - from);
  for (const float value : values) {
    const double v = static_cast<double>(value);
    if (!(v >= from && v <= to)) {
      ++h.outside;
      continue;
    }
    ++h.counts[std::min(h.counts.size() - 1, static_cast<std::size_t>((v - from) * factor))];
  }
  return h;
}

HistogramFigure::HistogramFigure(Content content)
    : content_title_(std::move(content.title)),
      value_(std::move(content.value)),
      has_start_(!content.start.empty()) {
  float least = INFINITY, most = -INFINITY;
  for (const auto* values : {&content.now, &content.start})
    for (const float value : *values) {
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
  const Axes::Range range = most > least
                                ? Axes::Range{static_cast<double>(least), static_cast<double>(most)}
                                : roomyRange(static_cast<double>(least), static_cast<double>(most), false);
  now_ = histogramOf(content.now, range.min, range.max, kHistogramBins);
  start_ = histogramOf(content.start, range.min, range.max, kHistogramBins);
  for (const Histogram* h : {&now_, &start_})
    most_ = std::max(most_, *std::max_element(h->counts.begin(), h->counts.end()));
}

// The line above the plot.
QString HistogramFigure::head(const FigurePaint& how) const {
  QStringList words;
  if (!how.titled) words.append(content_title_);
  if (has_start_ && how.style.legend != LegendPlace::None)
    words.append(HistogramWords::tr("grey: at the start"));
  if (now_.outside > 0) words.append(HistogramWords::tr("not numbers: %1").arg(now_.outside));
  return words.join(QStringLiteral(" – "));
}

Axes HistogramFigure::axes(const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height();
  return Axes(area.adjusted(0, head(how).isEmpty() ? 0 : line * 1.2, 0, 0),
              Axes::partOfX({now_.from, now_.to}, how), Axes::partOfY({0, most_ * 1.05}, how),
              {value_, HistogramWords::tr("cells")}, how.font, false);
}

void HistogramFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  const QFontMetricsF metrics(how.font);
  painter.save();
  painter.setFont(how.font);
  axes.paintGrid(painter, how.look);
  const QColor color = seriesColor(how.look, 0);
  const auto bar = [&](const Histogram& h, int k) {
    const auto bin = static_cast<std::size_t>(k);
    const QRectF whole(axes.place(h.edge(bin), h.counts[bin]), axes.place(h.edge(bin + 1), 0));
    return how.part ? whole & axes.plot() : whole;
  };
  QColor behind = how.look.frame;
  behind.setAlpha(90);
  painter.setPen(Qt::NoPen);
  painter.setBrush(behind);
  for (int k = 0; k < pointCount() && has_start_; ++k) painter.drawRect(bar(start_, k));
  QColor fill = color;
  for (int k = 0; k < pointCount(); ++k) {
    fill.setAlpha(how.current == k ? 220 : 110);
    painter.setBrush(fill);
    painter.drawRect(bar(now_, k));
  }
  // An outline too, so that what is in front does not depend on colour.
  QPolygonF outline;
  for (int k = 0; k < pointCount(); ++k) {
    const auto bin = static_cast<std::size_t>(k);
    outline << axes.place(now_.edge(bin), now_.counts[bin])
            << axes.place(now_.edge(bin + 1), now_.counts[bin]);
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(color, 1.4 * how.style.line_width));
  if (how.part)
    painter.drawPath(clippedPolyline(outline, axes.plot()));
  else
    painter.drawPolyline(outline);
  axes.paintFrame(painter, how.look);
  painter.setPen(how.look.text);
  painter.drawText(QRectF(area.left(), area.top(), area.width(), metrics.height() * 1.2),
                   Qt::AlignLeft | Qt::AlignVCenter, head(how));
  painter.restore();
}

QString HistogramFigure::pointText(int point) const {
  const auto k = static_cast<std::size_t>(point);
  const QString text = HistogramWords::tr("%1 from %2 to %3: %4 cells")
                           .arg(value_, numberText(now_.edge(k), 4), numberText(now_.edge(k + 1), 4))
                           .arg(now_.counts[k]);
  return has_start_ ? HistogramWords::tr("%1, at the start %2").arg(text).arg(start_.counts[k]) : text;
}

std::optional<int> HistogramFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  if (!axes.plot().contains(place)) return std::nullopt;
  const double across = (axes.xAt(place.x()) - now_.from) / (now_.to - now_.from);
  return std::clamp(static_cast<int>(across * pointCount()), 0, pointCount() - 1);
}

QString HistogramFigure::columnName(int column) const {
  switch (column) {
    case 0:
      return HistogramWords::tr("from");
    case 1:
      return HistogramWords::tr("to");
    case 2:
      return HistogramWords::tr("cells");
    default:
      return HistogramWords::tr("at the start");
  }
}

QVariant HistogramFigure::cell(int row, int column) const {
  const auto k = static_cast<std::size_t>(row);
  switch (column) {
    case 0:
      return now_.edge(k);
    case 1:
      return now_.edge(k + 1);
    case 2:
      return now_.counts[k];
    default:
      return start_.counts[k];
  }
}

}  // namespace synann::ui
