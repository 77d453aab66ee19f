// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/scatter_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <QFontMetricsF>

#include "ui/plots/figure_head.h"

namespace synann::ui {
namespace {

constexpr double kScatterRadius = 4.5, kScatterReach = 14;  // pixels

double drawnAlong(double value, bool log) {
  if (!log) return value;
  return value > 0 ? std::log10(value) : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

ScatterFigure::ScatterFigure(Content content) : content_(std::move(content)) {
  double least_x = INFINITY, most_x = -INFINITY, least_y = INFINITY, most_y = -INFINITY;
  std::vector<double> colors;
  for (const Point& point : content_.points) {
    colors.push_back(point.color);
    const double x = drawnAlong(point.x, content_.x_log), y = drawnAlong(point.y, content_.y_log);
    if (!std::isfinite(x) || !std::isfinite(y)) continue;
    least_x = std::min(least_x, x), most_x = std::max(most_x, x);
    least_y = std::min(least_y, y), most_y = std::max(most_y, y);
  }
  colors_ = NumberColors(content_.color, colors);
  x_range_ = roomyRange(least_x, most_x, false);
  y_range_ = roomyRange(least_y, most_y, false);
}

Axes ScatterFigure::axes(const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height() * 1.2;
  const double head = FigureHead(content_.title, {content_.note}, area, how).height(),
               legend = how.style.legend == LegendPlace::None || colors_.empty() ? 0 : line;
  return Axes(area.adjusted(0, head + legend, 0, 0), Axes::partOfX(x_range_, how),
              Axes::partOfY(y_range_, how), {content_.x, content_.y}, how.font,
              content_.x_log ? Axes::Along::Logarithms : Axes::Along::Numbers, content_.y_log);
}

QPointF ScatterFigure::placeOf(const Axes& axes, const Point& point) const {
  return axes.place(drawnAlong(point.x, content_.x_log), drawnAlong(point.y, content_.y_log));
}

void ScatterFigure::paintHead(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height() * 1.2;
  const FigureHead head(content_.title, {content_.note}, area, how);
  head.paint(painter, area, how);
  if (how.style.legend != LegendPlace::None)
    colors_.paintLegend(painter, QRectF(area.left(), area.top() + head.height(), area.width(), line), how);
}

void ScatterFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  painter.save();
  painter.setFont(how.font);
  paintHead(painter, area, how);
  axes.paintGrid(painter, how.look);
  const auto seen = [&](QPointF place) {
    return std::isfinite(place.x()) && std::isfinite(place.y()) &&
           axes.plot().adjusted(-1, -1, 1, 1).contains(place);
  };
  for (const Point& point : content_.points) {
    const QPointF place = placeOf(axes, point);
    if (!seen(place)) continue;
    painter.setPen(QPen(how.look.text, 0.8));
    painter.setBrush(colors_.of(point.color, how.look));
    painter.drawEllipse(place, kScatterRadius, kScatterRadius);
  }
  if (const int chosen = how.current.value_or(-1); chosen >= 0 && chosen < pointCount()) {
    const QPointF place = placeOf(axes, content_.points[static_cast<std::size_t>(chosen)]);
    painter.setPen(QPen(how.look.text, 2));
    painter.setBrush(Qt::NoBrush);
    if (seen(place)) painter.drawEllipse(place, 2 * kScatterRadius, 2 * kScatterRadius);
  }
  axes.paintFrame(painter, how.look);
  painter.restore();
}

QString ScatterFigure::pointText(int point) const {
  QString text = rowName(point);
  for (int column = 0; column < columnCount(); ++column)
    text += QStringLiteral(", ") + columnName(column) + ' ' + valueText(cell(point, column).toDouble());
  return text;
}

std::optional<int> ScatterFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  double nearest = kScatterReach;
  std::optional<int> found;
  for (int k = 0; k < pointCount(); ++k) {
    const QPointF way = placeOf(axes, content_.points[static_cast<std::size_t>(k)]) - place;
    const double distance = std::hypot(way.x(), way.y());
    if (!(distance <= nearest)) continue;  // nor one without a place
    nearest = distance;
    found = k;
  }
  return found;
}

QString ScatterFigure::columnName(int column) const {
  return column == 0 ? content_.x : column == 1 ? content_.y : content_.color;
}

QVariant ScatterFigure::cell(int row, int column) const {
  const Point& point = content_.points[static_cast<std::size_t>(row)];
  return column == 0 ? point.x : column == 1 ? point.y : point.color;
}

}  // namespace synann::ui
