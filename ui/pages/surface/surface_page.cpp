// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_page.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QSplitter>

#include "engine/synapse/surprisal.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/surface/surface_export.h"
#include "ui/pages/surface/surface_figures.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/surface_view.h"
#include "ui/widgets/number_slider.h"

namespace synann::ui {

PageInfo SurfacePage::info() {
  return {
      .id = QStringLiteral("surface"),
      .text = tr("S&urface"),
      .help = tr("One synapse as a surface: S, sections, surprisal, Bose–Einstein, and the data of a cell"),
      .glyph = Glyph::Surface,
      .time_line = true,
      .actions = {},
      .views = {"surface", "section-x", "section-y", "bose-einstein", "points"},
      .make = [](Workspace& workspace, const PageActions&, QWidget* parent) -> Page* {
        return new SurfacePage(workspace, parent);
      },
      .exportView = exportSurface};
}

SurfacePage::SurfacePage(Workspace& workspace, QWidget* parent)
    : Page(parent),
      source_(workspace.source()),
      surface_(new SurfaceView(this)),
      deck_(new FigureDeck(QStringLiteral("surface"), surface_, this)),
      read_out_(new QLabel(this)),
      note_(new QLabel(this)) {
  makeNumbers();
  makeChoices();
  layOut();
  connectControls();
  connectFigures();
  showScene();
}

QList<QSplitter*> SurfacePage::splitters() const {
  return {split_};
}

void SurfacePage::showEvent(QShowEvent* event) {
  Page::showEvent(event);
  source_.setShown(this, true);
  source_.setSamplesWanted(this, true);
  showScene();
}

void SurfacePage::hideEvent(QHideEvent* event) {
  Page::hideEvent(event);
  source_.setSamplesWanted(this, false);
  source_.setShown(this, false);
}

void SurfacePage::take(const SynapseFramePtr& frame) {
  if (!isVisible()) return;
  const bool none = !frame->live && source_.run().empty();
  trouble_ = none ? QString() : QString::fromStdString(frame->error);
  frame_ = none || !frame->error.empty() ? nullptr : frame;
  showScene();
}

void SurfacePage::followCell() {
  scene_.follow = true;
  scene_.data_range = true;
  place_data_ = true;
  showScene();
}

// Someone moved α or β: they are free from now on.
void SurfacePage::changeSynapse() {
  scene_.follow = false;
  scene_.synapse = {alpha_->value(), beta_->value()};
  showScene();
}

void SurfacePage::changeScene() {
  if (filling_) return;
  // Free from here on: where the cell stood, so that nothing jumps.
  if (scene_.follow && !follow_->isChecked()) scene_.synapse = synapseOf(scene_, shownFrame());
  scene_.follow = follow_->isChecked();
  scene_.x = x_->value();
  scene_.y = y_->value();
  scene_.shown = static_cast<SurfaceShown>(shown_->currentData().toInt());
  scene_.share = share_->value() / 100;
  const bool data_range = range_->currentData().toInt() == 1;
  if (data_range && !scene_.data_range) place_data_ = true;
  scene_.data_range = data_range;
  scene_.points = points_->currentData().toInt();
  scene_.lines = lines_->isChecked();
  scene_.temperature = temperature_->value();
  scene_.style = {.colors = static_cast<ColorMap>(colors_->currentData().toInt()),
                  .contours = contours_->isChecked()};
  showScene();
}

// A place on the axes as they are; the scene keeps probabilities.
void SurfacePage::choosePlace(double a, double b) {
  const bool surprisal = scene_.shown == SurfaceShown::Surprisal;
  scene_.x = surprisal ? synapse::probability(a) : a;
  scene_.y = surprisal ? synapse::probability(b) : b;
  showScene();
}

void SurfacePage::showScene() {
  const Selection& selection = source_.selection();
  const int last = frame_ ? frame_->n() - 1 : std::max(selection.unit(), selection.synapse());
  scene_.unit = std::clamp(selection.unit(), 0, last);
  scene_.cell = std::clamp(selection.synapse(), 0, last);
  scene_.camera = surface_->camera();
  if (!isVisible()) return;
  if (place_data_ && frame_ && !frame_->samples.empty()) {
    placeAmongData(scene_, *frame_);
    place_data_ = false;
  }
  showControls();
  showFigures();
  showReadOut({});
  deck_->showTable();
}

void SurfacePage::showControls() {
  filling_ = true;
  const synapse::Synapse s = synapseOf(scene_, shownFrame());
  alpha_->setValue(s.alpha);
  beta_->setValue(s.beta);
  x_->setValue(scene_.x);
  y_->setValue(scene_.y);
  follow_->setChecked(scene_.follow);
  const int last = frame_ ? frame_->n() - 1 : 0;
  for (QSpinBox* box : {unit_, cell_}) box->setEnabled(frame_ != nullptr);
  unit_->setMaximum(std::max(last, scene_.unit));
  cell_->setMaximum(std::max(last, scene_.cell));
  unit_->setValue(scene_.unit);
  cell_->setValue(scene_.cell);
  const auto choose = [](QComboBox* box, int value) {
    box->setCurrentIndex(std::max(0, box->findData(value)));
  };
  choose(shown_, static_cast<int>(scene_.shown));
  choose(range_, scene_.data_range ? 1 : 0);
  choose(points_, scene_.points);
  choose(colors_, static_cast<int>(scene_.style.colors));
  share_->setValue(100 * scene_.share);
  share_->setEnabled(scene_.shown == SurfaceShown::Flat);
  contours_->setChecked(scene_.style.contours);
  lines_->setChecked(scene_.lines);
  temperature_->setValue(scene_.temperature);
  filling_ = false;
}

void SurfacePage::showFigures() {
  auto shown = surfaceData(scene_, shownFrame());
  if (!shown) surface_->setPlaceholder(tr("α and β of this cell are not finite: there is no surface."));
  surface_->setData(std::move(shown), scene_.style);
  if (deck_->wanted(section_x_) || deck_->wanted(section_y_)) {
    section_x_->setFigure(sectionFigure(scene_, shownFrame(), synapse::Along::X));
    section_y_->setFigure(sectionFigure(scene_, shownFrame(), synapse::Along::Y));
  }
  if (deck_->wanted(bose_)) bose_->setFigure(boseFigure(scene_, shownFrame()));
  if (deck_->wanted(data_)) {
    QString why;
    data_->setFigure(pointsFigure(scene_, shownFrame(), why));
    if (!why.isEmpty()) data_->setPlaceholder(why);
  }
}

// The place under the pointer, else the chosen one with all its numbers.
void SurfacePage::showReadOut(const QString& hovered) {
  read_out_->setText(hovered.isEmpty() ? placeNumbers(scene_, shownFrame()) : hovered);
  QStringList notes;
  if (scene_.follow && !frame_)
    notes.append(trouble_.isEmpty()
                     ? tr("No run yet: α and β are free. Train (F5) or open a run to follow a cell.")
                     : trouble_);
  if (frame_) notes.append(placeText(*frame_));
  if (const QString remark = placeRemark(scene_, shownFrame()); !remark.isEmpty()) notes.append(remark);
  note_->setText(notes.join(QStringLiteral(" · ")));
  note_->setToolTip(note_->text());
}

QString SurfacePage::figureName() const {
  return deck_->figureName();
}

QJsonObject SurfacePage::view() const {
  SurfaceScene scene = scene_;
  scene.figure = figureName();
  return toJson(scene, shownFrame(), source_.run());
}

Status SurfacePage::exportFigure(const QString& path) {
  if (!deck_->figure())
    return input_error(path.toStdString(), "this synapse has no surface",
                       "choose finite numbers for α and β");
  return deck_->save(path, view());
}

Status SurfacePage::restoreView(const QJsonObject& json) {
  const SurfaceScene scene = surfaceSceneFromJson(json);
  Selection& selection = source_.selection();
  if (const QString layer = json.value(QLatin1String("layer")).toString(); !layer.isEmpty())
    selection.setLayer(layer);
  scene_ = scene;
  selection.setCell(scene.unit, scene.cell);
  if (json.contains(QLatin1String("step"))) selection.setStep(json.value(QLatin1String("step")).toInteger());
  {
    const QSignalBlocker quiet(surface_);
    surface_->setCamera(scene.camera);
  }
  deck_->choose(scene.figure);
  showScene();
  return {};
}

}  // namespace synann::ui
