// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QColor>
#include <QPainter>
#include <QRectF>
#include <QString>

#include "ui/plots/figure.h"

namespace synann::ui {

// Numbers as colours from dark to light, and what stands for them in a line above a figure: the name, the
// least and the greatest number with the colours between them.
class NumberColors {
 public:
  NumberColors() = default;
  // Of those that are finite; the range is empty where none is.
  NumberColors(QString name, const std::vector<double>& numbers);

  QColor of(double number, const FigureLook& look) const;  // grey for one that is not finite
  bool empty() const { return least_ > most_; }
  void paintLegend(QPainter& painter, const QRectF& line, const FigurePaint& how) const;

 private:
  QString name_;
  double least_ = 1, most_ = 0;
};

// Shorter words for an axis or a legend: "0.012", "1.2e−05".
QString shortNumber(double value);

}  // namespace synann::ui
