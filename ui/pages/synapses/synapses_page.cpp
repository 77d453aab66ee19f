// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapses_page.h"

#include <algorithm>
#include <tuple>

#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>

#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/synapses/knock_out.h"
#include "ui/pages/synapses/knock_out_export.h"
#include "ui/pages/synapses/synapse_export.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/session/class_words.h"
#include "ui/widgets/image_picture.h"

namespace synann::ui {

namespace {

enum Comparison { kNothing, kStart, kThisStep, kOtherRun };

}  // namespace

PageInfo SynapsesPage::info() {
  return {.id = QStringLiteral("synapses"),
          .text = tr("&Synapses"),
          .help = tr("β as a heat map, its lenses, and what a unit's output is made of"),
          .glyph = Glyph::Matrix,
          .time_line = true,
          .actions = {{"synapses.unit-as-circuit", tr("Unit as circ&uit"), "Ctrl+U",
                       tr("Open the selected row of β as a chain of synapses on the Circuit page, with the "
                          "chosen image's x"),
                       Glyph::None, MenuId::View}},
          .views = {"synapses", "row", "column", "rows", "strongest", "histogram", "waterfall", "proof",
                    "knock-out", "switched", "effects"},
          .make = [](Workspace& workspace, const PageActions& actions, QWidget* parent) -> Page* {
            return new SynapsesPage(workspace, actions, parent);
          },
          .viewFigure = synapseViewFigure,
          .checkView = checkSynapses,
          .heading = "Views of a synapse layer",
          .fields = synapseOptionFields(),
          .files = knockOutTexts(),
          .what_if = knockOutViews()};
}

SynapsesPage::SynapsesPage(Workspace& workspace, const PageActions& actions, QWidget* parent)
    : PicturePage(QStringLiteral("synapses"), parent),
      source_(workspace.source()),
      heat_(new HeatView(this)),
      fields_(new FieldControls(QStringLiteral("synapses"), this)),
      deck_(new FigureDeck(QStringLiteral("synapses"), heat_, this)) {
  scene_.style.pictures = true;
  makeControls();
  putControls();
  connectControls();
  connectFigures();
  connect(knock_, &KnockOut::trainWanted, &workspace.controller(), &TrainingController::trainFrom);
  QAction* const unit = actions("synapses.unit-as-circuit");
  connect(unit, &QAction::triggered, &source_.selection(), &Selection::openUnit);
  heat_->addAction(unit);
  updateControls();
  showNothing(emptyWords());
}

QString SynapsesPage::emptyWords() {
  return tr("β appears here as soon as training begins: press Train (F5), or open a run (Ctrl+Shift+O).");
}

void SynapsesPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  source_.setShown(this, true);
}

void SynapsesPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  source_.setNetworkWanted(this, false);
  source_.setShown(this, false);
}

void SynapsesPage::take(const SynapseFramePtr& frame) {
  if (!isVisible()) return;
  if (!frame->live && source_.run().empty()) return showNothing(emptyWords());
  if (!frame->error.empty()) return showNothing(QString::fromStdString(frame->error));
  frame_ = frame;
  fillLayers();
  showFrame();
}

void SynapsesPage::showNothing(const QString& why) {
  frame_.reset();
  data_.reset();
  heat_->setPlaceholder(why);
  heat_->setData(nullptr, {});
  for (FigureView* view :
       {row_profile_, column_profile_, row_pictures_, strongest_, histogram_, waterfall_, proof_})
    view->setFigure(nullptr);
  knock_->clear(tr("Appears with β."));
  deck_->showTable();
  numbers()->clear();
  setRemark({});
  emit exportableChanged();
}

void SynapsesPage::showFrame() {
  if (!frame_) return;
  const bool first = !data_;
  const train::SynapseQuery& named = scene_.query;
  data_ = heatDataOf(*frame_, named);
  scale_ = heatScaleOf(*frame_, named, scene_.style);
  heat_->setData(data_, scale_);
  if (deck_->wanted(histogram_)) histogram_->setFigure(histogramFigure(*frame_, *data_, named));
  QString note = QString::fromStdString(!frame_->missing.empty() ? frame_->missing : frame_->note);
  if (note.isEmpty() && !frame_->frames && !frame_->live)
    note = tr("This run has no record: only its last checkpoint can be shown.");
  setRemark(note);
  showImage();
  showCell();
  showKnockOut();
  if (first) emit exportableChanged();
}

// It needs the whole network, which costs nothing while nobody looks.
void SynapsesPage::showKnockOut() {
  source_.setNetworkWanted(this, isVisible() && knock_->wanted());
  if (!knock_->wanted() || !frame_->network || !frame_->model) return;
  const data::DataPairPtr& opened = source_.data();
  if (!opened) return;
  train::SynapseFrame at = *frame_;
  at.at = frame_->network_at;
  QStringList names;
  for (int label = 0; label < opened->test.classes; ++label)
    names.append(className(opened->class_names, label));
  // A record does not say where its data lie; a run from the changed network goes on with those at hand.
  train::Settings settings = frame_->run.settings;
  settings.data = opened->spec;
  knock_->setMoment({.network = {frame_->model, frame_->network},
                     .set = infer::set_of(opened),
                     .layer = frame_->layer.name,
                     .n = frame_->n(),
                     .names = names,
                     .when = stepText(at),
                     .settings = std::move(settings),
                     .live = frame_->live});
}

bool SynapsesPage::busy() const {
  return knock_->busy();
}

// What follows the chosen cell.
void SynapsesPage::showCell() {
  if (!frame_ || !data_) return;
  const synapse::Cell cell = cellIn(*frame_, source_.selection().cell());
  heat_->setCell(cell.i, cell.j);
  QString why;
  showRows(cell);
  if (deck_->wanted(waterfall_)) {
    waterfall_->setFigure(waterfallFigure(*frame_, cell.i, scene_.style.terms, why));
    if (!why.isEmpty()) waterfall_->setPlaceholder(why);
  }
  if (deck_->wanted(proof_)) {
    proof_->setFigure(proofFigure(*frame_, cell, scene_.style.slope, why));
    if (!why.isEmpty()) proof_->setPlaceholder(why);
  }
  showReadOut(cell);
  deck_->showTable();
}

// Rows and columns, as curves or over the pixels; and the strongest cells.
void SynapsesPage::showRows(const synapse::Cell& cell) {
  const bool pixels = frame_->layer.rows > 0, pictures = pixels && scene_.style.pictures;
  fields_->widget("pictures")->setVisible(pixels);
  deck_->setTabShown(row_pictures_, pixels);
  if (deck_->wanted(row_profile_) || deck_->wanted(column_profile_)) {
    if (pictures) {
      row_profile_->setFigure(rowPicture(*frame_, *data_, scale_, cell));
      column_profile_->setFigure(columnPicture(*frame_, *data_, scale_, cell));
    } else {
      row_profile_->setFigure(rowProfile(*data_, cell));
      column_profile_->setFigure(columnProfile(*data_, cell));
    }
  }
  if (deck_->wanted(row_pictures_)) row_pictures_->setFigure(rowPictures(*frame_, *data_, scale_, cell));
  if (deck_->wanted(strongest_)) strongest_->setFigure(strongestFigure(*data_, scene_.style));
}

// The chosen image as a picture, with its class.
void SynapsesPage::showImage() {
  const int index = source_.selection().image();
  const data::DataPairPtr& opened = source_.data();
  const bool known = opened && index < opened->test.count();
  const QString words =
      known ? tr("class %1")
                  .arg(className(opened->class_names, opened->test.labels[static_cast<std::size_t>(index)]))
            : QString();
  image_words_->setText(words);
  image_picture_->showImage(opened, index, known ? tr("Test image %1, %2").arg(index).arg(words) : QString());
}

void SynapsesPage::showReadOut(const synapse::Cell& cell) {
  if (!frame_ || !data_) return;
  QString text = cellText(*frame_, *data_, cell);
  for (const infer::CellValue& change : knock_->changes())
    if (change.cell == infer::Cell{cell.i, cell.j})
      text += tr("   set to %1").arg(numberText(static_cast<double>(change.beta), 9));
  numbers()->setText(text);
}

// The matrix is the run's; the lab's cells have a dot.
void SynapsesPage::showChangedCells() {
  std::vector<QPoint> marks;
  for (const infer::CellValue& change : knock_->changes())
    marks.emplace_back(change.cell.column, change.cell.row);
  if (marks == heat_->marks()) return;
  heat_->setMarks(std::move(marks));
  if (frame_) showReadOut(cellIn(*frame_, source_.selection().cell()));
}

void SynapsesPage::fillLayers() {
  QStringList names;
  for (const std::string& name : frame_->layers) names.append(QString::fromStdString(name));
  QStringList present;
  for (int k = 0; k < layer_->count(); ++k) present.append(layer_->itemText(k));
  const QSignalBlocker quiet(layer_);
  if (present != names) {
    layer_->clear();
    layer_->addItems(names);
  }
  layer_->setCurrentText(QString::fromStdString(frame_->layer.name));
  showControl(layer_, names.size() > 1);
}

void SynapsesPage::changeScene(const QString& field) {
  fields_->take(synapseFields(), field, scene_);
  if (field == QLatin1String("rows") || field == QLatin1String("columns")) ++scene_.query.order_number;
  const auto is = [&field](const char* id) { return field == QLatin1String(id); };
  const bool listed = is("slope") || is("pictures") || is("strongest") || is("sort");
  const bool looks =
      is("terms") || is("colors") || is("scale") || is("logarithmic") || is("least") || is("most");
  // How it looks asks nothing of the run, but for the range of all its steps.
  const bool range_wanted = scene_.style.scale == ScaleMode::Run;
  if ((!listed && !looks) || range_wanted != source_.options().run_range)
    pushScene();
  else
    updateControls();
  if (listed) showCell();
  if (looks) showFrame();
}

// To everyone who follows: the selection, and the questions of the source.
void SynapsesPage::pushScene() {
  train::SynapseQuery& q = scene_.query;
  const int comparison = compare_->currentIndex();
  q.compare = comparison != kNothing;
  q.other_run = comparison == kOtherRun ? other_run_ : std::filesystem::path();
  if (comparison == kStart) q.other_steps = 0;
  if (comparison == kOtherRun) q.other_steps = train::kLatestStep;
  q.run_range = scene_.style.scale == ScaleMode::Run;
  const auto [image, class_a, class_b] = std::tuple(q.image, q.class_a, q.class_b);
  source_.selection().setImage(image);
  source_.selection().setClasses(class_a, class_b);
  updateControls();
  source_.setOptions(q);
}

void SynapsesPage::chooseComparison(int index) {
  if (index == kThisStep) {
    scene_.query.other_steps = frame_ ? frame_->at.steps : 0;
    compare_->setItemText(kThisStep, tr("change since step %1").arg(scene_.query.other_steps));
  }
  compare_->setItemText(kOtherRun, tr("difference to a run…"));
  if (index == kOtherRun) {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Compare with the end of another run"));
    if (folder.isEmpty()) {
      compare_->setCurrentIndex(kNothing);
      return pushScene();
    }
    other_run_ = folder.toStdString();
    compare_->setItemText(kOtherRun, tr("difference to %1…").arg(runName(other_run_)));
  }
  pushScene();
}

// Shows what the scene says; a control that does nothing now is hidden.
void SynapsesPage::updateControls() {
  train::SynapseQuery& q = scene_.query;
  const Selection& selection = source_.selection();
  q.image = selection.image();
  q.class_a = selection.classA();
  q.class_b = selection.classB();
  fields_->show(synapseFields(), scene_);
  nameClasses();
  const bool mean = q.lens == train::Lens::ClassMean, difference = q.lens == train::Lens::ClassDifference;
  showControl(fields_->widget("class_a"), mean || difference);
  showControl(fields_->widget("class_b"), difference);
  const bool fixed = scene_.style.scale == ScaleMode::Fixed;
  for (const char* id : {"least", "most"}) showControl(fields_->widget(id), fixed);
}

bool SynapsesPage::canExport() const {
  return data_ != nullptr;
}

QString SynapsesPage::figureName() const {
  return deck_->figureName();
}

QJsonObject SynapsesPage::view() const {
  if (!frame_) return {};
  SynapseView view = scene_;
  view.query.run = source_.run();
  view.cell = {heat_->row(), heat_->column()};
  view.figure = figureName();
  QJsonObject json = toJson(view, *frame_);
  writeKnockedOut(knock_->changes(), json);
  return json;
}

Result<ShownFigure> SynapsesPage::shownFigure() const {
  return deck_->shown(view());
}

Status SynapsesPage::restoreView(const QJsonObject& json) {
  const std::uint64_t number = scene_.query.order_number + 1;
  scene_ = synapseViewFromJson(json);
  const train::SynapseQuery q = scene_.query;
  scene_.query.order_number = number;
  other_run_ = q.other_run;
  compare_->setItemText(kOtherRun, other_run_.empty() ? tr("difference to a run…")
                                                      : tr("difference to %1…").arg(runName(other_run_)));
  compare_->setCurrentIndex(!q.compare             ? kNothing
                            : !q.other_run.empty() ? kOtherRun
                            : q.other_steps == 0   ? kStart
                                                   : kThisStep);
  deck_->choose(scene_.figure);
  knock_->restore(readKnockedOut(json));
  Selection& selection = source_.selection();
  selection.setLayer(QString::fromStdString(q.layer));
  selection.setCell(scene_.cell);
  selection.setImage(q.image);
  selection.setClasses(q.class_a, q.class_b);
  selection.setStep(q.steps);
  pushScene();
  showFrame();
  return {};
}

}  // namespace synann::ui
