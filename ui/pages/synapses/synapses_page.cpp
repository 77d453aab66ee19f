// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapses_page.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>

#include "ui/pages/figure_deck.h"
#include "ui/pages/synapses/synapse_export.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/heat_view.h"
#include "ui/session/class_words.h"

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
          .actions = {},
          .views = {"synapses", "row", "column", "histogram", "waterfall", "proof"},
          .make = [](Workspace& workspace, const PageActions&, QWidget* parent) -> Page* {
            return new SynapsesPage(workspace, parent);
          },
          .exportView = exportSynapses};
}

SynapsesPage::SynapsesPage(Workspace& workspace, QWidget* parent)
    : Page(parent),
      source_(workspace.source()),
      heat_(new HeatView(this)),
      deck_(new FigureDeck(QStringLiteral("synapses"), heat_, this)),
      read_out_(new QLabel(this)),
      note_(new QLabel(this)) {
  makeControls();
  layOut();
  connectControls();
  connectFigures();
  updateControls();
  showNothing(emptyWords());
}

QString SynapsesPage::emptyWords() {
  return tr("β appears here as soon as training begins: press Train (F5), or open a run (Ctrl+Shift+O).");
}

QList<QSplitter*> SynapsesPage::splitters() const {
  return {split_};
}

void SynapsesPage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  source_.setShown(this, true);
}

void SynapsesPage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
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
  for (FigureView* view : {row_profile_, column_profile_, histogram_, waterfall_, proof_})
    view->setFigure(nullptr);
  deck_->showTable();
  read_out_->clear();
  note_->clear();
  emit exportableChanged();
}

void SynapsesPage::showFrame() {
  if (!frame_) return;
  const bool first = !data_;
  const train::SynapseQuery& query = source_.options();
  train::SynapseQuery named = query;
  named.image = source_.selection().image();
  named.class_a = source_.selection().classA();
  named.class_b = source_.selection().classB();
  data_ = heatDataOf(*frame_, named);
  heat_->setData(data_, heatScaleOf(*frame_, named, style_));
  if (deck_->wanted(histogram_)) histogram_->setFigure(histogramFigure(*frame_, *data_, named));
  QString note = QString::fromStdString(!frame_->missing.empty() ? frame_->missing : frame_->note);
  if (note.isEmpty() && !frame_->frames && !frame_->live)
    note = tr("This run has no record: only its last checkpoint can be shown.");
  note_->setText(note);
  note_->setVisible(!note.isEmpty());
  image_words_->setText(frame_->image_label < 0
                            ? QString()
                            : tr("class %1").arg(className(frame_->class_names, frame_->image_label)));
  showCell();
  if (first) emit exportableChanged();
}

// What follows the chosen cell.
void SynapsesPage::showCell() {
  if (!frame_ || !data_) return;
  const auto [unit, synapse] = cellIn(*frame_, source_.selection().unit(), source_.selection().synapse());
  heat_->setCell(unit, synapse);
  QString why;
  if (deck_->wanted(row_profile_) || deck_->wanted(column_profile_)) {
    row_profile_->setFigure(rowProfile(*data_, unit, synapse));
    column_profile_->setFigure(columnProfile(*data_, unit, synapse));
  }
  if (deck_->wanted(waterfall_)) {
    waterfall_->setFigure(waterfallFigure(*frame_, unit, terms_->value(), why));
    if (!why.isEmpty()) waterfall_->setPlaceholder(why);
  }
  if (deck_->wanted(proof_)) {
    proof_->setFigure(proofFigure(*frame_, unit, synapse, slope_->isChecked(), why));
    if (!why.isEmpty()) proof_->setPlaceholder(why);
  }
  showReadOut(unit, synapse);
  deck_->showTable();
}

void SynapsesPage::showReadOut(int row, int column) {
  if (!frame_ || !data_) return;
  if (row < 0) {
    row = heat_->row();
    column = heat_->column();
  }
  read_out_->setText(cellText(*frame_, *data_, row, column));
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
  layer_->setEnabled(names.size() > 1);
}

void SynapsesPage::changeOptions() {
  if (restoring_) return;
  train::SynapseQuery options = source_.options();
  options.lens = static_cast<train::Lens>(lens_->currentData().toInt());
  options.row_order = static_cast<train::MatrixOrder>(rows_->currentData().toInt());
  options.column_order = static_cast<train::MatrixOrder>(columns_->currentData().toInt());
  options.order_number = order_number_;
  options.gradient = gradient_->isChecked();
  options.run_range = style_.scale == ScaleMode::Run;
  const int comparison = compare_->currentIndex();
  options.compare = comparison != kNothing;
  options.other_run = comparison == kOtherRun ? other_run_ : std::filesystem::path();
  if (comparison == kStart) options.other_steps = 0;
  if (comparison == kOtherRun) options.other_steps = train::kLatestStep;
  updateControls();
  source_.setOptions(options);
}

void SynapsesPage::chooseComparison(int index) {
  if (restoring_) return;
  train::SynapseQuery options = source_.options();
  if (index == kThisStep) {
    options.other_steps = frame_ ? frame_->place.steps : 0;
    source_.setOptions(options);
    compare_->setItemText(kThisStep, tr("change since step %1").arg(options.other_steps));
  }
  if (index == kOtherRun) {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Compare with the end of another run"));
    if (folder.isEmpty()) {
      compare_->setCurrentIndex(kNothing);
      return changeOptions();
    }
    other_run_ = folder.toStdString();
  }
  changeOptions();
}

void SynapsesPage::changeStyle() {
  if (restoring_) return;
  style_.colors = static_cast<ColorMap>(colors_->currentData().toInt());
  style_.scale = static_cast<ScaleMode>(scale_->currentData().toInt());
  style_.least = least_->value();
  style_.most = most_->value();
  style_.terms = terms_->value();
  updateControls();
  showFrame();
  if (source_.options().run_range != (style_.scale == ScaleMode::Run)) changeOptions();
}

void SynapsesPage::updateControls() {
  const auto lens = static_cast<train::Lens>(lens_->currentData().toInt());
  class_a_->setEnabled(lens == train::Lens::ClassMean || lens == train::Lens::ClassDifference);
  class_b_->setEnabled(lens == train::Lens::ClassDifference);
  const bool fixed = scale_->currentData().toInt() == static_cast<int>(ScaleMode::Fixed);
  least_->setEnabled(fixed);
  most_->setEnabled(fixed);
}

bool SynapsesPage::canExport() const {
  return data_ != nullptr;
}

QString SynapsesPage::figureName() const {
  return deck_->figureName();
}

QJsonObject SynapsesPage::view() const {
  if (!frame_) return {};
  const Selection& selection = source_.selection();
  SynapseView view{.query = source_.options(),
                   .style = style_,
                   .unit = heat_->row(),
                   .synapse = heat_->column(),
                   .figure = figureName()};
  view.query.run = source_.run();
  view.query.image = selection.image();
  view.query.class_a = selection.classA();
  view.query.class_b = selection.classB();
  view.style.slope = slope_->isChecked();
  return toJson(view, *frame_);
}

Status SynapsesPage::exportFigure(const QString& path) {
  return deck_->save(path, view());
}

Status SynapsesPage::restoreView(const QJsonObject& json) {
  const SynapseView view = synapseViewFromJson(json);
  const train::SynapseQuery& q = view.query;
  restoring_ = true;  // every control first, one question then
  lens_->setCurrentIndex(static_cast<int>(q.lens));
  rows_->setCurrentIndex(static_cast<int>(q.row_order));
  columns_->setCurrentIndex(static_cast<int>(q.column_order));
  other_run_ = q.other_run;
  compare_->setCurrentIndex(!q.compare ? 0 : !q.other_run.empty() ? 3 : q.other_steps == 0 ? 1 : 2);
  colors_->setCurrentIndex(static_cast<int>(view.style.colors));
  scale_->setCurrentIndex(static_cast<int>(view.style.scale));
  least_->setValue(view.style.least);
  most_->setValue(view.style.most);
  terms_->setValue(view.style.terms);
  slope_->setChecked(view.style.slope);
  class_a_->setValue(q.class_a);
  class_b_->setValue(q.class_b);
  restoring_ = false;
  deck_->choose(view.figure);
  Selection& selection = source_.selection();
  selection.setLayer(QString::fromStdString(q.layer));
  selection.setCell(view.unit, view.synapse);
  image_->setMaximum(std::max(image_->maximum(), q.image));
  selection.setImage(q.image);
  selection.setClasses(q.class_a, q.class_b);
  selection.setStep(q.steps);
  train::SynapseQuery options = source_.options();
  options.other_steps = q.other_steps;
  source_.setOptions(options);
  ++order_number_;
  changeStyle();
  changeOptions();
  return {};
}

}  // namespace synann::ui
