// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/tree_figure.h"

#include <algorithm>
#include <cmath>

#include <QFontMetricsF>

#include "ui/plots/figure_head.h"
#include "ui/plots/ticks.h"

namespace synann::ui {
namespace {

constexpr double kTreeIndent = 12;   // pixels a generation
constexpr double kTreeAir = 8;       // pixels between names, lines and numbers
constexpr double kTreeHighest = 40;  // pixels of a line
constexpr double kTreeLine = 2.2;    // pixels, the width of a branch
constexpr double kTreeDot = 3.5;     // pixels, the radius of the place where it leaves
constexpr double kTreeNames = 0.4;   // of the width, at most, for names

}  // namespace

// Where things stand in an area.
struct TreeFigure::Frame {
  QRectF rows;        // of all branches, with their names and numbers
  QRectF lines;       // where the branches are drawn
  double height = 0;  // of one row
  double last = 1;

  double y(int k) const { return rows.top() + (k + 0.62) * height; }
  double x(double place) const { return lines.left() + place / last * lines.width(); }
};

TreeFigure::TreeFigure(Content content) : content_(std::move(content)) {
  for (const Branch& branch : content_.branches) {
    const bool root = branch.parent < 0 || branch.parent >= static_cast<int>(depth_.size());
    depth_.push_back(root ? 0 : depth_[static_cast<std::size_t>(branch.parent)] + 1);
    last_ = std::max({last_, branch.to, branch.from});
  }
}

TreeFigure::Frame TreeFigure::frame(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  double names = 0, values = metrics.horizontalAdvance(content_.value);
  for (int k = 0; k < pointCount(); ++k) {
    const Branch& branch = content_.branches[static_cast<std::size_t>(k)];
    names = std::max(names, depth(k) * kTreeIndent + metrics.horizontalAdvance(branch.name));
    values = std::max(values, metrics.horizontalAdvance(numberText(branch.value, 4)));
  }
  names = std::min(names, kTreeNames * area.width());
  Frame f;
  f.last = last_;
  f.rows = area.adjusted(2, FigureHead(content_.title, {}, area, how).height() + 1.4 * line, -2, -2.6 * line);
  f.height = std::clamp(f.rows.height() / std::max(1, pointCount()), 1.0, kTreeHighest);
  f.lines = f.rows.adjusted(names + kTreeAir, 0, -values - 2 * kTreeAir, 0);
  f.lines.setHeight(f.height * pointCount());
  return f;
}

void TreeFigure::paintAxis(QPainter& painter, const Frame& f, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double bottom = f.lines.bottom() + 4;
  const int wanted = std::max(2, static_cast<int>(f.lines.width() / (5 * metrics.height())));
  for (const Tick& tick : countTicks(0, last_, wanted)) {
    const double x = f.x(tick.value);
    painter.setPen(QPen(how.look.grid, 1));
    painter.drawLine(QPointF(x, f.lines.top()), QPointF(x, bottom));
    painter.setPen(how.look.text);
    const double half = metrics.horizontalAdvance(tick.label) / 2 + 2;
    painter.drawText(QRectF(x - half, bottom + 1, 2 * half, metrics.height()), Qt::AlignCenter, tick.label);
  }
  painter.setPen(QPen(how.look.frame, 1));
  painter.drawLine(QPointF(f.lines.left(), bottom), QPointF(f.lines.right(), bottom));
  painter.setPen(how.look.text);
  painter.drawText(QRectF(f.lines.left(), bottom + metrics.height(), f.lines.width(), metrics.height()),
                   Qt::AlignCenter, content_.x);
  painter.drawText(QRectF(f.lines.right(), f.rows.top() - 1.2 * metrics.height(),
                          f.rows.right() - f.lines.right(), metrics.height()),
                   Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, content_.value);
}

void TreeFigure::paintBranch(QPainter& painter, const Frame& f, int k, const FigurePaint& how) const {
  const Branch& branch = content_.branches[static_cast<std::size_t>(k)];
  const QFontMetricsF metrics(how.font);
  const QColor color = seriesColor(how.look, depth(k) % 6);
  const double y = f.y(k), begin = f.x(branch.from), end = std::max(begin + 1, f.x(branch.to));
  if (branch.parent >= 0) {
    painter.setPen(QPen(how.look.frame, 1.2));
    painter.drawLine(QPointF(begin, f.y(branch.parent)), QPointF(begin, y));
  }
  const bool current = how.current == k;
  painter.setPen(QPen(color, (current ? 2 : 1) * kTreeLine * how.style.line_width));
  painter.drawLine(QPointF(begin, y), QPointF(end, y));
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawEllipse(QPointF(begin, y), kTreeDot, kTreeDot);
  if (f.height < 0.8 * metrics.height()) return;  // no room for words
  painter.setPen(how.look.text);
  const double left = f.rows.left() + depth(k) * kTreeIndent;
  const double room = f.lines.left() - kTreeAir / 2 - left;
  painter.drawText(QRectF(left, y - f.height / 2, room, f.height), Qt::AlignLeft | Qt::AlignVCenter,
                   metrics.elidedText(branch.name, Qt::ElideMiddle, room));
  if (std::isfinite(branch.value))
    painter.drawText(QRectF(f.lines.right(), y - f.height / 2, f.rows.right() - f.lines.right(), f.height),
                     Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, numberText(branch.value, 4));
  if (branch.words.isEmpty() || f.height < 1.9 * metrics.height()) return;
  const double from = std::min(begin + kTreeDot + 2, f.lines.right() - 0.3 * f.lines.width());
  painter.drawText(QRectF(from, y - metrics.height() - 2, f.lines.right() - from, metrics.height()),
                   Qt::AlignLeft | Qt::AlignVCenter,
                   metrics.elidedText(branch.words, Qt::ElideRight, f.lines.right() - from));
}

void TreeFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Frame f = frame(area, how);
  painter.save();
  FigureHead(content_.title, {}, area, how).paint(painter, area, how);
  paintAxis(painter, f, how);
  for (int k = 0; k < pointCount(); ++k) paintBranch(painter, f, k, how);
  painter.restore();
}

QString TreeFigure::pointText(int point) const {
  QStringList parts;
  for (int column = 0; column < 6; ++column) {
    const QVariant value = cell(point, column);
    const QString text = value.typeId() == QMetaType::Double ? valueText(value.toDouble()) : value.toString();
    if (!text.isEmpty()) parts.append(columnName(column) + ' ' + text);
  }
  return parts.join(QStringLiteral(", "));
}

std::optional<int> TreeFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Frame f = frame(area, how);
  if (place.y() < f.rows.top()) return std::nullopt;
  const int k = static_cast<int>((place.y() - f.rows.top()) / f.height);
  if (k >= pointCount()) return std::nullopt;
  return k;
}

QString TreeFigure::columnName(int column) const {
  const QString names[] = {content_.name, content_.parent, content_.from,
                           content_.x,    content_.words,  content_.value};
  return column < 6 ? names[column] : content_.others[column - 6];
}

QVariant TreeFigure::cell(int row, int column) const {
  const Branch& branch = content_.branches[static_cast<std::size_t>(row)];
  switch (column) {
    case 0:
      return branch.name;
    case 1:
      return branch.parent < 0 ? QString() : content_.branches[static_cast<std::size_t>(branch.parent)].name;
    case 2:
      return branch.from;
    case 3:
      return branch.to;
    case 4:
      return branch.words;
    case 5:
      return branch.value;
    default:
      return branch.others.value(column - 6);
  }
}

}  // namespace synann::ui
