// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/map_figure.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QFontMetricsF>
#include <QPainterPath>

#include "ui/plots/figure_head.h"

namespace synann::ui {
namespace {

constexpr double kMapBarWidth = 14, kMapBarDistance = 10;  // pixels
constexpr int kMapBarLabels = 7;                           // characters that the colour bar has room for
constexpr double kLevelWidth = 1.2;                        // pixels
constexpr double kMarkRadius = 5;                          // pixels

// The middle of the piece that lies nearest to the falling diagonal, where levels lie side by side.
std::optional<QPointF> labelPlace(const std::vector<synapse::Segment>& pieces, const Axes& axes) {
  const QRectF plot = axes.plot();
  double nearest = std::numeric_limits<double>::infinity();
  std::optional<QPointF> found;
  for (const synapse::Segment& piece : pieces) {
    const QPointF at = axes.place((piece.x0 + piece.x1) / 2, (piece.y0 + piece.y1) / 2);
    if (!plot.contains(at)) continue;
    const double across = (at.x() - plot.left()) / plot.width() - (at.y() - plot.top()) / plot.height();
    if (std::abs(across) >= nearest) continue;
    nearest = std::abs(across);
    found = at;
  }
  return found;
}

}  // namespace

MapFigure::MapFigure(Content content) : content_(std::move(content)) {}

Axes MapFigure::axes(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double head = FigureHead(content_.title, {content_.note}, area, how).height();
  const double right = kMapBarDistance + kMapBarWidth + 8 + kMapBarLabels * metrics.horizontalAdvance('0');
  // The name of the field stands above the bar.
  return Axes(area.adjusted(0, head + 0.48 * metrics.height(), -right, 0),
              Axes::partOfX(content_.x_range, how), Axes::partOfY(content_.y_range, how),
              {content_.x, content_.y}, how.font, false);
}

QPointF MapFigure::placeOf(int point) const {
  const auto k = static_cast<std::size_t>(point);
  return {content_.grid.x_at(k % content_.grid.columns), content_.grid.y_at(k / content_.grid.columns)};
}

// A pixel for each point of the grid, with the point in its middle.
void MapFigure::paintColors(QPainter& painter, const Axes& axes, const FigurePaint& how) const {
  const synapse::Surface& grid = content_.grid;
  const auto columns = static_cast<int>(grid.columns), rows = static_cast<int>(grid.rows);
  QImage image(columns, rows, QImage::Format_RGB32);
  const HeatColors colors(content_.scale, isDarkLook(how.look));
  for (int row = 0; row < rows; ++row)
    for (int column = 0; column < columns; ++column)
      image.setPixel(column, rows - 1 - row,
                     colors.color(static_cast<float>(
                         grid.at(static_cast<std::size_t>(row), static_cast<std::size_t>(column)))));
  const double half_x = (grid.x.to - grid.x.from) / (columns - 1) / 2,
               half_y = (grid.y.to - grid.y.from) / (rows - 1) / 2;
  painter.save();
  painter.setClipRect(axes.plot());
  painter.setRenderHint(QPainter::SmoothPixmapTransform, !how.vector);
  painter.setRenderHint(QPainter::LosslessImageRendering);
  painter.drawImage(QRectF(axes.place(grid.x.from - half_x, grid.y.to + half_y),
                           axes.place(grid.x.to + half_x, grid.y.from - half_y)),
                    image);
  painter.restore();
}

void MapFigure::paintLevels(QPainter& painter, const Axes& axes, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  QList<QRectF> labels;
  for (const double level : content_.levels) {
    const auto pieces = synapse::level_pieces(content_.grid, level);
    QPainterPath path;
    for (const synapse::Segment& piece : pieces) {
      path.moveTo(axes.place(piece.x0, piece.y0));
      path.lineTo(axes.place(piece.x1, piece.y1));
    }
    painter.save();
    painter.setClipRect(axes.plot());
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(how.look.text, kLevelWidth * how.style.line_width));
    painter.drawPath(path);
    painter.restore();
    const auto at = labelPlace(pieces, axes);
    if (!at) continue;
    const QString text = numberText(level, 3);
    QRectF ground(0, 0, metrics.horizontalAdvance(text) + 6, metrics.height());
    ground.moveCenter(*at);
    const auto covered = [&](const QRectF& other) { return other.intersects(ground); };
    if (!axes.plot().contains(ground) || std::any_of(labels.begin(), labels.end(), covered)) continue;
    labels.append(ground);
    painter.fillRect(ground, how.look.box);
    painter.setPen(how.look.text);
    painter.drawText(ground, Qt::AlignCenter, text);
  }
}

void MapFigure::paintMarks(QPainter& painter, const Axes& axes, const FigurePaint& how) const {
  const auto ring = [&](const QPointF& place, double radius) {
    const QPointF at = axes.place(place.x(), place.y());
    if (!axes.plot().adjusted(-1, -1, 1, 1).contains(at)) return;
    painter.setBrush(Qt::NoBrush);
    // Two rings, one dark and one light, are seen on every colour.
    painter.setPen(QPen(Qt::black, 4));
    painter.drawEllipse(at, radius, radius);
    painter.setPen(QPen(Qt::white, 2));
    painter.drawEllipse(at, radius, radius);
  };
  if (content_.chosen && how.style.marks) ring(*content_.chosen, kMarkRadius);
  if (how.current && *how.current >= 0 && *how.current < pointCount())
    ring(placeOf(*how.current), kMarkRadius + 3);
}

void MapFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  const double line = 1.2 * QFontMetricsF(how.font).height();
  painter.save();
  FigureHead(content_.title, {content_.note}, area, how).paint(painter, area, how);
  paintColors(painter, axes, how);
  paintLevels(painter, axes, how);
  paintMarks(painter, axes, how);
  axes.paintFrame(painter, how.look);
  const QRectF plot = axes.plot();
  paintColorBar(painter,
                QRectF(plot.right() + kMapBarDistance + QFontMetricsF(how.font).horizontalAdvance('0'),
                       plot.top() + line, kMapBarWidth, std::max(8.0, plot.height() - line)),
                content_.scale, content_.value, how);
  painter.restore();
}

QString MapFigure::pointText(int point) const {
  const QPointF at = placeOf(point);
  return QStringLiteral("%1 %2, %3 %4, %5 %6")
      .arg(content_.x, numberText(at.x(), 4), content_.y, numberText(at.y(), 4), content_.value,
           valueText(content_.grid.values[static_cast<std::size_t>(point)]));
}

std::optional<int> MapFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  const QRectF plot = axes.plot();
  const synapse::Surface& grid = content_.grid;
  if (!plot.contains(place) || grid.values.empty()) return std::nullopt;
  const Axes::Range y_shown = Axes::partOfY(content_.y_range, how);
  const double y = y_shown.min + (plot.bottom() - place.y()) / plot.height() * y_shown.width();
  const auto nearest = [](double share, std::size_t count) {
    const auto last = static_cast<double>(count - 1);
    return static_cast<int>(std::clamp(std::round(share * last), 0.0, last));
  };
  const int column = nearest((axes.xAt(place.x()) - grid.x.from) / (grid.x.to - grid.x.from), grid.columns);
  const int row = nearest((y - grid.y.from) / (grid.y.to - grid.y.from), grid.rows);
  return row * static_cast<int>(grid.columns) + column;
}

QString MapFigure::columnName(int column) const {
  return numberText(content_.grid.x_at(static_cast<std::size_t>(column)), 4);
}

QString MapFigure::rowName(int row) const {
  return numberText(content_.grid.y_at(static_cast<std::size_t>(row)), 4);
}

QVariant MapFigure::cell(int row, int column) const {
  return content_.grid.at(static_cast<std::size_t>(row), static_cast<std::size_t>(column));
}

std::optional<Figure::Matrix> MapFigure::matrix() const {
  Matrix m{{}, rowCount(), columnCount()};
  for (const double value : content_.grid.values) m.values.push_back(static_cast<float>(value));
  return m;
}

}  // namespace synann::ui
