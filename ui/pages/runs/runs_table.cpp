// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include <QActionGroup>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QVBoxLayout>

#include "ui/pages/page_controls.h"
#include "ui/pages/runs/run_filter_model.h"
#include "ui/plots/table_copy.h"
#include "ui/session/words.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/placeholder_table.h"

namespace synann::ui {

namespace fs = std::filesystem;

namespace {

constexpr int kMeasuredRuns = 100;                        // rows that the widths of columns are made for
constexpr int kLeastRunTable = 90;                        // pixels: a few rows
constexpr int kSearchWidth = 180;                         // pixels
constexpr int kWidestRunColumn = 320, kRunColumnGap = 8;  // pixels

}  // namespace

RunsTable::RunsTable(const PageActions& actions, QWidget* between, QWidget* parent)
    : QWidget(parent),
      model_(new RunTableModel(this)),
      filter_(new RunFilterModel(model_)),
      view_(named(new PlaceholderTable(tr("No run has all of these words."), this), "runs.list", tr("Runs"),
                  QString())),
      search_(named(new QLineEdit(this), "runs.search", tr("Search"),
                    tr("Lists the runs that have all of these words, in any column; or in one of them, as "
                       "state:finished accuracy>98 lr<0.01 model:syna-cnn"))),
      count_(named(new ElidedLabel(this), "runs.count", tr("How many runs"), QString())),
      archived_(actions("runs.show-archived")) {
  makeView();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addLayout(makeTop(actions));
  column->addWidget(between);
  column->addWidget(view_, 1);
  connectAll();
}

// The view tells of the end of its selection when this is gone already.
RunsTable::~RunsTable() {
  disconnect(view_->selectionModel(), nullptr, this, nullptr);
}

// The keyboard goes as the eye goes, not as the parts were made.
QHBoxLayout* RunsTable::makeTop(const PageActions& actions) {
  search_->setPlaceholderText(tr("Search"));
  search_->setClearButtonEnabled(true);
  search_->setMaximumWidth(kSearchWidth);
  auto* row = new QHBoxLayout;
  row->setSpacing(4);
  row->addWidget(search_);
  row->addWidget(count_, 1);
  QWidget* before = search_;
  for (const char* id : {"runs.open", "runs.open-folder", "runs.add-folder", "runs.refresh"}) {
    auto* button = new ActionButton(actions(id), Qt::ToolButtonTextOnly, this);
    row->addWidget(button);
    setTabOrder(std::exchange(before, button), button);
  }
  setTabOrder(before, view_);
  return row;
}

void RunsTable::makeView() {
  view_->setWhatsThis(
      tr("All runs. Select some to see their curves; Enter or a double click opens one; a "
         "click on a heading sorts, its menu hides columns"));
  view_->setModel(filter_);
  view_->setSelectionBehavior(QAbstractItemView::SelectRows);
  beListTable(view_);
  view_->verticalHeader()->hide();
  view_->setMinimumHeight(kLeastRunTable);
  view_->setSortingEnabled(true);
  view_->sortByColumn(RunTableModel::Date, Qt::DescendingOrder);
  QHeaderView* const header = view_->horizontalHeader();
  header->setStretchLastSection(true);
  header->setSectionsMovable(true);
  header->setResizeContentsPrecision(kMeasuredRuns);
  // What tells runs apart stands beside their names.
  header->moveSection(header->visualIndex(RunTableModel::Settings), RunTableModel::ModelName + 1);
  addColumnChoices();
  addMeanChoices();
  archived_->setCheckable(true);
}

void RunsTable::connectAll() {
  // As wide as what is in them, once it is known; then a person's.
  connect(model_, &QAbstractItemModel::modelReset, view_, [this] {
    if (filled_) return;
    view_->resizeColumnsToContents();
    for (int column = 0; column < RunTableModel::ColumnCount; ++column)
      view_->setColumnWidth(column, std::min(view_->columnWidth(column) + kRunColumnGap, kWidestRunColumn));
  });
  connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
    if (!quiet_) emit chosen();
  });
  connect(view_->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &RunsTable::rememberWanted);
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& words) {
    filter_->setSearch(words);
    showCount();
    emit listedChanged();
  });
  connect(archived_, &QAction::toggled, this, [this](bool shown) {
    filter_->setArchived(shown);
    showCount();
    emit listedChanged();
    emit rememberWanted();
  });
}

// Over how many epochs the means of two columns go.
void RunsTable::addMeanChoices() {
  auto* menu = new QMenu(tr("&Means over the last"), view_);
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
  view_->addAction(menu->menuAction());
}

// In the menu of the headings, and by keyboard in that of the table.
void RunsTable::addColumnChoices() {
  QHeaderView* const header = view_->horizontalHeader();
  auto* menu = new QMenu(tr("Co&lumns"), view_);
  for (int column = RunTableModel::Name + 1; column < RunTableModel::ColumnCount; ++column) {
    auto* shown = new QAction(model_->headerData(column, Qt::Horizontal).toString(), header);
    shown->setData(RunTableModel::columnIds()[column]);
    shown->setCheckable(true);
    shown->setChecked(true);
    connect(shown, &QAction::toggled, this, [this, column](bool on) {
      view_->setColumnHidden(column, !on);
      emit rememberWanted();
    });
    header->addAction(shown);
    menu->addAction(shown);
  }
  header->setContextMenuPolicy(Qt::ActionsContextMenu);
  view_->addAction(menu->menuAction());
}

void RunsTable::setMeanEpochs(int epochs) {
  model_->setMeanEpochs(std::clamp(epochs, 1, static_cast<int>(runs::kLatestEpochs)));
  for (QAction* choice : mean_choices_) choice->setChecked(choice->data().toInt() == model_->meanEpochs());
}

void RunsTable::setRows(RunTableModel::Rows rows, const fs::path& open,
                        const std::vector<fs::path>& selected) {
  quiet_ = true;
  model_->setOpenRun(open);  // first: a bold row is wider
  model_->setRows(std::move(rows));
  select(selected);
  quiet_ = false;
  if (!std::exchange(filled_, filled_ || !runs().empty()) && filled_)
    view_->scrollTo(view_->selectionModel()->currentIndex().siblingAtColumn(0));
  showCount();
}

void RunsTable::select(const std::vector<fs::path>& folders) {
  const std::set<fs::path> wanted(folders.begin(), folders.end());
  QItemSelection selection;
  QModelIndex first;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    if (!wanted.contains(runAt(row).folder)) continue;
    const QModelIndex index = filter_->index(row, 0);
    selection.select(index, filter_->index(row, RunTableModel::ColumnCount - 1));
    if (!first.isValid()) first = index;
  }
  if (first.isValid()) view_->selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
  view_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

const runs::RunSummary& RunsTable::runAt(int row) const {
  return model_->run(filter_->mapToSource(filter_->index(row, 0)).row());
}

std::vector<runs::RunSummary> RunsTable::listed() const {
  std::vector<runs::RunSummary> runs;
  for (int row = 0; row < filter_->rowCount(); ++row) runs.push_back(runAt(row));
  return runs;
}

std::vector<runs::RunSummary> RunsTable::selected() const {
  QModelIndexList rows = view_->selectionModel()->selectedRows();
  std::ranges::sort(rows, {}, &QModelIndex::row);
  std::vector<runs::RunSummary> runs;
  for (const QModelIndex& row : rows) runs.push_back(runAt(row.row()));
  return runs;
}

std::size_t RunsTable::selectedCount() const {
  return static_cast<std::size_t>(view_->selectionModel()->selectedRows().size());
}

fs::path RunsTable::current() const {
  const QModelIndex at = view_->selectionModel()->currentIndex();
  return at.isValid() ? runAt(at.row()).folder : fs::path();
}

void RunsTable::clearSearch() {
  search_->clear();
}

void RunsTable::setNotes(const QStringList& notes) {
  notes_ = notes;
  showCount();
}

void RunsTable::showCount() {
  const int all = model_->rowCount(), shown = filter_->rowCount();
  const QString runs = all == 1 ? tr("1 run") : tr("%1 runs").arg(countWords(all));
  const QStringList words{shown == all ? runs : tr("%1 of %2").arg(countWords(shown), runs)};
  count_->setText((words + notes_).join(QStringLiteral(" · ")));
}

QVariantMap RunsTable::remembered() const {
  const QHeaderView& header = *view_->horizontalHeader();
  QStringList hidden;
  for (int column = 0; column < RunTableModel::ColumnCount; ++column)
    if (header.isSectionHidden(column)) hidden.append(RunTableModel::columnIds()[column]);
  return {{"hidden", hidden},
          {"sort", RunTableModel::columnIds().value(header.sortIndicatorSection())},
          {"descending", header.sortIndicatorOrder() == Qt::DescendingOrder},
          {"archived", archived_->isChecked()},
          {"mean_epochs", model_->meanEpochs()}};
}

void RunsTable::remember(const QVariantMap& kept) {
  archived_->setChecked(kept["archived"].toBool());
  setMeanEpochs(kept.value("mean_epochs", RunTableModel::kMeanEpochs).toInt());
  const QStringList hidden = kept["hidden"].toStringList();
  for (QAction* column : view_->horizontalHeader()->actions())
    column->setChecked(!hidden.contains(column->data().toString()));
  if (const auto sort = RunTableModel::columnIds().indexOf(kept["sort"].toString()); sort >= 0)
    view_->sortByColumn(static_cast<int>(sort),
                        kept["descending"].toBool() ? Qt::DescendingOrder : Qt::AscendingOrder);
}

}  // namespace synann::ui
