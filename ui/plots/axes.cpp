// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/axes.h"

#include <algorithm>
#include <cmath>

#include <QFontMetricsF>

namespace synann::ui {
namespace {
constexpr double kTickLength = 4, kLabelGap = 4;  // pixels
constexpr double kLowPlot = 3;                    // lines; a lower one needs the room of the name below it

// With a minus that is as wide as a digit, as everywhere else.
QList<Tick> withSigns(QList<Tick> ticks) {
  for (Tick& tick : ticks) tick.label.replace('-', QStringLiteral("−"));
  return ticks;
}

// Labelled with what the logarithms are of.
QList<Tick> ticksOfLogs(double min, double max, int wanted) {
  QList<Tick> ticks = logTicks(std::pow(10.0, min), std::pow(10.0, max), wanted);
  for (Tick& tick : ticks) tick.value = std::log10(tick.value);
  return ticks;
}

QList<Tick> ticksAlong(Axes::Along along, Axes::Range x, int wanted) {
  if (along == Axes::Along::Counts) return countTicks(x.min, x.max, wanted);
  return along == Axes::Along::Logarithms ? ticksOfLogs(x.min, x.max, wanted)
                                          : linearTicks(x.min, x.max, wanted);
}
}  // namespace

Axes::Axes(const QRectF& area, Range x, Range y, const Titles& titles, const QFont& font, Along along,
           bool y_log)
    : area_(area), x_(x), y_(y), titles_(titles), font_(font) {
  const QFontMetricsF metrics(font);
  const double line = metrics.height();
  const double bottom = kTickLength + kLabelGap + line;
  double height = area.height() - bottom - line / 2;
  if (height - line < kLowPlot * line) titles_.x.clear();
  if (!titles_.x.isEmpty()) height -= line;
  height = std::max(10.0, height);
  const int wanted_y = std::max(2, static_cast<int>(height / (1.6 * line)));
  y_ticks_ = withSigns(y_log ? ticksOfLogs(y.min, y.max, wanted_y) : linearTicks(y.min, y.max, wanted_y));
  double widest = 0;
  for (const Tick& tick : y_ticks_) widest = std::max(widest, metrics.horizontalAdvance(tick.label));
  const double left = kTickLength + kLabelGap + widest + (titles.y.isEmpty() ? 0 : line);
  const double right = metrics.horizontalAdvance('0') * 2;
  plot_ =
      QRectF(area.left() + left, area.top() + line / 2, std::max(10.0, area.width() - left - right), height);
  const int wanted = std::max(2, static_cast<int>(plot_.width() / (9 * metrics.horizontalAdvance('0'))));
  x_ticks_ =
      along == Along::Clock ? clockTicks(x.min, x.max, wanted) : withSigns(ticksAlong(along, x, wanted));
}

Axes::Range Axes::partOfX(const Range& all, const FigurePaint& how) {
  if (!how.part) return all;
  return {all.min + how.part->left() * all.width(), all.min + how.part->right() * all.width()};
}

Axes::Range Axes::partOfY(const Range& all, const FigurePaint& how) {
  if (!how.part) return all;
  return {all.min + how.part->top() * all.width(), all.min + how.part->bottom() * all.width()};
}

QPointF Axes::place(double x, double y) const {
  return {plot_.left() + (x - x_.min) / x_.width() * plot_.width(),
          plot_.bottom() - (y - y_.min) / y_.width() * plot_.height()};
}

double Axes::xAt(double pixel) const {
  return x_.min + (pixel - plot_.left()) / plot_.width() * x_.width();
}

void Axes::paintGrid(QPainter& painter, const FigureLook& look) const {
  painter.setPen(QPen(look.grid, 1));
  for (const Tick& tick : y_ticks_) {
    const double y = place(x_.min, tick.value).y();
    painter.drawLine(QPointF(plot_.left(), y), QPointF(plot_.right(), y));
  }
}

void Axes::paintFrame(QPainter& painter, const FigureLook& look) const {
  const QFontMetricsF metrics(font_);
  painter.setFont(font_);
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(look.frame, 1));
  painter.drawRect(plot_);
  const double line = metrics.height();
  for (const Tick& tick : x_ticks_) {
    const double x = place(tick.value, y_.min).x();
    painter.setPen(QPen(look.frame, 1));
    painter.drawLine(QPointF(x, plot_.bottom()), QPointF(x, plot_.bottom() + kTickLength));
    painter.setPen(look.text);
    const double width = metrics.horizontalAdvance(tick.label) + 2;
    painter.drawText(QRectF(x - width / 2, plot_.bottom() + kTickLength + kLabelGap / 2, width, line),
                     Qt::AlignCenter, tick.label);
  }
  for (const Tick& tick : y_ticks_) {
    const double y = place(x_.min, tick.value).y();
    painter.setPen(QPen(look.frame, 1));
    painter.drawLine(QPointF(plot_.left() - kTickLength, y), QPointF(plot_.left(), y));
    painter.setPen(look.text);
    const double width = metrics.horizontalAdvance(tick.label) + 2;
    painter.drawText(QRectF(plot_.left() - kTickLength - kLabelGap - width, y - line / 2, width, line),
                     Qt::AlignRight | Qt::AlignVCenter, tick.label);
  }
  if (!titles_.x.isEmpty())
    painter.drawText(QRectF(plot_.left(), area_.bottom() - line, plot_.width(), line), Qt::AlignCenter,
                     titles_.x);
  if (titles_.y.isEmpty()) return;
  painter.save();
  painter.translate(area_.left() - kLabelGap / 2, plot_.center().y());  // clear of the labels
  painter.rotate(-90);
  painter.drawText(QRectF(-area_.height() / 2, 0, area_.height(), line), Qt::AlignCenter, titles_.y);
  painter.restore();
}

Axes::Range roomyRange(double least, double most, bool zero) {
  if (!std::isfinite(least) || !std::isfinite(most)) return {0, 1};
  if (zero) {
    least = std::min(least, 0.0);
    most = std::max(most, 0.0);
  }
  if (most <= least) {
    const double half = least == 0 ? 0.5 : std::abs(least) / 2;
    return {least - half, most + half};
  }
  const double air = 0.05 * (most - least);
  return {zero && least == 0 ? 0 : least - air, zero && most == 0 ? 0 : most + air};
}

}  // namespace synann::ui
