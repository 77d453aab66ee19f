// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/pages/study/study_outlook.h"
#include "ui/pages/study/study_runner.h"
#include "ui/pages/study/study_scene.h"
#include "ui/pages/study/study_submitter.h"
#include "ui/pages/study/study_watcher.h"
#include "ui/session/workspace.h"

namespace synann::ui {

class CellTable;
class FieldControls;
class FigureDeck;
class FigureView;
class StudyForm;
class StudyStatus;

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
  bool busy() const override;
  bool canExport() const override;
  QString figureName() const override;
  Result<ShownFigure> shownFigure() const override;
  Status restoreView(const QJsonObject& view) override;
  Claim claims(const QString& file) const override;
  Status openFile(const QString& file) override;

  StudyRunner& runner() { return runner_; }
  StudySubmitter& submitter() { return submitter_; }
  // Writes the plan as tasks of the folder and hands them on; the page then follows what comes of it.
  void submit(const SubmitChoice& choice);
  StudyForm& form() { return *form_; }
  // Where studies are kept that a person gives no folder; the engine's own way unless set.
  void setHome(const std::filesystem::path& home) { home_ = home; }
  // Reads it on a thread; what is shown stays until then, and where it cannot be read.
  void openStudy(const QString& folder);
  void planReady(const QString& id);
  const std::filesystem::path& folder() const { return study_.folder; }
  const std::vector<runs::StudyRow>& table() const { return outlook_.table; }

 protected:
  void showEvent(QShowEvent* event) override;
  void hideEvent(QHideEvent* event) override;

 private:
  // study_page_layout.cpp
  void layOut(const PageActions& actions);
  QWidget* makeControls(const PageActions& actions);
  QWidget* makeResults();
  QWidget* makeDeck();
  void connectAll(const PageActions& actions);

  void run();
  void askToSubmit();
  void takeSubmit(const SubmitNews& news);
  std::filesystem::path newFolder() const;  // for the plan at hand
  void forgetStudy();                       // shows nothing yet
  void newPlan();
  void askForStudy();
  void askToSaveTable();
  void copyTable(int format);
  void openRun(int row);
  void take(const StudyRead& read);
  void takeNews();
  void takeEnd(bool finished, const QString& sentence);
  void showStudy();  // all that follows from plan and runs
  void showResults();
  void showProgress(const StudyNews& news);
  void updateControls();
  std::string dataSpec() const;
  Result<runs::StudyPlan> formPlan() const;  // which the data that are open fit

  Workspace& workspace_;
  StudyScene scene_;
  std::filesystem::path home_;
  StudyAtHand study_;
  std::filesystem::path asked_;  // the folder of a study that is being read; empty: none
  StudyOutlook outlook_;         // of it and the form, by showStudy()

  CellTable *results_ = nullptr, *planned_ = nullptr, *expected_ = nullptr;
  FieldControls* fields_;
  FigureView* figure_;
  FigureDeck* deck_;
  StudyForm* form_ = nullptr;
  StudyStatus* status_ = nullptr;
  QSplitter *across_ = nullptr, *down_ = nullptr;
  QAction *run_, *pause_, *submit_, *cancel_, *new_, *open_run_;
  SubmitChoice choice_;  // the last one

  // Last: their threads are gone before anything that they tell.
  StudyRunner runner_;
  StudyWatcher watcher_;
  StudySubmitter submitter_;
};

}  // namespace synann::ui
