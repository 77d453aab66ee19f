// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/plot_ink.h"

#include <algorithm>
#include <cmath>

namespace synann::ui {
namespace {

constexpr int kMostCells = 4096;  // in each direction
constexpr double kStep = 9;       // pixels between the places that are tried

// The bits [from, to] of the word that begins at `first`.
std::uint64_t bitsOf(int from, int to, int first) {
  const int low = std::max(0, from - first), high = std::min(63, to - first);
  if (low > high) return 0;
  return (~std::uint64_t{0} >> (63 - high)) & (~std::uint64_t{0} << low);
}

int inkCell(double distance) {
  return static_cast<int>(std::floor(distance / PlotInk::kCell));
}

}  // namespace

PlotInk::PlotInk(const QRectF& plot) : plot_(plot) {
  columns_ = std::clamp(inkCell(plot.width()) + 1, 1, kMostCells);
  rows_ = std::clamp(inkCell(plot.height()) + 1, 1, kMostCells);
  words_ = static_cast<std::size_t>((rows_ + 63) / 64);
  bits_.assign(static_cast<std::size_t>(columns_) * words_, 0);
}

void PlotInk::addColumn(int column, double top, double bottom) {
  const int from = std::max(0, inkCell(top - plot_.top())),
            to = std::min(rows_ - 1, inkCell(bottom - plot_.top()));
  if (column < 0 || column >= columns_ || from > to) return;
  std::uint64_t* words = columnAt(column);
  for (int word = from / 64; word <= to / 64; ++word) words[word] |= bitsOf(from, to, word * 64);
}

void PlotInk::addLine(const QList<QPointF>& places) {
  for (qsizetype k = 0; k < places.size(); ++k) {
    QPointF a = places[std::max<qsizetype>(0, k - 1)], b = places[k];
    if (!std::isfinite(a.x() + a.y() + b.x() + b.y())) continue;
    if (a.x() > b.x()) std::swap(a, b);
    const double left = std::max(a.x(), plot_.left()), right = std::min(b.x(), plot_.right());
    if (left > right) continue;
    const double slope = b.x() > a.x() ? (b.y() - a.y()) / (b.x() - a.x()) : 0;
    const int first = inkCell(left - plot_.left()), last = inkCell(right - plot_.left());
    for (int column = first; column <= last; ++column) {
      // What of the segment lies in this column.
      double from = a.y(), to = b.y();
      if (b.x() > a.x()) {
        const double edge = plot_.left() + column * kCell;
        from = a.y() + slope * (std::max(edge, a.x()) - a.x());
        to = a.y() + slope * (std::min(edge + kCell, b.x()) - a.x());
      }
      addColumn(column, std::max(std::min(from, to), plot_.top()),
                std::min(std::max(from, to), plot_.bottom()));
    }
  }
}

void PlotInk::addBox(const QRectF& box) {
  const QRectF inside = box & plot_;
  if (inside.isEmpty()) return;
  for (int column = inkCell(inside.left() - plot_.left()); column <= inkCell(inside.right() - plot_.left());
       ++column)
    addColumn(column, inside.top(), inside.bottom());
}

bool PlotInk::isFree(const QRectF& wanted, double air) const {
  if (!plot_.contains(wanted)) return false;
  const QRectF box = wanted.adjusted(-air, -air, air, air) & plot_;
  const int from = std::max(0, inkCell(box.top() - plot_.top())),
            to = std::min(rows_ - 1, inkCell(box.bottom() - plot_.top()));
  const int last = std::min(columns_ - 1, inkCell(box.right() - plot_.left()));
  for (int column = std::max(0, inkCell(box.left() - plot_.left())); column <= last; ++column) {
    const std::uint64_t* words = columnAt(column);
    for (int word = from / 64; word <= to / 64; ++word)
      if ((words[word] & bitsOf(from, to, word * 64)) != 0) return false;
  }
  return true;
}

std::optional<QRectF> PlotInk::nearestFree(const QSizeF& size, QPointF from, double air) const {
  std::optional<QRectF> nearest;
  double least = INFINITY;
  const auto attempt = [&](QPointF middle) {
    const QPointF way = middle - from;
    const double far = way.x() * way.x() + way.y() * way.y();
    if (far >= least) return;
    const QRectF box(middle - QPointF(size.width(), size.height()) / 2, size);
    if (!isFree(box, air)) return;
    least = far;
    nearest = box;
  };
  // From the row of the place outwards: a row farther than the nearest place found holds no nearer one.
  const int rows = static_cast<int>(plot_.height() / kStep) + 1,
            columns = static_cast<int>(plot_.width() / kStep) + 1;
  for (int row = 0; row <= rows && row * kStep * row * kStep < least; ++row)
    for (const int down : {row, -row})
      for (int column = 0; column <= columns && column * kStep * column * kStep < least; ++column)
        for (const int across : {column, -column}) attempt(from + QPointF(across * kStep, down * kStep));
  return nearest;
}

}  // namespace synann::ui
