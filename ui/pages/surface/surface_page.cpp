// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_page.h"

#include <algorithm>
#include <utility>

#include <QComboBox>
#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>

#include "engine/synapse/surprisal.h"
#include "ui/pages/field_controls.h"
#include "ui/pages/figure_deck.h"
#include "ui/pages/surface/surface_export.h"
#include "ui/pages/surface/surface_figures.h"
#include "ui/pages/surface/surface_theory_figures.h"
#include "ui/pages/synapses/synapse_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/surface_view.h"

namespace synann::ui {

PageInfo SurfacePage::info() {
  return {
      .id = QStringLiteral("surface"),
      .text = tr("S&urface"),
      .help = tr("One synapse as a surface: S, sections, surprisal, Bose–Einstein, and the data of a cell"),
      .glyph = Glyph::Surface,
      .time_line = true,
      .actions = {},
      .views = {"surface", "section-x", "section-y", "bose-einstein", "points", "iterates", "log-line",
                "occupations"},
      .make = [](Workspace& workspace, const PageActions&, QWidget* parent) -> Page* {
        return new SurfacePage(workspace, parent);
      },
      .viewFigure = surfaceViewFigure,
      .checkView = checkSurface,
      .heading = "Views of one synapse",
      .fields = fieldInfos(surfaceFields())};
}

SurfacePage::SurfacePage(Workspace& workspace, QWidget* parent)
    : PicturePage(QStringLiteral("surface"), parent),
      source_(workspace.source()),
      surface_(new SurfaceView(this)),
      fields_(new FieldControls(QStringLiteral("surface"), this)),
      deck_(new FigureDeck(QStringLiteral("surface"), surface_, this)) {
  fields_->make(surfaceFields());
  makePoints();
  putControls();
  connectControls();
  connectFigures();
  showScene();
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
  move_to_data_ = true;
  showScene();
}

void SurfacePage::changeScene(const QString& field) {
  const SurfaceScene before = scene_;
  fields_->take(surfaceFields(), field, scene_);
  if (field == QLatin1String("unit") || field == QLatin1String("synapse"))
    return source_.selection().setCell(scene_.cell);
  // Someone moved α or β: they are free from now on, the other one from where the cell stood.
  const bool freed = field == QLatin1String("alpha") || field == QLatin1String("beta");
  if (before.follow && (freed || !scene_.follow)) {
    const synapse::Synapse followed = synapseOf(before, shownFrame());
    if (field != QLatin1String("alpha")) scene_.synapse.alpha = followed.alpha;
    if (field != QLatin1String("beta")) scene_.synapse.beta = followed.beta;
  }
  if (freed) scene_.follow = false;
  if (scene_.data_range && !before.data_range) move_to_data_ = true;
  showScene();
}

// A point on the axes as they are; the scene keeps probabilities.
void SurfacePage::choosePoint(double a, double b) {
  const bool surprisal = scene_.shown == SurfaceShown::Surprisal;
  scene_.x = surprisal ? synapse::probability(a) : a;
  scene_.y = surprisal ? synapse::probability(b) : b;
  showScene();
}

void SurfacePage::showScene() {
  const Selection& selection = source_.selection();
  const int last = frame_ ? frame_->n() - 1 : std::max(selection.cell().i, selection.cell().j);
  scene_.cell = {std::clamp(selection.cell().i, 0, last), std::clamp(selection.cell().j, 0, last)};
  scene_.camera = surface_->camera();
  if (!isVisible()) return;
  if (move_to_data_ && frame_ && !frame_->samples.empty()) {
    moveAmongData(scene_, *frame_);
    move_to_data_ = false;
  }
  showControls();
  showFigures();
  showReadOut({});
  deck_->showTable();
}

void SurfacePage::showControls() {
  SurfaceScene shown = scene_;
  shown.synapse = synapseOf(scene_, shownFrame());
  fields_->show(surfaceFields(), shown);
  const int last = frame_ ? frame_->n() - 1 : 0;
  for (const auto& [id, value] : {std::pair("unit", scene_.cell.i), std::pair("synapse", scene_.cell.j)}) {
    auto* const box = fields_->widget<QSpinBox>(id);
    const QSignalBlocker quiet(box);
    box->setEnabled(frame_ != nullptr);
    box->setMaximum(std::max(last, value));
  }
  showControl(fields_->widget("share"), scene_.shown == SurfaceShown::Flat);
  const QSignalBlocker quiet(points_);
  points_->setCurrentIndex(std::max(0, points_->findData(scene_.points)));
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
  const auto show = [this](FigureView* view, auto make) {
    if (!deck_->wanted(view)) return;
    QString why;
    view->setFigure(make(scene_, shownFrame(), why));
    if (!why.isEmpty()) view->setPlaceholder(why);
  };
  show(data_, pointsFigure);
  show(iterates_, iteratesFigure);
  show(log_line_, logLineFigure);
  show(occupations_, occupationFigure);
}

// The point under the pointer, else the chosen one with all its numbers.
void SurfacePage::showReadOut(const QString& hovered) {
  numbers()->setText(hovered.isEmpty() ? pointNumbers(scene_, shownFrame()) : hovered);
  QStringList notes;
  if (scene_.follow && !frame_)
    notes.append(trouble_.isEmpty()
                     ? tr("No run yet: α and β are free. Train (F5) or open a run to follow a cell.")
                     : trouble_);
  if (frame_) notes.append(stepText(*frame_));
  if (const QString remark = pointRemark(scene_, shownFrame()); !remark.isEmpty()) notes.append(remark);
  setRemark(notes.join(QStringLiteral(" · ")));
}

QString SurfacePage::figureName() const {
  return deck_->figureName();
}

QJsonObject SurfacePage::view() const {
  SurfaceScene scene = scene_;
  scene.figure = figureName();
  return toJson(scene, shownFrame(), source_.run());
}

Result<ShownFigure> SurfacePage::shownFigure() const {
  if (!deck_->figure())
    return input_error({}, "this synapse has no surface", "choose finite numbers for α and β");
  return deck_->shown(view());
}

Status SurfacePage::restoreView(const QJsonObject& json) {
  const SurfaceScene scene = surfaceSceneFromJson(json);
  Selection& selection = source_.selection();
  if (const QString layer = json.value(QLatin1String("layer")).toString(); !layer.isEmpty())
    selection.setLayer(layer);
  scene_ = scene;
  selection.setCell(scene.cell);
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
