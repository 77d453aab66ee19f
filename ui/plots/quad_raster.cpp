// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/quad_raster.h"

#include <algorithm>
#include <cmath>

namespace synann::ui {

QuadRaster::QuadRaster(const QRectF& area, double ratio)
    : origin_(std::floor(area.left()), std::floor(area.top())), ratio_(ratio) {
  const int width = static_cast<int>(std::ceil((area.right() - origin_.x()) * ratio)),
            height = static_cast<int>(std::ceil((area.bottom() - origin_.y()) * ratio));
  image_ = QImage(std::max(1, width), std::max(1, height), QImage::Format_ARGB32_Premultiplied);
  image_.fill(Qt::transparent);
  image_.setDevicePixelRatio(ratio);
}

void QuadRaster::fill(const std::array<QPointF, 4>& corners, QRgb color) {
  std::array<QPointF, 4> p;
  double top = HUGE_VAL, bottom = -HUGE_VAL;
  for (std::size_t k = 0; k < p.size(); ++k) {
    p[k] = (corners[k] - origin_) * ratio_;
    top = std::min(top, p[k].y());
    bottom = std::max(bottom, p[k].y());
  }
  const int first = std::max(0, static_cast<int>(std::ceil(top - 0.5)));
  const int last = std::min(image_.height() - 1, static_cast<int>(std::ceil(bottom - 0.5)) - 1);
  const double right_end = image_.width();
  for (int row = first; row <= last; ++row) {
    const double y = row + 0.5;
    double left = HUGE_VAL, right = -HUGE_VAL;
    for (std::size_t k = 0; k < p.size(); ++k) {
      // An edge is always followed downwards, so that both of its cells find the same place on it.
      const QPointF &a = p[k], &b = p[(k + 1) % p.size()];
      const QPointF &upper = a.y() <= b.y() ? a : b, &lower = a.y() <= b.y() ? b : a;
      if (!(upper.y() <= y && y < lower.y())) continue;
      const double x = upper.x() + (y - upper.y()) / (lower.y() - upper.y()) * (lower.x() - upper.x());
      left = std::min(left, x);
      right = std::max(right, x);
    }
    if (!(left < right)) continue;
    const int from = static_cast<int>(std::ceil(std::clamp(left, 0.0, right_end) - 0.5)),
              to = static_cast<int>(std::ceil(std::clamp(right, 0.0, right_end) - 0.5));
    if (from >= to) continue;
    auto* line = reinterpret_cast<QRgb*>(image_.scanLine(row));
    std::fill(line + from, line + to, color);
  }
}

}  // namespace synann::ui
