// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/runs_figures.h"

#include <utility>

#include <QCheckBox>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QLabel>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/page_controls.h"
#include "ui/pages/runs/foreign_curves.h"
#include "ui/pages/runs/run_differences_model.h"
#include "ui/pages/runs/run_tree_figure.h"
#include "ui/pages/runs/runs_comparison.h"
#include "ui/pages/runs/runs_table.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/table_copy.h"
#include "ui/widgets/placeholder_table.h"

namespace synann::ui {

namespace {

constexpr int kNumberWidth = 230;  // pixels, of the name of a number
constexpr QLatin1StringView kForeignKey("foreign");

}  // namespace

RunsFigures::RunsFigures(const RunsTable& table, QWidget* parent)
    : QWidget(parent),
      table_(table),
      differences_(new RunDifferencesModel(this)),
      fields_(new FieldControls(QStringLiteral("runs"), this)),
      foreign_(new ForeignCurves([this] { return usualForeign(); }, this)),
      figure_(new FigureView(this)),
      deck_(new FigureDeck(QStringLiteral("runs"), figure_, this)),
      reader_([reader = std::make_shared<RunCurveReader>()](
                  const std::vector<runs::RunSummary>& runs, const std::stop_token& cancelled,
                  const auto& tell) { tell(reader->read(runs, cancelled)); },
              [this](const std::vector<RunCurve>& curves) { takeCurves(curves); }) {
  fields_->make(runsFields());
  addCurves();
  addTree();
  addDifferences();
  addComparisons();
  tabs_ = deck_->finish();
  tabs_->setCornerWidget(foreign_->button());  // the rows below it are as wide as a small screen allows
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(tabs_);
  connect(fields_, &FieldControls::changed, this, [this](const QString& field) {
    fields_->take(runsFields(), field, scene_);
    showCurves();
    showComparisons();
    emit rememberWanted();
  });
  connect(deck_, &FigureDeck::tabChanged, this, [this] {
    showTree();
    showComparisons();
    deck_->showTable();
  });
  connect(deck_, &FigureDeck::exportWanted, this, &RunsFigures::exportWanted);
  connect(foreign_, &ForeignCurves::failed, this, &RunsFigures::failed);
  connect(foreign_, &ForeignCurves::told, this, &RunsFigures::told);
  connect(foreign_, &ForeignCurves::changed, this, [this] {
    showCurves();
    emit rememberWanted();
  });
}

QWidget* RunsFigures::makeControls(const std::vector<const char*>& labelled,
                                   const std::vector<const char*>& others) {
  auto* controls = new QWidget(this);
  auto* row = new QHBoxLayout(controls);
  row->setContentsMargins(4, 0, 4, 0);
  row->setSpacing(8);
  for (const char* id : labelled) {
    QWidget* const choice = fields_->widget(id);
    auto* label = new QLabel(choice->accessibleName(), controls);
    label->setBuddy(choice);
    row->addWidget(label);
    row->addWidget(choice);
  }
  for (const char* id : others) row->addWidget(fields_->widget(id));
  row->addStretch(1);
  return controls;
}

void RunsFigures::addCurves() {
  figure_->setObjectName(QStringLiteral("runs.%1").arg(QLatin1String(kRunsView)));
  figure_->setPlaceholder(tr("Select runs in the table to see their curves here."));
  const QString help = tr("The selected runs over each other, named by what differs between them");
  figure_->setWhatsThis(help);
  figure_->setToolTip(help);
  deck_->addTab(tr("Curves"),
                {makeControls({"curve", "across", "smooth"}, {"seeds", "log_x", "log_y"}), figure_});
}

// Of the epochs of the first run that is shown.
ForeignChoice RunsFigures::usualForeign() const {
  ForeignChoice usual;
  usual.quantity = scene_.quantity;
  for (const RunCurve& curve : curves_) {
    if (curve.points.empty() || curve.points.back().epoch <= 0) continue;
    const runs::EpochPoint& last = curve.points.back();
    usual.steps = static_cast<double>(last.steps) / last.epoch;
    usual.examples = static_cast<double>(last.examples) / last.epoch;
    break;
  }
  return usual;
}

bool RunsFigures::busy() const {
  return reader_.busy() || foreign_->busy();
}

void RunsFigures::addTree() {
  tree_ =
      deck_->add(QLatin1String(kRunTreeView), tr("Runs and their forks are shown here."),
                 tr("Which run was made out of a step of which, what was different from there on, and how "
                    "good each became; its table has the digests that prove their common past"));
  deck_->addTab(tr("Tree"), {tree_});
}

void RunsFigures::addDifferences() {
  only_ = named(new QCheckBox(tr("&Differences only"), this), "runs.differences-only", tr("Differences only"),
                tr("Leaves out the settings that are the same in all selected runs; others are bold"));
  only_->setChecked(differences_->differencesOnly());
  connect(only_, &QCheckBox::toggled, this, [this](bool only) {
    differences_->setDifferencesOnly(only);
    emit rememberWanted();
  });
  auto* table = named(new PlaceholderTable(tr("Select two or more runs whose settings differ."), this),
                      "runs.differences", tr("Settings that differ"),
                      tr("The settings in which the selected runs differ, a column for each run"));
  beListTable(table);
  table->setModel(differences_);
  keepHeadingsWhole(table);
  deck_->addTab(tr("Differences"), {only_, table});
}

// Of many runs at once.
void RunsFigures::addComparisons() {
  const QString nothing = tr("Runs that can be read are compared here.");
  parallel_ =
      deck_->add(kRunsParallelView, nothing,
                 tr("The selected runs, or all that are listed, as lines across their settings and their "
                    "outcome"));
  scatter_ = deck_->add(kRunsScatterView, nothing,
                        tr("The selected runs, or all that are listed, by two of their numbers"));
  deck_->addTab(tr("Parallel"), {parallel_});
  const std::vector<const char*> numbers = {"scatter_x", "scatter_y"};
  for (const char* id : numbers) fields_->widget(id)->setMinimumWidth(kNumberWidth);
  deck_->addTab(tr("Scatter"), {makeControls(numbers, {}), scatter_});
}

QWidgetList RunsFigures::inOrder() const {
  QWidgetList order{tabs_, foreign_->button()};
  for (const char* id : {"curve", "across", "smooth", "seeds", "log_x", "log_y"})
    order.append(fields_->widget(id));
  order.append(figure_);
  return order;
}

void RunsFigures::showRead() {
  showTree();
  showSelected();
}

void RunsFigures::showSelected() {
  const std::vector<runs::RunSummary> runs = table_.selected();
  differences_->setRuns(runs);
  askCurves(runs);
  showComparisons();
}

void RunsFigures::showFresh(bool of_selected) {
  showTree();
  showComparisons();
  if (of_selected) askCurves(table_.selected());
}

void RunsFigures::askCurves(std::vector<runs::RunSummary> runs) {
  std::erase_if(runs, [](const runs::RunSummary& run) { return !run.problem.empty(); });
  if (runs.size() > kRunLooks) runs.resize(kRunLooks);
  if (looks_.show(runs)) emit rememberWanted();
  reader_.ask(std::move(runs));
}

void RunsFigures::takeCurves(std::vector<RunCurve> curves) {
  curves_ = std::move(curves);
  for (RunCurve& curve : curves_) curve.look = looks_.of(curve.run.folder);
  showCurves();
}

void RunsFigures::showCurves() {
  const std::size_t selected = table_.selectedCount();
  const bool left_out = selected > curves_.size() && curves_.size() == kRunLooks;
  figure_->setFigure(
      runsFigure(scene_, curves_,
                 left_out ? tr("The first %1 of %2 selected runs").arg(kRunLooks).arg(selected) : QString(),
                 foreign_->drawn()));
  deck_->showTable();
  emit exportableChanged();
}

// Of all runs, whatever is searched for.
void RunsFigures::showTree() {
  if (!deck_->wanted(tree_)) return;
  tree_->setFigure(runTreeFigure(table_.runs()));
  deck_->showTable();
  emit exportableChanged();
}

// The selected runs, or all that are listed where fewer than two are.
std::vector<runs::RunSummary> RunsFigures::comparedRuns() const {
  return table_.selectedCount() > 1 ? table_.selected() : table_.listed();
}

void RunsFigures::showComparisons() {
  const bool parallel = deck_->wanted(parallel_), scatter = deck_->wanted(scatter_);
  if (!parallel && !scatter) return;
  const std::vector<runs::RunSummary> runs = comparedRuns();
  if (parallel) parallel_->setFigure(runsParallelFigure(runs));
  if (scatter) scatter_->setFigure(runsScatterFigure(scene_, runs));
  deck_->showTable();
  emit exportableChanged();
}

bool RunsFigures::canExport() const {
  return deck_->figure() != nullptr;
}

QString RunsFigures::figureName() const {
  return deck_->figureName();
}

Result<ShownFigure> RunsFigures::shownFigure() const {
  std::vector<std::filesystem::path> drawn;
  const QString name = deck_->figureName();
  if (name == QLatin1String(kRunTreeView)) return deck_->shown(runTreeView());
  if (name == QLatin1String(kRunsView)) {
    for (const RunCurve& curve : curves_) drawn.push_back(curve.run.folder);
  } else {
    for (const runs::RunSummary& run : comparedRuns()) drawn.push_back(run.folder);
  }
  if (drawn.empty() && (name != QLatin1String(kRunsView) || foreign_->drawn().empty()))
    return input_error({}, "there is no figure yet", "select a run in the table");
  QJsonObject view = toJson(scene_, drawn, name);
  if (const QVariantList foreign = foreign_->kept(); name == QLatin1String(kRunsView) && !foreign.isEmpty())
    view[kForeignKey] = QJsonArray::fromVariantList(foreign);
  return deck_->shown(view);
}

void RunsFigures::setScene(const RunsScene& scene) {
  scene_ = scene;
  fields_->show(runsFields(), scene_);
}

void RunsFigures::restoreForeign(const QJsonObject& view) {
  if (view.contains(kForeignKey)) foreign_->take(view[kForeignKey].toArray().toVariantList());
}

void RunsFigures::choose(const QString& figure) {
  deck_->choose(figure);
}

QVariantMap RunsFigures::remembered() const {
  QJsonObject scene;
  writeFields(runsFields(), scene_, scene);
  QVariantMap kept = scene.toVariantMap();
  kept["differences_only"] = only_->isChecked();
  kept["looks"] = looks_.kept(table_.runs());
  kept[kForeignKey] = foreign_->kept();
  return kept;
}

void RunsFigures::remember(const QVariantMap& kept) {
  readFields(runsFields(), QJsonObject::fromVariantMap(kept), scene_);
  fields_->show(runsFields(), scene_);
  only_->setChecked(kept.value("differences_only", true).toBool());
  looks_.take(kept["looks"].toMap());
  foreign_->take(kept[kForeignKey].toList());
}

}  // namespace synann::ui
