// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QWidget>

#include "engine/data/dataset.h"

namespace synann::ui {

// One image of a data set, dark ink on light ground as on paper, each pixel a square. Lives in the window's
// thread.
class ImagePicture : public QWidget {
  Q_OBJECT

 public:
  // `side`: of the square it is shown in, pixels.
  explicit ImagePicture(int side, QWidget* parent = nullptr);

  // Nothing where there is no data, or no such image. `words`: for screen readers and the tool tip.
  void showImage(const data::DataPairPtr& opened, int index, const QString& words);
  const QImage& image() const { return image_; }
  QSize sizeHint() const override { return {side_, side_}; }
  QSize minimumSizeHint() const override { return sizeHint(); }

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  int side_;
  QImage image_;
};

}  // namespace synann::ui
