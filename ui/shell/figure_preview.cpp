// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/figure_preview.h"

#include <algorithm>

#include <QPainter>

namespace synann::ui {
namespace {
constexpr int kPreviewDelay = 30;    // milliseconds after a change
constexpr int kPreviewMargin = 8;    // pixels
constexpr double kMostEnlarged = 2;  // beyond, a small figure would look like a large one
}  // namespace

FigurePreview::FigurePreview(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
  timer_.setSingleShot(true);
  timer_.setInterval(kPreviewDelay);
  connect(&timer_, &QTimer::timeout, this, &FigurePreview::draw);
}

void FigurePreview::show(std::shared_ptr<const Figure> figure, const std::optional<FigureFile>& file) {
  figure_ = std::move(figure);
  file_ = file;
  if (!timer_.isActive()) timer_.start();
}

// By the very code that draws a PNG, with as many pixels as there is room for.
void FigurePreview::draw() {
  image_ = QImage();
  if (figure_ && file_) {
    const QSizeF room =
        rect().adjusted(kPreviewMargin, kPreviewMargin, -kPreviewMargin, -kPreviewMargin).size();
    const double scale =
        std::min({room.width() / file_->width, room.height() / file_->height, kMostEnlarged});
    const double dots = scale * devicePixelRatioF();
    const QSize pixels = (QSizeF(file_->width, file_->height) * dots).toSize().expandedTo({1, 1});
    image_ = figureImage(*figure_, *file_, pixels);
    image_.setDevicePixelRatio(devicePixelRatioF());
  }
  update();
  emit drawn();
}

void FigurePreview::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.fillRect(rect(), palette().color(QPalette::Mid));
  if (image_.isNull()) return;
  const QSizeF size = image_.deviceIndependentSize();
  painter.drawImage(QPointF((width() - size.width()) / 2, (height() - size.height()) / 2), image_);
}

void FigurePreview::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  if (!timer_.isActive()) timer_.start();
}

}  // namespace synann::ui
