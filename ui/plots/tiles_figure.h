// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "ui/plots/figure.h"
#include "ui/plots/heat_scale.h"

namespace synann::ui {

// Many small pictures of equal size in a grid, on one scale of colours: filters, rows of weights over pixels,
// images. Its points are the pictures.
class TilesFigure : public Figure {
 public:
  struct Content {
    std::vector<float> values{};  // [count, rows, columns]
    int count = 0;
    int rows = 0, columns = 0;     // of one picture
    bool joined = false;           // no gaps between the pictures: pixels of one
    int marked = -1;               // the chosen picture; −1 for none
    int per_line = 0;              // pictures beside each other; 0 = as fits the area best
    std::vector<QString> names{};  // [count]: "filter 3, channel 0"
    std::vector<int> keys{};       // [count]: what its maker knows them by; not shown
    HeatScale scale{};
    bool bar = true;           // the scale as a bar beside them; photographs need none
    QString title{}, value{};  // "conv1.weight", "w"
  };
  explicit TilesFigure(Content content);

  const Content& content() const { return content_; }

  QString title() const override { return content_.title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return content_.count; }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int pointsPerLine(const QRectF& area, const FigurePaint& how) const override {
    return grid(area, how).per_line;
  }
  // A row for each picture: its numbers row by row.
  int columnCount() const override { return content_.rows * content_.columns; }
  QString columnName(int column) const override;
  QString rowName(int row) const override { return content_.names[static_cast<std::size_t>(row)]; }
  QVariant cell(int row, int column) const override;
  std::optional<Matrix> matrix() const override;

 private:
  // How the pictures stand in an area: pixels.
  struct Grid {
    QPointF corner{};
    int per_line = 1;
    double cell = 1, gap = 2;  // side of one number, between pictures
    QSizeF tile{};
    QRectF rectOf(int point) const;
  };
  Grid grid(const QRectF& area, const FigurePaint& how) const;
  QRectF room(const QRectF& area, const FigurePaint& how) const;
  float at(int point, int row, int column) const;

  Content content_;
};

}  // namespace synann::ui
