// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <vector>

#include <QColor>
#include <QFont>
#include <QGraphicsItem>
#include <QStringList>

#include "ui/plots/loss_curve.h"

namespace synann::ui {

// Where settings were changed: a dotted line down the plot and, where there is room, what holds from there
// on. A part of the loss figure.
class SettingMarks : public QGraphicsItem {
 public:
  explicit SettingMarks(QGraphicsItem* parent);

  void setColors(const QColor& line, const QColor& text, const QColor& ground);
  // `place` turns examples into the x of this item; marks beside the plot are left out. Labels stay out of
  // `taken`, the legend's place.
  void show(const std::vector<SettingMark>& marks, const QRectF& plot, const QFont& font, const QRectF& taken,
            const std::function<double(double)>& place);

  QStringList labels() const;  // those that have room

  QRectF boundingRect() const override { return plot_; }
  void paint(QPainter* painter, const QStyleOptionGraphicsItem* option, QWidget* widget) override;

 private:
  struct Line {
    double x;
    QString words;  // empty where there is no room
    QRectF box;     // of the words
  };
  std::vector<Line> lines_;
  QRectF plot_;
  QFont font_;
  QColor line_, text_, ground_;
};

}  // namespace synann::ui
