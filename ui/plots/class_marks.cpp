// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/class_marks.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPixmap>
#include <QPixmapCache>

namespace synann::ui {
namespace {

constexpr double kLeastRadius = 6, kMostRadius = 12;  // pixels
constexpr double kLegendRadius = 7;
constexpr double kOwnLine = 14;  // pixels, of the window's letters

constexpr qsizetype kMostLetters = 2;  // of a text within a mark

void drawMark(QPainter& painter, QPointF place, int label, const QString& text, double radius, QFont font) {
  const QColor color = classColor(label);
  QColor ink(Qt::black);
  if (contrast(color, ink) < contrast(color, QColor(Qt::white))) ink = Qt::white;
  painter.setPen(QPen(QColor(20, 20, 20), 1));
  painter.setBrush(color);
  painter.drawEllipse(place, radius, radius);
  font.setPixelSize(std::max(7, static_cast<int>(std::lround(radius * 1.5))));
  painter.setFont(font);
  painter.setPen(ink);
  painter.drawText(QRectF(place.x() - 2 * radius, place.y() - 2 * radius, 4 * radius, 4 * radius),
                   Qt::AlignCenter, text);
}

// The same mark again and again: drawn once, then copied.
QPixmap copiedMark(int label, const QString& text, double radius, const QFont& font, double ratio) {
  const QString key =
      QStringLiteral("synann-mark/%1/%2/%3/%4/%5").arg(label).arg(radius).arg(ratio).arg(font.family(), text);
  QPixmap mark;
  if (QPixmapCache::find(key, &mark)) return mark;
  const double side = 2 * std::ceil(radius + 1);
  mark = QPixmap((QSizeF(side, side) * ratio).toSize());
  mark.setDevicePixelRatio(ratio);
  mark.fill(Qt::transparent);
  QPainter painter(&mark);
  painter.setRenderHint(QPainter::Antialiasing);
  drawMark(painter, {side / 2, side / 2}, label, text, radius, font);
  painter.end();
  QPixmapCache::insert(key, mark);
  return mark;
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

double classMarkScale(const QFont& font) {
  return std::max(1.0, QFontMetricsF(font).height() / kOwnLine);
}

QString classMarkText(int label, const QStringList& names) {
  const QString name = names.value(label);
  return name.isEmpty() || name.size() > kMostLetters ? QString::number(label) : name;
}

void paintClassMark(QPainter& painter, QPointF place, int label, const QString& text, double radius,
                    const FigurePaint& how) {
  if (!how.quick) return drawMark(painter, place, label, text, radius, how.font);
  const double step = 0.5;  // pixels: few sizes, so that copies are found again
  const QPixmap mark = copiedMark(label, text, std::round(radius / step) * step, how.font,
                                  painter.device()->devicePixelRatioF());
  const QSizeF size = mark.deviceIndependentSize();
  painter.drawPixmap(place - QPointF(size.width(), size.height()) / 2, mark);
}

namespace {

// What stands behind a mark: its class's name, where the mark does not say it, and how many there are.
QString legendWords(int label, int count, const QStringList& names, bool named, bool counted) {
  QStringList parts;
  const QString name = names.value(label, QString::number(label));
  if (named && name != classMarkText(label, names)) parts.append(name);
  if (counted) parts.append(QString::number(count));
  return parts.join(QLatin1Char(' '));
}

}  // namespace

void paintClassLegend(QPainter& painter, const QRectF& line, const std::map<int, int>& counts,
                      const FigurePaint& how, const QStringList& names) {
  painter.save();
  const QFontMetricsF metrics(how.font);
  const double air = metrics.horizontalAdvance('0'), radius = kLegendRadius * classMarkScale(how.font);
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
  const auto fits = [&](bool named, bool counted) {
    double whole = x;
    for (const auto& [label, count] : counts)
      whole +=
          2 * radius + 2 * air + metrics.horizontalAdvance(legendWords(label, count, names, named, counted));
    return whole <= line.right();
  };
  const bool both = fits(true, true), named = both || fits(true, false),
             numbers = both || (!named && fits(false, true));
  // Many classes stand closer, and overlap rather than be left out.
  const double room =
      (line.right() - x - radius) / static_cast<double>(std::max<std::size_t>(1, counts.size()));
  const double bare = std::min(2 * radius + 0.5 * air, room);
  for (const auto& [label, count] : counts) {
    paintClassMark(painter, {x + radius, line.center().y()}, label, classMarkText(label, names), radius, how);
    const QString behind = legendWords(label, count, names, named, numbers);
    x += behind.isEmpty() ? bare : 2 * radius + 0.5 * air;
    if (behind.isEmpty()) continue;
    write(behind);
    x += 1.5 * air;
  }
  painter.restore();
}

}  // namespace synann::ui
