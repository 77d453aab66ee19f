// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/class_marks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

namespace synann::ui {
namespace {

constexpr double kLeastRadius = 6, kMostRadius = 12;  // pixels
constexpr double kLegendRadius = 7;

QString classText(int label) {
  return QString::number(label);
}

}  // namespace

QColor classColor(int label) {
  // The Okabe–Ito set, and two that stand apart from it.
  static constexpr std::array<QRgb, 10> kColors = {0xfff5f5f5, 0xffe69f00, 0xff56b4e9, 0xff009e73,
                                                   0xfff0e442, 0xff0072b2, 0xffd55e00, 0xffcc79a7,
                                                   0xff8c8c8c, 0xff7a4a1e};
  const auto k = static_cast<std::size_t>(std::max(0, label)) % kColors.size();
  return QColor(kColors[k]);
}

double classMarkRadius(int count) {
  return std::min(kMostRadius, kLeastRadius + 1.4 * (std::sqrt(std::max(1, count)) - 1));
}

void paintClassMark(QPainter& painter, QPointF place, int label, double radius, const FigurePaint& how) {
  const QColor color = classColor(label);
  QColor ink(Qt::black);
  if (contrast(color, ink) < contrast(color, QColor(Qt::white))) ink = Qt::white;
  painter.setPen(QPen(QColor(20, 20, 20), 1));
  painter.setBrush(color);
  painter.drawEllipse(place, radius, radius);
  QFont font = how.font;
  font.setPixelSize(std::max(7, static_cast<int>(std::lround(radius * 1.5))));
  painter.setFont(font);
  painter.setPen(ink);
  painter.drawText(QRectF(place.x() - 2 * radius, place.y() - 2 * radius, 4 * radius, 4 * radius),
                   Qt::AlignCenter, classText(label));
}

void paintClassLegend(QPainter& painter, const QRectF& line, const std::map<int, int>& counts,
                      const FigurePaint& how) {
  painter.save();
  const QFontMetricsF metrics(how.font);
  const double air = metrics.horizontalAdvance('0');
  double x = line.left();
  const auto write = [&](const QString& words) {
    painter.setFont(how.font);
    painter.setPen(how.look.text);
    painter.drawText(QRectF(x, line.top(), metrics.horizontalAdvance(words) + 2, line.height()),
                     Qt::AlignLeft | Qt::AlignVCenter, words);
    x += metrics.horizontalAdvance(words);
  };
  write(QCoreApplication::translate("class_marks", "class"));
  x += air;
  for (const auto& [label, count] : counts) {
    const QString words = QString::number(count);
    const double width = 2 * kLegendRadius + 0.5 * air + metrics.horizontalAdvance(words) + 1.5 * air;
    if (x + width > line.right()) {
      write(QStringLiteral("…"));
      break;
    }
    paintClassMark(painter, {x + kLegendRadius, line.center().y()}, label, kLegendRadius, how);
    x += 2 * kLegendRadius + 0.5 * air;
    write(words);
    x += 1.5 * air;
  }
  painter.restore();
}

}  // namespace synann::ui
