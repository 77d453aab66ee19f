// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>

#include <QAction>
#include <QLabel>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "tests/ui/session/small_data.h"
#include "ui/pages/runs/run_table_model.h"
#include "ui/pages/runs/runs_page.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

// The page alone, without the window around it.
struct RunsBench {
  explicit RunsBench(const QString& folder = {}) {
    testing::prepare(workspace.controller(), home);
    page = std::make_unique<RunsPage>(workspace, [this](const QString& id) {
      auto& action = actions[id];
      if (!action) action = std::make_unique<QAction>(id);
      action->setObjectName(id);
      return action.get();
    });
    if (!folder.isEmpty()) page->remember({{"folders", QStringList{folder}}});
    page->resize(950, 520);
    page->show();
    settle();
  }
  void settle() {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!page->busy(), testing::kWait); }();
  }
  template <class Widget>
  Widget* find(const char* name) const {
    return page->findChild<Widget*>(name);
  }
  QTableView* table() const { return find<QTableView>("runs.list"); }
  QString text(int row, RunTableModel::Column column) const {
    return table()->model()->index(row, column).data().toString();
  }
  int rowOf(const QString& name) const {
    for (int row = 0; row < table()->model()->rowCount(); ++row)
      if (text(row, RunTableModel::Name).endsWith(name)) return row;
    return -1;
  }
  void select(const QStringList& names) {
    table()->clearSelection();
    for (const QString& name : names)
      table()->selectionModel()->setCurrentIndex(table()->model()->index(rowOf(name), 0),
                                                 QItemSelectionModel::Select | QItemSelectionModel::Rows);
    settle();
  }
  void showTabOf(const QWidget* part) const {
    auto* const tabs = find<QTabWidget>("runs.figures");
    for (int tab = 0; tab < tabs->count(); ++tab)
      if (tabs->widget(tab)->isAncestorOf(part)) tabs->setCurrentIndex(tab);
  }
  std::shared_ptr<const Figure> figure() const { return find<FigureView>("runs.runs")->figure(); }

  QTemporaryDir home;
  Workspace workspace;
  std::map<QString, std::unique_ptr<QAction>> actions;
  std::unique_ptr<RunsPage> page;
};

}  // namespace synann::ui
