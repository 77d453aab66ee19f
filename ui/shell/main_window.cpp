// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <utility>

#include <QActionGroup>
#include <QCloseEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenuBar>
#include <QScreen>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <nlohmann/json.hpp>

#include "engine/train/event_json.h"
#include "ui/pages/page.h"
#include "ui/session/words.h"
#include "ui/shell/device_choice.h"
#include "ui/shell/drop_zone.h"
#include "ui/shell/failure_offer.h"
#include "ui/shell/field_escape.h"
#include "ui/shell/inspector.h"
#include "ui/shell/last_run.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/page_rail.h"
#include "ui/shell/race.h"
#include "ui/shell/run_bar.h"
#include "ui/shell/run_teller.h"
#include "ui/shell/time_line.h"

namespace synann::ui {

namespace {
constexpr QSize kFirstSize(1240, 740);  // where the screen has room for it
constexpr QSize kWindowFrame(8, 40);    // what the desktop may put around it; it is not known before
constexpr int kInspectorWidth = 260;    // pixels
constexpr int kRememberAfter = 500;     // milliseconds
}  // namespace

MainWindow::MainWindow(const AppSettings& settings, QWidget* parent)
    : QMainWindow(parent),
      settings_(settings),
      page_group_(new QActionGroup(this)),
      stack_(new QStackedWidget(this)),
      inspector_(new Inspector(workspace_.source(), workspace_.marks(), this)),
      time_line_(new TimeLine(workspace_.source(), workspace_.marks(), this)),
      run_bar_(new RunBar(actions_, workspace_.plan(), this)),
      messages_(new MessageBar(this)),
      teller_(new RunTeller(controller(), this)),
      race_(new Race(workspace_, *messages_, this)) {
  setWindowIcon(applicationIcon());
  addPages();
  layOut();
  actions_.fillMenus(menuBar());
  addRecentMenu();
  addOffers();
  connectActions();
  connectThemes();
  connectController();
  orderTabs();
  new FieldEscape(this);
  connect(new DropZone(this), &DropZone::dropped, this, &MainWindow::openDropped);
  restore();
  onState(controller().state(), {});
}

// Pages and panels look at the workspace to their last moment.
MainWindow::~MainWindow() {
  delete centralWidget();
}

void MainWindow::addPages() {
  int number = 0;
  for (const PageInfo& info : pageTable()) {
    QAction* const shown =
        actions_.add({"page." + info.id, info.text, QStringLiteral("Ctrl+%1").arg(++number % 10), info.help,
                      info.glyph, MenuId::View, tr("&Page"), true});
    for (const ActionInfo& own : info.actions) actions_.add(own);
    Page* const page = info.make(
        workspace_, [this](const QString& id) { return actions_.action(id); }, this);
    page_group_->addAction(shown);
    pages_.append(page);
    stack_->addWidget(page);
    connect(shown, &QAction::triggered, this, [this, page] { showPage(page); });
    connect(page, &Page::askedFor, this, [this, page] { showPage(page); });
    connect(page, &Page::exportWanted, this, &MainWindow::exportDialog);
    connect(page, &Page::failed, messages_, &MessageBar::showError);
    connect(page, &Page::told, messages_, &MessageBar::showNote);
    connect(page, &Page::offered, messages_, [this](const QString& sentence, QAction* action) {
      messages_->showOffer(sentence, action->text().remove('&'), [action] { action->trigger(); });
    });
    connect(page, &Page::opened, this, &MainWindow::rememberFile);
    connect(page, &Page::forkWanted, this, [this](const QString& folder) { forkRun(folder, std::nullopt); });
    connect(page, &Page::exportableChanged, this, &MainWindow::updateActions);
  }
  page_group_->actions().constFirst()->setChecked(true);
}

Page* MainWindow::currentPage() const {
  return static_cast<Page*>(stack_->currentWidget());
}

void MainWindow::showPage(Page* page) {
  page_group_->actions().at(pages_.indexOf(page))->setChecked(true);
  stack_->setCurrentWidget(page);
  foldParts();
  updateActions();
}

Page* MainWindow::pageNamed(const QString& id) const {
  const auto& table = pageTable();
  for (std::size_t k = 0; k < table.size(); ++k)
    if (table[k].id == id) return pages_[static_cast<qsizetype>(k)];
  return nullptr;
}

void MainWindow::layOut() {
  auto* centre = new QWidget(this);
  auto* column = new QVBoxLayout(centre);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(run_bar_);
  auto* middle = new QHBoxLayout;
  middle->setSpacing(0);
  middle->addWidget(new PageRail(page_group_->actions(), actions_.action("help.page"), centre));
  middle_ = new QSplitter(Qt::Horizontal, centre);
  middle_->setObjectName("window.middle");
  middle_->setChildrenCollapsible(false);
  middle_->addWidget(stack_);
  middle_->addWidget(inspector_);
  middle_->setStretchFactor(0, 1);
  middle_->setSizes({kFirstSize.width() - kInspectorWidth, kInspectorWidth});
  middle->addWidget(middle_, 1);
  column->addLayout(middle, 1);
  column->addWidget(time_line_);
  time_line_->hide();
  column->addWidget(messages_);
  setCentralWidget(centre);
  setContextMenuPolicy(Qt::NoContextMenu);
}

// From top to bottom and from left to right, as the eye goes. Pages put their own parts in order.
void MainWindow::orderTabs() {
  QList<QWidget*> chain, order;
  for (QWidget* w = nextInFocusChain(); w != this; w = w->nextInFocusChain()) {
    if (w->window() == this && (w->focusPolicy() & Qt::TabFocus)) chain.append(w);
  }
  QList<const QWidget*> parts = {run_bar_, findChild<PageRail*>()};
  for (const Page* page : pages_) parts.append(page);
  parts.append({inspector_, time_line_, messages_});
  for (const QWidget* part : parts) {
    for (QWidget* w : chain) {
      if (part->isAncestorOf(w)) order.append(w);
    }
  }
  for (qsizetype k = 1; k < order.size(); ++k) setTabOrder(order[k - 1], order[k]);
}

void MainWindow::foldParts() {
  const auto at = static_cast<std::size_t>(pages_.indexOf(currentPage()));
  inspector_->setVisible(actions_.action("view.inspector")->isChecked());
  time_line_->setVisible(pageTable()[at].time_line && actions_.action("view.time-line")->isChecked());
}

void MainWindow::restore() {
  applyTheme(settings_.theme);
  if (!restoreGeometry(settings_.geometry))
    resize(kFirstSize.boundedTo(screen()->availableSize() - kWindowFrame));
  for (std::size_t k = 0; k < pageTable().size(); ++k) {
    Page* const page = pages_[static_cast<qsizetype>(k)];
    page->remember(settings_.pages.value(pageTable()[k].id));
    for (QSplitter* splitter : page->splitters())
      splitter->restoreState(settings_.splitters.value(splitter->objectName()));
  }
  middle_->restoreState(settings_.splitters.value(middle_->objectName()));
  train::Execution execution;
  execution.device = settings_.device.toStdString();
  execution.threads = settings_.threads;
  run_bar_->devices()->setExecution(execution);  // a GPU has not been found yet: onDevices()
  controller().setExecution(run_bar_->devices()->execution());
  teller_->setSettings(TellSettings::fromMap(settings_.tell));
  actions_.action("view.time-line")->setChecked(settings_.timeLine);
  actions_.action("view.inspector")->setChecked(settings_.inspector);
  for (const QString& path : settings_.dataFolders) {
    if (QFileInfo::exists(path)) run_bar_->addData(path);
  }
  if (!run_bar_->hasData(settings_.data)) settings_.data = QStringLiteral("digits");
  restorePlan();
  if (Page* const page = pageNamed(settings_.page)) showPage(page);
  foldParts();
  showRecentRuns();
}

// Settings that this program does not know, or that it would refuse, are those recommended.
void MainWindow::restorePlan() {
  RunPlan& plan = workspace_.plan();
  const auto json = nlohmann::json::parse(settings_.settings.toStdString(), nullptr, false);
  if (json.is_object()) {
    if (const auto kept = train::settings_from_json(json, "synann-studio.ini");
        kept && train::validate(*kept))
      plan.restore(*kept);
  }
  plan.setData(settings_.data);
  run_bar_->setDataSpec(settings_.data);
}

void MainWindow::remember() {
  settings_.geometry = saveGeometry();
  settings_.timeLine = actions_.action("view.time-line")->isChecked();
  settings_.inspector = actions_.action("view.inspector")->isChecked();
  settings_.splitters[middle_->objectName()] = middle_->saveState();
  settings_.page = pageTable()[static_cast<std::size_t>(pages_.indexOf(currentPage()))].id;
  settings_.settings =
      QByteArray::fromStdString(train::to_json(workspace_.plan().settings())
                                    .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace));
  for (std::size_t k = 0; k < pageTable().size(); ++k) {
    const Page* const page = pages_[static_cast<qsizetype>(k)];
    settings_.pages[pageTable()[k].id] = page->remembered();
    for (const QSplitter* splitter : page->splitters())
      settings_.splitters[splitter->objectName()] = splitter->saveState();
  }
  saveSettings(settings_);
}

void MainWindow::rememberOnTheWay() {
  remember_soon_.setSingleShot(true);
  remember_soon_.setInterval(kRememberAfter);
  connect(&remember_soon_, &QTimer::timeout, this, &MainWindow::remember);
  const auto soon = [this] {
    if (!remember_soon_.isActive()) remember_soon_.start();  // a training changes something all the time
  };
  connect(&workspace_.plan(), &RunPlan::changed, this, soon);
  connect(&controller(), &TrainingController::stateChanged, this, soon);
  connect(stack_, &QStackedWidget::currentChanged, this, soon);
  for (const Page* page : pages_) connect(page, &Page::rememberWanted, this, soon);
}

void MainWindow::connectController() {
  TrainingController& c = controller();
  connect(&c, &TrainingController::stateChanged, this, &MainWindow::onState);
  connect(&c, &TrainingController::updated, this, [this](const Snapshot& snapshot) {
    if (snapshot.data) onData(*snapshot.data);
    run_bar_->showProgress(controller().progress());
    showTitle();
  });
  connect(&c, &TrainingController::runBegan, messages_, &MessageBar::dismiss);
  // A step that was chosen in another run names nothing in this one.
  connect(&c, &TrainingController::runBegan, this, [this] {
    time_line_->setPlaying(false);
    workspace_.selection().setStep(Selection::kLive);
  });
  connect(&c, &TrainingController::settingsChanged, this, [this](const train::Settings& settings) {
    settings_.data = QString::fromStdString(settings.data);  // what a refused data set falls back to
  });
  connect(&workspace_.plan(), &RunPlan::changed, this, &MainWindow::updateActions);
  connect(&workspace_.plan(), &RunPlan::replaced, this, [this](const QString& sentence) {
    messages_->showOffer(sentence, tr("Keep mine"), [this] { workspace_.plan().keepMine(); });
  });
  connect(&c, &TrainingController::dataRefused, this, &MainWindow::onDataRefused);
  connect(&c, &TrainingController::executionRefused, this, [this](const train::Execution& stays) {
    settings_.device = QString::fromStdString(stays.device);
    settings_.threads = stays.threads;
    run_bar_->devices()->setExecution(stays);
  });
  connect(&workspace_.probe(), &DeviceProbe::found, this, &MainWindow::onDevices);
  connect(&c, &TrainingController::failed, messages_, &MessageBar::showError);
  connect(&c, &TrainingController::noticed, messages_, &MessageBar::showNote);
  connect(&c, &TrainingController::idle, this, [this] {
    onState(controller().state(), {});
    if (closing_) emit closed();
  });
  connect(teller_, &RunTeller::told, messages_, &MessageBar::showNote);
  connect(teller_, &RunTeller::failed, messages_, &MessageBar::showError);
  connect(new FailureOffer(workspace_, *messages_, this), &FailureOffer::pageWanted, this,
          [this](const QString& id) { showPage(pageNamed(id)); });
}

void MainWindow::start(const QString& spec, const QString& run_folder) {
  if (!spec.isEmpty()) {
    chooseData(spec);
  } else if (run_folder.isEmpty()) {
    controller().openData(run_bar_->dataSpec());
  }
  if (!run_folder.isEmpty()) {
    openRun(run_folder);
  } else if (spec.isEmpty()) {
    offerLastRun();
  }
  workspace_.probe().start();
  run_bar_->focusCommand();
}

// What a person left yesterday, or what a kill left, is one click away.
void MainWindow::offerLastRun() {
  const QString run = settings_.runs.value(0);
  const QString words = run.isEmpty() ? QString() : lastRunWords(run.toStdString());
  if (!words.isEmpty()) messages_->showOffer(words, tr("Open it"), [this, run] { openRun(run); });
}

void MainWindow::chooseData(const QString& spec) {
  run_bar_->setDataSpec(spec);
  workspace_.plan().setData(spec);
  messages_->dismiss();
  if (controller().sessionOpen())
    messages_->showNote(tr("%1 is opened as soon as this run is over.").arg(dataWords(spec.toStdString())));
  controller().openData(spec);
}

void MainWindow::openRun(const QString& folder) {
  messages_->dismiss();
  controller().openRun(folder);
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
  workspace_.plan().setData(settings_.data);
}

// What was chosen the last time is chosen again, as soon as it is known to be there.
void MainWindow::onDevices(const std::vector<compute::DeviceEntry>& devices) {
  run_bar_->devices()->setDevices(devices);
  if (settings_.device != QLatin1String("cuda")) return;
  train::Execution gpu;
  gpu.device = "cuda";
  if (!controller().sessionOpen() && run_bar_->devices()->setExecution(gpu)) setExecution(gpu);
}

void MainWindow::onState(RunState state, const QString& reason) {
  run_bar_->showState(state, controller().stopping(), reason);
  run_bar_->showProgress(controller().progress());
  if (!reason.isEmpty() && state == RunState::Failed) messages_->showError(reason);
  if (!reason.isEmpty() && state == RunState::Paused) messages_->showNote(reason);
  if (state == RunState::Elsewhere && !reason.isEmpty())
    messages_->showNote(
        tr("This run is trained by %1. It is shown live, and nothing here changes it.").arg(reason));
  const bool loads = state == RunState::Loading;  // data, and the run stays what it is
  if (!loads && std::exchange(shown_state_, state) == RunState::Elsewhere && state != RunState::Elsewhere)
    messages_->dismiss();
  const QString run = QString::fromStdString(controller().runFolder().string());
  const bool over = state == RunState::Stopped || state == RunState::Finished;
  if (over && controller().sessionOpen()) messages_->showNote(tr("The run is saved in %1.").arg(run));
  if (!run.isEmpty() && settings_.runs.value(0) != run && QFileInfo::exists(run)) {
    settings_.runs.removeAll(run);
    settings_.runs.prepend(run);
    settings_.runs = settings_.runs.mid(0, AppSettings::kMostRecent);
    saveRecentRuns(settings_.runs);  // at once: a kill comes without asking
    showRecentRuns();
  }
  showTitle();
  updateActions();
}

// "SynaCNN on MNIST – Training, 36 %".
void MainWindow::showTitle() {
  const train::Settings* const run = controller().runSettings();
  const RunState state = controller().state();
  QString title;
  if (run != nullptr && state != RunState::Ready) {
    title =
        tr("%1 on %2 – %3")
            .arg(modelWords(run->model), dataWords(run->data), stateWords(state, controller().stopping()));
    const int percent = static_cast<int>(100 * controller().progress().fraction);
    if (controller().sessionOpen()) title += tr(", %1 %").arg(percent);
  } else {
    title = tr("SynaNN Studio");
  }
  if (title != windowTitle()) setWindowTitle(title);
}

void MainWindow::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Escape && messages_->isVisible()) return messages_->dismiss();
  QMainWindow::keyPressEvent(event);
}

// The window goes at once; the run is saved behind it, and closed() tells when the training thread is gone.
void MainWindow::closeEvent(QCloseEvent* event) {
  if (!closing_) remember();
  closing_ = true;
  controller().shutDown();
  if (controller().busy()) {
    event->ignore();
    hide();
  } else {
    event->accept();
    emit closed();
  }
}

}  // namespace synann::ui
