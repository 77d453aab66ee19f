// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <QPoint>
#include <QRect>

#include "ui/plots/figure_widget.h"
#include "ui/plots/heat_figure.h"

namespace synann::ui {

inline constexpr double kFewestCells = 4;  // that a zoom of a heat map shows

// A heat map one can walk, zoom and move, where a cell or a block of cells is chosen. Keys: arrows = next
// cell (Ctrl: ten), Home/End = ends of the row, Page Up/Down = ten rows, the same with Shift = the block from
// the cell to there, Escape = the cell alone again, + and − = zoom about the cell, 0 = all of it, Alt+arrows
// = move, Enter = open the cell. Mouse: as every figure, but a double click opens the cell, and Shift with a
// click or a drag chooses a block.
class HeatView : public FigureWidget {
  Q_OBJECT

 public:
  explicit HeatView(QWidget* parent = nullptr);

  // Zoom and cell stay where the matrix has the same size.
  void setData(std::shared_ptr<const HeatData> data, const HeatScale& scale);
  const HeatFigure* figure() const { return figure_.get(); }
  std::shared_ptr<const Figure> shownFigure() const override { return figure_; }
  bool canZoom() const override { return figure_ != nullptr; }

  // The chosen cell, by its row and column in the matrix (not by where they stand).
  void setCell(int row, int column);
  int row() const { return row_; }
  int column() const { return column_; }
  // The block from another cell to the chosen one, by places in the picture: from the upper left corner, in
  // cells; empty where the cell alone is chosen. Another cell that is set, or another order, ends it.
  QRect block() const;
  // Cells with a dot on them, by column (x) and row (y) in the matrix: on the screen alone.
  void setMarks(std::vector<QPoint> cells);
  const std::vector<QPoint>& marks() const { return marks_; }
  QString currentPointText() const override;

  QRectF viewport() const;
  void setViewport(const QRectF& cells);  // cut to the matrix; empty = all of it
  void zoom(double factor,
            std::optional<QPointF> about = {});  // in cells; the chosen cell where none is named

  QSize sizeHint() const override { return {560, 480}; }
  QSize minimumSizeHint() const override { return {260, 200}; }

 signals:
  void cellChosen(int row, int column);
  void blockChanged();
  void cellActivated(int row, int column);  // to be looked at closer; it is the chosen one
  void cellHovered(int row, int column);    // −1, −1 when the pointer is on none
  void viewportChanged();

 protected:
  FigurePaint how() const override;
  View shownPart() const override;
  void showPart(const View& part) override;
  QRectF zoomArea() const override;
  void zoomToBand(const QRectF& band) override;
  void moveBy(QPointF way) override;
  void zoomAbout(QPointF place, double factor, Qt::KeyboardModifiers held) override;
  void pointTo(std::optional<QPointF> place) override;
  void chooseAt(QPointF place) override { chooseUnder(place); }
  bool selectsOnShift() const override { return true; }
  void selectBetween(std::optional<QPointF> from, QPointF to) override;
  void paintEvent(QPaintEvent* event) override;
  void menuAt(QPointF place) override { chooseUnder(place); }  // the menu is about that cell
  void openAt(QPointF place) override;
  bool figureKey(const QKeyEvent& event) override;

 private:
  QPointF cellsAt(QPointF place) const;
  std::optional<int> currentPoint() const;
  bool walkKey(const QKeyEvent& event);
  bool zoomKey(const QKeyEvent& event);
  void walk(int rows, int columns, bool block);
  void chooseCell(int rowPosition, int columnPosition, bool block = false);
  void moveTo(int row, int column);
  void setAnchor(std::optional<QPoint> anchor);
  bool chooseUnder(QPointF place);
  void bringIntoView();
  void paintMarks(QPainter& painter, const QRectF& matrix) const;
  void paintBlock(QPainter& painter, const QRectF& matrix) const;

  std::shared_ptr<HeatFigure> figure_;
  QRectF viewport_;  // empty = all of it
  int row_ = 0, column_ = 0;
  std::optional<QPoint> anchor_;  // the other corner of the block, as a place in the picture
  std::vector<QPoint> marks_;
};

}  // namespace synann::ui
