// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/study/study_page.h"

#include <memory>
#include <utility>

#include <QClipboard>
#include <QDateTime>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>

#include "engine/runs/ready_studies.h"
#include "engine/runs/study_submit.h"
#include "engine/runs/study_tasks.h"
#include "engine/runs/study_text.h"
#include "engine/train/session.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/model_pick.h"
#include "ui/pages/study/cell_table.h"
#include "ui/pages/study/study_actions.h"
#include "ui/pages/study/study_cells.h"
#include "ui/pages/study/study_export.h"
#include "ui/pages/study/study_figures.h"
#include "ui/pages/study/study_form.h"
#include "ui/pages/study/study_status.h"
#include "ui/pages/study/study_words.h"
#include "ui/pages/study/submit_dialog.h"
#include "ui/plots/figure_view.h"

namespace synann::ui {

namespace fs = std::filesystem;

namespace {

// <data>/synann-studio/studies, beside the runs.
fs::path studiesHome() {
  return train::runs_folder().parent_path() / "studies";
}

}  // namespace

PageInfo StudyPage::info() {
  return {.id = QStringLiteral("study"),
          .text = tr("Stud&y"),
          .help = tr(
              "Models, settings and seeds compared: trained one after the other, with intervals and tests"),
          .glyph = Glyph::Study,
          .time_line = false,
          .actions = studyActions(),
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
      fields_(new FieldControls(QStringLiteral("study"), this)),
      figure_(new FigureView(this)),
      deck_(new FigureDeck(QStringLiteral("study"), figure_, this)),
      run_(actions("study.run")),
      pause_(actions("study.pause")),
      submit_(actions("study.submit")),
      cancel_(actions("study.cancel")),
      new_(actions("study.new")),
      open_run_(actions("study.open-run")),
      watcher_([this](const StudyRead& read) { take(read); }),
      submitter_([this](const SubmitNews& news) { takeSubmit(news); }) {
  layOut(actions);
  connectAll(actions);
  showStudy();
}

std::string StudyPage::dataSpec() const {
  return workspace_.plan().settings().data;
}

bool StudyPage::busy() const {
  return watcher_.busy() || runner_.running() || submitter_.busy() || form_->busy();
}

Result<runs::StudyPlan> StudyPage::formPlan() const {
  auto plan = form_->plan(dataSpec());
  if (!plan) return plan;
  for (const train::Settings& one : plan->models)
    if (Status fits = fitsImages(one, workspace_.source().data()); !fits) return fits.error();
  return plan;
}

// Plan, folder and form go together from here on: only seeds can be added to a study that has begun.
void StudyPage::run() {
  if (!isVisible()) return emit askedFor();
  if (!outlook_.plan || runner_.running() || study_.theirs() || study_.awaited() || !asked_.empty()) return;
  runs::StudyPlan plan = *outlook_.plan;
  if (study_.folder.empty()) study_.folder = newFolder();
  plan.execution = workspace_.controller().execution();
  plan.folder = study_.folder;
  study_.fixed = plan;
  runner_.start(std::move(plan));
  showStudy();
  emit rememberWanted();
}

fs::path StudyPage::newFolder() const {
  const std::string ready = outlook_.plan ? outlook_.plan->ready : std::string();
  const QString name = QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss")) + '-' +
                       (ready.empty() ? QStringLiteral("study") : QString::fromStdString(ready));
  return home_ / name.toStdString();
}

void StudyPage::askToSubmit() {
  if (!isVisible()) return emit askedFor();
  if (!submit_->isEnabled()) return;
  const bool begun = !study_.folder.empty();
  SubmitDialog dialog(begun ? study_.folder : newFolder(), begun, this);
  dialog.setChoice(choice_);
  if (dialog.exec() == QDialog::Accepted) submit(dialog.choice());
}

void StudyPage::submit(const SubmitChoice& choice) {
  if (!outlook_.plan || runner_.running() || submitter_.busy() || choice.folder.empty()) return;
  choice_ = choice;
  runs::StudyPlan plan = *outlook_.plan;
  plan.execution = workspace_.controller().execution();
  plan.execution.threads = 0;  // those of this window are none of theirs
  submitter_.submit(std::move(plan), choice);
  updateControls();
}

void StudyPage::takeSubmit(const SubmitNews& news) {
  if (!news.sentence.isEmpty()) emit news.done ? told(news.sentence) : failed(news.sentence);
  // What was written of it is there, also where nobody took it.
  std::error_code code;
  if (fs::exists(news.folder / runs::kStudyFile, code) && !runner_.running()) {
    asked_ = news.folder;
    watcher_.read(asked_);
  }
  updateControls();
}

void StudyPage::forgetStudy() {
  study_ = {};
  asked_.clear();
  watcher_.forget();
  form_->takeSeedsBack();
}

void StudyPage::newPlan() {
  if (runner_.running()) return;
  if (!isVisible()) emit askedFor();
  forgetStudy();
  showStudy();
  emit rememberWanted();
}

void StudyPage::planReady(const QString& id) {
  if (runner_.running()) return;
  const runs::ReadyStudy* study = runs::find_ready_study(id.toStdString());
  if (!study) return;
  if (!isVisible()) emit askedFor();
  forgetStudy();
  // On the window's data, unless these are the built-in ones, which no number was published for.
  const std::string spec = dataSpec() == "digits" ? std::string(study->data) : dataSpec();
  study_.fixed = runs::ready_plan(*study, spec);
  form_->lendSeeds(study_.fixed->seeds);
  deck_->choose(QString::fromLatin1(kStudyView));
  showStudy();
  emit rememberWanted();
}

void StudyPage::openStudy(const QString& folder) {
  if (runner_.running()) return emit failed(tr("A study is running here: pause it first"));
  if (!isVisible()) emit askedFor();
  asked_ = folder.toStdString();
  watcher_.read(asked_);
  updateControls();
}

void StudyPage::askForStudy() {
  const QString folder = QFileDialog::getExistingDirectory(this, tr("Open the study of a folder"),
                                                           QString::fromStdString(home_.string()));
  if (!folder.isEmpty()) openStudy(folder);
}

// What was read of a folder; where this program itself writes it, its own news are newer.
void StudyPage::take(const StudyRead& read) {
  const bool asked = !asked_.empty() && read.folder == asked_;
  if ((!asked && read.folder != study_.folder) || runner_.running()) return;
  if (asked) asked_.clear();
  const bool first = asked || study_.awaited();
  if (!read.file) {
    if (!first) return;
    if (!asked) study_.folder.clear();
    emit failed(read.problem);
    return updateControls();
  }
  if (asked) {
    study_ = {};
    form_->takeSeedsBack();
    study_.folder = read.folder;
  }
  study_.writer = read.stamp.writer;
  std::error_code code;
  study_.submitted = fs::exists(study_.folder / runs::kSubmittedFile, code);
  study_.made = std::make_shared<const std::vector<runs::StudyRun>>(read.file->runs);
  study_.fixed = read.file->plan;
  study_.data_sha256 = read.file->data_sha256;
  // Seeds that a person has added stay, unless somebody else adds some.
  if (first) {
    form_->lendSeeds(study_.fixed->seeds);
  } else if (study_.theirs() || form_->seeds() < study_.fixed->seeds) {
    form_->setSeeds(study_.fixed->seeds);
  }
  showStudy();
  if (first) emit rememberWanted();
}

void StudyPage::takeNews() {
  const StudyNews news = runner_.news();
  const bool more = news.runs && news.runs != study_.made;
  if (more) study_.made = news.runs;
  if (!isVisible()) return;
  more ? showStudy() : showProgress(news);
}

void StudyPage::takeEnd(bool finished, const QString& sentence) {
  if (!sentence.isEmpty()) emit finished ? told(sentence) : failed(sentence);
  if (finished && sentence.isEmpty())
    emit told(tr("The study is finished: %1").arg(QString::fromStdString(study_.folder.string())));
  watcher_.forget();  // what it told meanwhile was not taken
  showStudy();
}

void StudyPage::showStudy() {
  if (study_.fixed) {
    runs::StudyPlan plan = *study_.fixed;
    plan.seeds = form_->seeds();
    outlook_ = studyOutlook(plan, study_.made);
  } else {
    outlook_ = studyOutlook(formPlan(), study_.made);
  }
  if (isVisible()) showResults();
  updateControls();
}

// A hidden page catches up when it is shown.
void StudyPage::showResults() {
  const runs::StudyPlan none;
  const runs::StudyPlan& plan = outlook_.plan ? *outlook_.plan : none;
  StudyCells results = resultCells(outlook_.table);
  results_->setCells(std::move(results.headings), std::move(results.rows));
  const runs::ReadyStudy* ready = runs::find_ready_study(plan.ready);
  StudyCells expected = ready ? expectedCells(*ready, outlook_.table) : StudyCells{};
  expected_->setCells(std::move(expected.headings), std::move(expected.rows));
  figure_->setFigure(studyResultFigure(scene_, plan, outlook_.table));
  deck_->showTable();
  const StudyNews news = runner_.news();
  const StudyNews* const running = runner_.running() ? &news : nullptr;
  StudyCells planned = plannedCells(outlook_.planned, running);
  planned_->setCells(std::move(planned.headings), std::move(planned.rows));
  status_->setStudy(outlook_, running, study_.writer);
  form_->setFixed(study_.fixed ? fixedWords(*study_.fixed) : QString());
  emit exportableChanged();
}

void StudyPage::showProgress(const StudyNews& news) {
  if (const runs::PlannedRun* run = news.atHand(outlook_.planned))
    planned_->setCell(news.run - 1, kRunStateColumn, runStateCell(*run, &news));
  status_->setStudy(outlook_, &news, study_.writer);
}

void StudyPage::updateControls() {
  const bool here = isVisible(), running = runner_.running();
  const bool open = !running && !submitter_.busy() && !study_.theirs() && !study_.awaited() && asked_.empty();
  run_->setEnabled(open && outlook_.plan && !outlook_.whole());
  run_->setText(!study_.made || study_.made->empty() ? tr("&Run study") : tr("&Continue study"));
  pause_->setEnabled(running && !runner_.pausing());
  submit_->setEnabled(run_->isEnabled() && !submitter_.busy());
  cancel_->setEnabled(!running && !submitter_.busy() && study_.submitted);
  new_->setEnabled(!running && (study_.fixed || !study_.folder.empty()));
  form_->setOpen(!running && !study_.theirs());
  for (QAction* action : results_->actions())
    if (action->objectName().startsWith("study.")) action->setEnabled(here && !outlook_.table.empty());
  const int row = planned_->currentIndex().row();
  open_run_->setEnabled(here && row >= 0 && row < static_cast<int>(outlook_.planned.size()));
  status_->setPlace(
      study_.fixed && !study_.fixed->models.empty() ? study_.fixed->models.front().data : dataSpec(),
      study_.folder);
  // A folder that others may write is looked at again and again while it is seen.
  watcher_.follow(here && !running ? study_.folder : fs::path());
}

void StudyPage::copyTable(int format) {
  const auto text = runs::study_table_text(outlook_.table, static_cast<runs::StudyTableFormat>(format));
  QGuiApplication::clipboard()->setText(QString::fromStdString(text));
}

void StudyPage::askToSaveTable() {
  const QString path = QFileDialog::getSaveFileName(this, tr("Save the table"), QStringLiteral("study.md"),
                                                    tr("Markdown (*.md);;LaTeX (*.tex);;CSV (*.csv)"));
  if (path.isEmpty()) return;
  if (auto saved = runs::save_study_table(path.toStdString(), outlook_.table); !saved)
    emit failed(QString::fromStdString(saved.error().sentence()));
}

void StudyPage::openRun(int row) {
  if (row < 0 || row >= static_cast<int>(outlook_.planned.size())) return;
  const runs::PlannedRun& run = outlook_.planned[static_cast<std::size_t>(row)];
  std::error_code code;
  fs::path folder = study_.folder / runs::kStudyRunsFolder / runs::task_id(run.settings, study_.data_sha256);
  if (run.made && !run.made->run.empty()) {
    folder = study_.folder / run.made->run;
  } else if (!fs::exists(folder, code)) {
    folder = study_.folder / runs::kStudyRunsFolder / runs::study_run_name(run.settings);
  }
  if (study_.folder.empty() || !fs::exists(folder / train::kHistoryFile, code))
    return emit failed(
        tr("%1, seed %2: this run has not begun, or was made by an older version that kept no runs")
            .arg(QString::fromStdString(run.title))
            .arg(run.settings.seed));
  workspace_.controller().openRun(QString::fromStdString(folder.string()));
}

void StudyPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  showStudy();
  if (!runner_.running()) watcher_.look(study_.folder);
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
  kept["folder"] = QString::fromStdString(study_.folder.string());
  return kept;
}

void StudyPage::remember(const QVariantMap& kept) {
  if (kept.isEmpty()) return;
  readFields(studySceneFields(), QJsonObject::fromVariantMap(kept), scene_);
  fields_->show(studySceneFields(), scene_);
  form_->remember(kept["form"].toMap());
  study_.folder = kept["folder"].toString().toStdString();
  if (isVisible()) watcher_.look(study_.folder);
}

bool StudyPage::canExport() const {
  return figure_->figure() != nullptr;
}

QString StudyPage::figureName() const {
  return deck_->figureName();
}

Result<ShownFigure> StudyPage::shownFigure() const {
  if (!canExport()) return input_error({}, "there is no figure yet", "plan a study");
  return deck_->shown(toJson(scene_, study_.folder));
}

Status StudyPage::restoreView(const QJsonObject& view) {
  scene_ = studySceneFromJson(view);
  fields_->show(studySceneFields(), scene_);
  showStudy();
  if (const fs::path folder = studyFromJson(view); !folder.empty() && folder != study_.folder)
    openStudy(QString::fromStdString(folder.string()));
  return {};
}

Page::Claim StudyPage::claims(const QString& file) const {
  return QFileInfo(file).fileName() == QLatin1String(runs::kStudyFile) ? Claim::Always : Claim::None;
}

Status StudyPage::openFile(const QString& file) {
  if (runner_.running()) return input_error(file.toStdString(), "a study is running here", "pause it first");
  openStudy(QFileInfo(file).absolutePath());
  return {};
}

}  // namespace synann::ui
