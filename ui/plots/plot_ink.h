// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QList>
#include <QPointF>
#include <QRectF>

namespace synann::ui {

// Where a plot is drawn on, so that texts can be put where it is not. Pixels; as coarse as kCell. What lies
// outside the plot is not kept.
class PlotInk {
 public:
  static constexpr double kCell = 3;  // pixels

  explicit PlotInk(const QRectF& plot);

  void addLine(const QList<QPointF>& places);
  void addBox(const QRectF& box);
  // Whether nothing is in the box, nor in `air` around it as far as the plot reaches. A box that leaves the
  // plot is not free.
  bool isFree(const QRectF& box, double air = 0) const;

  // The free place for a box of this size whose middle is nearest to `from`; none where there is none.
  std::optional<QRectF> nearestFree(const QSizeF& size, QPointF from, double air) const;

 private:
  void addColumn(int column, double top, double bottom);
  std::uint64_t* columnAt(int column) { return bits_.data() + static_cast<std::size_t>(column) * words_; }
  const std::uint64_t* columnAt(int column) const {
    return bits_.data() + static_cast<std::size_t>(column) * words_;
  }

  QRectF plot_;
  int columns_ = 0, rows_ = 0;
  std::size_t words_ = 0;            // of one column
  std::vector<std::uint64_t> bits_;  // column by column, a bit a cell
};

}  // namespace synann::ui
