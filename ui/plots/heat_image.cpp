// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a heat map as colours.
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/plots/heat_figure.h"
#include "ui/plots/heat_shrink.h"

namespace synann::ui {

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

namespace {

constexpr QRgb kNotANumber = 0xff808080;

// Numbers to colours, for many at once.
class Painter {
 public:
  Painter(const HeatScale& scale, bool dark)
      : table_(colorTable(scale.diverging() ? ColorMap::Diverging : scale.colors, dark)),
        factor_(static_cast<float>(255 / (scale.most - scale.least))),
        least_(static_cast<float>(scale.least)) {}

  QRgb color(float value) const {
    const float place = (value - least_) * factor_;
    return std::isnan(place) ? kNotANumber
                             : table_[static_cast<std::size_t>(std::clamp(place, 0.0F, 255.0F) + 0.5F)];
  }

 private:
  const ColorTable& table_;
  float factor_, least_;
};

QRgb* lineOf(QImage& image, int row) {
  return reinterpret_cast<QRgb*>(image.scanLine(row));
}

}  // namespace

QImage heatImage(const HeatData& data, const HeatScale& scale, bool dark) {
  QImage image(std::max(1, data.columns), std::max(1, data.rows), QImage::Format_RGB32);
  const Painter painter(scale, dark);
  for (int r = 0; r < data.rows; ++r) {
    QRgb* const line = lineOf(image, r);
    const float* values =
        data.values.data() + static_cast<std::size_t>(data.rowAt(r)) * static_cast<std::size_t>(data.columns);
    for (int c = 0; c < data.columns; ++c) line[c] = painter.color(values[data.columnAt(c)]);
  }
  return image;
}

QImage smallHeatImage(const HeatData& data, const HeatScale& scale, bool dark, const QRect& part,
                      const QSize& size) {
  const std::vector<float> means = shrink(data, part, size);
  QImage image(size, QImage::Format_RGB32);
  const Painter painter(scale, dark);
  const float* next = means.data();
  for (int r = 0; r < size.height(); ++r) {
    QRgb* const line = lineOf(image, r);
    for (int c = 0; c < size.width(); ++c) line[c] = painter.color(*next++);
  }
  return image;
}

}  // namespace synann::ui
