// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/table_copy.h"

#include <algorithm>
#include <map>
#include <set>

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QHeaderView>
#include <QTableView>

#include "ui/plots/figure_file.h"

namespace synann::ui {
namespace {

constexpr int kManyColumns = 32;  // their headings are numbers, which fit

QVariant copiedValue(const QModelIndex& index) {
  const QVariant value = index.data(Qt::EditRole);
  return value.isValid() ? value : index.data(Qt::DisplayRole);
}

void widenHeadings(const QTableView& table) {
  QHeaderView* header = table.horizontalHeader();
  if (header->count() > kManyColumns) return;
  for (int column = 0; column < header->count(); ++column) {
    const int least = header->sectionSizeHint(column);
    if (!header->isSectionHidden(column) && header->sectionSize(column) < least)
      header->resizeSection(column, least);
  }
}

}  // namespace

QString selectedTableText(const QTableView& table) {
  if (table.selectionModel() == nullptr) return {};
  const QHeaderView* header = table.horizontalHeader();
  std::set<int> columns;                           // as they stand
  std::map<int, std::map<int, QModelIndex>> rows;  // the same
  for (const QModelIndex& index : table.selectionModel()->selectedIndexes()) {
    if (table.isColumnHidden(index.column()) || table.isRowHidden(index.row())) continue;
    const int column = header->visualIndex(index.column());
    columns.insert(column);
    rows[table.verticalHeader()->visualIndex(index.row())][column] = index;
  }
  if (rows.empty()) return {};
  const QAbstractItemModel& model = *table.model();
  const bool named = !table.verticalHeader()->isHidden();
  QByteArray text;
  bool first = !named;
  for (const int column : columns) {
    if (!first) text.append('\t');
    first = false;
    appendField(text, model.headerData(header->logicalIndex(column), Qt::Horizontal), '\t');
  }
  text.append('\n');
  for (const auto& [row, cells] : rows) {
    if (named)
      appendField(text, model.headerData(table.verticalHeader()->logicalIndex(row), Qt::Vertical), '\t');
    first = !named;
    for (const int column : columns) {
      if (!first) text.append('\t');
      first = false;
      if (const auto cell = cells.find(column); cell != cells.end())
        appendField(text, copiedValue(cell->second), '\t');
    }
    text.append('\n');
  }
  return QString::fromUtf8(text);
}

void beListTable(QTableView* table) {
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setTabKeyNavigation(false);
  table->setShowGrid(false);
  table->setAlternatingRowColors(true);
  table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
  table->horizontalHeader()->setHighlightSections(false);
  addTableCopy(table);
}

void addTableCopy(QTableView* table) {
  auto* copy = new QAction(QCoreApplication::translate("table_copy", "&Copy"), table);
  copy->setObjectName(QStringLiteral("table.copy"));
  copy->setShortcut(QKeySequence::Copy);
  copy->setShortcutContext(Qt::WidgetShortcut);
  QObject::connect(copy, &QAction::triggered, table, [table] {
    const QString text = selectedTableText(*table);
    if (!text.isEmpty()) QGuiApplication::clipboard()->setText(text);
  });
  table->addAction(copy);
  table->setContextMenuPolicy(Qt::ActionsContextMenu);
}

void keepHeadingsWhole(QTableView* table) {
  const auto fit = [table] { widenHeadings(*table); };
  QHeaderView* header = table->horizontalHeader();
  QObject::connect(header, &QHeaderView::sectionCountChanged, table, fit);
  QObject::connect(table->model(), &QAbstractItemModel::headerDataChanged, table, fit);
  QObject::connect(table->model(), &QAbstractItemModel::modelReset, table, fit);
  fit();
}

}  // namespace synann::ui
