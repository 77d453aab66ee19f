// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/heat_figure.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>
#include <QFontMetricsF>

#include "ui/plots/ticks.h"

namespace synann::ui {
namespace {

constexpr double kTick = 4, kGap = 4, kBarWidth = 14, kBarDistance = 14;  // pixels
constexpr int kBarLabels = 10;  // characters that the colour bar has room for: "−0.00125"

struct HeatMapWords {
  Q_DECLARE_TR_FUNCTIONS(heat_map)
};

int positionOf(const std::vector<int>& order, int index) {
  if (order.empty()) return index;
  return static_cast<int>(std::find(order.begin(), order.end(), index) - order.begin());
}

// The positions to label along an axis that shows [from, to): about `wanted`, at round numbers.
std::vector<int> labelled(double from, double to, double wanted) {
  int step = 1;
  for (int k = 0; (to - from) / step > wanted; ++k) step = (k % 3 == 1 ? step / 2 * 5 : step * 2);
  std::vector<int> positions;
  const int first = static_cast<int>(std::ceil(from / step)) * step;
  for (int p = first; p < to; p += step) positions.push_back(p);
  return positions;
}

}  // namespace

int HeatData::rowPosition(int r) const {
  return positionOf(row_order, r);
}
int HeatData::columnPosition(int c) const {
  return positionOf(column_order, c);
}

HeatFigure::HeatFigure(std::shared_ptr<const HeatData> data, const HeatScale& scale)
    : data_(std::move(data)), scale_(scale) {}

QRectF HeatFigure::viewport() const {
  return viewport_.isEmpty() ? QRectF(0, 0, data_->columns, data_->rows) : viewport_;
}

QRectF HeatFigure::matrixRect(const QRectF& area, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height(), digit = metrics.horizontalAdvance('0');
  const double left = line + 4 * digit + kTick + kGap, bottom = kTick + kGap + 2 * line;
  const double right = kBarDistance + kBarWidth + kTick + kGap + kBarLabels * digit;
  const QRectF room = area.adjusted(left, line / 2, -right, -bottom);
  const QRectF cells = viewport();
  const double cell = std::min(room.width() / cells.width(), room.height() / cells.height());
  const QSizeF size(std::max(8.0, cell * cells.width()), std::max(8.0, cell * cells.height()));
  // In the middle: beside the inspector there is more height than width.
  return {QPointF(room.left() + std::max(0.0, (room.width() - size.width()) / 2),
                  room.top() + std::max(0.0, (room.height() - size.height()) / 2)),
          size};
}

void HeatFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  if (data_->rows == 0 || data_->columns == 0) return;
  painter.save();
  painter.setFont(how.font);
  const QRectF rect = matrixRect(area, how);
  paintMatrix(painter, rect, how);
  paintTicks(painter, rect, how);
  paintColorBar(painter, barRect(rect, how), scale_, data_->value, how);
  paintCursor(painter, rect, how);
  painter.restore();
}

const QImage& HeatFigure::image(bool dark) const {
  if (image_.isNull() || image_dark_ != dark) {
    image_ = heatImage(*data_, scale_, dark);
    image_dark_ = dark;
  }
  return image_;
}

// Kept from one repaint to the next: the cursor moves more often than the numbers.
const QImage& HeatFigure::smallImage(bool dark, const QRect& part, const QSize& size) const {
  if (small_.size() != size || small_part_ != part || small_dark_ != dark) {
    small_ = smallHeatImage(*data_, scale_, dark, part, size);
    small_part_ = part;
    small_dark_ = dark;
  }
  return small_;
}

void HeatFigure::paintMatrix(QPainter& painter, const QRectF& rect, const FigurePaint& how) const {
  const bool dark = isDarkLook(how.look);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing, false);
  painter.setRenderHint(QPainter::LosslessImageRendering);
  const QRectF cells = viewport();
  const QRect part = cells.toAlignedRect().intersected(QRect(0, 0, data_->columns, data_->rows));
  const QSize size = (rect.size() * painter.device()->devicePixelRatioF()).toSize();
  if (how.vector) {
    // Whole cells alone, one pixel each: nothing is resampled.
    const double scale = rect.width() / cells.width();
    painter.setClipRect(rect);
    painter.drawImage(QRectF(rect.topLeft() + (QPointF(part.topLeft()) - cells.topLeft()) * scale,
                             QSizeF(part.size()) * scale),
                      image(dark).copy(part));
  } else if (size.width() < part.width() && size.height() < part.height()) {
    // More cells than pixels: their mean, not every other one of them.
    painter.drawImage(rect, smallImage(dark, part, size));
  } else {
    painter.drawImage(rect, image(dark), cells);
  }
  painter.restore();
}

void HeatFigure::paintTicks(QPainter& painter, const QRectF& rect, const FigurePaint& how) const {
  const QFontMetricsF metrics(how.font);
  const double line = metrics.height(), digit = metrics.horizontalAdvance('0');
  const QRectF cells = viewport();
  const double cell = rect.width() / cells.width();
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(how.look.frame, 1));
  painter.drawRect(rect);
  for (const int p : labelled(cells.left(), cells.right(), rect.width() / (5 * digit))) {
    const double x = rect.left() + (p + 0.5 - cells.left()) * cell;
    if (x > rect.right() || p >= data_->columns) break;
    painter.setPen(QPen(how.look.frame, 1));
    painter.drawLine(QPointF(x, rect.bottom()), QPointF(x, rect.bottom() + kTick));
    painter.setPen(how.look.text);
    painter.drawText(QRectF(x - 3 * digit, rect.bottom() + kTick, 6 * digit, line), Qt::AlignCenter,
                     columnName(p));
  }
  for (const int p : labelled(cells.top(), cells.bottom(), rect.height() / (1.6 * line))) {
    const double y = rect.top() + (p + 0.5 - cells.top()) * cell;
    if (y > rect.bottom() || p >= data_->rows) break;
    painter.setPen(QPen(how.look.frame, 1));
    painter.drawLine(QPointF(rect.left() - kTick, y), QPointF(rect.left(), y));
    painter.setPen(how.look.text);
    painter.drawText(QRectF(rect.left() - kTick - kGap - 5 * digit, y - line / 2, 5 * digit, line),
                     Qt::AlignRight | Qt::AlignVCenter, rowName(p));
  }
  painter.setPen(how.look.text);
  painter.drawText(QRectF(rect.left(), rect.bottom() + kTick + line, rect.width(), line), Qt::AlignCenter,
                   data_->column);
  painter.save();
  painter.translate(rect.left() - kTick - kGap - 4 * digit - line, rect.center().y());
  painter.rotate(-90);
  painter.drawText(QRectF(-rect.height() / 2, 0, rect.height(), line), Qt::AlignCenter, data_->row);
  painter.restore();
}

QRectF HeatFigure::barRect(const QRectF& matrix, const FigurePaint& how) const {
  const double title = QFontMetricsF(how.font).height() * 1.3;
  return {matrix.right() + kBarDistance, matrix.top() + title, kBarWidth,
          std::max(8.0, matrix.height() - title)};
}

void HeatFigure::paintCursor(QPainter& painter, const QRectF& rect, const FigurePaint& how) const {
  if (!how.current || *how.current < 0 || *how.current >= pointCount()) return;
  const QRectF cells = viewport();
  const double cell = rect.width() / cells.width();
  const QRectF mark(rect.left() + (*how.current % data_->columns - cells.left()) * cell,
                    rect.top() + (*how.current / data_->columns - cells.top()) * cell, cell, cell);
  if (!rect.adjusted(-1, -1, 1, 1).intersects(mark)) return;
  painter.save();
  painter.setClipRect(rect.adjusted(-2, -2, 2, 2));
  painter.setBrush(Qt::NoBrush);
  QColor guide = how.look.text;
  guide.setAlpha(90);
  painter.setPen(QPen(guide, 1));
  painter.drawLine(QPointF(mark.center().x(), rect.top()), QPointF(mark.center().x(), mark.top() - 3));
  painter.drawLine(QPointF(mark.center().x(), mark.bottom() + 3), QPointF(mark.center().x(), rect.bottom()));
  painter.drawLine(QPointF(rect.left(), mark.center().y()), QPointF(mark.left() - 3, mark.center().y()));
  painter.drawLine(QPointF(mark.right() + 3, mark.center().y()), QPointF(rect.right(), mark.center().y()));
  // Two frames, one dark and one light, are seen on every colour.
  const double air = cell < 6 ? 3 : 1;
  painter.setPen(QPen(Qt::black, 3));
  painter.drawRect(mark.adjusted(-air, -air, air, air));
  painter.setPen(QPen(Qt::white, 1));
  painter.drawRect(mark.adjusted(-air, -air, air, air));
  painter.restore();
}

QString HeatFigure::pointText(int point) const {
  const int r = data_->rowAt(point / data_->columns), c = data_->columnAt(point % data_->columns);
  return HeatMapWords::tr("%1 %2, %3 %4, %5 %6")
      .arg(data_->row)
      .arg(r)
      .arg(data_->column)
      .arg(c)
      .arg(data_->value, numberText(static_cast<double>(data_->at(r, c))));
}

std::optional<int> HeatFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  if (pointCount() == 0) return std::nullopt;
  const QRectF rect = matrixRect(area, how), cells = viewport();
  if (!rect.contains(place)) return std::nullopt;
  const double cell = rect.width() / cells.width();
  const int c =
      std::clamp(static_cast<int>(cells.left() + (place.x() - rect.left()) / cell), 0, data_->columns - 1);
  const int r =
      std::clamp(static_cast<int>(cells.top() + (place.y() - rect.top()) / cell), 0, data_->rows - 1);
  return r * data_->columns + c;
}

QVariant HeatFigure::cell(int row, int column) const {
  return data_->at(data_->rowAt(row), data_->columnAt(column));
}

std::optional<Figure::Matrix> HeatFigure::matrix() const {
  return Matrix{data_->values, data_->rows, data_->columns};
}

}  // namespace synann::ui
