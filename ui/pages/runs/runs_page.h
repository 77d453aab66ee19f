// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <QJsonObject>
#include <QStringList>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/pages/runs/runs_figures.h"
#include "ui/pages/runs/runs_reader.h"
#include "ui/session/latest_value_worker.h"
#include "ui/session/workspace.h"

class QLabel;
class QStackedWidget;
class QTimer;

namespace synann::ui {

class BusyRow;
class RunCareActions;
class RunsTable;

// All runs below the program's folder and those that a person added, as a table, and figures of them. The
// runs' own files are read, on threads of their own, when the page is shown, when the window's run begins or
// ends, and when it is asked for; those of runs that are being written once a second.
class RunsPage : public Page {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  RunsPage(Workspace& workspace, const PageActions& actions, QWidget* parent = nullptr);

  QList<QSplitter*> splitters() const override { return {split_}; }
  QVariantMap remembered() const override;
  void remember(const QVariantMap& kept) override;
  bool busy() const override;
  bool canExport() const override { return figures_->canExport(); }
  QString figureName() const override { return figures_->figureName(); }
  Result<ShownFigure> shownFigure() const override { return figures_->shownFigure(); }
  Status restoreView(const QJsonObject& view) override;
  Claim claims(const QString& file) const override;  // the curves of another program's run
  Status openFile(const QString& file) override;
  std::vector<std::filesystem::path> chosenRuns() const override { return chosen_; }

  const RunsScene& scene() const { return figures_->scene(); }
  // The folders of the runs that are selected, in the order of the table.
  const std::vector<std::filesystem::path>& chosen() const { return chosen_; }
  const std::vector<RunCurve>& curves() const { return figures_->curves(); }  // as they are drawn
  void addFolder(const QString& folder);                                      // looked through from now on
  RunCareActions& care() const { return *care_; }
  ForeignCurves& foreign() const { return figures_->foreign(); }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // runs_page_layout.cpp
  void layOut(const PageActions& actions);
  QWidget* makeEmpty();
  void orderByEye();
  void addFolderChoices();

  void connectAll(const PageActions& actions);
  void connectCare(const PageActions& actions);
  void refresh();
  void askForFolder();
  void take(RunList& list);  // its rows
  void selectionChanged();
  void follow();
  void takeFresh(const std::vector<runs::RunSummary>& fresh);
  void say(const QStringList& notes);  // what could not be read
  void updateActions();
  void openRun();
  void openFolder();

  Workspace& workspace_;
  QStringList folders_;                        // added
  std::vector<std::filesystem::path> others_;  // of an exported figure, wherever they are
  std::vector<std::filesystem::path> chosen_;
  QString wanted_view_;     // of a figure that was opened, until there are runs
  bool by_person_ = false;  // a person has selected runs, or a figure that was opened
  std::shared_ptr<std::atomic<double>> done_ = std::make_shared<std::atomic<double>>(0);
  std::stop_source stop_;

  QStackedWidget* stack_ = nullptr;  // the runs, or what there is to say while there are none
  QSplitter* split_ = nullptr;
  QLabel* empty_ = nullptr;
  RunsTable* table_ = nullptr;
  RunsFigures* figures_ = nullptr;
  BusyRow* busy_row_ = nullptr;
  QTimer* follow_;  // ticks while the page is shown
  QAction* open_;
  QAction* open_folder_;
  QAction* fork_;
  RunCareActions* care_ = nullptr;

  // Last: their threads are gone before anything that they tell.
  LatestValueWorker<RunsQuestion, RunListPtr> lister_;
  LatestValueWorker<std::vector<runs::RunSummary>, std::vector<runs::RunSummary>> follower_;
};

}  // namespace synann::ui
