// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/study/cell_table_model.h"
#include "ui/widgets/placeholder_table.h"

namespace synann::ui {

// A table of texts, read only; rows are selected as a whole.
class CellTable : public PlaceholderTable {
 public:
  // `empty` is what it says while there is no row.
  CellTable(const QString& name, const QString& label, const QString& help, const QString& empty,
            QWidget* parent = nullptr);

  // Its columns become as wide as their texts.
  void setCells(QStringList headings, std::vector<CellTableModel::Row> rows);
  void setCell(int row, int column, CellTableModel::Cell cell);

 private:
  CellTableModel* cells_;
};

}  // namespace synann::ui
