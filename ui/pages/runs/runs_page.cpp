// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_page.h"

#include <algorithm>
#include <utility>

#include <QDesktopServices>
#include <QFileDialog>
#include <QLabel>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QUrl>

#include "engine/train/session.h"
#include "ui/pages/busy_row.h"
#include "ui/pages/runs/foreign_curves.h"
#include "ui/pages/runs/run_care_actions.h"
#include "ui/pages/runs/run_tree_figure.h"
#include "ui/pages/runs/runs_export.h"
#include "ui/pages/runs/runs_table.h"

namespace synann::ui {

namespace fs = std::filesystem;

namespace {

constexpr int kFollowMilliseconds = 1000;
constexpr std::size_t kMostFollowed = 20;

// The run that is open, or the latest.
fs::path runToShow(const std::vector<runs::RunSummary>& runs, const fs::path& open) {
  if (std::ranges::find(runs, open, &runs::RunSummary::folder) != runs.end()) return open;
  return std::ranges::max_element(
             runs, {}, [](const runs::RunSummary& run) { return run.problem.empty() ? run.written : -1; })
      ->folder;
}

ActionInfo forkInfo(const QString& menu) {
  return {"runs.fork",
          RunsPage::tr("&Fork…"),
          {},
          RunsPage::tr("Make a new run out of a step of the selected one, with other settings from there on"),
          Glyph::None,
          MenuId::View,
          menu};
}

}  // namespace

PageInfo RunsPage::info() {
  const QString menu = tr("&Runs");
  PageInfo page{.id = QStringLiteral("runs"),
                .text = tr("&Runs"),
                .help = tr("All runs as a table, and the curves of those that are selected over each other"),
                .glyph = Glyph::Runs,
                .time_line = false,
                .actions = {{"runs.open",
                             tr("&Open selected run"),
                             {},
                             tr("Show the selected run in the window; Enter in the table does the same"),
                             Glyph::OpenRun,
                             MenuId::View,
                             menu},
                            {"runs.open-folder",
                             tr("&Show its folder"),
                             {},
                             tr("Open the folder of the selected run in the file manager"),
                             Glyph::OpenData,
                             MenuId::View,
                             menu},
                            forkInfo(menu),
                            {"runs.add-folder",
                             tr("&Add folder…"),
                             {},
                             tr("List the runs below another folder too, from now on"),
                             Glyph::None,
                             MenuId::View,
                             menu,
                             false,
                             true},
                            {"runs.refresh", tr("&Refresh"), "Ctrl+F5",
                             tr("Read all runs of the Runs page again"), Glyph::Restart, MenuId::View, menu}},
                .views = {kRunsView, kRunTreeView, kRunsParallelView, kRunsScatterView},
                .make = [](Workspace& workspace, const PageActions& actions, QWidget* parent) -> Page* {
                  return new RunsPage(workspace, actions, parent);
                },
                .viewFigure = runsViewFigure,
                .checkView = checkRuns,
                .heading = "Views of several runs",
                .fields = fieldInfos(runsFields()),
                .files = runsPageFiles(),
                .of_run = false};
  for (const ActionInfo& action : RunCareActions::infos(menu)) page.actions.push_back(action);
  page.actions.push_back({"runs.show-archived",
                          tr("&List archived runs too"),
                          {},
                          tr("List the runs that were archived among the others"),
                          Glyph::None,
                          MenuId::View,
                          menu,
                          true,
                          true});
  return page;
}

RunsPage::RunsPage(Workspace& workspace, const PageActions& actions, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      follow_(new QTimer(this)),
      open_(actions("runs.open")),
      open_folder_(actions("runs.open-folder")),
      fork_(actions("runs.fork")),
      lister_(
          [](const RunsQuestion& question, const std::stop_token& cancelled, const auto& tell) {
            if (auto list = readRuns(question, cancelled)) tell(std::move(list));
          },
          [this](const RunListPtr& list) { take(*list); }),
      follower_([](const std::vector<runs::RunSummary>& runs, const std::stop_token& cancelled,
                   const auto& tell) { tell(readAgain(runs, cancelled)); },
                [this](const std::vector<runs::RunSummary>& fresh) { takeFresh(fresh); }) {
  layOut(actions);
  care_ = new RunCareActions(
      actions, table_->view(), [this] { return table_->selected(); },
      [this] { return workspace_.controller().runFolder(); });
  connectAll(actions);
  updateActions();
}

bool RunsPage::busy() const {
  return lister_.busy() || figures_->busy() || follower_.busy() || care_->busy();
}

void RunsPage::connectAll(const PageActions& actions) {
  const TrainingController& controller = workspace_.controller();
  for (const auto change : {&TrainingController::idle, &TrainingController::runBegan})
    connect(&controller, change, this, [this] {
      if (isVisible()) refresh();
    });
  connect(&controller, &TrainingController::stateChanged, this, [this](RunState state) {
    const bool left = state == RunState::Stopped || state == RunState::Finished || state == RunState::Failed;
    if (isVisible() && (left || state == RunState::Elsewhere)) refresh();
  });
  connect(actions("runs.refresh"), &QAction::triggered, this, [this] {
    isVisible() ? refresh() : emit askedFor();  // being shown reads them too
  });
  connect(actions("runs.add-folder"), &QAction::triggered, this, &RunsPage::askForFolder);
  connect(open_, &QAction::triggered, this, &RunsPage::openRun);
  connect(open_folder_, &QAction::triggered, this, &RunsPage::openFolder);
  connect(fork_, &QAction::triggered, this, [this] {
    if (chosen_.size() == 1) emit forkWanted(QString::fromStdString(chosen_.front().string()));
  });
  table_->view()->addActions({fork_, actions("runs.show-archived")});
  connect(table_->view(), &QTableView::activated, this, &RunsPage::openRun);
  connect(table_, &RunsTable::chosen, this, [this] {
    by_person_ = true;
    selectionChanged();
    figures_->showSelected();
  });
  connect(table_, &RunsTable::listedChanged, figures_, &RunsFigures::showComparisons);
  connect(table_, &RunsTable::rememberWanted, this, &Page::rememberWanted);
  connect(busy_row_, &BusyRow::stopWanted, this, [this] { stop_.request_stop(); });
  connect(figures_, &RunsFigures::rememberWanted, this, &Page::rememberWanted);
  connect(figures_, &RunsFigures::exportableChanged, this, &Page::exportableChanged);
  connect(figures_, &RunsFigures::exportWanted, this, &Page::exportWanted);
  connect(figures_, &RunsFigures::failed, this, &Page::failed);
  connect(&foreign(), &ForeignCurves::changed, this, [this] {
    if (!foreign().drawn().empty()) stack_->setCurrentIndex(0);
  });
  connect(figures_, &RunsFigures::told, this, &Page::told);
  follow_->setObjectName("runs.follow");
  follow_->setInterval(kFollowMilliseconds);
  connect(follow_, &QTimer::timeout, this, &RunsPage::follow);
  connectCare(actions);
}

// Runs that are being written, here or elsewhere, are looked at once a second: an epoch is seen when it ends.
void RunsPage::follow() {
  if (lister_.busy() || follower_.busy()) return;
  std::vector<runs::RunSummary> written;
  for (const runs::RunSummary& run : table_->runs())
    if (written.size() < kMostFollowed && !run.writer.empty()) written.push_back(run);
  if (!written.empty()) follower_.ask(std::move(written));
}

// The selection stays; a curve that grew is drawn again.
void RunsPage::takeFresh(const std::vector<runs::RunSummary>& fresh) {
  bool shown = false;
  for (const runs::RunSummary& run : fresh) {
    table_->updateRun(run);
    shown = shown || std::ranges::find(chosen_, run.folder) != chosen_.end();
  }
  if (!fresh.empty()) figures_->showFresh(shown);
}

void RunsPage::connectCare(const PageActions& actions) {
  connect(care_, &RunCareActions::failed, this, &Page::failed);
  connect(care_, &RunCareActions::told, this, &Page::told);
  connect(
      care_, &RunCareActions::binned, this,
      [this, undo = actions("runs.take-back")](const QString& sentence) { emit offered(sentence, undo); });
  connect(care_, &RunCareActions::changed, this, &RunsPage::refresh);
}

void RunsPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  refresh();
  follow_->start();
  updateActions();
}

void RunsPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  follow_->stop();
  updateActions();
}

void RunsPage::refresh() {
  RunsQuestion question;
  question.usual = train::runs_folder();
  for (const QString& folder : folders_) question.folders.emplace_back(folder.toStdString());
  question.runs = others_;
  question.mean_epochs = table_->meanEpochs();
  if (const fs::path open = workspace_.controller().runFolder(); !open.empty()) question.runs.push_back(open);
  stop_ = std::stop_source();
  done_ = std::make_shared<std::atomic<double>>(0);
  question.stop = stop_;
  question.done = done_;
  lister_.ask(std::move(question));
  busy_row_->begin();
}

void RunsPage::addFolder(const QString& folder) {
  if (!folders_.contains(folder)) folders_.append(folder);
  isVisible() ? refresh() : emit askedFor();
  emit rememberWanted();
}

void RunsPage::askForFolder() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("List the runs below a folder"),
                                                           folders_.isEmpty() ? QString() : folders_.back());
  if (!folder.isEmpty()) addFolder(folder);
}

// What a person has selected stays selected.
void RunsPage::take(RunList& list) {
  busy_row_->end();
  if (list.stopped) return say({tr("Reading was stopped: Refresh reads again.")});
  QStringList notes;
  for (const std::string& note : list.notes) notes.append(QString::fromStdString(note));
  const fs::path open = workspace_.controller().runFolder();
  const bool none = list.rows.runs.empty();
  stack_->setCurrentIndex(none && foreign().drawn().empty() ? 1 : 0);
  if (!none && !wanted_view_.isEmpty()) figures_->choose(std::exchange(wanted_view_, {}));
  if (!none && !by_person_) chosen_ = {runToShow(list.rows.runs, open)};
  table_->setRows(std::move(list.rows), open, chosen_);
  selectionChanged();
  figures_->showRead();
  say(notes);
}

void RunsPage::selectionChanged() {
  chosen_.clear();
  for (const runs::RunSummary& run : table_->selected()) chosen_.push_back(run.folder);
  updateActions();
}

void RunsPage::say(const QStringList& notes) {
  table_->setNotes(notes);
  empty_->setText(
      (QStringList{tr("Every run that is trained here, or below a folder that is added, is listed "
                      "on this page.")} +
       notes)
          .join('\n'));
}

void RunsPage::updateActions() {
  const bool one = isVisible() && !table_->current().empty() && !chosen_.empty();
  open_->setEnabled(one);
  open_folder_->setEnabled(one);
  fork_->setEnabled(one && chosen_.size() == 1);
  care_->updateEnabled(isVisible());
}

// The run of the row at hand.
void RunsPage::openRun() {
  if (const fs::path folder = table_->current(); !folder.empty())
    workspace_.controller().openRun(QString::fromStdString(folder.string()));
}

void RunsPage::openFolder() {
  const QString folder = QString::fromStdString(table_->current().string());
  if (!folder.isEmpty() && !QDesktopServices::openUrl(QUrl::fromLocalFile(folder)))
    emit failed(tr("%1: there is no file manager to open it with").arg(folder));
}

QVariantMap RunsPage::remembered() const {
  QVariantMap kept = table_->remembered();
  kept.insert(figures_->remembered());
  kept["folders"] = folders_;
  return kept;
}

void RunsPage::remember(const QVariantMap& kept) {
  if (kept.isEmpty()) return;
  folders_ = kept["folders"].toStringList();
  figures_->remember(kept);
  table_->remember(kept);
}

// A table could be a data set or targets of a circuit as well.
Page::Claim RunsPage::claims(const QString& file) const {
  switch (exports::foreign_kind(file.toStdString())) {
    case exports::ForeignKind::Events:
      return Claim::Always;
    case exports::ForeignKind::Table:
      return Claim::WhileShown;
    case exports::ForeignKind::None:
      break;
  }
  return Claim::None;
}

Status RunsPage::openFile(const QString& file) {
  figures_->choose(QString::fromLatin1(kRunsView));
  foreign().add(file);
  return {};
}

Status RunsPage::restoreView(const QJsonObject& view) {
  if (view.value("view").toString() == QLatin1String(kRunTreeView)) {
    figures_->choose(QString::fromLatin1(kRunTreeView));
    if (isVisible()) refresh();
    return {};
  }
  figures_->setScene(runsSceneFromJson(view));
  figures_->restoreForeign(view);
  others_ = runsFromJson(view);
  chosen_ = others_;
  by_person_ = true;
  table_->clearSearch();
  wanted_view_ = view.value(QLatin1String("view")).toString();
  if (isVisible()) refresh();
  return {};
}

}  // namespace synann::ui
