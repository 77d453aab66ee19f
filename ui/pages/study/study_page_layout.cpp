// SPDX-License-Identifier: GPL-3.0-or-later
// How the Study page is put together.
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QSplitter>
#include <QTabWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "engine/runs/ready_studies.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/study/study_form.h"
#include "ui/pages/study/study_page.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/table_copy.h"
#include "ui/widgets/action_button.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/placeholder_table.h"

namespace synann::ui {

namespace {
constexpr int kControlWidth = 270, kLeastStudyTable = 80;  // pixels
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
    auto* line = new QHBoxLayout;
    line->setSpacing(4);
    for (const char* id : ids) line->addWidget(new ActionButton(actions(id), Qt::ToolButtonTextOnly, inner));
    line->addStretch(1);
    column->addLayout(line);
  };
  row({"study.new", "study.open", "study.ready-pixel-test"});
  column->addWidget(form_ = new StudyForm(inner));
  plan_words_ = named(new QLabel(inner), "study.plan-words", tr("What is planned"), QString());
  plan_words_->setWordWrap(true);
  column->addWidget(plan_words_);
  row({"study.run", "study.pause"});
  bar_ = named(new QProgressBar(inner), "study.progress", tr("How far the study is"), QString());
  column->addWidget(bar_);
  progress_words_ = named(new QLabel(inner), "study.progress-words", tr("The run at hand"), QString());
  progress_words_->setWordWrap(true);
  column->addWidget(progress_words_);
  folder_words_ = named(new QLabel(inner), "study.folder", tr("Where the study is kept"), QString());
  folder_words_->setWordWrap(true);
  folder_words_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  column->addWidget(folder_words_);
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

QTableView* StudyPage::makeTable(const QString& name, const QString& label, const QString& help,
                                 const QString& empty, CellTableModel* model) {
  auto* table = named(new PlaceholderTable(empty, this), name, label, help);
  table->setModel(model);
  table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table->setTabKeyNavigation(false);
  table->setSelectionBehavior(QAbstractItemView::SelectRows);
  table->setShowGrid(false);
  table->setAlternatingRowColors(true);
  table->setWordWrap(false);
  table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  table->verticalHeader()->hide();
  table->verticalHeader()->setDefaultSectionSize(table->fontMetrics().height() + 6);
  table->horizontalHeader()->setHighlightSections(false);
  table->setMinimumHeight(kLeastStudyTable);
  addTableCopy(table);
  connect(model, &QAbstractItemModel::modelReset, table, &QTableView::resizeColumnsToContents);
  return table;
}

QWidget* StudyPage::makeResults() {
  results_view_ =
      makeTable("study.results", tr("Results"),
                tr("Mean ± standard deviation over seeds, the 95 % interval of the mean (Student's t), and "
                   "the paired comparison with the first row, with Holm's correction"),
                tr("What the runs come to is listed here: one row for each model and setting."), results_);
  return results_view_;
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
  planned_view_ =
      makeTable("study.runs", tr("Runs"), tr("Every run in its order. A double click or Enter opens one"),
                tr("Every planned run is listed here."), planned_);
  deck_->addTab(tr("Runs"), {planned_view_});
  expected_view_ = makeTable(
      "study.expected", tr("Expected"), tr("What was expected of a ready study, beside what was measured"),
      tr("Only ready studies have expected numbers: Pixel test plans one."), expected_);
  expected_view_->horizontalHeader()->setStretchLastSection(true);
  deck_->addTab(tr("Expected"), {expected_view_});
  return deck_->finish();
}

}  // namespace synann::ui
