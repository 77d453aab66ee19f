// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "engine/synapse/circuit_logic.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// The truth table of a circuit, a row for each choice of 0 and 1 at its inputs, and what there is to say
// about it. Its points are the rows.
class TruthFigure : public Figure {
 public:
  TruthFigure(const QString& title, synapse::TruthTable table, const QStringList& notes);

  QString title() const override { return title_; }
  void paint(QPainter& painter, const QRectF& area, const FigurePaint& how) const override;
  int pointCount() const override { return static_cast<int>(table_.rows()); }
  QString pointText(int point) const override;
  std::optional<int> pointAt(QPointF place, const QRectF& area, const FigurePaint& how) const override;
  int columnCount() const override;
  QString columnName(int column) const override;
  QVariant cell(int row, int column) const override;

  const synapse::TruthTable& table() const { return table_; }
  const QStringList& notes() const { return notes_; }

 private:
  struct Grid {
    QRectF rows;       // all that are shown
    double line = 0;   // height of one
    double width = 0;  // of a column
    int shown = 0;     // rows
    QRectF notes;
  };
  Grid grid(const QRectF& area, const FigurePaint& how) const;
  QString text(int row, int column) const;
  double number(int row, int column) const;

  QString title_;
  synapse::TruthTable table_;
  QStringList notes_;
};

}  // namespace synann::ui
