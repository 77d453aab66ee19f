// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>

#include <QTimer>

#include "engine/runs/study_table.h"
#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/pages/study/cell_table_model.h"
#include "ui/pages/study/study_runner.h"
#include "ui/pages/study/study_scene.h"
#include "ui/session/latest_value_worker.h"
#include "ui/session/workspace.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTableView;

namespace synann::ui {

class FieldControls;
class FigureDeck;
class FigureView;
class StudyForm;

// Several models, settings and seeds compared: planned, trained one run after the other on a thread of its
// own, paused, continued and extended; as a table with intervals and tests, and as a figure with every seed.
// The study of a folder is shown too while another program writes it.
class StudyPage : public Page {
  Q_OBJECT

 public:
  static PageInfo info();

  // The workspace must outlive the page.
  StudyPage(Workspace& workspace, const PageActions& actions, QWidget* parent = nullptr);

  QList<QSplitter*> splitters() const override { return {across_, down_}; }
  QVariantMap remembered() const override;
  void remember(const QVariantMap& kept) override;
  bool busy() const override { return reader_.busy() || runner_.running(); }
  bool canExport() const override;
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;
  Claim claims(const QString& file) const override;
  Status openFile(const QString& file) override;

  StudyRunner& runner() { return runner_; }
  StudyForm& form() { return *form_; }
  // Where studies are kept that a person gives no folder; the engine's own way unless set.
  void setHome(const std::filesystem::path& home) { home_ = home; }
  void openStudy(const QString& folder);
  void planReady(const QString& id);
  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<runs::StudyRow>& table() const { return table_; }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // What a folder holds, as it was read.
  struct Read {
    std::filesystem::path folder;
    std::optional<runs::StudyFile> file;
    QString problem;  // why it cannot be read
    QString writer;   // who writes it: another program, or a study of this one
  };

  // study_page_layout.cpp
  void layOut(const PageActions& actions);
  QWidget* makeControls(const PageActions& actions);
  QWidget* makeResults();
  QWidget* makeDeck();
  QTableView* makeTable(const QString& name, const QString& label, const QString& help, const QString& empty,
                        CellTableModel* model);

  void connectAll(const PageActions& actions);
  Result<runs::StudyPlan> plan() const;
  void run();
  void newPlan();
  void askForStudy();
  void askToSaveTable();
  void copyTable(int format);
  void openRun(int row);
  void take(const Read& read);
  void takeNews();
  void takeEnd(bool finished, const QString& sentence);
  void refresh();    // reads the folder again, where another program may write it
  void showStudy();  // all that follows from plan and runs
  void showProgress();
  void updateControls();
  std::string dataSpec() const;

  Workspace& workspace_;
  StudyScene scene_;
  std::filesystem::path home_, folder_;   // of the study; empty: not begun
  std::optional<runs::StudyPlan> fixed_;  // instead of the form's
  int own_seeds_ = 0;  // that a person had chosen before a fixed plan brought its own; 0: none
  std::vector<runs::StudyRun> made_;
  std::vector<runs::StudyRow> table_;
  QString writer_;
  QString problem_;  // why there is no plan

  CellTableModel *results_, *planned_, *expected_;
  FieldControls* fields_;
  FigureView* figure_;
  FigureDeck* deck_;
  StudyForm* form_ = nullptr;
  QSplitter *across_ = nullptr, *down_ = nullptr;
  QTableView *results_view_ = nullptr, *planned_view_ = nullptr, *expected_view_ = nullptr;
  QLabel *plan_words_ = nullptr, *folder_words_ = nullptr, *progress_words_ = nullptr;
  QProgressBar* bar_ = nullptr;
  QAction *run_, *pause_, *new_, *copy_, *save_, *open_run_;
  QTimer look_again_;

  // Last: their threads are gone before anything that they tell.
  StudyRunner runner_;
  LatestValueWorker<std::filesystem::path, Read> reader_;
};

}  // namespace synann::ui
