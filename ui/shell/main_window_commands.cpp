// SPDX-License-Identifier: GPL-3.0-or-later
// What the window's actions and choices do.
#include <algorithm>

#include <QActionGroup>
#include <QFileDialog>
#include <QMenu>
#include <QMenuBar>

#include "ui/pages/runs/fork_dialog.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_widget.h"
#include "ui/session/words.h"
#include "ui/shell/data_dialog.h"
#include "ui/shell/device_choice.h"
#include "ui/shell/dropped.h"
#include "ui/shell/empty_offer.h"
#include "ui/shell/export_all_dialog.h"
#include "ui/shell/export_dialog.h"
#include "ui/shell/figure_export.h"
#include "ui/shell/film_dialog.h"
#include "ui/shell/format_dialog.h"
#include "ui/shell/help_dialogs.h"
#include "ui/shell/last_run.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/page_help.h"
#include "ui/shell/race.h"
#include "ui/shell/run_bar.h"
#include "ui/shell/tell_dialog.h"
#include "ui/shell/time_line.h"

namespace synann::ui {

namespace {

// The latest first, each once.
void putFirst(QStringList& list, const QString& entry) {
  list.removeAll(entry);
  list.prepend(entry);
  list = list.mid(0, AppSettings::kMostRecent);
}

}  // namespace

void MainWindow::connectActions() {
  const auto on = [this](const char* id, auto&& slot) {
    connect(actions_.action(id), &QAction::triggered, this, std::forward<decltype(slot)>(slot));
  };
  // A message of what was before has had its time when a person goes on.
  const auto command = [this, on](const char* id, void (TrainingController::*work)(const train::Settings&)) {
    on(id, [this, work] {
      messages_->dismiss();
      (controller().*work)(workspace_.plan().settings());
    });
  };
  command("run.train", &TrainingController::train);
  command("run.step-batch", &TrainingController::stepBatch);
  command("run.step-epoch", &TrainingController::stepEpoch);
  command("run.restart", &TrainingController::restart);
  on("run.pause", [this] { controller().pause(); });
  on("run.stop", [this] { controller().stop(); });
  on("run.tell", [this] { tellDialog(); });
  on("run.race", [this] { race_->start(); });
  connect(race_, &Race::dataWanted, run_bar_, &RunBar::setDataSpec);
  on("run.fork", [this] { forkOpenRun(); });
  connect(time_line_, &TimeLine::forkWanted, this, [this](std::int64_t steps) {
    forkRun(QString::fromStdString(controller().runFolder().string()), steps);
  });
  on("file.open-data", [this] { openDataDialog(); });
  on("file.open-model", [this] { openModelDialog(); });
  on("file.open-run", [this] { openRunDialog(); });
  on("file.open-figure", [this] { openFigureDialog(); });
  on("file.export", [this] { exportDialog(); });
  on("file.export-film", [this] { filmDialog(); });
  on("file.export-all", [this] { exportAllDialog(); });
  on("file.export-formats", [this] { formatDialog(); });
  on("file.quit", [this] { close(); });
  on("help.page", [this] { helpDialog(); });
  on("help.shortcuts", [this] { ShortcutsDialog(actions_.infos(), this).exec(); });
  on("help.about", [this] { AboutDialog(this).exec(); });
  connect(run_bar_, &RunBar::openDataWanted, this, &MainWindow::openDataDialog);
  connect(run_bar_, &RunBar::openModelWanted, this, &MainWindow::openModelDialog);
  connect(run_bar_, &RunBar::dataChosen, this, &MainWindow::chooseData);
  connect(run_bar_->devices(), &DeviceChoice::chosen, this, &MainWindow::setExecution);
  for (const char* id : {"view.time-line", "view.inspector"})
    connect(actions_.action(id), &QAction::toggled, this, &MainWindow::foldParts);
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
  const RunState state = controller().state();
  const bool open = controller().sessionOpen();
  const bool stopping = controller().stopping();
  const bool running = open && state != RunState::Paused && !stopping;
  const bool had_focus = run_bar_->commandHasFocus();
  actions_.action("run.train")->setEnabled(!running);
  actions_.action("run.pause")->setEnabled(running);
  actions_.action("run.step-batch")->setEnabled(!running);
  actions_.action("run.step-epoch")->setEnabled(!running);
  actions_.action("run.race")->setEnabled(!open);
  actions_.action("run.stop")->setEnabled(open && !stopping);
  actions_.action("run.restart")
      ->setEnabled(open || state == RunState::Stopped || state == RunState::Finished ||
                   state == RunState::Failed);
  actions_.action("run.fork")
      ->setEnabled(state != RunState::Ready && state != RunState::Loading &&
                   !controller().runFolder().empty());
  actions_.action("file.export")->setEnabled(currentPage()->canExport());
  const bool run_there = !controller().runFolder().empty();
  actions_.action("file.export-film")->setEnabled(run_there && currentPage()->canExport());
  actions_.action("file.export-all")->setEnabled(run_there);
  actions_.action("file.export-formats")->setEnabled(run_there || !currentPage()->chosenRuns().empty());
  const RunPlan& plan = workspace_.plan();
  actions_.setText("run.train", plan.verb(), plan.sentence());
  run_bar_->setLocked(open);
  if (had_focus) run_bar_->focusCommand();
}

void MainWindow::setExecution(const train::Execution& execution) {
  settings_.device = QString::fromStdString(execution.device);
  settings_.threads = execution.threads;
  controller().setExecution(execution);
}

void MainWindow::openDataDialog() {
  DataDialog dialog(settings_.dataFolders.value(0), this);
  if (dialog.exec() != QDialog::Accepted || dialog.chosen().isEmpty()) return;
  const QString path = dialog.chosen();
  rememberData(path);
  chooseData(path);
}

bool MainWindow::openDropped(const QString& file) {
  if (Page* const page = pageFor(file, Page::Claim::Always)) return openOnPage(page, file);
  const auto dropped = recogniseDropped(file.toStdString());
  if (!dropped) {
    messages_->showError(QString::fromStdString(dropped.error().sentence()));
    return false;
  }
  const QString path = QString::fromStdString(dropped->path.string());
  switch (dropped->kind) {
    case Dropped::Kind::Data:
      rememberData(path);
      chooseData(path);
      return true;
    case Dropped::Kind::Run:
      openRun(path);
      return true;
    case Dropped::Kind::Figure:
      return openFigure(path);
    case Dropped::Kind::Model:
      return openModel(path);
  }
  return false;
}

// The page that opens the file: the one that is shown, or the first that claims it so much; null where none
// does.
Page* MainWindow::pageFor(const QString& file, Page::Claim least) const {
  if (currentPage()->claims(file) != Page::Claim::None) return currentPage();
  const auto found =
      std::ranges::find_if(pages_, [&](const Page* page) { return page->claims(file) >= least; });
  return found == pages_.end() ? nullptr : *found;
}

void MainWindow::openRecentFile(const QString& file) {
  Page* const page = pageFor(file, Page::Claim::WhileShown);
  if (page != nullptr)
    openOnPage(page, file);
  else
    openDropped(file);
}

bool MainWindow::openOnPage(Page* page, const QString& file) {
  messages_->dismiss();
  const Status opened = page->openFile(file);
  if (!opened) {
    messages_->showError(QString::fromStdString(opened.error().sentence()));
    return false;
  }
  showPage(page);
  rememberFile(file);
  return true;
}

void MainWindow::openModelDialog() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Open a model"), settings_.exportFolder,
                                                    tr("Model files (*.json)"));
  if (!path.isEmpty()) openModel(path);
}

// The network of the next run; the Network page shows it.
bool MainWindow::openModel(const QString& path) {
  messages_->dismiss();
  if (controller().sessionOpen()) {
    messages_->showError(tr("%1 cannot be opened in the middle of a run: stop the run first.").arg(path));
    return false;
  }
  if (const Status opened = workspace_.plan().openModel(path.toStdString()); !opened) {
    messages_->showError(QString::fromStdString(opened.error().sentence()));
    return false;
  }
  rememberFile(path);
  if (Page* const network = pageNamed(QStringLiteral("network"))) showPage(network);
  return true;
}

void MainWindow::rememberFile(const QString& path) {
  putFirst(settings_.files, QFileInfo(path).absoluteFilePath());
}

void MainWindow::rememberData(const QString& path) {
  settings_.dataFolders.removeAll(path);
  settings_.dataFolders.prepend(path);
  settings_.dataFolders = settings_.dataFolders.mid(0, AppSettings::kMostFolders);
}

void MainWindow::openRunDialog() {
  const QString folder =
      QFileDialog::getExistingDirectory(this, tr("Open the folder of a run"), runsFolder());
  if (!folder.isEmpty()) openRun(folder);
}

void MainWindow::exportDialog() {
  const auto shown = currentPage()->shownFigure();
  if (!shown) return messages_->showError(QString::fromStdString(shown.error().sentence()));
  ExportDialog dialog(*shown, {settings_.exportChoices, settings_.exportFolder, settings_.exportKind}, this);
  dialog.exec();
  settings_.exportChoices = dialog.choices();
  if (!dialog.savedPath().isEmpty()) rememberFigure(dialog.savedPath());
}

void MainWindow::rememberFigure(const QString& path) {
  settings_.exportFolder = QFileInfo(path).absolutePath();  // only one that worked is worth going back to
  settings_.exportKind = QFileInfo(path).suffix().toLower();
  putFirst(settings_.figures, QFileInfo(path).absoluteFilePath());
  messages_->showNote(tr("Saved %1.").arg(path));
}

bool MainWindow::exportFigure(const QString& path) {
  const auto shown = currentPage()->shownFigure();
  const Status saved = shown ? saveAsSeen(*shown, path.toStdString()) : Status(shown.error());
  if (saved) {
    rememberFigure(path);
  } else {
    messages_->showError(QString::fromStdString(saved.error().sentence()));
  }
  return saved.ok();
}

void MainWindow::exportAllDialog() {
  const QString folder = QFileDialog::getExistingDirectory(
      this, tr("Export everything into a new folder in this one"), settings_.exportFolder);
  if (folder.isEmpty()) return;
  ViewOptions options;
  const Selection& selection = workspace_.selection();
  options.history = controller().runFolder().string();
  options.layer = selection.layer().toStdString();
  options.typed = {{"--unit", {static_cast<double>(selection.cell().i)}},
                   {"--synapse", {static_cast<double>(selection.cell().j)}},
                   {"--image", {static_cast<double>(selection.image())}}};
  options.log_y = actions_.action("view.log-y")->isChecked();
  // As the last figure was exported; before the first, as figures are shown.
  options.figure =
      settings_.exportChoices.isEmpty()
          ? presetOptions(FigurePreset::AsShown, {}, isDarkLook(FigureLook::fromPalette(palette())))
          : figureOptionsFromMap(settings_.exportChoices);
  ExportAllDialog dialog(options, folder, this);
  dialog.exec();
  settings_.exportFolder = folder;
  messages_->showNote(dialog.sentence());
}

// As the figure is seen now, at every step.
void MainWindow::filmDialog() {
  const auto shown = currentPage()->shownFigure();
  if (!shown) return messages_->showError(QString::fromStdString(shown.error().sentence()));
  auto view = filmView(shown->view, controller().runFolder().string());
  if (!view) return messages_->showError(QString::fromStdString(view.error().sentence()));
  view->log_y = actions_.action("view.log-y")->isChecked();
  const QSize seen = shown->size.isEmpty() ? FigureOptions::kUsual : shown->size;
  view->figure.width = Length{static_cast<double>(seen.width()), LengthUnit::Pixel};
  view->figure.height = Length{static_cast<double>(seen.height()), LengthUnit::Pixel};
  view->figure.dark = shown->dark;
  FilmDialog dialog(std::move(*view), shown->name, settings_.exportFolder, this);
  dialog.exec();
  settings_.exportFolder = dialog.folder();
}

// Of the runs that the page has chosen, else of the run that is shown.
void MainWindow::formatDialog() {
  std::vector<std::filesystem::path> runs = currentPage()->chosenRuns();
  if (runs.empty()) runs.push_back(controller().runFolder());
  FormatDialog dialog(std::move(runs), {}, this);
  dialog.setFolder(settings_.exportFolder);
  dialog.exec();
  settings_.exportFolder = dialog.folder();
}

// The run of the figure is opened where it is not already, and the page stands as it stood.
void MainWindow::openFigureDialog() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Open a figure"), settings_.exportFolder,
                                                    tr("Figures (*.png *.svg *.pdf)"));
  if (!path.isEmpty()) openFigure(path);
}

bool MainWindow::openFigure(const QString& path) {
  const auto view = readFigureView(path.toStdString());
  if (!view) {
    messages_->showError(QString::fromStdString(view.error().sentence()));
    return false;
  }
  messages_->dismiss();
  const QString run = view->value(QLatin1String("run")).toString();
  if (!run.isEmpty() && run != QString::fromStdString(controller().runFolder().string()))
    controller().openRun(run);
  const std::string name = view->value(QLatin1String("view")).toString().toStdString();
  const PageInfo* const info = pageOfView(name);
  if (info == nullptr) {
    messages_->showError(
        tr("%1: is a figure of \"%2\", which this program does not have; open it with the one that made it.")
            .arg(path, QString::fromStdString(name)));
    return false;
  }
  Page* const page = pageNamed(info->id);
  showPage(page);
  const Status restored = page->restoreView(*view);
  if (restored) {
    putFirst(settings_.figures, QFileInfo(path).absoluteFilePath());
  } else {
    messages_->showError(QString::fromStdString(restored.error().sentence()));
  }
  return restored.ok();
}

void MainWindow::tellDialog() {
  TellDialog dialog(teller_->settings(), this);
  if (dialog.exec() != QDialog::Accepted) return;
  teller_->setSettings(dialog.settings());
  settings_.tell = dialog.settings().toMap();
}

// Where the time line stands.
void MainWindow::forkOpenRun() {
  const Selection& selection = workspace_.selection();
  forkRun(QString::fromStdString(controller().runFolder().string()),
          selection.live() ? std::nullopt : std::optional(selection.step()));
}

void MainWindow::forkRun(const QString& folder, std::optional<std::int64_t> step) {
  if (folder.isEmpty()) return;
  ForkDialog dialog({.run = folder.toStdString(),
                     .step = step,
                     .data = workspace_.source().data(),
                     .threads = controller().execution().threads},
                    this);
  if (dialog.exec() != QDialog::Accepted) return;
  tellFork(dialog.sentence(), QString::fromStdString(dialog.folder().string()));
  if (currentPage() == pageNamed(QStringLiteral("runs"))) actions_.action("runs.refresh")->trigger();
}

// What trains goes on: the new run is opened on request then, else at once.
void MainWindow::tellFork(const QString& sentence, const QString& made) {
  if (controller().sessionOpen())
    return messages_->showOffer(sentence, tr("Open it"), [this, made] { openRun(made); });
  openRun(made);
  connect(
      &controller(), &TrainingController::idle, this, [this, sentence] { messages_->showNote(sentence); },
      Qt::SingleShotConnection);
}

void MainWindow::helpDialog() {
  const auto at = static_cast<std::size_t>(pages_.indexOf(currentPage()));
  PageHelpDialog dialog(pageTable()[at], *currentPage(), this);
  connect(&dialog, &PageHelpDialog::shortcutsWanted, this,
          [this, &dialog] { ShortcutsDialog(actions_.infos(), &dialog).exec(); });
  dialog.exec();
}

// Where a page is empty because there is no run: what fills it.
void MainWindow::addOffers() {
  auto* const recent = findChild<QMenu*>("file.recent");
  for (const Page* page : pages_) {
    FigureWidget* const figure = page->emptyFigure();
    if (figure == nullptr) continue;
    QList<QAction*> ways = {actions_.action("run.train")};
    if (page == pages_.constFirst() && Race::data()) ways.append(actions_.action("run.race"));
    auto* const offer = new EmptyOffer(controller(), ways, recent, figure);
    connect(offer, &EmptyOffer::runWanted, this, &MainWindow::openRun);
    for (const auto change : {&TrainingController::idle, &TrainingController::runBegan})
      connect(&controller(), change, offer, &EmptyOffer::check);
    connect(&controller(), &TrainingController::stateChanged, offer, &EmptyOffer::check);
    offers_.append(offer);
  }
}

void MainWindow::showRecentRuns() {
  const bool others =
      !settings_.dataFolders.isEmpty() || !settings_.figures.isEmpty() || !settings_.files.isEmpty();
  for (EmptyOffer* offer : offers_) offer->setRuns(settings_.runs, others);
}

// Runs, data and figures of late, below what opens others.
void MainWindow::addRecentMenu() {
  QMenu* const file = menuBar()->actions().constFirst()->menu();
  auto* const recent = new QMenu(tr("Open re&cent"), this);
  recent->setObjectName("file.recent");
  recent->setToolTipsVisible(true);
  connect(recent, &QMenu::aboutToShow, this, [this, recent] { fillRecentMenu(recent); });
  file->insertMenu(actions_.action("file.export"), recent);
}

void MainWindow::fillRecentMenu(QMenu* menu) {
  menu->clear();
  const auto add = [menu](const QString& heading, const QStringList& paths, const auto& words,
                          const auto& open) {
    bool first = true;
    for (const QString& path : paths) {
      if (!QFileInfo::exists(path)) continue;
      if (std::exchange(first, false)) menu->addSection(heading);
      QAction* const action = menu->addAction(words(path).replace('&', QStringLiteral("&&")));
      action->setToolTip(path);
      QObject::connect(action, &QAction::triggered, menu, [open, path] { open(path); });
    }
  };
  const auto fileName = [](const QString& path) { return QFileInfo(path).fileName(); };
  add(
      tr("Runs"), settings_.runs,
      [&](const QString& path) {
        const QString words = lastRunWords(path.toStdString());
        return words.isEmpty() ? fileName(path) : words;
      },
      [this](const QString& path) { openRun(path); });
  add(
      tr("Data"), settings_.dataFolders, [](const QString& path) { return dataWords(path.toStdString()); },
      [this](const QString& path) { chooseData(path); });
  add(tr("Figures"), settings_.figures, fileName, [this](const QString& path) { openFigure(path); });
  add(tr("Models, circuits and tables"), settings_.files, fileName,
      [this](const QString& path) { openRecentFile(path); });
  if (menu->isEmpty()) menu->addAction(tr("Nothing yet"))->setEnabled(false);
}

}  // namespace synann::ui
