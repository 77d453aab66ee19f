// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "ui/pages/setting_form.h"
#include "ui/pages/surface_page.h"
#include "ui/pages/synapses_page.h"
#include "ui/pages/time_line.h"
#include "ui/pages/train_page.h"
#include "ui/plots/loss_chart.h"
#include "ui/shell/figure_export.h"
#include "ui/shell/help_dialogs.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/page_rail.h"
#include "ui/shell/run_bar.h"

namespace synann::ui {

namespace {
constexpr QSize kFirstSize(1240, 740);  // fits a screen of 1280 × 800 with its bars
}

MainWindow::MainWindow(const AppSettings& settings, QWidget* parent)
    : QMainWindow(parent),
      settings_(settings),
      page_group_(new QActionGroup(this)),
      stack_(new QStackedWidget(this)),
      train_page_(
          new TrainPage(controller_, actions_.action("view.log-y"), actions_.action("view.follow"), this)),
      source_(new SynapseSource(controller_, selection_, this)),
      synapses_page_(new SynapsesPage(*source_, this)),
      surface_page_(new SurfacePage(*source_, this)),
      time_line_(new TimeLine(*source_, this)),
      run_bar_(nullptr),
      messages_(new MessageBar(this)) {
  setWindowTitle(tr("SynaNN Studio"));
  setWindowIcon(applicationIcon());
  addPages();
  run_bar_ = new RunBar(actions_, this);
  layOut();
  actions_.fillMenus(menuBar());
  connectActions();
  connectThemes();
  connectController();
  restore();
  onState(controller_.state(), {});
}

MainWindow::~MainWindow() = default;

void MainWindow::addPages() {
  struct Entry {
    Page* page;
    ActionInfo info;
  };
  const std::vector<Entry> entries = {
      {train_page_,
       {"page.train", tr("Trai&n"), "Ctrl+1", tr("The loss figure, the hyper-parameters and the log"),
        Glyph::Curves, MenuId::View, tr("&Page"), true}},
      {synapses_page_,
       {"page.synapses", tr("&Synapses"), "Ctrl+2",
        tr("β as a heat map, its lenses, and what a unit's output is made of"), Glyph::Matrix, MenuId::View,
        tr("&Page"), true}},
      {surface_page_,
       {"page.surface", tr("S&urface"), "Ctrl+3",
        tr("One synapse as a surface: S, sections, surprisal, Bose–Einstein, and the data of a cell"),
        Glyph::Surface, MenuId::View, tr("&Page"), true}},
  };
  for (const Entry& entry : entries) {
    QAction* const action = actions_.add(entry.info);
    page_group_->addAction(action);
    pages_.append(entry.page);
    stack_->addWidget(entry.page);
    connect(action, &QAction::triggered, this, [this, page = entry.page] { showPage(page); });
    connect(entry.page, &Page::exportableChanged, this, &MainWindow::updateActions);
  }
  connect(synapses_page_, &SynapsesPage::surfaceWanted, this, [this] {
    showPage(surface_page_);
    surface_page_->followCell();
  });
  page_group_->actions().constFirst()->setChecked(true);
}

Page* MainWindow::page() const {
  return static_cast<Page*>(stack_->currentWidget());
}

void MainWindow::showPage(Page* page) {
  page_group_->actions().at(pages_.indexOf(page))->setChecked(true);
  stack_->setCurrentWidget(page);
  time_line_->setVisible(page->usesTimeLine());
  updateActions();
}

void MainWindow::layOut() {
  auto* centre = new QWidget(this);
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(run_bar_);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(new PageRail(page_group_->actions(), centre));
  middle->addWidget(stack_, 1);
  column->addLayout(middle, 1);
  column->addWidget(time_line_);
  time_line_->hide();
  column->addWidget(messages_);
  setCentralWidget(centre);
  setContextMenuPolicy(Qt::NoContextMenu);
}

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
  connect(run_bar_, &RunBar::modelChosen, train_page_->form(), &SettingForm::setModel);
  connect(run_bar_, &RunBar::threadsChosen, this, &MainWindow::setThreads);
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

void MainWindow::connectController() {
  connect(&controller_, &TrainingController::stateChanged, this, &MainWindow::onState);
  connect(&controller_, &TrainingController::updated, this, [this](const Snapshot& snapshot) {
    if (snapshot.data) onData(*snapshot.data);
    run_bar_->showProgress(controller_.progress());
  });
  connect(&controller_, &TrainingController::runBegan, messages_, &MessageBar::dismiss);
  connect(&controller_, &TrainingController::settingsChanged, this, &MainWindow::onSettings);
  connect(&controller_, &TrainingController::dataRefused, this, &MainWindow::onDataRefused);
  connect(&controller_, &TrainingController::failed, messages_, &MessageBar::showError);
  connect(&controller_, &TrainingController::noticed, messages_, &MessageBar::showNote);
  connect(&controller_, &TrainingController::idle, this, [this] {
    onState(controller_.state(), {});
    if (closing_) emit closed();
  });
}

train::Settings MainWindow::trainSettings() const {
  return train_page_->form()->settings();
}

void MainWindow::start(const QString& spec, const QString& run_folder) {
  if (!spec.isEmpty()) {
    chooseData(spec);
  } else if (run_folder.isEmpty()) {
    controller_.openData(run_bar_->dataSpec());
  }
  if (!run_folder.isEmpty()) controller_.openRun(run_folder);
  run_bar_->focusCommand();
}

void MainWindow::chooseData(const QString& spec) {
  run_bar_->setDataSpec(spec);
  train_page_->form()->setData(spec.toStdString());
  messages_->dismiss();
  controller_.openData(spec);
  updateActions();
}

void MainWindow::onSettings(const train::Settings& settings) {
  settings_.data = QString::fromStdString(settings.data);  // what a refused data set falls back to
  run_bar_->setDataSpec(settings_.data);
  run_bar_->setModel(QString::fromStdString(settings.model));
}

void MainWindow::onData(const data::DataPair& opened) {
  settings_.data = QString::fromStdString(opened.spec);
  run_bar_->showData(opened.train.count(), opened.test.count());
}

// Back to the data set that could be opened last.
void MainWindow::onDataRefused(const QString& spec) {
  if (spec == settings_.data) return;
  settings_.dataFolders.removeAll(spec);
  run_bar_->setDataSpec(settings_.data);
  run_bar_->removeData(spec);
  train_page_->form()->setData(settings_.data.toStdString());
}

void MainWindow::onState(RunState state, const QString& reason) {
  run_bar_->showState(state, controller_.stopping(), reason);
  run_bar_->showProgress(controller_.progress());
  if (!reason.isEmpty() && state == RunState::Failed) messages_->showError(reason);
  if (!reason.isEmpty() && state == RunState::Paused) messages_->showNote(reason);
  updateActions();
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
  const bool goes_on = open || controller_.wouldContinue(trainSettings());
  actions_.setHelp("run.train", goes_on ? tr("Go on with this run") : tr("Train until the last epoch"));
  run_bar_->setLocked(open);
  train_page_->form()->setLocked(open);
  if (had_focus) run_bar_->focusCommand();
}

void MainWindow::setThreads(int threads) {
  settings_.threads = threads;
  controller_.setExecution({.threads = threads});
}

void MainWindow::openDataDialog() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open a folder of IDX files"),
                                                           settings_.dataFolders.value(0));
  if (folder.isEmpty()) return;
  settings_.dataFolders.removeAll(folder);
  settings_.dataFolders.prepend(folder);
  settings_.dataFolders = settings_.dataFolders.mid(0, AppSettings::kMostFolders);
  chooseData(folder);
}

void MainWindow::openRunDialog() {
  const QString folder =
      QFileDialog::getExistingDirectory(this, tr("Open the folder of a run"), runsFolder());
  if (!folder.isEmpty()) controller_.openRun(folder);
}

void MainWindow::restore() {
  applyTheme(settings_.theme);
  if (!restoreGeometry(settings_.geometry)) resize(kFirstSize);
  for (const Page* page : pages_) {
    for (QSplitter* splitter : page->splitters()) {
      splitter->restoreState(settings_.splitters.value(splitter->objectName()));
    }
  }
  train_page_->chart()->setLogY(settings_.logY);
  run_bar_->setThreads(settings_.threads);
  setThreads(run_bar_->threads());
  for (const QString& folder : settings_.dataFolders) {
    if (QFileInfo(folder).isDir()) run_bar_->addData(folder);
  }
  if (!run_bar_->hasData(settings_.data)) settings_.data = QStringLiteral("digits");
  run_bar_->setDataSpec(settings_.data);
  train_page_->form()->setData(settings_.data.toStdString());
}

void MainWindow::remember() {
  settings_.geometry = saveGeometry();
  settings_.logY = train_page_->chart()->logY();
  for (const Page* page : pages_) {
    for (const QSplitter* splitter : page->splitters()) {
      settings_.splitters[splitter->objectName()] = splitter->saveState();
    }
  }
  saveSettings(settings_);
}

// The window goes at once; the run is saved behind it, and closed() tells when the training thread is gone.
void MainWindow::closeEvent(QCloseEvent* event) {
  if (!closing_) remember();
  closing_ = true;
  controller_.shutDown();
  if (controller_.busy()) {
    event->ignore();
    hide();
  } else {
    event->accept();
    emit closed();
  }
}

}  // namespace synann::ui
