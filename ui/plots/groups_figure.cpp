// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/groups_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/figure_head.h"

namespace synann::ui {
namespace {

constexpr double kGroupDot = 3.5, kDiamond = 5, kGroupReach = 12;  // pixels
constexpr double kGroupLines = 1.6;  // lines of text that a group is high at most, halved
constexpr double kMeanWidth = 2;     // pixels

struct GroupsWords {
  Q_DECLARE_TR_FUNCTIONS(groups_figure)
};

}  // namespace

GroupsFigure::GroupsFigure(Content content) : content_(std::move(content)) {
  double least = INFINITY, most = -INFINITY;
  const auto see = [&](double value) {
    if (!std::isfinite(value)) return;
    least = std::min(least, value);
    most = std::max(most, value);
  };
  for (std::size_t g = 0; g < content_.groups.size(); ++g) {
    const Group& group = content_.groups[g];
    for (std::size_t p = 0; p < group.points.size(); ++p) {
      order_.push_back({g, p});
      see(group.points[p].value);
    }
    if (group.expected) see(*group.expected);
    if (content_.shape != Shape::Box && group.from && group.to) {
      see(*group.from);
      see(*group.to);
    }
  }
  range_ = least <= most ? roomyRange(least, most, content_.shape == Shape::Bar) : content_.otherwise;
}

QRectF GroupsFigure::plotOf(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  double widest = 0;
  for (const Group& group : content_.groups) widest = std::max(widest, metrics.horizontalAdvance(group.name));
  widest = std::min(widest, 0.4 * area.width());
  const double head = FigureHead(content_.title, content_.notes, area, how).height();
  return area.adjusted(widest + 10, head + 0.3 * line, -12, -2.6 * line);
}

double GroupsFigure::across(const QRectF& plot, double value) const {
  return std::clamp(plot.left() + (value - range_.min) / range_.width() * plot.width(), plot.left(),
                    plot.right());
}

// The points of a group stand a little above each other, in their order, so that equal ones are all seen.
QPointF GroupsFigure::placeOf(const QRectF& plot, const Place& at) const {
  const Group& group = content_.groups[at.group];
  const double pitch = plot.height() / static_cast<double>(content_.groups.size());
  const auto count = static_cast<double>(group.points.size());
  const double spread =
      std::min(0.5 * pitch, 5.0 * count) * ((static_cast<double>(at.point) + 0.5) / count - 0.5);
  return {across(plot, group.points[at.point].value),
          plot.top() + (static_cast<double>(at.group) + 0.5) * pitch + spread};
}

void GroupsFigure::paintAxis(QPainter& painter, const QRectF& area, const QRectF& plot,
                             const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  const int wanted = std::max(2, static_cast<int>(plot.width() / (9 * metrics.horizontalAdvance('0'))));
  for (const Tick& tick : linearTicks(range_.min, range_.max, wanted)) {
    const double x = across(plot, tick.value);
    painter.setPen(QPen(how.look.grid, 1));
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    painter.setPen(QPen(how.look.frame, 1));
    painter.drawLine(QPointF(x, plot.bottom()), QPointF(x, plot.bottom() + 4));
    const QString label = QString(tick.label).replace('-', QStringLiteral("−"));
    const double width = metrics.horizontalAdvance(label) + 4;
    painter.setPen(how.look.text);
    painter.drawText(QRectF(x - width / 2, plot.bottom() + 6, width, line), Qt::AlignCenter, label);
  }
  painter.setPen(QPen(how.look.frame, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(plot);
  painter.setPen(how.look.text);
  painter.drawText(QRectF(plot.left(), area.bottom() - line, plot.width(), line), Qt::AlignCenter,
                   metrics.elidedText(content_.axis, Qt::ElideRight, plot.width()));
}

void GroupsFigure::paintShape(QPainter& painter, const QRectF& plot, const Group& group, double y,
                              double half, const FigurePaint& how) const {
  const QColor color = seriesColor(how.look, group.color);
  QColor ground = color;
  ground.setAlpha(60);
  painter.setPen(QPen(color, 1));
  painter.setBrush(ground);
  const auto box = [&](double from, double to) {
    const double left = across(plot, from);
    painter.drawRect(QRectF(left, y - half, across(plot, to) - left, 2 * half));
  };
  const auto line = [&](double at, double reach) {
    painter.drawLine(QPointF(across(plot, at), y - reach), QPointF(across(plot, at), y + reach));
  };
  const bool boxed = content_.shape == Shape::Box;
  if (boxed) {
    if (!std::isfinite(group.median)) return;
    for (const auto& [from, to] : {std::pair(group.least, group.lower), std::pair(group.upper, group.most)})
      painter.drawLine(QPointF(across(plot, from), y), QPointF(across(plot, to), y));
    line(group.least, half / 2);
    line(group.most, half / 2);
    box(group.lower, group.upper);
  } else if (content_.shape == Shape::Bar) {
    if (std::isfinite(group.mean)) box(0, group.mean);
  }
  if (!boxed && group.from && group.to) {
    if (content_.shape == Shape::Interval) box(*group.from, *group.to);
    painter.drawLine(QPointF(across(plot, *group.from), y), QPointF(across(plot, *group.to), y));
    line(*group.from, half / 2);
    line(*group.to, half / 2);
  }
  const double middle = boxed ? group.median : group.mean;
  if (!std::isfinite(middle)) return;
  painter.setPen(QPen(color, kMeanWidth * how.style.line_width));
  line(middle, half);
}

void GroupsFigure::paintGroup(QPainter& painter, const QRectF& area, const QRectF& plot, std::size_t k,
                              const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const Group& group = content_.groups[k];
  const double pitch = plot.height() / static_cast<double>(content_.groups.size()), line = metrics.height();
  const double y = plot.top() + (static_cast<double>(k) + 0.5) * pitch;
  painter.setPen(how.look.text);
  painter.drawText(QRectF(area.left(), y - line / 2, plot.left() - area.left() - 8, line),
                   Qt::AlignRight | Qt::AlignVCenter,
                   metrics.elidedText(group.name, Qt::ElideRight, plot.left() - area.left() - 8));
  paintShape(painter, plot, group, y, std::min(0.36 * pitch, kGroupLines / 2 * line), how);
  painter.setPen(QPen(how.look.background, 0.8));
  painter.setBrush(seriesColor(how.look, group.color));
  for (std::size_t p = 0; p < group.points.size(); ++p)
    if (std::isfinite(group.points[p].value))
      painter.drawEllipse(placeOf(plot, {k, p}), kGroupDot, kGroupDot);
  if (!group.expected) return;
  const QPointF at(across(plot, *group.expected), y);
  painter.setPen(QPen(how.look.text, 1.4));
  painter.setBrush(Qt::NoBrush);
  painter.drawPolygon(QPolygonF({at + QPointF(0, -kDiamond), at + QPointF(kDiamond, 0),
                                 at + QPointF(0, kDiamond), at + QPointF(-kDiamond, 0)}));
}

void GroupsFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const QRectF plot = plotOf(area, how);
  painter.save();
  painter.setFont(how.font);
  FigureHead(content_.title, content_.notes, area, how).paint(painter, area, how);
  paintAxis(painter, area, plot, how);
  for (std::size_t k = 0; k < content_.groups.size(); ++k) paintGroup(painter, area, plot, k, how);
  if (how.current && *how.current < pointCount() && std::isfinite(pointOf(*how.current).value)) {
    painter.setPen(QPen(how.look.text, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawEllipse(placeOf(plot, order_[static_cast<std::size_t>(*how.current)]), 7, 7);
  }
  painter.restore();
}

QString GroupsFigure::pointText(int point) const {
  const Group& group = groupOf(point);
  const Point& at = pointOf(point);
  if (!std::isfinite(at.value))
    return QStringLiteral("%1, %2: %3")
        .arg(group.name, at.name, at.gap.isEmpty() ? valueText(at.value) : at.gap);
  QString text = QStringLiteral("%1, %2: %3").arg(group.name, at.name, numberOf(at.value));
  if (group.from && group.to)
    text += GroupsWords::tr("; mean %1, from %2 to %3")
                .arg(numberOf(group.mean), numberOf(*group.from), numberOf(*group.to));
  if (group.expected) text += GroupsWords::tr("; expected %1").arg(numberOf(*group.expected));
  return text;
}

std::optional<int> GroupsFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const QRectF plot = plotOf(area, how);
  double nearest = kGroupReach;
  std::optional<int> found;
  for (int k = 0; k < pointCount(); ++k) {
    if (!std::isfinite(pointOf(k).value)) continue;
    const QPointF way = placeOf(plot, order_[static_cast<std::size_t>(k)]) - place;
    const double distance = std::hypot(way.x(), way.y());
    if (distance > nearest) continue;
    nearest = distance;
    found = k;
  }
  return found;
}

QString GroupsFigure::columnName(int column) const {
  switch (column) {
    case 0:
      return GroupsWords::tr("group");
    case 1:
      return content_.point;
    case 2:
      return content_.axis;
    case 3:
      return GroupsWords::tr("mean");
    case 4:
      return GroupsWords::tr("95 % from");
    default:
      return GroupsWords::tr("95 % to");
  }
}

QVariant GroupsFigure::cell(int row, int column) const {
  const Group& group = groupOf(row);
  switch (column) {
    case 0:
      return group.name;
    case 1:
      return pointOf(row).name;
    case 2:
      return pointOf(row).value;
    case 3:
      return group.mean;
    default:
      return (column == 4 ? group.from : group.to).value_or(std::nan(""));
  }
}

QString GroupsFigure::whyNoValue(int row, int column) const {
  if (column == 2) return pointOf(row).gap;
  return column > 3 ? GroupsWords::tr("one number alone has no interval") : QString();
}

}  // namespace synann::ui
