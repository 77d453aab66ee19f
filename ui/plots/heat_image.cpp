// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a heat map as colours.
#include <algorithm>

#include "ui/plots/heat_figure.h"
#include "ui/plots/heat_shrink.h"

namespace synann::ui {

namespace {

QRgb* lineOf(QImage& image, int row) {
  return reinterpret_cast<QRgb*>(image.scanLine(row));
}

}  // namespace

QImage heatImage(const HeatData& data, const HeatScale& scale, bool dark) {
  QImage image(std::max(1, data.columns), std::max(1, data.rows), QImage::Format_RGB32);
  const HeatColors colors(scale, dark);
  for (int r = 0; r < data.rows; ++r) {
    QRgb* const line = lineOf(image, r);
    const float* values =
        data.values.data() + static_cast<std::size_t>(data.rowAt(r)) * static_cast<std::size_t>(data.columns);
    for (int c = 0; c < data.columns; ++c) line[c] = colors.color(values[data.columnAt(c)]);
  }
  return image;
}

QImage smallHeatImage(const HeatData& data, const HeatScale& scale, bool dark, const QRect& part,
                      const QSize& size) {
  const std::vector<float> means = shrink(data, part, size);
  QImage image(size, QImage::Format_RGB32);
  const HeatColors colors(scale, dark);
  const float* next = means.data();
  for (int r = 0; r < size.height(); ++r) {
    QRgb* const line = lineOf(image, r);
    for (int c = 0; c < size.width(); ++c) line[c] = colors.color(*next++);
  }
  return image;
}

}  // namespace synann::ui
