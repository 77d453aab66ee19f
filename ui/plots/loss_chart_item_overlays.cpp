// SPDX-License-Identifier: GPL-3.0-or-later
// What stands on the loss figure beside its curves: legend, texts, the best point's ring, the frame.
#include <algorithm>
#include <array>
#include <cmath>

#include <QGraphicsLayout>
#include <QGraphicsLayoutItem>
#include <QGraphicsLineItem>
#include <QGraphicsPathItem>
#include <QLegend>
#include <QScatterSeries>

#include "ui/plots/loss_chart_item.h"
#include "ui/plots/loss_curve_item.h"
#include "ui/plots/overlay_label.h"
#include "ui/plots/plot_ink.h"
#include "ui/plots/setting_marks.h"

namespace synann::ui {
namespace {

using namespace Qt::StringLiterals;

constexpr double kMinorTickLength = 4;  // pixels
constexpr double kInset = 8;            // pixels between the frame and what stands inside it
constexpr double kPointRadius = 5;      // pixels that a test point takes up, with some air
constexpr double kBestAir = 2;          // pixels around the text of the best point
constexpr double kWayBack = 30;         // pixels of air that let texts return into the plot: it grows then
constexpr int kAllRows = 1000;          // all markers of the legend below each other
constexpr int kMostRows = 12;           // of a legend above the plot
constexpr double kNear = 8;             // pixels between point and text that need no line

// The size of the legend with its markers in columns of so many rows; all of them below each other where that
// is more. QLegend's own size hint is too narrow and clips the texts.
QSizeF legendSize(const QLegend& legend, int rows) {
  qreal left = 0, top = 0, right = 0, bottom = 0;
  legend.layout()->getContentsMargins(&left, &top, &right, &bottom);
  double width = 0, column = 0, highest = 0;
  int count = 0;
  for (const QGraphicsItem* group : legend.childItems())
    for (QGraphicsItem* child : group->childItems()) {
      const auto* marker = dynamic_cast<QGraphicsLayoutItem*>(child);
      if (marker == nullptr || !child->isVisible()) continue;
      const QSizeF size = marker->effectiveSizeHint(Qt::PreferredSize);
      if (count % rows == 0) {
        width += column;
        column = 0;
      }
      column = std::max(column, size.width());
      highest = std::max(highest, size.height());
      ++count;
    }
  return {width + column + left + right + 1, std::min(count, rows) * highest + top + bottom + 1};
}

// The number of a corner among the places of LossChartItem::legendPlace().
std::optional<std::size_t> cornerOf(LegendPlace place) {
  switch (place) {
    case LegendPlace::UpperRight:
      return 0;
    case LegendPlace::LowerRight:
      return 1;
    case LegendPlace::LowerLeft:
      return 2;
    case LegendPlace::UpperLeft:
      return 3;
    case LegendPlace::Automatic:
    case LegendPlace::None:
      break;
  }
  return std::nullopt;
}

}  // namespace

void LossChartItem::placeOverlays() {
  const QRectF area = plotArea();
  if (area.width() < 1 || area.height() < 1) return;
  const QRectF empty = empty_text_->boundingRect(), note = note_text_->boundingRect();
  empty_text_->setPos(area.center() - empty.center());
  note_text_->setPos(area.left() + kInset, area.bottom() - note.height() - kInset);
  PlotInk drawn = ink();
  placeLegend(drawn);
  setting_marks_->show(marks_, area, font(), legend()->isVisible() ? legend()->geometry() : QRectF(),
                       [this](double x) { return toPixel(x, range_.maxY).x(); });
  placeBest(drawn);
  drawFrame();
  for (const auto& curve : curves_) {
    curve->placeRing(axisToPixel(), style_.marks);
    if (vector_) curve->drawPaths(area, axisToPixel());
  }
  double head = 0;
  if (legend_outside_) head = legend()->geometry().height();
  if (best_outside_) head = std::max(head, best_text_->boundingRect().height() + kBestAir);
  setHead(head);
}

// The plot moves down by it; what follows from that is placed when it has.
void LossChartItem::setHead(double height) {
  if (height == head_) return;
  head_ = height;
  setMargins(kLossMargins + QMargins(0, static_cast<int>(std::ceil(height)), 0, 0));
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

// What the curves, their points and the note take up.
PlotInk LossChartItem::ink() const {
  PlotInk ink(plotArea());
  const auto pixel = axisToPixel();
  QList<QPointF> places;
  for (const auto& curve : curves_) {
    for (const QList<QPointF>* points : {&curve->linePoints(), &curve->rawPoints()}) {
      places.resize(points->size());
      std::ranges::transform(*points, places.begin(), pixel);
      ink.addLine(places);
    }
    for (const QPointF& point : curve->test()->points()) {
      const QPointF at = pixel(point);
      const double radius = kPointRadius * pointScale(style_.line_width);
      ink.addBox({at.x() - radius, at.y() - radius, 2 * radius, 2 * radius});
    }
    if (!curve->best() || !style_.marks) continue;
    const QPointF at = pixel(*curve->best());
    ink.addBox({at.x() - ringSize() / 2, at.y() - ringSize() / 2, ringSize(), ringSize()});
  }
  if (!note_text_->text().isEmpty()) ink.addBox(note_text_->sceneBoundingRect().translated(-scenePos()));
  return ink;
}

void LossChartItem::placeLegend(PlotInk& ink) {
  legend_outside_ = legend_outside_ && legend()->isVisible();
  if (!legend()->isVisible()) return;
  const QRectF area = plotArea();
  const auto inside = legendPlace(legendSize(*legend(), kAllRows), ink);
  legend_outside_ = !inside;
  if (inside) {
    legend()->setGeometry(*inside);
    ink.addBox(*inside);
    return;
  }
  // Above the plot, as flat as its width allows.
  int rows = 1;
  while (rows < kMostRows && legendSize(*legend(), rows).width() > area.width()) ++rows;
  const QSizeF size = legendSize(*legend(), rows);
  legend()->setGeometry(QRectF(QPointF(area.right() - size.width(), area.top() - size.height() - 1), size));
}

// In the upper right corner as in the original, unless it would cover the curve there; else in the next place
// that is free, where it stays as long as that is so, for it must not jump about.
std::optional<QRectF> LossChartItem::legendPlace(const QSizeF& size, const PlotInk& ink) {
  const QRectF area = plotArea();
  const double left = area.left() + kInset, right = area.right() - size.width() - kInset;
  const double top = area.top() + kInset, bottom = area.bottom() - size.height() - kInset;
  const double middle = (left + right) / 2;
  const std::array<QPointF, 6> places = {QPointF(right, top),   QPointF(right, bottom),
                                         QPointF(left, bottom), QPointF(left, top),
                                         QPointF(middle, top),  QPointF(middle, bottom)};
  const double air = legend_outside_ ? kWayBack : 0;
  const auto free = [&](std::size_t place) { return ink.isFree(QRectF(places[place], size), air); };
  if (size.width() + 2 * kInset > area.width() || size.height() + 2 * kInset > area.height())
    return std::nullopt;
  // Where a person wants it, it may cover something.
  if (const auto corner = cornerOf(style_.legend)) return QRectF(places[*corner], size);
  if (!free(0) && !legend_outside_ && free(legend_place_)) return QRectF(places[legend_place_], size);
  for (std::size_t place = 0; place < places.size(); ++place) {
    if (!free(place)) continue;
    legend_place_ = place;
    return QRectF(places[place], size);
  }
  return std::nullopt;
}

double LossChartItem::ringSize() const {
  return kBestRingSize * pointScale(style_.line_width);
}

// Beside its point, where no curve is: below if it can be. Above the plot where there is no such place.
void LossChartItem::placeBest(const PlotInk& ink) {
  const auto best = style_.marks && curves_.size() == 1 ? curves_.front()->best() : std::nullopt;
  best_text_->setVisible(best.has_value());
  best_line_->hide();
  if (!best) {
    best_outside_ = false;
    return;
  }
  const QString words = u"best accuracy %1 %"_s.arg(curves_.front()->bestAccuracy(), 0, 'f', 2);
  if (words != best_text_->text()) best_text_->setText(words);
  const QRectF area = plotArea();
  const QPointF point = axisToPixel()(*best);
  const QSizeF size = best_text_->boundingRect().size();
  const auto box = [&](QPointF way) {
    return QRectF(point + way - QPointF(size.width(), size.height()) / 2, size);
  };
  const double down = ringSize() / 2 + size.height() / 2 + kBestAir + 1,
               across = ringSize() / 2 + size.width() / 2 + kBestAir + 1;
  const double air = best_outside_ ? kWayBack : kBestAir;
  std::optional<QRectF> place;
  // Where it stands already, then beside the ring.
  for (const QPointF way :
       {best_way_, QPointF(0, down), QPointF(0, -down), QPointF(across, 0), QPointF(-across, 0)})
    if (!place && !way.isNull() && ink.isFree(box(way), air)) place = box(way);
  if (!place) place = ink.nearestFree(size, point, air + kBestAir);
  best_outside_ = !place;
  if (!place) {
    // Left of the legend, if that is there too.
    const double end = legend_outside_ ? legend()->geometry().left() - kInset : area.right();
    const double x = std::max(area.left(), std::min(point.x() - size.width() / 2, end - size.width()));
    place = QRectF(QPointF(x, area.top() - size.height() - 1), size);
  }
  best_way_ = best_outside_ ? QPointF() : place->center() - point;
  best_text_->setPos(place->topLeft());
  // A line to what is far away.
  const QPointF near(std::clamp(point.x(), place->left(), place->right()),
                     std::clamp(point.y(), place->top(), place->bottom()));
  const QLineF way(near, point);
  if (way.length() < ringSize() / 2 + kNear) return;
  best_line_->setLine(QLineF(near, way.pointAt(1 - ringSize() / 2 / way.length())));
  best_line_->show();
}

QString LossChartItem::bestText() const {
  return best_text_->isVisible() ? best_text_->text() : QString();
}

QRectF LossChartItem::bestRect() const {
  return best_text_->isVisible() ? best_text_->boundingRect().translated(best_text_->pos()) : QRectF();
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
