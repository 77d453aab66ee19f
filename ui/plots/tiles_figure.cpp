// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/tiles_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/figure_head.h"

namespace synann::ui {
namespace {

struct TilesWords {
  Q_DECLARE_TR_FUNCTIONS(tiles)
};

constexpr double kBar = 14, kBarAway = 14, kBarTicks = 8;  // pixels
constexpr int kBarCharacters = 8;                          // "−0.00125"

}  // namespace

TilesFigure::TilesFigure(Content content) : content_(std::move(content)) {}

float TilesFigure::at(int point, int row, int column) const {
  const auto k = (static_cast<std::size_t>(point) * static_cast<std::size_t>(content_.rows) +
                  static_cast<std::size_t>(row)) *
                     static_cast<std::size_t>(content_.columns) +
                 static_cast<std::size_t>(column);
  return content_.values[k];
}

// Beside the colour bar, below the title.
QRectF TilesFigure::room(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double bar =
      content_.bar ? kBarAway + kBar + kBarTicks + kBarCharacters * metrics.horizontalAdvance('0') : 2;
  const double head = FigureHead(content_.title, {}, area, how).height();
  return area.adjusted(2, how.titled ? 2 : head + 0.1 * metrics.height(), -bar, -2);
}

QRectF TilesFigure::Grid::rectOf(int point) const {
  return {corner + QPointF(point % per_line * (tile.width() + gap), point / per_line * (tile.height() + gap)),
          tile};
}

// As many beside each other as make the pictures largest.
TilesFigure::Grid TilesFigure::grid(const QRectF& area, const FigurePaint& how) const {
  const QRectF place = room(area, how);
  Grid best;
  best.cell = 0;
  const int fewest = content_.per_line > 0 ? content_.per_line : 1;
  const int most = content_.per_line > 0 ? content_.per_line : content_.count;
  for (int across = fewest; across <= most; ++across) {
    const int lines = (content_.count + across - 1) / across;
    const double gap = content_.joined ? 0 : std::clamp(place.width() / across / 12, 1.0, 4.0);
    const double cell = std::min((place.width() - (across - 1) * gap) / (across * content_.columns),
                                 (place.height() - (lines - 1) * gap) / (lines * content_.rows));
    if (cell > best.cell) best = {.per_line = across, .cell = cell, .gap = gap};
  }
  best.cell = std::max(best.cell, 0.05);
  best.tile = {best.cell * content_.columns, best.cell * content_.rows};
  best.corner = place.topLeft();
  return best;
}

void TilesFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  if (content_.count == 0) return;
  painter.save();
  FigureHead(content_.title, {}, area, how).paint(painter, area, how);
  const double line = QFontMetricsF(how.font).height();
  const Grid tiles = grid(area, how);
  const HeatColors colors(content_.scale, isDarkLook(how.look));
  painter.setRenderHint(QPainter::LosslessImageRendering);
  QImage image(content_.columns, content_.rows, QImage::Format_RGB32);
  for (int k = 0; k < content_.count; ++k) {
    for (int r = 0; r < content_.rows; ++r)
      for (int c = 0; c < content_.columns; ++c) image.setPixel(c, r, colors.color(at(k, r, c)));
    painter.drawImage(tiles.rectOf(k), image);
  }
  for (const int point : {content_.marked, how.current.value_or(-1)}) {
    if (point < 0 || point >= content_.count) continue;
    // Two frames, one dark and one light, are seen on every colour.
    const QRectF mark = tiles.rectOf(point).adjusted(-1, -1, 1, 1);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Qt::black, 3));
    painter.drawRect(mark);
    painter.setPen(QPen(Qt::white, 1));
    painter.drawRect(mark);
  }
  const QRectF place = room(area, how);
  const double bar = std::clamp(place.height() - 1.5 * line, 8.0, 240.0);
  if (content_.bar)
    paintColorBar(painter, {place.right() + kBarAway, place.top() + 1.3 * line, kBar, bar}, content_.scale,
                  content_.value, how);
  painter.restore();
}

QString TilesFigure::pointText(int point) const {
  float least = INFINITY, most = -INFINITY;
  double squares = 0;
  for (int r = 0; r < content_.rows; ++r)
    for (int c = 0; c < content_.columns; ++c) {
      const float value = at(point, r, c);
      least = std::min(least, value);
      most = std::max(most, value);
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
  return TilesWords::tr("%1: %2 from %3 to %4, norm %5")
      .arg(content_.names[static_cast<std::size_t>(point)], content_.value,
           numberText(static_cast<double>(least)), numberText(static_cast<double>(most)),
           numberText(std::sqrt(squares)));
}

std::optional<int> TilesFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  if (content_.count == 0) return std::nullopt;
  const Grid tiles = grid(area, how);
  const QPointF from = place - tiles.corner;
  const double wide = tiles.tile.width() + tiles.gap, high = tiles.tile.height() + tiles.gap;
  if (from.x() < 0 || from.y() < 0 || from.x() >= tiles.per_line * wide) return std::nullopt;
  const int point = static_cast<int>(from.y() / high) * tiles.per_line + static_cast<int>(from.x() / wide);
  if (point >= content_.count) return std::nullopt;
  return point;
}

QString TilesFigure::columnName(int column) const {
  return TilesWords::tr("%1, %2").arg(column / content_.columns).arg(column % content_.columns);
}

QVariant TilesFigure::cell(int row, int column) const {
  return static_cast<double>(at(row, column / content_.columns, column % content_.columns));
}

std::optional<Figure::Matrix> TilesFigure::matrix() const {
  return Matrix{content_.values, content_.count, content_.rows * content_.columns};
}

}  // namespace synann::ui
