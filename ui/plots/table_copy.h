// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QTableView;

// What tables do alike.
namespace synann::ui {

// As a list looks and is walked through: to be read and copied, not to be typed into. Tab leads out of it;
// rows are as high as their text.
void beListTable(QTableView* table);

// Ctrl+C, and an entry of the table's menu, copy what is selected with its headings. The table owns the
// action.
void addTableCopy(QTableView* table);

// What is selected as text with tabs: the headings in the first line, the names of the rows first in each
// where the table shows them, cells that are not selected empty. In the order in which the table stands;
// hidden columns are left out. Numbers have all their digits where the model gives them as Qt::EditRole.
// Empty where nothing is selected.
QString selectedTableText(const QTableView& table);

// Columns are never narrower than their headings, also when the model brings others. Wide tables, of which
// only a part is seen, keep their widths.
void keepHeadingsWhole(QTableView* table);

}  // namespace synann::ui
