// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <QJsonObject>
#include <QStringList>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/pages/runs/run_looks.h"
#include "ui/pages/runs/runs_reader.h"
#include "ui/pages/runs/runs_scene.h"
#include "ui/session/latest_value_worker.h"
#include "ui/session/workspace.h"

class QCheckBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;

namespace synann::ui {

class BusyRow;
class FieldControls;
class FigureDeck;
class FigureView;
class RunCareActions;
class RunDifferencesModel;
class RunFilterModel;
class RunTableModel;

// All runs below the program's folder and those that a person added, as a table; of those that are selected
// the curves over each other, and the settings in which they differ. The runs' own files are read, on threads
// of their own, when the page is shown, when the window's run begins or ends, and when it is asked for.
class RunsPage : public Page {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  RunsPage(Workspace& workspace, const PageActions& actions, QWidget* parent = nullptr);
  ~RunsPage() override;

  QList<QSplitter*> splitters() const override { return {split_}; }
  QVariantMap remembered() const override;
  void remember(const QVariantMap& kept) override;
  bool busy() const override;
  bool canExport() const override;
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;

  const RunsScene& scene() const { return scene_; }
  // The folders of the runs that are selected, in the order of the table.
  const std::vector<std::filesystem::path>& chosen() const { return chosen_; }
  const std::vector<RunCurve>& curves() const { return curves_; }  // as they are drawn
  void addFolder(const QString& folder);                           // looked through from now on
  RunCareActions& care() const { return *care_; }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // runs_page_layout.cpp
  void layOut(const PageActions& actions);
  QWidget* makeRuns(const PageActions& actions);
  QWidget* makeFigures();
  QWidget* makeEmpty();
  void orderByEye();
  void makeTable();
  void addColumnChoices();
  void addFolderChoices();
  void addMeanChoices();
  void addDifferences();
  void addTree();
  void addComparisons();

  void connectAll(const PageActions& actions);
  void connectCare(const PageActions& actions);
  void refresh();
  void askForFolder();
  void take(RunList& list);  // its rows
  void select(const std::vector<std::filesystem::path>& folders);
  void selectionChanged();
  void askCurves();
  void takeCurves(std::vector<RunCurve> curves);
  void showFigure();
  void follow();
  void takeFresh(const std::vector<runs::RunSummary>& fresh);
  void setMeanEpochs(int epochs);
  std::vector<runs::RunSummary> comparedRuns() const;
  void showComparisons();
  void showCount();
  void updateActions();
  void openRun();
  void openFolder();
  std::vector<runs::RunSummary> selectedRuns() const;  // as they stand in the table

  Workspace& workspace_;
  RunsScene scene_;
  QStringList folders_;                        // added
  std::vector<std::filesystem::path> others_;  // of an exported figure, wherever they are
  std::vector<std::filesystem::path> chosen_;
  RunLooks looks_;
  std::vector<RunCurve> curves_;
  QString wanted_view_;  // of a figure that was opened, until there are runs
  QStringList notes_;    // what could not be read
  bool listed_ = false;
  bool quiet_ = false;      // the selection is changed by the page itself
  bool by_person_ = false;  // a person has selected runs, or a figure that was opened
  std::shared_ptr<std::atomic<double>> done_ = std::make_shared<std::atomic<double>>(0);
  std::stop_source stop_;

  RunTableModel* model_;
  RunFilterModel* filter_;
  RunDifferencesModel* differences_;
  FieldControls* fields_;
  FigureView* figure_;
  FigureDeck* deck_;
  FigureView* tree_ = nullptr;
  FigureView* parallel_ = nullptr;
  FigureView* scatter_ = nullptr;
  QStackedWidget* stack_ = nullptr;  // the runs, or what there is to say while there are none
  QSplitter* split_ = nullptr;
  QLineEdit* search_ = nullptr;
  QLabel* count_ = nullptr;
  QCheckBox* only_ = nullptr;
  QLabel* empty_ = nullptr;
  QTableView* table_ = nullptr;
  BusyRow* busy_row_ = nullptr;
  QAction* open_;
  QAction* open_folder_;
  QAction* fork_;
  QAction* archived_ = nullptr;
  QList<QAction*> mean_choices_;
  RunCareActions* care_ = nullptr;

  // Last: their threads are gone before anything that they tell.
  LatestValueWorker<RunsQuestion, RunListPtr> lister_;
  LatestValueWorker<std::vector<runs::RunSummary>, std::vector<RunCurve>> curve_reader_;
  LatestValueWorker<std::vector<runs::RunSummary>, std::vector<runs::RunSummary>> follower_;
};

}  // namespace synann::ui
