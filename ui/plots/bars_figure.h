// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QStringList>

#include "ui/plots/figure.h"

namespace synann::ui {

// Named rows of one or a few numbers, as bars from 0 on beside each other with the numbers behind them. Its
// points are the rows.
class BarsFigure : public Figure {
 public:
  struct Column {
    QString name;                // "recall"
    std::vector<double> values;  // [rows]; not finite: none
    int color = 0;               // seriesColor
  };
  struct Content {
    QString title;
    QString rows;         // what a row is: "class"
    QStringList names{};  // [rows]
    std::vector<Column> columns{};
    double most = 1;   // the end of the bars
    double least = 0;  // their other end: at most 0
    int marked = -1;   // a row in bold, −1: none
    int digits = 3;    // significant ones behind a bar
    QString note{};    // one line below the title
    QString unit{};    // behind a number: " %"
  };
  // Columns that have not as many values as there are names get none in their place.
  explicit BarsFigure(Content content);

  const Content& content() const { return content_; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(content_.names.size()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  // The table begins with the rows' names.
  int columnCount() const override { return 1 + static_cast<int>(content_.columns.size()); }
  QString columnName(int column) const override {
    return column == 0 ? content_.rows : content_.columns[static_cast<std::size_t>(column - 1)].name;
  }
  QVariant cell(int row, int column) const override;

 private:
  struct Grid {
    double top = 0, pitch = 1, name_right = 0, column = 0, gap = 0, number = 0;
  };
  Grid grid(const QRectF& area, const FigurePaint& how) const;
  QString numberOf(int row, std::size_t column) const;

  Content content_;
};

}  // namespace synann::ui
