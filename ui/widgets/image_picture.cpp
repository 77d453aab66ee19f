// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/image_picture.h"

#include <algorithm>

#include <QPainter>

namespace synann::ui {

ImagePicture::ImagePicture(int side, QWidget* parent) : QWidget(parent), side_(side) {
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void ImagePicture::showImage(const data::DataPairPtr& opened, int index, const QString& words) {
  image_ = {};
  if (opened && index >= 0 && index < opened->test.count()) {
    const data::Dataset& set = opened->test;
    const auto pixels = set.image(index);
    image_ = QImage(set.columns, set.rows, QImage::Format_Grayscale8);
    for (int r = 0; r < set.rows; ++r)
      std::transform(pixels.begin() + r * set.columns, pixels.begin() + (r + 1) * set.columns,
                     image_.scanLine(r), [](std::uint8_t ink) { return static_cast<uchar>(255 - ink); });
  }
  setAccessibleName(words);
  setToolTip(words);
  update();
}

void ImagePicture::paintEvent(QPaintEvent* /*event*/) {
  if (image_.isNull()) return;
  QPainter painter(this);
  const QSizeF size = QSizeF(image_.size()).scaled(QSizeF(rect().size()), Qt::KeepAspectRatio);
  const QRectF place({(width() - size.width()) / 2, (height() - size.height()) / 2}, size);
  painter.drawImage(place, image_);
  painter.setPen(palette().color(QPalette::Mid));
  painter.drawRect(place.adjusted(0, 0, -1, -1));
}

}  // namespace synann::ui
