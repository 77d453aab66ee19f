// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_export.h"

#include <optional>

#include "ui/pages/surface/surface_figures.h"
#include "ui/pages/synapses/synapse_export.h"
#include "ui/plots/figure_file.h"

namespace synann::ui {

namespace {

SurfaceScene sceneOf(const ViewOptions& o) {
  SurfaceScene scene;
  scene.synapse = {o.alpha, o.beta};
  scene.follow = !o.cell.empty();
  scene.data_range = scene.follow && !o.unit_square;
  if (scene.follow) {
    scene.unit = o.cell.front();
    scene.cell = o.cell.back();
  }
  scene.shown = static_cast<SurfaceShown>(kSurfaceShown.indexOf(QString::fromStdString(o.function)));
  scene.x = o.at.front();
  scene.y = o.at.back();
  scene.share = o.flat / 100;
  scene.lines = o.lines;
  scene.temperature = o.temperature;
  scene.figure = QString::fromStdString(o.view);
  return scene;
}

}  // namespace

Status exportSurface(const ViewOptions& options) {
  SurfaceScene scene = sceneOf(options);
  std::optional<train::SynapseFrame> frame;
  if (scene.follow) {
    auto answered = frameOfCell(options, scene.figure == QLatin1String("points"));
    if (!answered) return answered.error();
    frame = std::move(*answered);
    if (!options.at_named && !frame->samples.empty() && scene.data_range) placeAmongData(scene, *frame);
  }
  const train::SynapseFrame* shown = frame ? &*frame : nullptr;
  QString why;
  const auto figure = surfaceFigure(scene, shown, why);
  if (!figure) return input_error(options.history.empty() ? "--view" : options.history, why.toStdString());
  return exportFigure(*figure, options.export_path,
                      {.width = options.width,
                       .height = options.height,
                       .pixels = {options.pixels_wide, options.pixels_high},
                       .dark = options.dark,
                       .view = toJson(scene, shown, options.history)});
}

}  // namespace synann::ui
