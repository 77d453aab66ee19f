// SPDX-License-Identifier: GPL-3.0-or-later
// What stands on the loss figure beside its curves: legend, texts, the best point's ring, the frame.
#include <algorithm>
#include <array>
#include <cmath>

#include <QGraphicsEllipseItem>
#include <QGraphicsLayout>
#include <QGraphicsLayoutItem>
#include <QGraphicsPathItem>
#include <QLegend>
#include <QScatterSeries>

#include "ui/plots/loss_figure.h"
#include "ui/plots/overlay_label.h"
#include "ui/plots/polyline_clip.h"
#include "ui/plots/setting_marks.h"

namespace synann::ui {
namespace {

constexpr double kMinorTickLength = 4;  // pixels
constexpr double kInset = 8;            // pixels between the frame and what stands inside it

}  // namespace

void LossFigure::placeOverlays() {
  const QRectF area = plotArea();
  if (area.width() < 1 || area.height() < 1) return;
  placeLegend();
  placeBest();
  setting_marks_->show(marks_, area, font(), legend()->geometry(),
                       [this](double x) { return toPixel(x, range_.maxY).x(); });
  drawFrame();
  if (vector_) drawTrainPath();
  const QRectF empty = empty_text_->boundingRect(), note = note_text_->boundingRect();
  empty_text_->setPos(area.center() - empty.center());
  note_text_->setPos(area.left() + kInset, area.bottom() - note.height() - kInset);
}

// QLegend's own size hint is too narrow and clips the texts; as wide as the widest marker it has one in each
// row.
void LossFigure::placeLegend() {
  double width = 0, height = 0;
  for (const QGraphicsItem* group : legend()->childItems())
    for (QGraphicsItem* child : group->childItems()) {
      const auto* marker = dynamic_cast<QGraphicsLayoutItem*>(child);
      if (marker == nullptr || !child->isVisible()) continue;
      const QSizeF size = marker->effectiveSizeHint(Qt::PreferredSize);
      width = std::max(width, size.width());
      height += size.height();
    }
  qreal left = 0, top = 0, right = 0, bottom = 0;
  legend()->layout()->getContentsMargins(&left, &top, &right, &bottom);
  const QSizeF size(width + left + right + 1, height + top + bottom + 1);
  legend()->setGeometry(QRectF(legendPlace(size), size));
}

// In the upper right corner as in the original, unless it would cover more of the curve there than in another
// one; then it stays where it is until that is no better than elsewhere, for it must not jump about.
QPointF LossFigure::legendPlace(const QSizeF& size) {
  const QRectF area = plotArea();
  const double left = area.left() + kInset, right = area.right() - size.width() - kInset;
  const double top = area.top() + kInset, bottom = area.bottom() - size.height() - kInset;
  const std::array<QPointF, 4> corners = {QPointF(right, top), QPointF(right, bottom), QPointF(left, bottom),
                                          QPointF(left, top)};
  const auto covered = [&](std::size_t corner) { return coveredBy(QRectF(corners[corner], size)); };
  int least = covered(legend_corner_);
  if (legend_corner_ != 0 && covered(0) == 0) {
    legend_corner_ = 0;
  } else if (least > 0) {
    for (std::size_t k = 0; k < corners.size(); ++k) {
      const int here = covered(k);
      if (2 * here >= least) continue;
      least = here;
      legend_corner_ = k;
    }
  }
  return corners[legend_corner_];
}

// How many pieces of the curve lie in a rectangle, roughly: by the boxes around them.
int LossFigure::coveredBy(const QRectF& rect) const {
  const QRectF area = plotArea();
  const double low = toAxis(range_.minY, log_y_), high = toAxis(range_.maxY, log_y_);
  if (!(range_.minX < range_.maxX) || !(low < high)) return 0;
  const auto pixel = [&](const QPointF& p) {
    return QPointF(area.left() + (p.x() - range_.minX) / (range_.maxX - range_.minX) * area.width(),
                   area.bottom() - (p.y() - low) / (high - low) * area.height());
  };
  int count = 0;
  QPointF before;
  for (qsizetype k = 0; k < train_points_.size(); ++k) {
    const QPointF now = pixel(train_points_[k]);
    if (k == 0) before = now;
    count += rect.intersects(QRectF(before, now).normalized().adjusted(0, 0, 1, 1));
    before = now;
  }
  for (const QPointF& point : test_->points()) count += rect.contains(pixel(point));
  return count;
}

void LossFigure::placeBest() {
  best_ring_->setVisible(best_point_.has_value());
  best_text_->setVisible(best_point_.has_value());
  if (!best_point_) return;
  const QRectF area = plotArea(), text = best_text_->boundingRect();
  const QPointF point = toPixel(best_point_->x(), best_point_->y());
  best_ring_->setPos(point);
  // Below the ring, where the noisier train loss seldom is; above it where the frame is in the way.
  QPointF place = point + QPointF(-text.width() / 2, kBestRingSize / 2 + 2);
  place.setX(
      std::clamp(place.x(), area.left() + 2, std::max(area.left() + 2, area.right() - text.width() - 2)));
  if (place.y() + text.height() > area.bottom() - 1)
    place.setY(point.y() - kBestRingSize / 2 - 2 - text.height());
  best_text_->setPos(place);
}

void LossFigure::drawFrame() {
  const QRectF area = plotArea();
  QPainterPath path;
  path.addRect(area);
  if (log_y_)
    for (const double value : logMinorTicks(range_.minY, range_.maxY)) {
      const QPointF start(area.left(), toPixel(range_.minX, value).y());
      path.moveTo(start);
      path.lineTo(start + QPointF(kMinorTickLength, 0));
    }
  frame_->setPath(path);
}

void LossFigure::drawTrainPath() {
  QList<QPointF> pixels;
  pixels.reserve(train_points_.size());
  for (const QPointF& point : train_points_) pixels.append(toPixel(point.x(), fromAxis(point.y(), log_y_)));
  train_path_->setPath(clippedPolyline(pixels, plotArea()));
  train_path_->show();
}

}  // namespace synann::ui
