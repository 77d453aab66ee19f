// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRectF>
#include <QStringList>

#include "ui/plots/figure.h"

class QPainter;

namespace synann::ui {

// The words above a figure: its title, unless it stands above the figure already, and its notes. What is too
// wide is broken between its parts (" · "); a part that is too wide alone ends in an ellipsis. Empty notes
// take no line.
class FigureHead {
 public:
  FigureHead(const QString& title, const QStringList& notes, const QRectF& area, const FigurePaint& how);

  const QStringList& lines() const { return lines_; }
  double height() const { return static_cast<double>(lines_.size()) * pitch_; }  // in units of the painter
  // With how.font, from the top of `area`; leaves the pen at the colour of text.
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const;

 private:
  QStringList lines_;
  double pitch_;
};

}  // namespace synann::ui
