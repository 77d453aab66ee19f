// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMainWindow>

#include "ui/session/device_probe.h"
#include "ui/session/run_marks.h"
#include "ui/session/synapse_source.h"
#include "ui/session/training_controller.h"
#include "ui/shell/action_registry.h"
#include "ui/shell/app_settings.h"

class QActionGroup;
class QSplitter;
class QStackedWidget;

namespace synann::ui {

class Inspector;
class MessageBar;
class Page;
class RunBar;
class SurfacePage;
class SynapsesPage;
class TimeLine;
class TrainPage;

// The one window: run bar above, in the middle the pages between their rail and the inspector, time line and
// messages below. It only connects its parts.
class MainWindow : public QMainWindow {
  Q_OBJECT

 public:
  explicit MainWindow(const AppSettings& settings, QWidget* parent = nullptr);
  ~MainWindow() override;

  // Opens a data set, or a run, or what was chosen last, and gives Train the focus; call it once, after
  // show().
  void start(const QString& spec = {}, const QString& run_folder = {});
  void chooseData(const QString& spec);  // as if picked in the run bar
  // Writes the page's figure as it is shown; tells the result in the message bar.
  bool exportFigure(const QString& path);
  // Rebuilds the view of an exported figure; tells in the message bar why it cannot.
  bool openFigure(const QString& path);
  void showPage(Page* page);
  // The page whose action is "page.<id>"; null where there is none.
  Page* pageNamed(const QString& id) const;

  TrainingController& controller() { return controller_; }
  const ActionRegistry& actions() const { return actions_; }
  TrainPage* trainPage() const { return train_page_; }
  SynapsesPage* synapsesPage() const { return synapses_page_; }
  SurfacePage* surfacePage() const { return surface_page_; }
  RunBar* runBar() const { return run_bar_; }
  MessageBar* messageBar() const { return messages_; }
  Inspector* inspector() const { return inspector_; }
  TimeLine* timeLine() const { return time_line_; }
  train::Settings trainSettings() const;

 signals:
  void closed();  // the window is closed, the run saved, the training thread gone

 protected:
  void closeEvent(QCloseEvent* event) override;

 private:
  void addPages();
  // main_window_layout.cpp
  void layOut();
  void orderTabs();
  void foldParts();
  void remember();
  void restore();
  // main_window_commands.cpp
  void connectActions();
  void connectThemes();
  void updateActions();
  void updateHints(bool open);
  void setExecution(const train::Execution& execution);
  void openDataDialog();
  void openRunDialog();
  // main_window_figures.cpp
  void exportDialog();
  void openFigureDialog();

  void connectController();
  void onState(RunState state, const QString& reason);
  void onSettings(const train::Settings& settings);
  void onData(const data::DataPair& opened);
  void onDataRefused(const QString& spec);
  void onDevices(const std::vector<compute::DeviceEntry>& devices);
  Page* page() const;

  AppSettings settings_;
  TrainingController controller_;
  ActionRegistry actions_;
  QActionGroup* page_group_;
  QList<Page*> pages_;
  QStackedWidget* stack_;
  TrainPage* train_page_;
  Selection selection_;
  SynapseSource* source_;
  SynapsesPage* synapses_page_;
  SurfacePage* surface_page_;
  RunMarks marks_{controller_};
  DeviceProbe probe_;
  QSplitter* middle_ = nullptr;
  Inspector* inspector_;
  TimeLine* time_line_;
  RunBar* run_bar_;
  MessageBar* messages_;
  bool closing_ = false;
};

}  // namespace synann::ui
