// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/profile_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/polyline_clip.h"

namespace synann::ui {

ProfileFigure::ProfileFigure(Content content) : content_(std::move(content)) {
  float least = INFINITY, most = -INFINITY;
  for (const float value : content_.values) {
    if (!std::isfinite(value)) continue;
    least = std::min(least, value);
    most = std::max(most, value);
  }
  range_ = roomyRange(static_cast<double>(least), static_cast<double>(most), false);
}

Axes ProfileFigure::axes(const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height();
  return Axes(area.adjusted(0, how.titled ? 0 : line * 1.2, 0, 0),
              Axes::partOfX({-0.5, std::max(0.5, pointCount() - 0.5)}, how), Axes::partOfY(range_, how),
              {content_.index, {}}, how.font, true);
}

void ProfileFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  painter.save();
  painter.setFont(how.font);
  painter.setPen(how.look.text);
  if (!how.titled)
    painter.drawText(QRectF(area.left(), area.top(), area.width(), QFontMetricsF(how.font).height() * 1.2),
                     Qt::AlignLeft | Qt::AlignVCenter, content_.title);
  axes.paintGrid(painter, how.look);
  const QColor color = seriesColor(how.look, content_.column ? 1 : 0);
  painter.setPen(QPen(color, 1.2 * how.style.line_width));
  QPolygonF line;
  const auto draw = [&] {
    if (how.part)
      painter.drawPath(clippedPolyline(line, axes.plot()));
    else
      painter.drawPolyline(line);
  };
  for (int k = 0; k < pointCount(); ++k) {
    const float value = content_.values[static_cast<std::size_t>(k)];
    if (std::isfinite(value)) {
      line.append(axes.place(k, static_cast<double>(value)));
      continue;
    }
    draw();  // a gap where there is no number
    line.clear();
  }
  draw();
  painter.setBrush(color);
  const int marks[] = {how.style.marks ? content_.marked : -1, how.current.value_or(-1)};
  for (const int k : marks) {
    if (k < 0 || k >= pointCount() || !std::isfinite(content_.values[static_cast<std::size_t>(k)])) continue;
    const QPointF place = axes.place(k, static_cast<double>(content_.values[static_cast<std::size_t>(k)]));
    if (how.part && !axes.plot().contains(place)) continue;
    painter.setPen(QPen(how.look.text, 1));
    painter.drawEllipse(place, 4, 4);
  }
  axes.paintFrame(painter, how.look);
  painter.restore();
}

QString ProfileFigure::pointText(int point) const {
  return QCoreApplication::translate("profile", "%1 %2, %3 %4")
      .arg(content_.index)
      .arg(point)
      .arg(content_.value, numberText(static_cast<double>(content_.values[static_cast<std::size_t>(point)])));
}

std::optional<int> ProfileFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  if (pointCount() == 0 || !axes.plot().adjusted(-4, -4, 4, 4).contains(place)) return std::nullopt;
  return std::clamp(static_cast<int>(std::lround(axes.xAt(place.x()))), 0, pointCount() - 1);
}

QVariant ProfileFigure::cell(int row, int column) const {
  return column == 0 ? QVariant(row) : QVariant(content_.values[static_cast<std::size_t>(row)]);
}

}  // namespace synann::ui
