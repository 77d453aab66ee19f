// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/cell_table.h"

#include <utility>

#include <QHeaderView>

#include "ui/pages/page_controls.h"
#include "ui/plots/table_copy.h"

namespace synann::ui {

namespace {
constexpr int kLeastStudyTable = 80;  // pixels
}

CellTable::CellTable(const QString& name, const QString& label, const QString& help, const QString& empty,
                     QWidget* parent)
    : PlaceholderTable(empty, parent), cells_(new CellTableModel(this)) {
  named(this, name, label, help);
  setModel(cells_);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setTabKeyNavigation(false);
  setSelectionBehavior(QAbstractItemView::SelectRows);
  setShowGrid(false);
  setAlternatingRowColors(true);
  setWordWrap(false);
  setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  verticalHeader()->hide();
  verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 6);
  horizontalHeader()->setHighlightSections(false);
  setMinimumHeight(kLeastStudyTable);
  addTableCopy(this);
}

void CellTable::setCells(QStringList headings, std::vector<CellTableModel::Row> rows) {
  cells_->setCells(std::move(headings), std::move(rows));
  resizeColumnsToContents();
}

void CellTable::setCell(int row, int column, CellTableModel::Cell cell) {
  cells_->setCell(row, column, std::move(cell));
}

}  // namespace synann::ui
