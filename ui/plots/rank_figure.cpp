// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/rank_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/figure_head.h"

namespace synann::ui {
namespace {

struct RankWords {
  Q_DECLARE_TR_FUNCTIONS(rank)
};

constexpr double kColumnAir = 8;     // pixels between the columns
constexpr double kHighest = 26;      // pixels of a line
constexpr double kWordsTight = 0.8;  // of a letter's height, between words below each other

}  // namespace

// Where things stand in an area.
struct RankFigure::Frame {
  QRectF lines;                           // of all cells
  double height = 0;                      // of one
  double row = 0, column = 0, value = 0;  // right edges of the words
  QRectF bars;

  QRectF line(int k) const { return {lines.left(), lines.top() + k * height, lines.width(), height}; }
};

RankFigure::RankFigure(Content content) : content_(std::move(content)) {
  for (const Cell& one : content_.cells) largest_ = std::max(largest_, std::abs(one.value));
}

RankFigure::Frame RankFigure::frame(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  double row = metrics.horizontalAdvance(content_.row), column = metrics.horizontalAdvance(content_.column),
         value = metrics.horizontalAdvance(content_.value);
  for (const Cell& one : content_.cells) {
    row = std::max(row, metrics.horizontalAdvance(QString::number(one.row)));
    column = std::max(column, metrics.horizontalAdvance(QString::number(one.column)));
    value = std::max(value, metrics.horizontalAdvance(numberText(one.value, 4)));
  }
  Frame f;
  f.lines = area.adjusted(2, FigureHead(content_.title, {}, area, how).height() + 1.5 * line, -2, -2);
  f.height = std::min(kHighest, f.lines.height() / std::max(1, pointCount()));
  f.row = f.lines.left() + row;
  f.column = f.row + 2 * kColumnAir + column;
  f.value = f.column + 2 * kColumnAir + value;
  f.bars = f.lines.adjusted(f.value - f.lines.left() + 2 * kColumnAir, 0, 0, 0);
  f.bars.setHeight(f.height * pointCount());
  return f;
}

void RankFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Frame f = frame(area, how);
  const double letters = QFontMetricsF(how.font).height();
  painter.save();
  FigureHead(content_.title, {}, area, how).paint(painter, area, how);
  const auto word = [&](double right, double y, double height, const QString& text) {
    painter.drawText(QRectF(area.left(), y, right - area.left(), height),
                     Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, text);
  };
  const double head = f.lines.top() - 1.2 * letters;
  word(f.row, head, letters, content_.row);
  word(f.column, head, letters, content_.column);
  word(f.value, head, letters, content_.value);
  const double zero = f.bars.center().x(), scale = largest_ > 0 ? f.bars.width() / 2 / largest_ : 0;
  painter.setPen(QPen(how.look.grid, 1));
  painter.drawLine(QPointF(zero, f.bars.top()), QPointF(zero, f.bars.bottom()));
  double written = -INFINITY;  // the middle of the words above
  for (int k = 0; k < pointCount(); ++k) {
    const Cell& one = content_.cells[static_cast<std::size_t>(k)];
    const QRectF line = f.line(k);
    const bool current = how.current == k;
    QColor color = seriesColor(how.look, one.value < 0 ? 0 : 1);  // as the diverging colours: orange above 0
    if (current) color = color.lighter(135);
    const double length = one.value * scale;
    painter.fillRect(QRectF(std::min(zero, zero + length), line.top() + 0.15 * f.height,
                            std::max(1.0, std::abs(length)), 0.7 * f.height),
                     color);
    // Where lines are lower than words, those that would run into others have none.
    if (!current && line.center().y() < written + kWordsTight * letters) continue;
    written = line.center().y();
    painter.setPen(how.look.text);
    word(f.row, line.top(), f.height, QString::number(one.row));
    word(f.column, line.top(), f.height, QString::number(one.column));
    word(f.value, line.top(), f.height, numberText(one.value, 4));
  }
  painter.restore();
}

QString RankFigure::pointText(int point) const {
  const Cell& one = content_.cells[static_cast<std::size_t>(point)];
  return RankWords::tr("%1 of %2: %3 %4, %5 %6, %7 %8")
      .arg(point + 1)
      .arg(pointCount())
      .arg(content_.row)
      .arg(one.row)
      .arg(content_.column)
      .arg(one.column)
      .arg(content_.value, numberText(one.value));
}

std::optional<int> RankFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Frame f = frame(area, how);
  if (place.y() < f.lines.top() || f.height <= 0) return std::nullopt;
  const int point = static_cast<int>((place.y() - f.lines.top()) / f.height);
  if (point >= pointCount()) return std::nullopt;
  return point;
}

QString RankFigure::columnName(int column) const {
  return column == 0 ? content_.row : column == 1 ? content_.column : content_.value;
}

QVariant RankFigure::cell(int row, int column) const {
  const Cell& one = content_.cells[static_cast<std::size_t>(row)];
  return column == 0 ? one.row : column == 1 ? one.column : one.value;
}

}  // namespace synann::ui
