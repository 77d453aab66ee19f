// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's actions and choices do.
#include <QActionGroup>
#include <QFileDialog>
#include <QStackedWidget>

#include "ui/pages/setting_form.h"
#include "ui/pages/train_page.h"
#include "ui/shell/data_dialog.h"
#include "ui/shell/device_choice.h"
#include "ui/shell/figure_export.h"
#include "ui/shell/help_dialogs.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/run_bar.h"

namespace synann::ui {

void MainWindow::connectActions() {
  const auto on = [this](const char* id, auto&& slot) {
    connect(actions_.action(id), &QAction::triggered, this, std::forward<decltype(slot)>(slot));
  };
  on("run.train", [this] { controller_.train(trainSettings()); });
  on("run.pause", [this] { controller_.pause(); });
  on("run.step-batch", [this] { controller_.stepBatch(trainSettings()); });
  on("run.step-epoch", [this] { controller_.stepEpoch(trainSettings()); });
  on("run.stop", [this] { controller_.stop(); });
  on("run.restart", [this] { controller_.restart(trainSettings()); });
  on("file.open-data", [this] { openDataDialog(); });
  on("file.open-run", [this] { openRunDialog(); });
  on("file.open-figure", [this] { openFigureDialog(); });
  on("file.export", [this] { exportDialog(); });
  on("file.quit", [this] { close(); });
  on("help.shortcuts", [this] { ShortcutsDialog(actions_.infos(), this).exec(); });
  on("help.about", [this] { AboutDialog(this).exec(); });
  connect(run_bar_, &RunBar::openDataWanted, this, &MainWindow::openDataDialog);
  connect(run_bar_, &RunBar::dataChosen, this, &MainWindow::chooseData);
  connect(run_bar_, &RunBar::modelChosen, this, [this](const QString& model) {
    train_page_->form()->setModel(model);
    updateActions();
  });
  connect(run_bar_->devices(), &DeviceChoice::chosen, this, &MainWindow::setExecution);
  connect(train_page_->form(), &SettingForm::recordChosen, this,
          [this](int mib) { settings_.recordMib = mib; });
  connect(train_page_, &TrainPage::logIntervalChanged, this,
          [this](int steps) { settings_.logInterval = steps; });
  for (const char* id : {"view.time-line", "view.inspector"})
    connect(actions_.action(id), &QAction::toggled, this, &MainWindow::foldParts);
  connect(train_page_, &TrainPage::curveChanged, this, &MainWindow::updateActions);
  connect(train_page_->form(), &SettingForm::edited, this, &MainWindow::updateActions);
}

void MainWindow::connectThemes() {
  auto* group = new QActionGroup(this);
  for (const ThemeChoice choice : {ThemeChoice::System, ThemeChoice::Light, ThemeChoice::Dark}) {
    QAction* const action = actions_.action("view.theme-" + themeId(choice));
    group->addAction(action);
    action->setChecked(choice == settings_.theme);
    connect(action, &QAction::triggered, this, [this, choice] {
      settings_.theme = choice;
      applyTheme(choice);
    });
  }
}

void MainWindow::updateActions() {
  const RunState state = controller_.state();
  const bool open = controller_.sessionOpen();
  const bool stopping = controller_.stopping();
  const bool running = open && state != RunState::Paused && !stopping;
  const bool had_focus = run_bar_->commandHasFocus();
  actions_.action("run.train")->setEnabled(!running);
  actions_.action("run.pause")->setEnabled(running);
  actions_.action("run.step-batch")->setEnabled(!running);
  actions_.action("run.step-epoch")->setEnabled(!running);
  actions_.action("run.stop")->setEnabled(open && !stopping);
  actions_.action("run.restart")
      ->setEnabled(open || state == RunState::Stopped || state == RunState::Finished ||
                   state == RunState::Failed);
  actions_.action("file.export")->setEnabled(page()->canExport());
  updateHints(open);
  run_bar_->setLocked(open);
  train_page_->form()->setLocked(open);
  if (had_focus) run_bar_->focusCommand();
}

// Whether Train goes on with the run that is shown, or leaves it and begins another.
void MainWindow::updateHints(bool open) {
  const bool goes_on = open || controller_.wouldContinue(trainSettings());
  const bool another = !goes_on && !controller_.busy() && train_page_->canExport();
  train_page_->form()->setHint(
      another ? tr("Train begins a new run with these settings. The one shown stays in its folder.")
              : QString());
  actions_.setHelp("run.train", goes_on   ? tr("Go on with this run")
                                : another ? tr("Train as a new run with these settings until the last epoch")
                                          : tr("Train until the last epoch"));
}

void MainWindow::setExecution(const train::Execution& execution) {
  settings_.device = QString::fromStdString(execution.device);
  settings_.threads = execution.threads;
  controller_.setExecution(execution);
}

void MainWindow::openDataDialog() {
  DataDialog dialog(settings_.dataFolders.value(0), this);
  if (dialog.exec() != QDialog::Accepted || dialog.chosen().isEmpty()) return;
  const QString place = dialog.chosen();
  settings_.dataFolders.removeAll(place);
  settings_.dataFolders.prepend(place);
  settings_.dataFolders = settings_.dataFolders.mid(0, AppSettings::kMostFolders);
  chooseData(place);
}

void MainWindow::openRunDialog() {
  const QString folder =
      QFileDialog::getExistingDirectory(this, tr("Open the folder of a run"), runsFolder());
  if (!folder.isEmpty()) controller_.openRun(folder);
}

}  // namespace synann::ui
