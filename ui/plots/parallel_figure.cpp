// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/parallel_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <QFontMetricsF>

#include "ui/plots/figure_head.h"
#include "ui/plots/ticks.h"

namespace synann::ui {
namespace {

constexpr double kParallelWidth = 1.3, kParallelChosen = 3;  // pixels
constexpr double kParallelReach = 9;                         // pixels from which a pointer finds a line
constexpr double kParallelTick = 4, kParallelPoint = 2.2;    // pixels

constexpr int kLabelGround = 190;  // of 255

double distanceToStretch(QPointF p, QPointF a, QPointF b) {
  const QPointF way = b - a;
  const double length = QPointF::dotProduct(way, way);
  const double share = length > 0 ? std::clamp(QPointF::dotProduct(p - a, way) / length, 0.0, 1.0) : 0;
  const QPointF off = p - (a + share * way);
  return std::hypot(off.x(), off.y());
}

double drawnOnAxis(const ParallelFigure::Axis& axis, double value) {
  if (!axis.log) return value;
  return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

ParallelFigure::ParallelFigure(Content content) : content_(std::move(content)) {
  std::vector<double> colors;
  for (const Line& line : content_.lines) colors.push_back(line.color);
  colors_ = NumberColors(content_.color, colors);
  for (std::size_t a = 0; a < content_.axes.size(); ++a) {
    double least = INFINITY, most = -INFINITY;
    for (const Line& line : content_.lines) {
      const double value = drawnOnAxis(content_.axes[a], line.values[a]);
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
    if (least > most) least = 0, most = 1;
    if (least == most) least -= 0.5, most += 0.5;
    ranges_.push_back({least, most});
  }
}

QRectF ParallelFigure::plotOf(const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height() * 1.2;
  const double head = FigureHead(content_.title, {content_.note}, area, how).height(),
               legend = how.style.legend == LegendPlace::None || colors_.empty() ? 0 : line;
  // Above and below: the axes' names, and half a label.
  return area.adjusted(0, head + legend + 1.6 * line, 0, -0.7 * line);
}

// In the middle of a column of its own.
double ParallelFigure::across(const QRectF& plot, std::size_t axis) const {
  const double column = plot.width() / static_cast<double>(content_.axes.size());
  return plot.left() + (static_cast<double>(axis) + 0.5) * column;
}

double ParallelFigure::heightOf(const QRectF& plot, std::size_t axis, double value) const {
  const double drawn = drawnOnAxis(content_.axes[axis], value);
  return plot.bottom() - (drawn - ranges_[axis].min) / ranges_[axis].width() * plot.height();
}

std::vector<QPolygonF> ParallelFigure::stretches(const QRectF& plot, std::size_t line) const {
  std::vector<QPolygonF> found(1);
  for (std::size_t a = 0; a < content_.axes.size(); ++a) {
    const double height = heightOf(plot, a, content_.lines[line].values[a]);
    if (std::isfinite(height)) {
      found.back().append(QPointF(across(plot, a), height));
    } else if (!found.back().isEmpty()) {
      found.emplace_back();
    }
  }
  return found;
}

void ParallelFigure::paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height() * 1.2;
  const FigureHead head(content_.title, {content_.note}, area, how);
  head.paint(painter, area, how);
  if (how.style.legend != LegendPlace::None)
    colors_.paintLegend(painter, QRectF(area.left(), area.top() + head.height(), area.width(), line), how);
}

void ParallelFigure::paintAxis(QPainter& painter, const QRectF& plot, std::size_t axis,
                               const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double x = across(plot, axis), line = metrics.height();
  const double column = plot.width() / static_cast<double>(content_.axes.size());
  const Axis& of = content_.axes[axis];
  painter.setPen(QPen(how.look.frame, 1));
  painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
  const auto label = [&](double value, const QString& words) {
    const double y = heightOf(plot, axis, value);
    painter.setPen(QPen(how.look.frame, 1));
    painter.drawLine(QPointF(x - kParallelTick, y), QPointF(x, y));
    const double room = column / 2 - kParallelTick - 2;
    const QString shown = metrics.elidedText(words, Qt::ElideRight, room);
    // Over the lines: on ground of its own.
    QColor ground = how.look.background;
    ground.setAlpha(kLabelGround);
    const double width = metrics.horizontalAdvance(shown);
    const QRectF place(x - kParallelTick - 2 - width, y - line / 2, width, line);
    painter.fillRect(place, ground);
    painter.setPen(how.look.text);
    painter.drawText(place, Qt::AlignRight | Qt::AlignVCenter, shown);
  };
  if (!of.words.isEmpty()) {
    for (qsizetype k = 0; k < of.words.size(); ++k) label(static_cast<double>(k), of.words[k]);
  } else {
    const Axes::Range& range = ranges_[axis];
    const auto wanted = static_cast<int>(std::clamp(plot.height() / (2.5 * line), 2.0, 6.0));
    const bool whole = std::all_of(content_.lines.begin(), content_.lines.end(), [axis](const Line& one) {
      return !std::isfinite(one.values[axis]) || one.values[axis] == std::floor(one.values[axis]);
    });
    const QList<Tick> ticks = of.log  ? logTicks(std::pow(10.0, range.min), std::pow(10.0, range.max), wanted)
                              : whole ? countTicks(range.min, range.max, wanted)
                                      : linearTicks(range.min, range.max, wanted);
    for (const Tick& tick : ticks) label(tick.value, QString(tick.label).replace('-', QStringLiteral("−")));
  }
  painter.setPen(how.look.text);
  painter.drawText(QRectF(x - column / 2, plot.top() - 1.5 * line, column, line), Qt::AlignCenter,
                   metrics.elidedText(of.name, Qt::ElideRight, column - 4));
}

void ParallelFigure::paintLine(QPainter& painter, const QRectF& plot, std::size_t line,
                               const QPen& pen) const {
  for (const QPolygonF& stretch : stretches(plot, line)) {
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    if (stretch.size() > 1) painter.drawPolyline(stretch);
    if (stretch.size() != 1) continue;  // a number between two gaps
    painter.setBrush(pen.color());
    painter.drawEllipse(stretch.front(), kParallelPoint, kParallelPoint);
  }
}

void ParallelFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const QRectF plot = plotOf(area, how);
  painter.save();
  painter.setFont(how.font);
  paintHead(painter, area, how);
  const auto pen = [&](std::size_t k, double width) {
    return QPen(colors_.of(content_.lines[k].color, how.look), width * how.style.line_width);
  };
  for (std::size_t k = 0; k < content_.lines.size(); ++k) paintLine(painter, plot, k, pen(k, kParallelWidth));
  if (const int chosen = how.current.value_or(-1); chosen >= 0 && chosen < pointCount()) {
    const auto k = static_cast<std::size_t>(chosen);
    paintLine(painter, plot, k, QPen(how.look.text, kParallelChosen + 2));
    paintLine(painter, plot, k, pen(k, kParallelChosen));
  }
  for (std::size_t a = 0; a < content_.axes.size(); ++a) paintAxis(painter, plot, a, how);
  painter.restore();
}

QString ParallelFigure::pointText(int point) const {
  QStringList parts{rowName(point)};
  for (int column = 0; column < columnCount(); ++column) {
    const QVariant value = cell(point, column);
    parts.append(columnName(column) + ' ' +
                 (value.typeId() == QMetaType::QString ? value.toString() : valueText(value.toDouble())));
  }
  return parts.join(QStringLiteral(", "));
}

std::optional<int> ParallelFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const QRectF plot = plotOf(area, how);
  double nearest = kParallelReach;
  std::optional<int> found;
  for (std::size_t k = 0; k < content_.lines.size(); ++k)
    for (const QPolygonF& stretch : stretches(plot, k))
      for (qsizetype p = 0; p < stretch.size(); ++p) {
        const double distance =
            distanceToStretch(place, stretch[p], stretch[std::min(p + 1, stretch.size() - 1)]);
        if (distance > nearest) continue;
        nearest = distance;
        found = static_cast<int>(k);
      }
  return found;
}

QString ParallelFigure::columnName(int column) const {
  const auto k = static_cast<std::size_t>(column);
  return k < content_.axes.size() ? content_.axes[k].name : content_.color;
}

QVariant ParallelFigure::cell(int row, int column) const {
  const Line& line = content_.lines[static_cast<std::size_t>(row)];
  const auto k = static_cast<std::size_t>(column);
  if (k >= content_.axes.size()) return line.color;
  const double value = line.values[k];
  const QStringList& words = content_.axes[k].words;
  if (words.isEmpty()) return value;
  return std::isfinite(value) ? words.value(static_cast<qsizetype>(value)) : QString();
}

}  // namespace synann::ui
