// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/points_figure.h"

#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/class_marks.h"

namespace synann::ui {
namespace {
constexpr double kPointReach = 14;  // pixels from which a pointer finds a point
}

PointsFigure::PointsFigure(Content content) : content_(std::move(content)) {}

Axes PointsFigure::axes(const QRectF& area, const FigurePaint& how) const {
  const double line = QFontMetricsF(how.font).height() * 1.3;
  const int lines = (how.titled ? 0 : 1) + (how.style.legend == LegendPlace::None ? 0 : 1);
  const synapse::Ranges& r = content_.ranges;
  return Axes(area.adjusted(0, lines * line, 0, 0), Axes::partOfX({r.x.from, r.x.to}, how),
              Axes::partOfY({r.y.from, r.y.to}, how), {content_.x, content_.y}, how.font, false);
}

void PointsFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  const double line = QFontMetricsF(how.font).height() * 1.3;
  painter.save();
  painter.setFont(how.font);
  painter.setPen(how.look.text);
  if (!how.titled)
    painter.drawText(QRectF(area.left(), area.top(), area.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
                     content_.title);
  if (how.style.legend != LegendPlace::None)
    paintClassLegend(painter, QRectF(area.left(), area.top() + (how.titled ? 0 : line), area.width(), line),
                     classCounts(content_.points), how, content_.class_names);
  painter.setFont(how.font);
  axes.paintGrid(painter, how.look);
  const auto seen = [&](QPointF place) { return !how.part || axes.plot().contains(place); };
  for (const synapse::PointCluster& c : content_.clusters)
    if (seen(axes.place(c.x, c.y)))
      paintClassMark(painter, axes.place(c.x, c.y), c.label, classMarkText(c.label, content_.class_names),
                     classMarkRadius(c.count) * classMarkScale(how.font), how);
  if (how.current && *how.current < pointCount()) {
    const auto& p = content_.points[static_cast<std::size_t>(*how.current)];
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(how.look.text, 2));
    if (seen(axes.place(p.x, p.y))) painter.drawEllipse(axes.place(p.x, p.y), 14, 14);
  }
  painter.setFont(how.font);
  axes.paintFrame(painter, how.look);
  painter.restore();
}

QString PointsFigure::className(int label) const {
  return label >= 0 && label < content_.class_names.size() ? content_.class_names[label]
                                                           : QString::number(label);
}

QString PointsFigure::pointText(int point) const {
  const auto& p = content_.points[static_cast<std::size_t>(point)];
  return QCoreApplication::translate("points", "class %1, %2 %3, %4 %5, S %6")
      .arg(className(p.label), content_.x, numberText(p.x), content_.y, numberText(p.y),
           numberText(synapse::evaluate(content_.synapse, p.x, p.y)));
}

std::optional<int> PointsFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Axes axes = this->axes(area, how);
  double nearest = kPointReach;
  std::optional<int> found;
  for (int k = 0; k < pointCount(); ++k) {
    const auto& p = content_.points[static_cast<std::size_t>(k)];
    const QPointF way = axes.place(p.x, p.y) - place;
    const double distance = std::hypot(way.x(), way.y());
    if (!(distance <= nearest)) continue;  // nor one without a place
    nearest = distance;
    found = k;
  }
  return found;
}

QString PointsFigure::columnName(int column) const {
  if (column == 0) return QCoreApplication::translate("points", "class");
  return column == 1 ? content_.x : column == 2 ? content_.y : QStringLiteral("S");
}

QVariant PointsFigure::cell(int row, int column) const {
  const auto& p = content_.points[static_cast<std::size_t>(row)];
  if (column == 0) {
    const QString name = className(p.label);
    return name == QString::number(p.label) ? QVariant(p.label) : QVariant(name);
  }
  return column == 1 ? p.x : column == 2 ? p.y : synapse::evaluate(content_.synapse, p.x, p.y);
}

std::map<int, int> classCounts(const std::vector<synapse::OperatingPoint>& points) {
  std::map<int, int> counts;
  for (const auto& p : points) ++counts[p.label];
  return counts;
}

}  // namespace synann::ui
