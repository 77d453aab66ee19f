// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/pair_figure.h"

#include <cmath>

#include <QFontMetricsF>

namespace synann::ui {
namespace {

constexpr double kPairGap = 12;      // pixels
constexpr double kSideBySide = 1.5;  // width by height, from which there is room side by side

// How one half is painted: with its own title, and its own point.
FigurePaint halfOf(const FigurePaint& how, std::optional<int> current) {
  FigurePaint half = how;
  half.titled = false;
  half.part.reset();
  half.current = current;
  return half;
}

}  // namespace

PairFigure::PairFigure(QString title, std::shared_ptr<const CurveFigure> first,
                       std::shared_ptr<const CurveFigure> second)
    : title_(std::move(title)), first_(std::move(first)), second_(std::move(second)) {}

PairFigure::Halves PairFigure::halvesOf(const QRectF& area, const FigurePaint& how) const {
  const QRectF room = area.adjusted(0, how.titled ? 0 : 1.2 * QFontMetricsF(how.font).height(), 0, 0);
  QRectF one = room, other = room;
  if (room.width() > kSideBySide * room.height()) {
    one.setWidth((room.width() - kPairGap) / 2);
    other.setLeft(one.right() + kPairGap);
  } else {
    one.setHeight((room.height() - kPairGap) / 2);
    other.setTop(one.bottom() + kPairGap);
  }
  return {one, other};
}

void PairFigure::paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const {
  const Halves halves = halvesOf(area, how);
  const QFontMetricsF metrics(how.font);
  if (!how.titled) {
    painter.setFont(how.font);
    painter.setPen(how.look.text);
    painter.drawText(QRectF(area.left(), area.top(), area.width(), 1.2 * metrics.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(title_, Qt::ElideRight, area.width()));
  }
  const int before = first_->pointCount();
  std::optional<int> one, other;
  if (how.current && *how.current < before) one = *how.current;
  if (how.current && *how.current >= before) other = *how.current - before;
  first_->paint(painter, halves.first, halfOf(how, one));
  second_->paint(painter, halves.second, halfOf(how, other));
}

QString PairFigure::pointText(int point) const {
  const int before = first_->pointCount();
  return point < before ? first_->pointText(point) : second_->pointText(point - before);
}

std::optional<int> PairFigure::pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const {
  const Halves halves = halvesOf(area, how);
  if (const auto found = first_->pointAt(place, halves.first, halfOf(how, {}))) return found;
  const auto found = second_->pointAt(place, halves.second, halfOf(how, {}));
  return found ? std::optional(*found + first_->pointCount()) : std::nullopt;
}

QString PairFigure::columnName(int column) const {
  const int before = first_->columnCount();
  return column < before ? first_->columnName(column) : second_->columnName(column - before);
}

QVariant PairFigure::cell(int row, int column) const {
  const int before = first_->columnCount();
  const CurveFigure& half = column < before ? *first_ : *second_;
  if (row >= half.rowCount()) return std::nan("");
  return half.cell(row, column < before ? column : column - before);
}

}  // namespace synann::ui
