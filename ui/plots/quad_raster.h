// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include <QImage>
#include <QPointF>
#include <QRectF>

namespace synann::ui {

// Fills small four-cornered cells of one colour into a picture, several times faster than a QPainter does. A
// pixel belongs to the cell that holds its centre, so that neighbours meet without a seam or an overlap.
class QuadRaster {
 public:
  // `area` in the painter's units, `ratio` dots for each of them.
  QuadRaster(const QRectF& area, double ratio);

  void fill(const std::array<QPointF, 4>& corners, QRgb color);
  const QImage& image() const { return image_; }  // transparent where nothing was filled
  QPointF origin() const { return origin_; }      // where it belongs, in the painter's units

 private:
  QPointF origin_;
  double ratio_;
  QImage image_;
};

}  // namespace synann::ui
