// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/surface/surface_export.h"

#include <fmt/format.h>
#include <optional>

#include "ui/pages/surface/surface_figures.h"
#include "ui/pages/synapses/synapse_export.h"

namespace synann::ui {

namespace {

SurfaceScene sceneOf(const ViewOptions& o) {
  SurfaceScene scene;
  scene.follow = scene.data_range = o.typed.contains("--cell");
  applyTyped(surfaceFields(), o.typed, scene);
  scene.figure = QString::fromStdString(o.view);
  return scene;
}

}  // namespace

Status checkSurface(const ViewOptions& options) {
  const bool cell = options.typed.contains("--cell");
  for (const char* free : {"--alpha", "--beta"})
    if (cell && options.typed.contains(free))
      return Error{.problem = std::string(free) + " excludes --cell, which has α and β of its own"};
  if (cell && options.history.empty()) return Error{.problem = "--cell requires --history"};
  for (const char* of_data : {"points", "occupations"})
    if (options.view == of_data && !cell)
      return Error{.problem = fmt::format("--view {} requires --cell I,J and --history", of_data)};
  return {};
}

Result<ShownFigure> surfaceViewFigure(const ViewOptions& options) {
  SurfaceScene scene = sceneOf(options);
  std::optional<train::SynapseFrame> frame;
  if (scene.follow) {
    auto answered = frameOfCell(
        options, scene.figure == QLatin1String("points") || scene.figure == QLatin1String("occupations"));
    if (!answered) return answered.error();
    frame = std::move(*answered);
    if (!options.typed.contains("--at") && !frame->samples.empty() && scene.data_range)
      moveAmongData(scene, *frame);
  }
  const train::SynapseFrame* shown = frame ? &*frame : nullptr;
  QString why;
  const auto figure = surfaceFigure(scene, shown, why);
  if (!figure) return input_error(options.history.empty() ? "--view" : options.history, why.toStdString());
  return ShownFigure{.figure = figure, .name = scene.figure, .view = toJson(scene, shown, options.history)};
}

}  // namespace synann::ui
