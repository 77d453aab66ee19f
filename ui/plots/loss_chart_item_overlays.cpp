// SPDX-License-Identifier: GPL-3.0-or-later
// What stands on the loss figure beside its curves: legend, texts, the best point's ring, the frame.
#include <algorithm>
#include <array>
#include <cmath>

#include <QGraphicsLayout>
#include <QGraphicsLayoutItem>
#include <QGraphicsPathItem>
#include <QLegend>
#include <QScatterSeries>

#include "ui/plots/loss_chart_item.h"
#include "ui/plots/loss_curve_item.h"
#include "ui/plots/overlay_label.h"
#include "ui/plots/setting_marks.h"

namespace synann::ui {
namespace {

constexpr double kMinorTickLength = 4;  // pixels
constexpr double kInset = 8;            // pixels between the frame and what stands inside it

}  // namespace

void LossChartItem::placeOverlays() {
  const QRectF area = plotArea();
  if (area.width() < 1 || area.height() < 1) return;
  placeLegend();
  placeBest();
  setting_marks_->show(marks_, area, font(), legend()->geometry(),
                       [this](double x) { return toPixel(x, range_.maxY).x(); });
  drawFrame();
  for (const auto& curve : curves_) {
    curve->placeRing(axisToPixel());
    if (vector_) curve->drawPaths(area, axisToPixel());
  }
  const QRectF empty = empty_text_->boundingRect(), note = note_text_->boundingRect();
  empty_text_->setPos(area.center() - empty.center());
  note_text_->setPos(area.left() + kInset, area.bottom() - note.height() - kInset);
}

// QLegend's own size hint is too narrow and clips the texts; as wide as the widest marker it has one in each
// row.
void LossChartItem::placeLegend() {
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
QPointF LossChartItem::legendPlace(const QSizeF& size) {
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

// From axis positions to pixels of this item, as the axes stand now.
std::function<QPointF(const QPointF&)> LossChartItem::axisToPixel() const {
  const QRectF area = plotArea();
  const double low = toAxis(range_.minY, log_y_), high = toAxis(range_.maxY, log_y_);
  const double across = area.width() / (range_.maxX - range_.minX), up = area.height() / (high - low);
  return [=, left = range_.minX](const QPointF& point) {
    return QPointF(area.left() + (point.x() - left) * across, area.bottom() - (point.y() - low) * up);
  };
}

// How many pieces of the curves lie in a rectangle, roughly: by the boxes around them.
int LossChartItem::coveredBy(const QRectF& rect) const {
  if (!(range_.minX < range_.maxX) || !(range_.minY < range_.maxY)) return 0;
  int count = 0;
  const auto pixel = axisToPixel();
  const auto countLine = [&](const QList<QPointF>& points) {
    QPointF before;
    for (qsizetype k = 0; k < points.size(); ++k) {
      const QPointF now = pixel(points[k]);
      if (k == 0) before = now;
      count += rect.intersects(QRectF(before, now).normalized().adjusted(0, 0, 1, 1));
      before = now;
    }
  };
  for (const auto& curve : curves_) {
    countLine(curve->linePoints());
    countLine(curve->rawPoints());
    for (const QPointF& point : curve->test()->points()) count += rect.contains(pixel(point));
  }
  return count;
}

void LossChartItem::placeBest() {
  const auto best = curves_.size() == 1 ? curves_.front()->best() : std::nullopt;
  best_text_->setVisible(best.has_value());
  if (!best) return;
  const QRectF area = plotArea(), text = best_text_->boundingRect();
  const QPointF point = axisToPixel()(*best);
  // Below the ring, where the noisier train loss seldom is; above it where the frame is in the way.
  QPointF place = point + QPointF(-text.width() / 2, kBestRingSize / 2 + 2);
  place.setX(
      std::clamp(place.x(), area.left() + 2, std::max(area.left() + 2, area.right() - text.width() - 2)));
  if (place.y() + text.height() > area.bottom() - 1)
    place.setY(point.y() - kBestRingSize / 2 - 2 - text.height());
  best_text_->setPos(place);
}

void LossChartItem::drawFrame() {
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

}  // namespace synann::ui
