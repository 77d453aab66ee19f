// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/figure_tabs.h"

#include <QHeaderView>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/plots/figure_view.h"
#include "ui/plots/table_copy.h"

namespace synann::ui {

FigureView* makeFigureView(const QString& name, const QString& placeholder, const QString& help,
                           QWidget* parent) {
  auto* view = new FigureView(parent);
  view->setObjectName(name);
  view->setPlaceholder(placeholder);
  view->setWhatsThis(help);
  view->setToolTip(help);
  return view;
}

QWidget* makeFigureTab(const QList<QWidget*>& parts, QWidget* parent) {
  auto* widget = new QWidget(parent);
  auto* column = new QVBoxLayout(widget);
  column->setContentsMargins(0, 4, 0, 0);
  column->setSpacing(4);
  for (QWidget* part : parts) column->addWidget(part, qobject_cast<FigureView*>(part) ? 1 : 0);
  return widget;
}

void prepareFigureTabs(QTabWidget* tabs, QTableView* table, QAbstractItemModel* model) {
  table->setModel(model);
  table->setTabKeyNavigation(false);
  addTableCopy(table);
  keepHeadingsWhole(table);
  table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
  tabs->setDocumentMode(true);
  tabs->setUsesScrollButtons(false);
}

}  // namespace synann::ui
