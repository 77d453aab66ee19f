// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <QActionGroup>
#include <QCloseEvent>
#include <QMenuBar>
#include <QStackedWidget>

#include "ui/pages/inspector.h"
#include "ui/pages/setting_form.h"
#include "ui/pages/surface_page.h"
#include "ui/pages/synapses_page.h"
#include "ui/pages/time_line.h"
#include "ui/pages/train_page.h"
#include "ui/shell/device_choice.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/run_bar.h"

namespace synann::ui {

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
      inspector_(new Inspector(*source_, this)),
      time_line_(new TimeLine(*source_, marks_, this)),
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
  orderTabs();
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
  foldParts();
  updateActions();
}

Page* MainWindow::pageNamed(const QString& id) const {
  const QList<QAction*> actions = page_group_->actions();
  for (qsizetype k = 0; k < actions.size(); ++k) {
    if (actions[k]->objectName() == QStringLiteral("page.") + id) return pages_[k];
  }
  return nullptr;
}

void MainWindow::connectController() {
  connect(&controller_, &TrainingController::stateChanged, this, &MainWindow::onState);
  connect(&controller_, &TrainingController::updated, this, [this](const Snapshot& snapshot) {
    if (snapshot.data) onData(*snapshot.data);
    run_bar_->showProgress(controller_.progress());
  });
  connect(&controller_, &TrainingController::runBegan, messages_, &MessageBar::dismiss);
  // A step that was chosen in another run names nothing in this one.
  connect(&controller_, &TrainingController::runBegan, this, [this] {
    time_line_->setPlaying(false);
    selection_.setStep(Selection::kLive);
  });
  connect(&controller_, &TrainingController::settingsChanged, this, &MainWindow::onSettings);
  connect(&controller_, &TrainingController::dataRefused, this, &MainWindow::onDataRefused);
  connect(&controller_, &TrainingController::executionRefused, this, [this](const train::Execution& stays) {
    settings_.device = QString::fromStdString(stays.device);
    settings_.threads = stays.threads;
    run_bar_->devices()->setExecution(stays);
  });
  connect(&probe_, &DeviceProbe::found, this, &MainWindow::onDevices);
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
  probe_.start();
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

// What was chosen the last time is chosen again, as soon as it is known to be there.
void MainWindow::onDevices(const std::vector<compute::DeviceEntry>& devices) {
  run_bar_->devices()->setDevices(devices);
  if (settings_.device != QLatin1String("cuda")) return;
  train::Execution gpu;
  gpu.device = "cuda";
  if (!controller_.sessionOpen() && run_bar_->devices()->setExecution(gpu)) setExecution(gpu);
}

void MainWindow::onState(RunState state, const QString& reason) {
  run_bar_->showState(state, controller_.stopping(), reason);
  run_bar_->showProgress(controller_.progress());
  if (!reason.isEmpty() && state == RunState::Failed) messages_->showError(reason);
  if (!reason.isEmpty() && state == RunState::Paused) messages_->showNote(reason);
  const bool over = state == RunState::Stopped || state == RunState::Finished;
  if (over && controller_.sessionOpen())
    messages_->showNote(
        tr("The run is saved in %1.").arg(QString::fromStdString(controller_.runFolder().string())));
  updateActions();
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
