// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_page.h"

#include <algorithm>
#include <set>
#include <utility>

#include <QCheckBox>
#include <QDesktopServices>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QUrl>

#include "engine/train/session.h"
#include "ui/pages/busy_row.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/runs/run_care_actions.h"
#include "ui/pages/runs/run_differences_model.h"
#include "ui/pages/runs/run_filter_model.h"
#include "ui/pages/runs/run_table_model.h"
#include "ui/pages/runs/run_tree_figure.h"
#include "ui/pages/runs/runs_comparison.h"
#include "ui/pages/runs/runs_export.h"
#include "ui/plots/figure_view.h"
#include "ui/session/words.h"

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
      model_(new RunTableModel(this)),
      filter_(new RunFilterModel(model_)),
      differences_(new RunDifferencesModel(this)),
      fields_(new FieldControls(QStringLiteral("runs"), this)),
      figure_(new FigureView(this)),
      deck_(new FigureDeck(QStringLiteral("runs"), figure_, this)),
      open_(actions("runs.open")),
      open_folder_(actions("runs.open-folder")),
      fork_(actions("runs.fork")),
      lister_([](const RunsQuestion& question, const std::stop_token& cancelled,
                 const auto& tell) { tell(readRuns(question, cancelled)); },
              [this](const RunListPtr& list) { take(*list); }),
      curve_reader_([reader = std::make_shared<RunCurveReader>()](
                        const std::vector<runs::RunSummary>& runs, const std::stop_token& cancelled,
                        const auto& tell) { tell(reader->read(runs, cancelled)); },
                    [this](const std::vector<RunCurve>& curves) { takeCurves(curves); }),
      follower_([](const std::vector<runs::RunSummary>& runs, const std::stop_token& cancelled,
                   const auto& tell) { tell(readAgain(runs, cancelled)); },
                [this](const std::vector<runs::RunSummary>& fresh) { takeFresh(fresh); }) {
  layOut(actions);
  care_ = new RunCareActions(
      actions, table_, [this] { return selectedRuns(); },
      [this] { return workspace_.controller().runFolder(); });
  connectAll(actions);
  updateActions();
}

// The table tells of its end when the page is gone already.
RunsPage::~RunsPage() {
  disconnect(table_->selectionModel(), nullptr, this, nullptr);
}

bool RunsPage::busy() const {
  return lister_.busy() || curve_reader_.busy() || follower_.busy() || care_->busy();
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
  table_->addAction(fork_);
  connect(fork_, &QAction::triggered, this, [this] {
    if (chosen_.size() == 1) emit forkWanted(QString::fromStdString(chosen_.front().string()));
  });
  connect(table_, &QTableView::activated, this, &RunsPage::openRun);
  connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
    if (quiet_) return;
    by_person_ = true;
    selectionChanged();
  });
  connect(search_, &QLineEdit::textChanged, this, [this](const QString& words) {
    filter_->setSearch(words);
    showCount();
    showComparisons();
  });
  connect(busy_row_, &BusyRow::stopWanted, this, [this] { stop_.request_stop(); });
  connect(fields_, &FieldControls::changed, this, [this](const QString& field) {
    fields_->take(runsFields(), field, scene_);
    showFigure();
    showComparisons();
    emit rememberWanted();
  });
  connect(table_->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this, &Page::rememberWanted);
  connect(deck_, &FigureDeck::tabChanged, this, [this] {
    showComparisons();
    deck_->showTable();
  });
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
  auto* follow = new QTimer(this);
  follow->setInterval(kFollowMilliseconds);
  connect(follow, &QTimer::timeout, this, &RunsPage::follow);
  follow->start();
  connectCare(actions);
}

// Runs that are being written, here or elsewhere, are looked at once a second: an epoch is seen when it ends.
void RunsPage::follow() {
  if (!isVisible() || lister_.busy() || follower_.busy()) return;
  std::vector<runs::RunSummary> written;
  for (const runs::RunSummary& run : model_->runs())
    if (written.size() < kMostFollowed && !run.writer.empty()) written.push_back(run);
  if (!written.empty()) follower_.ask(std::move(written));
}

// The selection stays; a curve that grew is drawn again.
void RunsPage::takeFresh(const std::vector<runs::RunSummary>& fresh) {
  bool shown = false;
  for (const runs::RunSummary& run : fresh) {
    model_->updateRun(run);
    shown = shown || std::ranges::find(chosen_, run.folder) != chosen_.end();
  }
  if (shown) askCurves();
}

void RunsPage::connectCare(const PageActions& actions) {
  connect(care_, &RunCareActions::failed, this, &Page::failed);
  connect(care_, &RunCareActions::told, this, &Page::told);
  connect(
      care_, &RunCareActions::binned, this,
      [this, undo = actions("runs.take-back")](const QString& sentence) { emit offered(sentence, undo); });
  connect(care_, &RunCareActions::changed, this, &RunsPage::refresh);
  archived_ = actions("runs.show-archived");
  archived_->setCheckable(true);
  table_->addAction(archived_);
  connect(archived_, &QAction::toggled, this, [this](bool shown) {
    filter_->setArchived(shown);
    showCount();
    emit rememberWanted();
  });
}

void RunsPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  refresh();
  updateActions();
}

void RunsPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  updateActions();
}

void RunsPage::refresh() {
  RunsQuestion question;
  question.usual = train::default_run_folder({}).parent_path();
  for (const QString& folder : folders_) question.folders.emplace_back(folder.toStdString());
  question.runs = others_;
  question.mean_epochs = model_->meanEpochs();
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
  if (list.stopped) {
    notes_ = {tr("Reading was stopped: Refresh reads again.")};
    return showCount();
  }
  notes_.clear();
  for (const std::string& note : list.notes) notes_.append(QString::fromStdString(note));
  const fs::path open = workspace_.controller().runFolder();
  quiet_ = true;
  model_->setOpenRun(open);  // first: a bold row is wider
  model_->setRows(std::move(list.rows));
  quiet_ = false;
  const std::vector<runs::RunSummary>& runs = model_->runs();
  stack_->setCurrentIndex(runs.empty() ? 1 : 0);
  tree_->setFigure(runTreeFigure(runs));
  if (!runs.empty() && !wanted_view_.isEmpty()) deck_->choose(std::exchange(wanted_view_, {}));
  const bool first = !std::exchange(listed_, listed_ || !runs.empty()) && listed_;
  if (!by_person_ && !runs.empty()) chosen_ = {runToShow(runs, open)};
  select(chosen_);
  if (first) table_->scrollTo(table_->selectionModel()->currentIndex().siblingAtColumn(0));
  showCount();
}

void RunsPage::select(const std::vector<fs::path>& folders) {
  const std::set<fs::path> wanted(folders.begin(), folders.end());
  QItemSelection selection;
  QModelIndex first;
  for (int row = 0; row < filter_->rowCount(); ++row) {
    const QModelIndex index = filter_->index(row, 0);
    if (!wanted.contains(model_->run(filter_->mapToSource(index).row()).folder)) continue;
    selection.select(index, filter_->index(row, RunTableModel::ColumnCount - 1));
    if (!first.isValid()) first = index;
  }
  quiet_ = true;
  if (first.isValid()) table_->selectionModel()->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
  table_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
  quiet_ = false;
  selectionChanged();
}

std::vector<runs::RunSummary> RunsPage::selectedRuns() const {
  QModelIndexList rows = table_->selectionModel()->selectedRows();
  std::ranges::sort(rows, {}, &QModelIndex::row);
  std::vector<runs::RunSummary> runs;
  for (const QModelIndex& row : rows) runs.push_back(model_->run(filter_->mapToSource(row).row()));
  return runs;
}

void RunsPage::selectionChanged() {
  const std::vector<runs::RunSummary> runs = selectedRuns();
  chosen_.clear();
  for (const runs::RunSummary& run : runs) chosen_.push_back(run.folder);
  differences_->setRuns(runs);
  updateActions();
  askCurves();
  showComparisons();
}

void RunsPage::askCurves() {
  std::vector<runs::RunSummary> runs = selectedRuns();
  std::erase_if(runs, [](const runs::RunSummary& run) { return !run.problem.empty(); });
  if (runs.size() > kRunLooks) runs.resize(kRunLooks);
  if (looks_.show(runs)) emit rememberWanted();
  curve_reader_.ask(std::move(runs));
}

void RunsPage::setMeanEpochs(int epochs) {
  model_->setMeanEpochs(std::clamp(epochs, 1, static_cast<int>(runs::kLatestEpochs)));
  for (QAction* choice : mean_choices_) choice->setChecked(choice->data().toInt() == model_->meanEpochs());
}

void RunsPage::takeCurves(std::vector<RunCurve> curves) {
  curves_ = std::move(curves);
  for (RunCurve& curve : curves_) curve.look = looks_.of(curve.run.folder);
  showFigure();
}

void RunsPage::showFigure() {
  const bool left_out = chosen_.size() > curves_.size() && curves_.size() == kRunLooks;
  figure_->setFigure(runsFigure(
      scene_, curves_,
      left_out ? tr("The first %1 of %2 selected runs").arg(kRunLooks).arg(chosen_.size()) : QString()));
  deck_->showTable();
  emit exportableChanged();
}

// The selected runs, or all that are listed where fewer than two are.
std::vector<runs::RunSummary> RunsPage::comparedRuns() const {
  if (chosen_.size() > 1) return selectedRuns();
  std::vector<runs::RunSummary> runs;
  for (int row = 0; row < filter_->rowCount(); ++row)
    runs.push_back(model_->run(filter_->mapToSource(filter_->index(row, 0)).row()));
  return runs;
}

void RunsPage::showComparisons() {
  const bool parallel = deck_->wanted(parallel_), scatter = deck_->wanted(scatter_);
  if (!parallel && !scatter) return;
  const std::vector<runs::RunSummary> runs = comparedRuns();
  if (parallel) parallel_->setFigure(runsParallelFigure(runs));
  if (scatter) scatter_->setFigure(runsScatterFigure(scene_, runs));
  deck_->showTable();
  emit exportableChanged();
}

void RunsPage::showCount() {
  const int all = model_->rowCount(), shown = filter_->rowCount();
  const QString runs = all == 1 ? tr("1 run") : tr("%1 runs").arg(countWords(all));
  QStringList words{shown == all ? runs : tr("%1 of %2").arg(countWords(shown), runs)};
  count_->setText((words + notes_).join(QStringLiteral(" · ")));
  empty_->setText(
      (QStringList{tr("Every run that is trained here, or below a folder that is added, is listed "
                      "on this page.")} +
       notes_)
          .join('\n'));
}

void RunsPage::updateActions() {
  const bool one = isVisible() && table_->selectionModel()->currentIndex().isValid() && !chosen_.empty();
  open_->setEnabled(one);
  open_folder_->setEnabled(one);
  fork_->setEnabled(one && chosen_.size() == 1);
  care_->updateEnabled(isVisible());
}

// The run of the row at hand.
void RunsPage::openRun() {
  const QModelIndex at = table_->selectionModel()->currentIndex();
  if (!at.isValid()) return;
  const fs::path folder = model_->run(filter_->mapToSource(at).row()).folder;
  workspace_.controller().openRun(QString::fromStdString(folder.string()));
}

void RunsPage::openFolder() {
  const QModelIndex at = table_->selectionModel()->currentIndex();
  if (!at.isValid()) return;
  const QString folder = QString::fromStdString(model_->run(filter_->mapToSource(at).row()).folder.string());
  if (!QDesktopServices::openUrl(QUrl::fromLocalFile(folder)))
    emit failed(tr("%1: there is no file manager to open it with").arg(folder));
}

QVariantMap RunsPage::remembered() const {
  QJsonObject scene;
  writeFields(runsFields(), scene_, scene);
  QVariantMap kept = scene.toVariantMap();
  const QHeaderView& header = *table_->horizontalHeader();
  QStringList hidden;
  for (int column = 0; column < RunTableModel::ColumnCount; ++column)
    if (header.isSectionHidden(column)) hidden.append(RunTableModel::columnIds()[column]);
  kept["hidden"] = hidden;
  kept["sort"] = RunTableModel::columnIds().value(header.sortIndicatorSection());
  kept["descending"] = header.sortIndicatorOrder() == Qt::DescendingOrder;
  kept["folders"] = folders_;
  kept["archived"] = archived_->isChecked();
  kept["differences_only"] = only_->isChecked();
  kept["mean_epochs"] = model_->meanEpochs();
  kept["looks"] = looks_.kept(model_->runs());
  return kept;
}

void RunsPage::remember(const QVariantMap& kept) {
  if (kept.isEmpty()) return;
  readFields(runsFields(), QJsonObject::fromVariantMap(kept), scene_);
  fields_->show(runsFields(), scene_);
  folders_ = kept["folders"].toStringList();
  archived_->setChecked(kept["archived"].toBool());
  only_->setChecked(kept.value("differences_only", true).toBool());
  setMeanEpochs(kept.value("mean_epochs", RunTableModel::kMeanEpochs).toInt());
  looks_.take(kept["looks"].toMap());
  const QStringList hidden = kept["hidden"].toStringList();
  for (QAction* column : table_->horizontalHeader()->actions())
    column->setChecked(!hidden.contains(column->data().toString()));
  if (const auto sort = RunTableModel::columnIds().indexOf(kept["sort"].toString()); sort >= 0)
    table_->sortByColumn(static_cast<int>(sort),
                         kept["descending"].toBool() ? Qt::DescendingOrder : Qt::AscendingOrder);
}

bool RunsPage::canExport() const {
  return deck_->figure() != nullptr;
}

QString RunsPage::figureName() const {
  return deck_->figureName();
}

Result<ShownFigure> RunsPage::shownFigure() const {
  std::vector<fs::path> drawn;
  const QString name = deck_->figureName();
  if (name == QLatin1String(kRunTreeView)) return deck_->shown(runTreeView());
  if (name == QLatin1String(kRunsView)) {
    for (const RunCurve& curve : curves_) drawn.push_back(curve.run.folder);
  } else {
    for (const runs::RunSummary& run : comparedRuns()) drawn.push_back(run.folder);
  }
  if (drawn.empty()) return input_error({}, "there is no figure yet", "select a run in the table");
  return deck_->shown(toJson(scene_, drawn, name));
}

Status RunsPage::restoreView(const QJsonObject& view) {
  if (view.value("view").toString() == QLatin1String(kRunTreeView)) {
    deck_->choose(QString::fromLatin1(kRunTreeView));
    if (isVisible()) refresh();
    return {};
  }
  scene_ = runsSceneFromJson(view);
  fields_->show(runsFields(), scene_);
  others_ = runsFromJson(view);
  chosen_ = others_;
  by_person_ = true;
  search_->clear();
  wanted_view_ = view.value(QLatin1String("view")).toString();
  if (isVisible()) refresh();
  return {};
}

}  // namespace synann::ui
