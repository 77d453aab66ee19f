// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_page.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QClipboard>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QProgressBar>
#include <QTableView>

#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/runs/ready_studies.h"
#include "engine/runs/study.h"
#include "engine/runs/study_text.h"
#include "engine/train/session.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/study/study_cells.h"
#include "ui/pages/study/study_export.h"
#include "ui/pages/study/study_figures.h"
#include "ui/pages/study/study_form.h"
#include "ui/plots/figure_view.h"
#include "ui/session/words.h"

namespace synann::ui {

namespace fs = std::filesystem;

namespace {

constexpr int kLookAgainStudy = 1000;  // milliseconds between two looks at a folder that others may write
constexpr int kBarSteps = 1000;

// <data>/synann-studio/studies, beside the runs.
fs::path studiesHome() {
  return train::default_run_folder({}).parent_path().parent_path() / "studies";
}

}  // namespace

PageInfo StudyPage::info() {
  const QString menu = tr("Stud&y");
  const auto action = [&](const char* id, const QString& text, const QString& help, Glyph glyph = Glyph::None,
                          bool separator = false) {
    return ActionInfo{QString::fromLatin1(id), text, {}, help, glyph, MenuId::View, menu, false, separator};
  };
  return {
      .id = QStringLiteral("study"),
      .text = tr("Stud&y"),
      .help =
          tr("Models, settings and seeds compared: trained one after the other, with intervals and tests"),
      .glyph = Glyph::Study,
      .time_line = false,
      .actions =
          {action("study.run", tr("&Run study"),
                  tr("Train what is planned, or go on with it; at nice 10, so that the window and a run "
                     "that trains in it come first"),
                  Glyph::Train),
           action("study.pause", tr("&Pause"),
                  tr("Stop within 100 ms; the run at hand is saved and goes on there with Run"),
                  Glyph::Pause),
           action("study.new", tr("&New plan"), tr("Plan another study; the last one stays in its folder"),
                  Glyph::Restart),
           action("study.open", tr("&Open study…"),
                  tr("Show the study of a folder, also while another program writes it"), Glyph::OpenRun),
           action("study.ready-pixel-test", tr("Pi&xel test"),
                  tr("Plan a ready study: what one synapse layer does on 14 × 14 pixels, with the expected "
                     "numbers beside"),
                  Glyph::None, true),
           action("study.open-run", tr("Open the selected r&un"),
                  tr("Show a run of the study in the window; a double click on it does the same")),
           action("study.copy-markdown", tr("Copy table as &Markdown"),
                  tr("Copy the table of results as Markdown"), Glyph::None, true),
           action("study.copy-latex", tr("Copy table as &LaTeX"),
                  tr("Copy the table of results as LaTeX, a tabular with booktabs")),
           action("study.copy-csv", tr("Copy table as &CSV"),
                  tr("Copy the table of results as CSV, with all digits")),
           action("study.save-table", tr("&Save table…"),
                  tr("Save the table of results as Markdown, LaTeX or CSV, by the end of the file's name"),
                  Glyph::Export)},
      .views = {kStudyView},
      .make = [](Workspace& workspace, const PageActions& actions, QWidget* parent) -> Page* {
        return new StudyPage(workspace, actions, parent);
      },
      .viewFigure = studyViewFigure,
      .checkView = checkStudyView,
      .heading = "Views of a study",
      .fields = fieldInfos(studySceneFields()),
      .files = studyPageFiles(),
      .of_run = false};
}

StudyPage::StudyPage(Workspace& workspace, const PageActions& actions, QWidget* parent)
    : Page(parent),
      workspace_(workspace),
      home_(studiesHome()),
      results_(new CellTableModel(this)),
      planned_(new CellTableModel(this)),
      expected_(new CellTableModel(this)),
      fields_(new FieldControls(QStringLiteral("study"), this)),
      figure_(new FigureView(this)),
      deck_(new FigureDeck(QStringLiteral("study"), figure_, this)),
      run_(actions("study.run")),
      pause_(actions("study.pause")),
      new_(actions("study.new")),
      copy_(actions("study.copy-markdown")),
      save_(actions("study.save-table")),
      open_run_(actions("study.open-run")),
      reader_(
          [](const fs::path& folder, const std::stop_token&, const auto& tell) {
            Read read{.folder = folder, .file = {}, .problem = {}, .writer = {}};
            read.writer = QString::fromStdString(FolderLock::holder(folder).value_or(""));
            auto file = runs::read_study(folder);
            if (file) {
              read.file = std::move(*file);
            } else {
              read.problem = QString::fromStdString(file.error().sentence());
            }
            tell(std::move(read));
          },
          [this](const Read& read) { take(read); }) {
  layOut(actions);
  connectAll(actions);
  look_again_.setInterval(kLookAgainStudy);
  showStudy();
}

void StudyPage::connectAll(const PageActions& actions) {
  const auto on = [&](const char* id, auto what) { connect(actions(id), &QAction::triggered, this, what); };
  on("study.run", &StudyPage::run);
  on("study.pause", [this] {
    runner_.pause();
    updateControls();
  });
  on("study.new", &StudyPage::newPlan);
  on("study.open", &StudyPage::askForStudy);
  on("study.ready-pixel-test", [this] { planReady(QStringLiteral("pixel-test")); });
  on("study.open-run", [this] { openRun(planned_view_->currentIndex().row()); });
  on("study.copy-markdown", [this] { copyTable(static_cast<int>(runs::StudyTableFormat::Markdown)); });
  on("study.copy-latex", [this] { copyTable(static_cast<int>(runs::StudyTableFormat::Latex)); });
  on("study.copy-csv", [this] { copyTable(static_cast<int>(runs::StudyTableFormat::Csv)); });
  on("study.save-table", &StudyPage::askToSaveTable);
  for (const char* id : {"study.copy-markdown", "study.copy-latex", "study.copy-csv", "study.save-table"})
    results_view_->addAction(actions(id));
  results_view_->setContextMenuPolicy(Qt::ActionsContextMenu);
  planned_view_->addAction(open_run_);
  connect(planned_view_, &QTableView::activated, this, [this](const QModelIndex& at) { openRun(at.row()); });
  connect(planned_view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          &StudyPage::updateControls);
  connect(form_, &StudyForm::changed, this, [this] {
    showStudy();
    emit rememberWanted();
  });
  connect(&workspace_.plan(), &RunPlan::changed, this, [this] {
    if (isVisible() && !fixed_) showStudy();  // other data
  });
  connect(fields_, &FieldControls::changed, this, [this](const QString& field) {
    fields_->take(studySceneFields(), field, scene_);
    showStudy();
    emit rememberWanted();
  });
  connect(&runner_, &StudyRunner::changed, this, &StudyPage::takeNews);
  connect(&runner_, &StudyRunner::ended, this, &StudyPage::takeEnd);
  connect(&look_again_, &QTimer::timeout, this, &StudyPage::refresh);
  connect(deck_, &FigureDeck::tabChanged, deck_, &FigureDeck::showTable);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
}

std::string StudyPage::dataSpec() const {
  return workspace_.plan().settings().data;
}

Result<runs::StudyPlan> StudyPage::plan() const {
  if (!fixed_) return form_->plan(dataSpec());
  runs::StudyPlan plan = *fixed_;
  plan.seeds = form_->seeds();
  return plan;
}

// Plan, folder and form go together from here on: only seeds can be added to a study that has begun.
void StudyPage::run() {
  if (!isVisible()) return emit askedFor();
  auto asked = plan();
  if (!asked || runner_.running() || !writer_.isEmpty()) return;
  if (folder_.empty()) {
    const QString name = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    folder_ =
        home_ / (asked->ready.empty() ? name + "-study" : name + '-' + QString::fromStdString(asked->ready))
                    .toStdString();
  }
  asked->execution = workspace_.controller().execution();
  asked->folder = folder_;
  fixed_ = *asked;
  runner_.start(std::move(*asked));
  showStudy();
  emit rememberWanted();
}

void StudyPage::newPlan() {
  if (runner_.running()) return;
  if (!isVisible()) emit askedFor();
  fixed_.reset();
  folder_.clear();
  made_.clear();
  writer_.clear();
  if (const int seeds = std::exchange(own_seeds_, 0); seeds > 0) form_->setSeeds(seeds);
  showStudy();
  emit rememberWanted();
}

void StudyPage::planReady(const QString& id) {
  if (runner_.running()) return;
  const runs::ReadyStudy* study = runs::find_ready_study(id.toStdString());
  if (!study) return;
  if (!isVisible()) emit askedFor();
  newPlan();
  // On the window's data, unless these are the built-in ones, which no number was published for.
  const std::string spec = dataSpec() == "digits" ? std::string(study->data) : dataSpec();
  fixed_ = runs::ready_plan(*study, spec);
  own_seeds_ = form_->seeds();
  form_->setSeeds(fixed_->seeds);
  deck_->choose(QString::fromLatin1(kStudyView));
  showStudy();
}

void StudyPage::openStudy(const QString& folder) {
  if (runner_.running()) return emit failed(tr("A study is running here: pause it first"));
  if (!isVisible()) emit askedFor();
  newPlan();
  folder_ = folder.toStdString();
  reader_.ask(folder_);
  updateControls();
}

void StudyPage::askForStudy() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open the study of a folder"),
                                                           QString::fromStdString(home_.string()));
  if (!folder.isEmpty()) openStudy(folder);
}

// What was read of a folder; where this program itself writes it, its own news are newer.
void StudyPage::take(const Read& read) {
  if (read.folder != folder_ || runner_.running()) return;
  if (!read.file) {
    if (!fixed_) {
      folder_.clear();
      emit failed(read.problem);
    }
    return updateControls();
  }
  const bool first = !fixed_;
  writer_ = read.writer;
  made_ = read.file->runs;
  const int seeds = form_->seeds();
  if (first) own_seeds_ = seeds;
  fixed_ = read.file->plan;
  // Seeds that a person has added stay, unless somebody else adds some.
  if (first || !writer_.isEmpty() || seeds < fixed_->seeds) form_->setSeeds(fixed_->seeds);
  showStudy();
  if (first) emit rememberWanted();
}

void StudyPage::refresh() {
  if (!folder_.empty() && !runner_.running() && !reader_.busy()) reader_.ask(folder_);
}

void StudyPage::takeNews() {
  StudyNews news = runner_.news();
  const bool more = news.runs.size() != made_.size() && !news.runs.empty();
  if (more) made_ = std::move(news.runs);
  if (!isVisible()) return;
  more ? showStudy() : showProgress();
}

void StudyPage::takeEnd(bool finished, const QString& sentence) {
  if (!sentence.isEmpty()) emit finished ? told(sentence) : failed(sentence);
  if (finished && sentence.isEmpty())
    emit told(tr("The study is finished: %1").arg(QString::fromStdString(folder_.string())));
  showStudy();
}

void StudyPage::showStudy() {
  const auto asked = plan();
  problem_ = asked ? QString() : QString::fromStdString(asked.error().sentence());
  const runs::StudyPlan none;
  const runs::StudyPlan& shown = asked ? *asked : none;
  table_ = runs::study_table(shown, made_);
  const StudyCells results = resultCells(table_);
  results_->setCells(results.headings, results.rows);
  results_view_->resizeColumnsToContents();
  const runs::ReadyStudy* ready = runs::find_ready_study(shown.ready);
  const StudyCells expected = ready ? expectedCells(*ready, table_) : StudyCells{};
  expected_->setCells(expected.headings, expected.rows);
  figure_->setFigure(studyResultFigure(scene_, shown, table_));
  deck_->showTable();
  showProgress();
  planned_view_->resizeColumnsToContents();
  updateControls();
  emit exportableChanged();
}

void StudyPage::showProgress() {
  const auto asked = plan();
  const auto planned = asked ? plannedRuns(*asked, made_) : std::vector<PlannedRun>();
  const StudyNews news = runner_.running() ? runner_.news() : StudyNews();
  const StudyCells cells = plannedCells(planned, runner_.running() ? &news : nullptr);
  planned_->setCells(cells.headings, cells.rows);
  plan_words_->setText(asked ? planWords(planned, asked->seeds) : problem_);
  const double left = runner_.running() ? news.seconds_left
                      : asked           ? runs::study_seconds_left(*asked, made_, {})
                                        : std::nan("");
  const auto made =
      static_cast<double>(std::ranges::count_if(planned, [](const PlannedRun& r) { return r.made; }));
  const double share =
      planned.empty() ? 0 : (made + (news.run > 0 ? news.fraction : 0)) / static_cast<double>(planned.size());
  bar_->setRange(0, kBarSteps);
  bar_->setValue(static_cast<int>(kBarSteps * share));
  bar_->setVisible(runner_.running() || made > 0);
  QStringList words;
  if (news.run > 0) {
    QString title;
    for (const PlannedRun& run : planned)
      if (runs::same_run(run.settings, news.at_hand)) title = run.title;
    words << tr("Run %1 of %2: %3, seed %4, epoch %5 of %6")
                 .arg(QString::number(news.run), QString::number(news.count), title,
                      QString::number(news.at_hand.seed), QString::number(news.epoch),
                      QString::number(news.epochs));
  }
  const bool whole = !planned.empty() && made >= static_cast<double>(planned.size());
  if (whole) {
    words << tr("All runs are made; more seeds extend the study.");
  } else if (std::isfinite(left)) {
    words << (runner_.running() ? tr("%1 left") : tr("Expected time: %1")).arg(durationWords(left));
  } else if (asked) {
    words << tr("The expected time is known after the first steps.");
  }
  if (!writer_.isEmpty()) words << tr("Written by %1: shown as it grows, read only.").arg(writer_);
  progress_words_->setText(words.join('\n'));
}

void StudyPage::updateControls() {
  const bool here = isVisible(), running = runner_.running(), theirs = !writer_.isEmpty();
  const auto asked = plan();
  const bool whole =
      asked && std::ranges::none_of(plannedRuns(*asked, made_), [](const PlannedRun& r) { return !r.made; });
  run_->setEnabled(asked && !running && !theirs && !whole);
  run_->setText(made_.empty() ? tr("&Run study") : tr("&Continue study"));
  pause_->setEnabled(running && !runner_.pausing());
  new_->setEnabled(!running && (fixed_ || !folder_.empty()));
  form_->setOpen(!running && !theirs);
  for (QAction* action : results_view_->actions())
    if (action->objectName().startsWith("study.")) action->setEnabled(here && !table_.empty());
  const int row = planned_view_->currentIndex().row();
  const auto planned = asked ? plannedRuns(*asked, made_) : std::vector<PlannedRun>();
  open_run_->setEnabled(here && row >= 0 && row < static_cast<int>(planned.size()));
  QString fixed;
  if (fixed_) {
    const runs::ReadyStudy* ready = runs::find_ready_study(fixed_->ready);
    QStringList lines{
        ready ? QString::fromUtf8(ready->title.data(), static_cast<qsizetype>(ready->title.size()))
              : tr("The plan of this study:")};
    for (const runs::PlannedRow& one : runs::planned_rows(*fixed_))
      lines << QStringLiteral("– ") + QString::fromStdString(one.title());
    fixed = lines.join('\n');
  }
  form_->setFixed(fixed);
  const QString where = dataWords(fixed_ ? fixed_->models.front().data : dataSpec());
  folder_words_->setText(
      folder_.empty() ? tr("Data: %1").arg(where)
                      : tr("Data: %1\nFolder: %2").arg(where, QString::fromStdString(folder_.string())));
  // A folder that others may write is looked at again and again while it is seen.
  here && !folder_.empty() && !running ? look_again_.start() : look_again_.stop();
}

void StudyPage::copyTable(int format) {
  const auto text = runs::study_table_text(table_, static_cast<runs::StudyTableFormat>(format));
  QGuiApplication::clipboard()->setText(QString::fromStdString(text));
}

void StudyPage::askToSaveTable() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Save the table"), QStringLiteral("study.md"),
                                                    tr("Markdown (*.md);;LaTeX (*.tex);;CSV (*.csv)"));
  if (path.isEmpty()) return;
  const auto format = runs::study_table_format(path.toStdString());
  if (!format) return emit failed(QString::fromStdString(format.error().sentence()));
  const std::string text = runs::study_table_text(table_, *format);
  const auto saved = write_file_atomically(path.toStdString(),
                                           {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  if (!saved) emit failed(QString::fromStdString(saved.error().sentence()));
}

void StudyPage::openRun(int row) {
  const auto asked = plan();
  if (!asked || row < 0) return;
  const auto planned = plannedRuns(*asked, made_);
  if (row >= static_cast<int>(planned.size())) return;
  const PlannedRun& run = planned[static_cast<std::size_t>(row)];
  const std::string name = run.made && !run.made->run.empty() ? run.made->run
                                                              : std::string(runs::kStudyRunsFolder) + '/' +
                                                                    runs::study_run_name(run.settings);
  const fs::path folder = folder_ / name;
  std::error_code code;
  if (folder_.empty() || !fs::exists(folder / train::kHistoryFile, code))
    return emit failed(
        tr("%1, seed %2: this run has not begun, or was made by an older version that kept no runs")
            .arg(run.title)
            .arg(run.settings.seed));
  workspace_.controller().openRun(QString::fromStdString(folder.string()));
}

void StudyPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  showStudy();
  refresh();
}

void StudyPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  updateControls();
}

QVariantMap StudyPage::remembered() const {
  QJsonObject scene;
  writeFields(studySceneFields(), scene_, scene);
  QVariantMap kept = scene.toVariantMap();
  kept["form"] = form_->remembered();
  kept["folder"] = QString::fromStdString(folder_.string());
  return kept;
}

void StudyPage::remember(const QVariantMap& kept) {
  if (kept.isEmpty()) return;
  readFields(studySceneFields(), QJsonObject::fromVariantMap(kept), scene_);
  fields_->show(studySceneFields(), scene_);
  form_->remember(kept["form"].toMap());
  folder_ = kept["folder"].toString().toStdString();
  if (isVisible()) refresh();
}

bool StudyPage::canExport() const {
  return figure_->figure() != nullptr;
}

QString StudyPage::figureName() const {
  return deck_->figureName();
}

Result<ShownFigure> StudyPage::shownFigure() const {
  if (!canExport()) return input_error({}, "there is no figure yet", "plan a study");
  return deck_->shown(toJson(scene_, folder_));
}

Status StudyPage::restoreView(const QJsonObject& view) {
  scene_ = studySceneFromJson(view);
  fields_->show(studySceneFields(), scene_);
  if (const fs::path folder = studyFromJson(view); !folder.empty() && folder != folder_)
    openStudy(QString::fromStdString(folder.string()));
  showStudy();
  return {};
}

Page::Claim StudyPage::claims(const QString& file) const {
  return QFileInfo(file).fileName() == QLatin1String(runs::kStudyFile) ? Claim::Always : Claim::None;
}

Status StudyPage::openFile(const QString& file) {
  const QString folder = QFileInfo(file).absolutePath();
  if (auto read = runs::read_study(folder.toStdString()); !read) return read.error();
  openStudy(folder);
  return {};
}

}  // namespace synann::ui
