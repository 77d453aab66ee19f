// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include <QWidget>

#include "ui/plots/heat_figure.h"

namespace synann::ui {

// A heat map one can walk, zoom and move. Keys: arrows = next cell (Ctrl: ten), Home/End = ends of the row,
// Page Up/Down = ten rows, + and − = zoom about the cell, 0 = all of it, Shift+arrows = move, Enter = open
// the cell. Mouse: click = choose a cell, double click = open it, move = read a cell, wheel = zoom about the
// pointer, drag = move.
class HeatView : public QWidget {
  Q_OBJECT

 public:
  explicit HeatView(QWidget* parent = nullptr);

  // Zoom and cell stay where the matrix has the same size.
  void setData(std::shared_ptr<const HeatData> data, const HeatScale& scale);
  const HeatFigure* figure() const { return figure_.get(); }
  std::shared_ptr<const HeatFigure> sharedFigure() const { return figure_; }
  void setPlaceholder(const QString& words);

  // The chosen cell, by its row and column in the matrix (not by where they stand).
  void setCell(int row, int column);
  int row() const { return row_; }
  int column() const { return column_; }
  QString currentPointText() const;

  QRectF viewport() const;
  void setViewport(const QRectF& cells);  // cut to the matrix; empty = all of it
  void zoom(double factor,
            std::optional<QPointF> about = {});  // in cells; the chosen cell where none is named

  QSize sizeHint() const override { return {560, 480}; }
  QSize minimumSizeHint() const override { return {260, 200}; }

 signals:
  void cellChosen(int row, int column);
  void cellActivated(int row, int column);  // to be looked at closer; it is the chosen one
  void cellHovered(int row, int column);    // −1, −1 when the pointer is on none
  void viewportChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void focusInEvent(QFocusEvent* event) override;
  void focusOutEvent(QFocusEvent* event) override;

 private:
  FigurePaint how() const;
  QRectF area() const;
  QPointF cellsAt(QPointF place) const;
  std::optional<int> currentPoint() const;
  bool walkKey(const QKeyEvent& event);
  bool zoomKey(const QKeyEvent& event);
  void walk(int rows, int columns);
  void chooseAt(int rowPosition, int columnPosition);
  bool chooseUnder(QPointF place);
  void bringIntoView();
  void updateAccessibleName();

  std::shared_ptr<HeatFigure> figure_;
  QString placeholder_;
  QRectF viewport_;  // empty = all of it
  int row_ = 0, column_ = 0;
  std::optional<QPointF> drag_;  // where the pointer was last
  QPointF press_;
  bool dragged_ = false;
};

}  // namespace synann::ui
