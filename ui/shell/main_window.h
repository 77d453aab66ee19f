// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>

#include <QHash>
#include <QList>
#include <QMainWindow>
#include <QTimer>

#include "ui/pages/page.h"
#include "ui/pages/page_table.h"
#include "ui/session/workspace.h"
#include "ui/shell/action_registry.h"
#include "ui/shell/app_settings.h"

class QActionGroup;
class QMenu;
class QSplitter;
class QStackedWidget;

namespace synann::ui {

class EmptyOffer;
class Inspector;
class MessageBar;
class Race;
class RunBar;
class RunTeller;
class TimeLine;

// The one window: run bar above, in the middle the pages of the page table between their rail and the
// inspector, time line and messages below. It only connects its parts.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(const AppSettings& settings, QWidget* parent = nullptr);
  ~MainWindow() override;

  // Opens a data set, or a run, or what was chosen last, and gives Train the focus; call it once, after
  // show(). The last run is offered.
  void start(const QString& spec = {}, const QString& run_folder = {});
  // From now on what the window remembers is written soon after it changes too: a kill comes without asking.
  void rememberOnTheWay();
  void chooseData(const QString& spec);  // as if picked in the run bar
  void openRun(const QString& folder);
  // Writes the page's figure as it is shown; tells the result in the message bar.
  bool exportFigure(const QString& path);
  // Rebuilds the view of an exported figure; tells in the message bar why it cannot.
  bool openFigure(const QString& path);
  // The network of a model file, for the next run; tells in the message bar why it cannot.
  bool openModel(const QString& path);
  // A file of a page's own, a data set, a run, a checkpoint, a model or a figure, as what it is; tells in the
  // message bar why it cannot.
  bool openDropped(const QString& file);
  // A file of a page's own, on that page; tells in the message bar why it cannot.
  bool openOnPage(Page* page, const QString& file);
  void showPage(Page* page);
  // By its id; null where there is none.
  Page* pageNamed(const QString& id) const;
  // The page of a class, which is there: page<TrainPage>().
  template <class T>
  T* page() const {
    return findChild<T*>();
  }
  Page* currentPage() const;

  Workspace& workspace() { return workspace_; }
  TrainingController& controller() { return workspace_.controller(); }
  const ActionRegistry& actions() const { return actions_; }
  RunBar* runBar() const { return run_bar_; }
  MessageBar* messageBar() const { return messages_; }
  Inspector* inspector() const { return inspector_; }
  TimeLine* timeLine() const { return time_line_; }
  RunTeller* teller() const { return teller_; }

 signals:
  void closed();  // the window is closed, the run saved, the training thread gone

 protected:
  void closeEvent(QCloseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;  // Escape closes the message

 private:
  void addPages();
  void layOut();
  void orderTabs();
  void foldParts();
  void remember();
  void restore();
  void restorePlan();
  void connectController();
  void onState(RunState state, const QString& reason);
  void onData(const data::DataPair& opened);
  void onDataRefused(const QString& spec);
  void onDevices(const std::vector<compute::DeviceEntry>& devices);
  void showTitle();
  void offerLastRun();
  // main_window_commands.cpp
  void connectActions();
  void connectThemes();
  void updateActions();
  void setExecution(const train::Execution& execution);
  Page* pageFor(const QString& file, Page::Claim least) const;
  void openRecentFile(const QString& file);
  void openDataDialog();
  void openModelDialog();
  void rememberData(const QString& path);
  void openRunDialog();
  void exportDialog();
  void exportAllDialog();
  void filmDialog();
  void formatDialog();
  void rememberFigure(const QString& path);
  void rememberFile(const QString& path);
  void openFigureDialog();
  void helpDialog();
  void tellDialog();
  void forkOpenRun();
  void forkRun(const QString& folder, std::optional<std::int64_t> step);
  void tellFork(const QString& sentence, const QString& made);
  void addRecentMenu();
  void addOffers();
  void showRecentRuns();
  void fillRecentMenu(QMenu* menu);

  AppSettings settings_;
  Workspace workspace_;
  ActionRegistry actions_;
  QActionGroup* page_group_;
  QList<Page*> pages_;  // in the order of the table
  QStackedWidget* stack_;
  QSplitter* middle_ = nullptr;
  Inspector* inspector_;
  TimeLine* time_line_;
  RunBar* run_bar_;
  MessageBar* messages_;
  RunTeller* teller_;
  Race* race_;
  QList<EmptyOffer*> offers_;
  QTimer remember_soon_;
  RunState shown_state_ = RunState::Ready;
  bool closing_ = false;
};

}  // namespace synann::ui
