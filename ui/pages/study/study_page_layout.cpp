// SPDX-License-Identifier: GPL-3.0-or-later
// How the Study page is put together.
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

#include "engine/runs/study_text.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/study/cell_table.h"
#include "ui/pages/study/study_form.h"
#include "ui/pages/study/study_page.h"
#include "ui/pages/study/study_status.h"
#include "ui/plots/figure_view.h"
#include "ui/widgets/action_button.h"

namespace synann::ui {

namespace {
constexpr int kControlWidth = 270;  // pixels
}

void StudyPage::layOut(const PageActions& actions) {
  across_ = new QSplitter(Qt::Horizontal, this);
  across_->setObjectName("study.across");
  across_->setChildrenCollapsible(false);
  down_ = new QSplitter(Qt::Vertical, this);
  down_->setObjectName("study.down");
  down_->setChildrenCollapsible(false);
  down_->addWidget(makeResults());
  down_->addWidget(makeDeck());
  down_->setStretchFactor(0, 2);
  down_->setStretchFactor(1, 3);
  across_->addWidget(makeControls(actions));
  across_->addWidget(down_);
  across_->setStretchFactor(0, 0);
  across_->setStretchFactor(1, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(4, 4, 4, 2);
  column->addWidget(across_);
}

QWidget* StudyPage::makeControls(const PageActions& actions) {
  auto* inner = new QWidget(this);
  auto* column = new QVBoxLayout(inner);
  column->setContentsMargins(2, 0, 6, 0);
  column->setSpacing(6);
  const auto row = [&](std::initializer_list<const char*> ids) {
    auto* buttons = new QWidget(inner);
    auto* line = new QHBoxLayout(buttons);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(4);
    for (const char* id : ids)
      line->addWidget(new ActionButton(actions(id), Qt::ToolButtonTextOnly, buttons));
    line->addStretch(1);
    return buttons;
  };
  column->addWidget(row({"study.new", "study.open", "study.ready-pixel-test"}));
  column->addWidget(form_ = new StudyForm(inner));
  auto* const buttons = new QWidget(inner);
  auto* const rows = new QVBoxLayout(buttons);
  rows->setContentsMargins(0, 0, 0, 0);
  rows->setSpacing(4);
  rows->addWidget(row({"study.run", "study.pause"}));
  rows->addWidget(row({"study.submit", "study.cancel"}));
  column->addWidget(status_ = new StudyStatus(buttons, inner));
  column->addStretch(1);
  auto* scroll = new QScrollArea(this);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setWidget(inner);
  scroll->setMinimumWidth(kControlWidth);
  return scroll;
}

QWidget* StudyPage::makeResults() {
  results_ =
      new CellTable("study.results", tr("Results"),
                    tr("Mean ± standard deviation over seeds, the 95 % interval of the mean (Student's t), "
                       "and the paired comparison with the first row, with Holm's correction"),
                    tr("What the runs come to is listed here: one row for each model and setting."), this);
  return results_;
}

QWidget* StudyPage::makeDeck() {
  figure_->setObjectName(QStringLiteral("study.%1").arg(QLatin1String(kStudyView)));
  figure_->setPlaceholder(tr("Tick a model to plan a study."));
  const QString help = tr("Every seed as a point, with the mean of each row and its 95 % interval");
  figure_->setWhatsThis(help);
  figure_->setToolTip(help);
  fields_->make(studySceneFields());
  auto* controls = new QWidget(this);
  auto* row = new QHBoxLayout(controls);
  row->setContentsMargins(4, 0, 4, 0);
  row->setSpacing(8);
  for (const char* id : {"quantity", "shape"}) {
    QWidget* const choice = fields_->widget(id);
    auto* label = new QLabel(choice->accessibleName(), controls);
    label->setBuddy(choice);
    row->addWidget(label);
    row->addWidget(choice);
  }
  row->addStretch(1);
  deck_->addTab(tr("Figure"), {controls, figure_});
  planned_ =
      new CellTable("study.runs", tr("Runs"), tr("Every run in its order. A double click or Enter opens one"),
                    tr("Every planned run is listed here."), this);
  deck_->addTab(tr("Runs"), {planned_});
  expected_ = new CellTable("study.expected", tr("Expected"),
                            tr("What was expected of a ready study, beside what was measured"),
                            tr("Only ready studies have expected numbers: Pixel test plans one."), this);
  expected_->horizontalHeader()->setStretchLastSection(true);
  deck_->addTab(tr("Expected"), {expected_});
  return deck_->finish();
}

void StudyPage::connectAll(const PageActions& actions) {
  const auto on = [&](const char* id, auto what) { connect(actions(id), &QAction::triggered, this, what); };
  on("study.run", &StudyPage::run);
  on("study.pause", [this] {
    runner_.pause();
    updateControls();
  });
  on("study.submit", &StudyPage::askToSubmit);
  on("study.cancel", [this] {
    if (!submitter_.busy() && !study_.folder.empty()) submitter_.cancel(study_.folder);
    updateControls();
  });
  on("study.new", &StudyPage::newPlan);
  on("study.open", &StudyPage::askForStudy);
  on("study.ready-pixel-test", [this] { planReady(QStringLiteral("pixel-test")); });
  on("study.open-run", [this] { openRun(planned_->currentIndex().row()); });
  on("study.copy-markdown", [this] { copyTable(static_cast<int>(runs::StudyTableFormat::Markdown)); });
  on("study.copy-latex", [this] { copyTable(static_cast<int>(runs::StudyTableFormat::Latex)); });
  on("study.copy-csv", [this] { copyTable(static_cast<int>(runs::StudyTableFormat::Csv)); });
  on("study.save-table", &StudyPage::askToSaveTable);
  for (const char* id : {"study.copy-markdown", "study.copy-latex", "study.copy-csv", "study.save-table"})
    results_->addAction(actions(id));
  results_->setContextMenuPolicy(Qt::ActionsContextMenu);
  planned_->addAction(open_run_);
  connect(planned_, &QTableView::activated, this, [this](const QModelIndex& at) { openRun(at.row()); });
  connect(planned_->selectionModel(), &QItemSelectionModel::currentChanged, this, &StudyPage::updateControls);
  connect(form_, &StudyForm::changed, this, [this] {
    showStudy();
    emit rememberWanted();
  });
  form_->setScreen(workspace_.plan().settings());
  connect(&workspace_.plan(), &RunPlan::changed, this, [this] {
    form_->setScreen(workspace_.plan().settings());
    if (isVisible() && !study_.fixed) showStudy();  // other data
  });
  connect(fields_, &FieldControls::changed, this, [this](const QString& field) {
    fields_->take(studySceneFields(), field, scene_);
    showStudy();
    emit rememberWanted();
  });
  connect(&runner_, &StudyRunner::changed, this, &StudyPage::takeNews);
  connect(&runner_, &StudyRunner::ended, this, &StudyPage::takeEnd);
  connect(deck_, &FigureDeck::tabChanged, deck_, &FigureDeck::showTable);
  connect(deck_, &FigureDeck::exportWanted, this, &Page::exportWanted);
}

}  // namespace synann::ui
