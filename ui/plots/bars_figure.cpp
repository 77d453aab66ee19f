// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/bars_figure.h"

#include <algorithm>
#include <cmath>

#include <QFontMetricsF>

#include "ui/plots/figure_head.h"

namespace synann::ui {
namespace {
constexpr double kLargestBarPitch = 1.8;  // lines
constexpr double kCrowded = 1.3;          // times its height that a row's letters may have
constexpr double kBarShare = 0.66;        // of the pitch that a bar is high
}  // namespace

BarsFigure::BarsFigure(Content content) : content_(std::move(content)) {
  for (Column& column : content_.columns)
    column.values.resize(static_cast<std::size_t>(content_.names.size()), std::nan(""));
}

QVariant BarsFigure::cell(int row, int column) const {
  if (column == 0) return content_.names.value(row);
  return content_.columns[static_cast<std::size_t>(column - 1)].values[static_cast<std::size_t>(row)];
}

QString BarsFigure::numberOf(int row, std::size_t column) const {
  const double value = content_.columns[column].values[static_cast<std::size_t>(row)];
  return std::isfinite(value) ? numberText(value, content_.digits) + content_.unit : QStringLiteral("–");
}

QString BarsFigure::pointText(int point) const {
  QStringList parts = {content_.rows + ' ' + content_.names.value(point)};
  for (std::size_t c = 0; c < content_.columns.size(); ++c)
    parts.append(content_.columns[c].name + ' ' + numberOf(point, c));
  return parts.join(QStringLiteral(", "));
}

BarsFigure::Grid BarsFigure::grid(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  Grid grid;
  grid.gap = metrics.horizontalAdvance('0');
  grid.top = area.top() + FigureHead(content_.title, {content_.note}, area, how).height() + 1.2 * line;
  const double room = std::max(1.0, area.bottom() - grid.top);
  grid.pitch = std::min(kLargestBarPitch * line, room / std::max(1, pointCount()));
  double widest = 0;
  for (const QString& name : content_.names) widest = std::max(widest, metrics.horizontalAdvance(name));
  for (std::size_t c = 0; c < content_.columns.size(); ++c)
    for (int row = 0; row < pointCount(); ++row)
      grid.number = std::max(grid.number, metrics.horizontalAdvance(numberOf(row, c)));
  widest = std::min(widest, area.width() / 3);
  grid.name_right = area.left() + std::max(widest, metrics.horizontalAdvance(content_.rows));
  const auto columns = static_cast<double>(std::max<std::size_t>(1, content_.columns.size()));
  grid.column = std::max(1.0, (area.right() - grid.name_right) / columns);
  return grid;
}

void BarsFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  painter.save();
  painter.setFont(how.font);
  const QFontMetricsF metrics(how.font);
  const double line = 1.2 * metrics.height();
  const Grid grid = this->grid(area, how);
  const FigureHead head(content_.title, {content_.note}, area, how);
  head.paint(painter, area, how);
  const double y = area.top() + head.height();
  painter.drawText(QRectF(area.left(), y, grid.name_right - area.left(), line),
                   Qt::AlignRight | Qt::AlignVCenter, content_.rows);
  // Where rows are lower than letters, some of them alone are named.
  const int every = std::max(1, static_cast<int>(std::ceil(metrics.height() / (kCrowded * grid.pitch))));
  const double bar = std::max(1.0, grid.column - 2 * grid.gap - grid.number);
  for (std::size_t c = 0; c < content_.columns.size(); ++c) {
    const double left = grid.name_right + grid.gap + static_cast<double>(c) * grid.column;
    painter.setPen(how.look.text);
    painter.drawText(QRectF(left, y, grid.column - grid.gap, line), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(content_.columns[c].name, Qt::ElideRight, grid.column - grid.gap));
    for (int row = 0; row < pointCount(); ++row) {
      const double value = content_.columns[c].values[static_cast<std::size_t>(row)];
      const QRectF box(left, grid.top + row * grid.pitch, bar, grid.pitch);
      const double range = content_.most - content_.least, zero = -content_.least / range;
      const double share =
          std::isfinite(value) ? std::clamp((value - content_.least) / range, 0.0, 1.0) : zero;
      painter.fillRect(
          QRectF(box.left() + std::min(share, zero) * bar, box.center().y() - kBarShare * box.height() / 2,
                 std::abs(share - zero) * bar, kBarShare * box.height()),
          seriesColor(how.look, content_.columns[c].color + (value < 0 ? 1 : 0)));
      if (row % every != 0) continue;
      painter.setPen(how.look.text);
      painter.drawText(QRectF(box.left() + std::max(share, zero) * bar + grid.gap / 2, box.top(),
                              grid.number + 2, grid.pitch),
                       Qt::TextDontClip | Qt::AlignLeft | Qt::AlignVCenter, numberOf(row, c));
    }
  }
  for (int row = 0; row < pointCount(); row += every) {
    QFont font = how.font;
    font.setBold(row == content_.marked);
    painter.setFont(font);
    painter.setPen(how.look.text);
    painter.drawText(
        QRectF(area.left(), grid.top + row * grid.pitch, grid.name_right - area.left(), grid.pitch),
        Qt::TextDontClip | Qt::AlignRight | Qt::AlignVCenter,
        QFontMetricsF(font).elidedText(content_.names[row], Qt::ElideRight, grid.name_right - area.left()));
  }
  if (how.current && *how.current < pointCount()) {
    painter.setPen(QPen(how.look.frame, 1, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(
        QRectF(area.left(), grid.top + *how.current * grid.pitch, area.width() - 1, grid.pitch - 1));
  }
  painter.restore();
}

std::optional<int> BarsFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Grid grid = this->grid(area, how);
  const int row = static_cast<int>(std::floor((place.y() - grid.top) / grid.pitch));
  if (row < 0 || row >= pointCount() || !area.contains(place)) return std::nullopt;
  return row;
}

}  // namespace synann::ui
