// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <QList>
#include <QStringList>
#include <QVariantMap>
#include <QWidget>

#include "engine/runs/catalogue.h"
#include "ui/pages/page_table.h"
#include "ui/pages/runs/run_table_model.h"

class QHBoxLayout;
class QLineEdit;
class QTableView;

namespace synann::ui {

class ElidedLabel;
class RunFilterModel;

// Runs as a table, with what is searched for and how many were found above it: its columns, their order and
// their means, and which runs are selected. Reads nothing. Lives in the window's thread.
class RunsTable : public QWidget {
  Q_OBJECT

 public:
  // `between` stands above the rows and below the search and the buttons of the page's actions.
  RunsTable(const PageActions& actions, QWidget* between, QWidget* parent);
  ~RunsTable() override;

  QTableView* view() const { return view_; }
  // From here on this is listed, and of it these are selected, which is nobody's choice. The run that is open
  // is bold.
  void setRows(RunTableModel::Rows rows, const std::filesystem::path& open,
               const std::vector<std::filesystem::path>& selected);
  void updateRun(runs::RunSummary run) { model_->updateRun(std::move(run)); }
  void setNotes(const QStringList& notes);  // what else there is to say beside how many runs there are
  void clearSearch();

  const std::vector<runs::RunSummary>& runs() const { return model_->runs(); }
  // Those that are searched for, without those in the archive where these are left out; in their order, as
  // the selected ones.
  std::vector<runs::RunSummary> listed() const;
  std::vector<runs::RunSummary> selected() const;
  std::size_t selectedCount() const;
  std::filesystem::path current() const;  // the folder of the run of the row at hand; empty: there is none
  int meanEpochs() const { return model_->meanEpochs(); }

  QVariantMap remembered() const;
  void remember(const QVariantMap& kept);

 signals:
  void chosen();         // others are selected, by a person
  void listedChanged();  // others are listed, of the same that were read
  void rememberWanted();

 private:
  QHBoxLayout* makeTop(const PageActions& actions);
  void makeView();
  void connectAll();
  void addColumnChoices();
  void addMeanChoices();
  void setMeanEpochs(int epochs);
  void select(const std::vector<std::filesystem::path>& folders);
  void showCount();
  const runs::RunSummary& runAt(int row) const;  // of those that are listed

  RunTableModel* model_;
  RunFilterModel* filter_;
  QTableView* view_;
  QLineEdit* search_;
  ElidedLabel* count_;
  QAction* archived_;
  QList<QAction*> mean_choices_;
  QStringList notes_;
  bool filled_ = false;  // there were runs
  bool quiet_ = false;   // the selection is not changed by a person
};

}  // namespace synann::ui
