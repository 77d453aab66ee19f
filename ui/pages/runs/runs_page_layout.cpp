// SPDX-License-Identifier: GPL-3.0-or-later
// How the Runs page is put together.
#include <algorithm>

#include <QActionGroup>
#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "ui/pages/busy_row.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/runs/run_differences_model.h"
#include "ui/pages/runs/run_filter_model.h"
#include "ui/pages/runs/run_table_model.h"
#include "ui/pages/runs/run_tree_figure.h"
#include "ui/pages/runs/runs_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/table_copy.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/placeholder_table.h"

namespace synann::ui {

namespace {

constexpr int kMeasuredRuns = 100;                        // rows that the widths of columns are made for
constexpr int kLeastRunTable = 90;                        // pixels: a few rows
constexpr int kSearchWidth = 180;                         // pixels
constexpr int kNumberWidth = 230;                         // pixels, of the name of a number
constexpr int kWidestRunColumn = 320, kRunColumnGap = 8;  // pixels

void beRunTable(QTableView* table) {
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setTabKeyNavigation(false);
  table->setShowGrid(false);
  table->setAlternatingRowColors(true);
  table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
  table->horizontalHeader()->setHighlightSections(false);
  addTableCopy(table);
}

}  // namespace

void RunsPage::layOut(const PageActions& actions) {
  split_ = new QSplitter(Qt::Vertical, this);
  split_->setObjectName("runs.split");
  split_->setChildrenCollapsible(false);
  split_->addWidget(makeRuns(actions));
  split_->addWidget(makeFigures());
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
  QWidgetList order{search_};
  for (const char* id : {"open", "open-folder", "add-folder", "refresh"})
    order.append(findChild<QWidget*>(QStringLiteral("button.runs.%1").arg(QLatin1String(id))));
  order.append({table_, findChild<QTabWidget*>()});
  for (const char* id : {"curve", "across", "smooth", "seeds", "log_x", "log_y"})
    order.append(fields_->widget(id));
  order.append(figure_);
  for (qsizetype k = 1; k < order.size(); ++k) setTabOrder(order[k - 1], order[k]);
}

QWidget* RunsPage::makeRuns(const PageActions& actions) {
  auto* whole = new QWidget(this);
  search_ = named(
      new QLineEdit(whole), "runs.search", tr("Search"),
      tr("Lists the runs that have all of these words, in any column; or in one of them, as state:finished "
         "accuracy>98 lr<0.01 model:syna-cnn"));
  search_->setPlaceholderText(tr("Search"));
  search_->setClearButtonEnabled(true);
  search_->setMaximumWidth(kSearchWidth);
  count_ = named(new ElidedLabel(whole), "runs.count", tr("How many runs"), QString());
  busy_row_ = new BusyRow(
      QStringLiteral("runs.reading"), tr("reading the runs"),
      [this]() -> std::optional<double> {
        if (!lister_.busy()) return std::nullopt;
        return done_->load();
      },
      whole);
  auto* row = new QHBoxLayout;
  row->setSpacing(4);
  row->addWidget(search_);
  row->addWidget(count_, 1);
  for (const char* id : {"runs.open", "runs.open-folder", "runs.add-folder", "runs.refresh"})
    row->addWidget(new ActionButton(actions(id), Qt::ToolButtonTextOnly, whole));
  makeTable();
  auto* column = new QVBoxLayout(whole);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addLayout(row);
  column->addWidget(busy_row_);
  column->addWidget(table_, 1);
  return whole;
}

void RunsPage::makeTable() {
  table_ = named(new PlaceholderTable(tr("No run has all of these words."), this), "runs.list", tr("Runs"),
                 QString());
  table_->setWhatsThis(
      tr("All runs. Select some to see their curves; Enter or a double click opens one; a "
         "click on a heading sorts, its menu hides columns"));
  table_->setModel(filter_);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  beRunTable(table_);
  table_->verticalHeader()->hide();
  table_->setMinimumHeight(kLeastRunTable);
  table_->setSortingEnabled(true);
  table_->sortByColumn(RunTableModel::Date, Qt::DescendingOrder);
  QHeaderView* const header = table_->horizontalHeader();
  header->setStretchLastSection(true);
  header->setSectionsMovable(true);
  header->setResizeContentsPrecision(kMeasuredRuns);
  // As wide as what is in them, once it is known; then a person's.
  connect(model_, &QAbstractItemModel::modelReset, table_, [this] {
    if (listed_) return;
    table_->resizeColumnsToContents();
    for (int column = 0; column < RunTableModel::ColumnCount; ++column)
      table_->setColumnWidth(column, std::min(table_->columnWidth(column) + kRunColumnGap, kWidestRunColumn));
  });
  // What tells runs apart stands beside their names.
  header->moveSection(header->visualIndex(RunTableModel::Settings), RunTableModel::ModelName + 1);
  addColumnChoices();
  addFolderChoices();
  addMeanChoices();
}

// Over how many epochs the means of two columns go.
void RunsPage::addMeanChoices() {
  auto* menu = new QMenu(tr("&Means over the last"), table_);
  auto* group = new QActionGroup(menu);
  for (const int epochs : {3, 5, 10, 20}) {
    QAction* const choice = menu->addAction(tr("%1 epochs").arg(epochs));
    choice->setData(epochs);
    choice->setCheckable(true);
    choice->setChecked(epochs == model_->meanEpochs());
    group->addAction(choice);
    mean_choices_.append(choice);
    connect(choice, &QAction::triggered, this, [this, epochs] {
      setMeanEpochs(epochs);
      emit rememberWanted();
    });
  }
  table_->addAction(menu->menuAction());
}

// In the menu of the headings, and by keyboard in that of the table.
void RunsPage::addColumnChoices() {
  QHeaderView* const header = table_->horizontalHeader();
  auto* menu = new QMenu(tr("Co&lumns"), table_);
  for (int column = RunTableModel::Name + 1; column < RunTableModel::ColumnCount; ++column) {
    auto* shown = new QAction(model_->headerData(column, Qt::Horizontal).toString(), header);
    shown->setData(RunTableModel::columnIds()[column]);
    shown->setCheckable(true);
    shown->setChecked(true);
    connect(shown, &QAction::toggled, this, [this, column](bool on) {
      table_->setColumnHidden(column, !on);
      emit rememberWanted();
    });
    header->addAction(shown);
    menu->addAction(shown);
  }
  header->setContextMenuPolicy(Qt::ActionsContextMenu);
  table_->addAction(menu->menuAction());
}

// What was added is taken away where it is at hand.
void RunsPage::addFolderChoices() {
  auto* menu = new QMenu(tr("Stop listing a &folder"), table_);
  table_->addAction(menu->menuAction());
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

QWidget* RunsPage::makeFigures() {
  figure_->setObjectName(QStringLiteral("runs.%1").arg(QLatin1String(kRunsView)));
  figure_->setPlaceholder(tr("Select runs in the table to see their curves here."));
  const QString help = tr("The selected runs over each other, named by what differs between them");
  figure_->setWhatsThis(help);
  figure_->setToolTip(help);
  fields_->make(runsFields());
  auto* controls = new QWidget(this);
  auto* row = new QHBoxLayout(controls);
  row->setContentsMargins(4, 0, 4, 0);
  row->setSpacing(8);
  for (const char* id : {"curve", "across", "smooth"}) {
    QWidget* const choice = fields_->widget(id);
    auto* label = new QLabel(choice->accessibleName(), controls);
    label->setBuddy(choice);
    row->addWidget(label);
    row->addWidget(choice);
  }
  for (const char* id : {"seeds", "log_x", "log_y"}) row->addWidget(fields_->widget(id));
  row->addStretch(1);
  deck_->addTab(tr("Curves"), {controls, figure_});
  addTree();
  addDifferences();
  addComparisons();
  return deck_->finish();
}

void RunsPage::addTree() {
  tree_ =
      deck_->add(QLatin1String(kRunTreeView), tr("Runs and their forks are shown here."),
                 tr("Which run was made out of a step of which, what was different from there on, and how "
                    "good each became; its table has the digests that prove their common past"));
  deck_->addTab(tr("Tree"), {tree_});
}

// Of many runs at once.
void RunsPage::addComparisons() {
  const QString nothing = tr("Runs that can be read are compared here.");
  parallel_ =
      deck_->add(kRunsParallelView, nothing,
                 tr("The selected runs, or all that are listed, as lines across their settings and their "
                    "outcome"));
  scatter_ = deck_->add(kRunsScatterView, nothing,
                        tr("The selected runs, or all that are listed, by two of their numbers"));
  deck_->addTab(tr("Parallel"), {parallel_});
  auto* controls = new QWidget(this);
  auto* row = new QHBoxLayout(controls);
  row->setContentsMargins(4, 0, 4, 0);
  row->setSpacing(8);
  for (const char* id : {"scatter_x", "scatter_y"}) {
    QWidget* const choice = fields_->widget(id);
    choice->setMinimumWidth(kNumberWidth);
    auto* label = new QLabel(choice->accessibleName(), controls);
    label->setBuddy(choice);
    row->addWidget(label);
    row->addWidget(choice);
  }
  row->addStretch(1);
  deck_->addTab(tr("Scatter"), {controls, scatter_});
}

void RunsPage::addDifferences() {
  only_ = named(new QCheckBox(tr("&Differences only"), this), "runs.differences-only", tr("Differences only"),
                tr("Leaves out the settings that are the same in all selected runs; others are bold"));
  only_->setChecked(differences_->differencesOnly());
  connect(only_, &QCheckBox::toggled, this, [this](bool only) {
    differences_->setDifferencesOnly(only);
    emit rememberWanted();
  });
  auto* table = named(new PlaceholderTable(tr("Select two or more runs whose settings differ."), this),
                      "runs.differences", tr("Settings that differ"),
                      tr("The settings in which the selected runs differ, a column for each run"));
  beRunTable(table);
  table->setModel(differences_);
  keepHeadingsWhole(table);
  deck_->addTab(tr("Differences"), {only_, table});
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
