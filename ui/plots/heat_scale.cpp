// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/heat_scale.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QFontMetricsF>

#include "ui/plots/ticks.h"

namespace synann::ui {

namespace {

constexpr QRgb kNotANumber = 0xff808080;
constexpr double kBarTick = 4, kBarGap = 4;  // pixels

double symmetricLog(double value, double threshold) {
  return std::copysign(std::log1p(std::abs(value) / threshold), value);
}

// Decades within the scale, and 0.
QList<Tick> logarithmicTicks(const HeatScale& scale) {
  QList<Tick> ticks;
  const double largest = std::max(std::abs(scale.least), std::abs(scale.most));
  const auto add = [&](double value) {
    if (value >= scale.least && value <= scale.most) ticks.append({value, numberText(value, 5)});
  };
  add(0);
  const int top = static_cast<int>(std::floor(std::log10(largest)));
  for (int k = top; k > top - static_cast<int>(HeatScale::kDecades); --k)
    for (const double sign : {1.0, -1.0}) add(sign * std::pow(10.0, k));
  return ticks;
}

}  // namespace

double HeatScale::place(double value) const {
  if (!logarithmic) return (value - least) / (most - least);
  const double threshold = std::max(std::abs(least), std::abs(most)) / std::pow(10.0, kDecades);
  const double from = symmetricLog(least, threshold), to = symmetricLog(most, threshold);
  return (symmetricLog(value, threshold) - from) / (to - from);
}

HeatScale scaleOf(double least, double most, ColorMap colors) {
  if (!std::isfinite(least) || !std::isfinite(most)) least = most = 0;
  HeatScale scale{std::min(least, most), std::max(least, most), colors};
  if (scale.diverging()) {
    scale.most = std::max(std::abs(scale.least), std::abs(scale.most));
    scale.least = -scale.most;
  }
  if (scale.most <= scale.least) {  // a constant matrix: its number in the middle, or 0 at the lower end
    const double half = scale.most == 0 ? 1 : std::abs(scale.most) / 2;
    scale.most += half;
    if (scale.diverging() || scale.least != 0) scale.least -= half;
  }
  return scale;
}

HeatScale scaleOf(const std::vector<float>& values, ColorMap colors) {
  // Side by side, as vectors of the processor are compared; a NaN is neither less nor more than anything.
  constexpr std::size_t kLanes = 16;
  std::array<float, kLanes> least{}, most{};
  least.fill(INFINITY);
  most.fill(-INFINITY);
  const auto see = [&](std::size_t lane, float value) {
    least[lane] = value < least[lane] ? value : least[lane];
    most[lane] = value > most[lane] ? value : most[lane];
  };
  const std::size_t whole = values.size() / kLanes * kLanes;
  for (std::size_t k = 0; k < whole; k += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) see(lane, values[k + lane]);
  }
  for (std::size_t k = whole; k < values.size(); ++k) see(k - whole, values[k]);
  float low = *std::min_element(least.begin(), least.end()),
        high = *std::max_element(most.begin(), most.end());
  if (std::isinf(low) || std::isinf(high)) {  // infinities do not count: once more without them
    low = INFINITY;
    high = -INFINITY;
    for (const float value : values) {
      if (!std::isfinite(value)) continue;
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  return scaleOf(static_cast<double>(low), static_cast<double>(high), colors);
}

HeatScale robustScaleOf(std::vector<float> values, ColorMap colors, double share) {
  values.erase(std::remove_if(values.begin(), values.end(), [](float v) { return !std::isfinite(v); }),
               values.end());
  if (values.empty()) return scaleOf(0, 0, colors);
  const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  const auto at = [&](std::ptrdiff_t k) {
    std::nth_element(values.begin(), values.begin() + k, values.end());
    return static_cast<double>(values[static_cast<std::size_t>(k)]);
  };
  const double least = at(rank), most = at(static_cast<std::ptrdiff_t>(values.size()) - 1 - rank);
  return scaleOf(least, most, colors);
}

HeatColors::HeatColors(const HeatScale& scale, bool dark)
    : table_(colorTable(scale.diverging() ? ColorMap::Diverging : scale.colors, dark)),
      scale_(scale),
      factor_(static_cast<float>(255 / (scale.most - scale.least))),
      least_(static_cast<float>(scale.least)) {}

QRgb HeatColors::color(float value) const {
  const float place = scale_.logarithmic ? static_cast<float>(255 * scale_.place(static_cast<double>(value)))
                                         : (value - least_) * factor_;
  return std::isnan(place) ? kNotANumber
                           : table_[static_cast<std::size_t>(std::clamp(place, 0.0F, 255.0F) + 0.5F)];
}

void paintColorBar(QPainter& painter, const QRectF& bar, const HeatScale& scale, const QString& value,
                   const FigurePaint& how) {
  const ColorMap map = scale.diverging() ? ColorMap::Diverging : scale.colors;
  const ColorTable& table = colorTable(map, isDarkLook(how.look));
  QImage strip(1, 256, QImage::Format_RGB32);
  for (int k = 0; k < 256; ++k) strip.setPixel(0, k, table[static_cast<std::size_t>(255 - k)]);
  painter.setRenderHint(QPainter::LosslessImageRendering);
  painter.drawImage(bar, strip);
  painter.setPen(QPen(how.look.frame, 1));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(bar);
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height();
  const int wanted = std::max(2, static_cast<int>(bar.height() / (2.5 * line)));
  QList<double> labelled;  // places of the labels that are there
  for (const Tick& tick :
       scale.logarithmic ? logarithmicTicks(scale) : linearTicks(scale.least, scale.most, wanted)) {
    const double y = bar.bottom() - scale.place(tick.value) * bar.height();
    if (std::any_of(labelled.begin(), labelled.end(),
                    [&](double other) { return std::abs(other - y) < 1.1 * line; }))
      continue;
    labelled.append(y);
    painter.setPen(QPen(how.look.frame, 1));
    painter.drawLine(QPointF(bar.right(), y), QPointF(bar.right() + kBarTick, y));
    painter.setPen(how.look.text);
    const QString label = QString(tick.label).replace('-', QStringLiteral("−"));
    painter.drawText(
        QRectF(bar.right() + kBarTick + kBarGap, y - line / 2, metrics.horizontalAdvance(label) + 2, line),
        Qt::AlignLeft | Qt::AlignVCenter, label);
  }
  painter.setPen(how.look.text);
  painter.drawText(QRectF(bar.left(), bar.top() - 1.3 * line, metrics.horizontalAdvance(value) + 4, line),
                   Qt::AlignLeft | Qt::AlignVCenter, value);
}

}  // namespace synann::ui
