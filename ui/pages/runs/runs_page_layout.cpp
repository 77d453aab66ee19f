// SPDX-License-Identifier: GPL-3.0-or-later
// How the Runs page is put together.
#include <optional>

#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/pages/busy_row.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/runs/runs_page.h"
#include "ui/pages/runs/runs_table.h"

namespace synann::ui {

void RunsPage::layOut(const PageActions& actions) {
  split_ = new QSplitter(Qt::Vertical, this);
  split_->setObjectName("runs.split");
  split_->setChildrenCollapsible(false);
  busy_row_ = new BusyRow(
      QStringLiteral("runs.reading"), tr("reading the runs"),
      [this]() -> std::optional<double> {
        if (!lister_.busy()) return std::nullopt;
        return done_->load();
      },
      this);
  table_ = new RunsTable(actions, busy_row_, this);
  addFolderChoices();
  figures_ = new RunsFigures(*table_, this);
  split_->addWidget(table_);
  split_->addWidget(figures_);
  split_->setStretchFactor(0, 2);
  split_->setStretchFactor(1, 3);
  stack_ = new QStackedWidget(this);
  stack_->addWidget(split_);
  stack_->addWidget(makeEmpty());
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 4, 4, 2);
  column->addWidget(stack_);
  orderByEye();
}

// As the eye goes, not as the parts were made.
void RunsPage::orderByEye() {
  const QWidgetList order = QWidgetList{table_->view()} + figures_->inOrder();
  for (qsizetype k = 1; k < order.size(); ++k) setTabOrder(order[k - 1], order[k]);
}

// What was added is taken away where it is at hand.
void RunsPage::addFolderChoices() {
  auto* menu = new QMenu(tr("Stop listing a &folder"), table_->view());
  table_->view()->addAction(menu->menuAction());
  connect(menu, &QMenu::aboutToShow, this, [this, menu] {
    menu->clear();
    for (const QString& folder : folders_)
      menu->addAction(QString(folder).replace('&', QStringLiteral("&&")), this, [this, folder] {
        folders_.removeAll(folder);
        refresh();
        emit rememberWanted();
      });
    if (folders_.isEmpty()) menu->addAction(tr("None was added"))->setEnabled(false);
  });
}

QWidget* RunsPage::makeEmpty() {
  auto* whole = new QWidget(this);
  empty_ = named(new QLabel(whole), "runs.empty", tr("No runs yet"), QString());
  empty_->setAlignment(Qt::AlignCenter);
  empty_->setWordWrap(true);
  auto* add = named(new QPushButton(tr("Add folder…"), whole), "runs.add-first", tr("Add folder…"),
                    tr("List the runs below another folder too, from now on"));
  add->setAutoDefault(false);
  connect(add, &QPushButton::clicked, this, &RunsPage::askForFolder);
  auto* column = new QVBoxLayout(whole);
  column->addStretch(1);
  column->addWidget(empty_);
  column->addWidget(add, 0, Qt::AlignHCenter);
  column->addStretch(1);
  return whole;
}

}  // namespace synann::ui
