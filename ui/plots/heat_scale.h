// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QPainter>
#include <QRectF>
#include <QString>

#include "ui/plots/color_map.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// The range of the colours. Automatic colours are resolved by it. Numbers beyond it have the colours of its
// ends.
struct HeatScale {
  static constexpr double kDecades = 3;  // of a logarithmic scale, on either side of 0

  double least = 0, most = 1;
  ColorMap colors = ColorMap::Automatic;
  // Symmetrically logarithmic: sign(v) log(1 + |v| / t), where t is kDecades below the larger end.
  bool logarithmic = false;

  bool diverging() const {
    return colors == ColorMap::Diverging || (colors == ColorMap::Automatic && least < 0);
  }
  // Where a number stands between the ends: 0 … 1, and beyond for those beyond.
  double place(double value) const;
};

// The scale of these numbers: symmetric about 0 where the map is diverging; NaN and infinity do not count.
HeatScale scaleOf(double least, double most, ColorMap colors);
HeatScale scaleOf(const std::vector<float>& values, ColorMap colors);
// The same without the `share` of the numbers at either end, so that a few large ones do not hide the rest.
inline constexpr double kRobustShare = 0.02;
HeatScale robustScaleOf(std::vector<float> values, ColorMap colors, double share = kRobustShare);

// Numbers to colours, for many at once; what is not a number is grey.
class HeatColors {
 public:
  HeatColors(const HeatScale& scale, bool dark);
  QRgb color(float value) const;

 private:
  const ColorTable& table_;
  HeatScale scale_;
  float factor_, least_;
};

// The scale as a bar with ticks on its right and the name of the quantity above it.
void paintColorBar(QPainter& painter, const QRectF& bar, const HeatScale& scale, const QString& value,
                   const FigurePaint& how);

}  // namespace synann::ui
