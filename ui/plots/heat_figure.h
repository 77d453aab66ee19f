// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include <QImage>

#include "ui/plots/figure.h"
#include "ui/plots/heat_scale.h"

namespace synann::ui {

// A matrix to be shown: the numbers, what they are called, and in which order its rows and columns stand.
struct HeatData {
  std::vector<float> values;  // [rows, columns], row by row
  int rows = 0, columns = 0;
  std::vector<int> row_order, column_order;  // which row stands k-th from above; empty: as they are
  QString title;                             // "β of fcn"
  QString value = QStringLiteral("β");
  QString row = QStringLiteral("unit i"), column = QStringLiteral("synapse j");

  float at(int r, int c) const {
    return values[static_cast<std::size_t>(r) * static_cast<std::size_t>(columns) +
                  static_cast<std::size_t>(c)];
  }
  int rowAt(int position) const {
    return row_order.empty() ? position : row_order[static_cast<std::size_t>(position)];
  }
  int columnAt(int position) const {
    return column_order.empty() ? position : column_order[static_cast<std::size_t>(position)];
  }
  int rowPosition(int row) const;
  int columnPosition(int column) const;
};

// One pixel for each cell, in the order in which they stand; what is not a number is grey.
QImage heatImage(const HeatData& data, const HeatScale& scale, bool dark);
// One pixel for several cells of a part of the matrix: the colour of their mean.
QImage smallHeatImage(const HeatData& data, const HeatScale& scale, bool dark, const QRect& part,
                      const QSize& size);

// A matrix as colours, with a colour bar. A viewport in cells shows a part of it.
class HeatFigure : public Figure {
 public:
  HeatFigure(std::shared_ptr<const HeatData> data, const HeatScale& scale);

  const HeatData& data() const { return *data_; }
  const std::shared_ptr<const HeatData>& sharedData() const { return data_; }
  const HeatScale& scale() const { return scale_; }
  // The part that is shown, in cells from the upper left corner; all of it when empty.
  void setViewport(const QRectF& cells) { viewport_ = cells; }
  QRectF viewport() const;
  std::shared_ptr<const Figure> whole() const override {
    return viewport_.isEmpty() ? nullptr : std::make_shared<const HeatFigure>(data_, scale_);
  }

  QString title() const override { return data_->title; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return data_->rows * data_->columns; }
  // Points are cells, numbered row by row as they stand.
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int rowCount() const override { return data_->rows; }
  int columnCount() const override { return data_->columns; }
  QString columnName(int column) const override { return QString::number(data_->columnAt(column)); }
  QString rowName(int row) const override { return QString::number(data_->rowAt(row)); }
  QVariant cell(int row, int column) const override;
  std::optional<Matrix> matrix() const override;

  // Where the matrix stands in an area; its cells are squares where it is all shown.
  QRectF matrixRect(const QRectF& area, const FigurePaint& how) const;

 private:
  const QImage& image(bool dark) const;
  const QImage& smallImage(bool dark, const QRect& part, const QSize& size) const;
  void paintMatrix(QPainter& painter, const QRectF& rect, const FigurePaint& how) const;
  void paintTicks(QPainter& painter, const QRectF& rect, const FigurePaint& how) const;
  void paintCursor(QPainter& painter, const QRectF& rect, const FigurePaint& how) const;
  QRectF barRect(const QRectF& matrix, const FigurePaint& how) const;

  std::shared_ptr<const HeatData> data_;
  HeatScale scale_;
  QRectF viewport_;
  mutable QImage image_;  // for the ground it was made for
  mutable bool image_dark_ = false;
  mutable QImage small_;  // of small_part_, where there are more cells than pixels
  mutable QRect small_part_;
  mutable bool small_dark_ = false;
};

}  // namespace synann::ui
