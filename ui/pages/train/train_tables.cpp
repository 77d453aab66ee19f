// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/train_tables.h"

#include <QHeaderView>
#include <QTableView>

#include "ui/plots/accuracy_table_model.h"
#include "ui/plots/figure_table_model.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/table_copy.h"
#include "ui/widgets/placeholder_table.h"

namespace synann::ui {

namespace {

constexpr int kFillInterval = 1000;  // milliseconds: the table of a long run is as long

void prepare(QTableView* table, const QString& name, const QString& title, const QString& help) {
  table->setObjectName(name);
  table->setAccessibleName(title);
  table->setToolTip(help);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setTabKeyNavigation(false);
  table->setAlternatingRowColors(true);
  table->setShowGrid(false);
  table->verticalHeader()->hide();
  table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
  table->horizontalHeader()->setStretchLastSection(true);
  table->horizontalHeader()->setHighlightSections(false);
  table->setMinimumHeight(48);
  addTableCopy(table);
}

}  // namespace

TrainTables::TrainTables(const LossChart& chart, QWidget* parent)
    : QTabWidget(parent),
      chart_(chart),
      accuracies_(new AccuracyTableModel(this)),
      numbers_(new FigureTableModel(this)),
      accuracy_table_(makeAccuracies()),
      number_table_(makeNumbers()) {
  setObjectName("train.tables");
  setAccessibleName(tr("Tables"));
  setDocumentMode(true);
  addTab(accuracy_table_, tr("Accuracy per epoch"));
  addTab(number_table_, tr("Losses"));
  connect(this, &QTabWidget::currentChanged, this, &TrainTables::fillNumbers);
}

QTableView* TrainTables::makeAccuracies() {
  auto* table = new PlaceholderTable(tr("The accuracy on the test set appears here after each epoch."), this);
  prepare(
      table, "accuracies", tr("Accuracy per epoch"),
      tr("Measured on the whole test set after each epoch. The best one is in bold; the test set selects it, "
         "unless training images are held back for validation"));
  table->setModel(accuracies_);
  table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  return table;
}

QTableView* TrainTables::makeNumbers() {
  auto* table = new PlaceholderTable(tr("The losses appear here while training."), this);
  prepare(table, "losses", tr("Losses"),
          tr("Every number of the loss figure: steps, evaluations, changed settings"));
  table->setModel(numbers_);
  keepHeadingsWhole(table);
  return table;
}

void TrainTables::setCurve(std::shared_ptr<const LossCurve> curve) {
  accuracies_->setCurve(std::move(curve));
  fillNumbers();
}

void TrainTables::refresh() {
  if (!isVisible()) return;
  const int rows = accuracies_->rowCount();
  accuracies_->refresh();
  if (accuracies_->rowCount() > rows) accuracy_table_->scrollToBottom();
  if (!since_filled_.isValid() || since_filled_.elapsed() > kFillInterval) fillNumbers();
}

void TrainTables::showNumbers() {
  setCurrentWidget(number_table_);
  fillNumbers();
  number_table_->setFocus();
}

void TrainTables::fillNumbers() {
  if (!number_table_->isVisible()) return;
  numbers_->setFigure(chart_.shownFigure());
  since_filled_.start();
}

void TrainTables::showEvent(QShowEvent* event) {
  QTabWidget::showEvent(event);
  refresh();
  fillNumbers();
}

}  // namespace synann::ui
