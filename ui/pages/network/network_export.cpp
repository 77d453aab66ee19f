// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/network_export.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ui/pages/network/network_figures.h"

namespace synann::ui {

namespace {

Status checkNetworkLayer(const std::string& layer, const bench::ModelSummary& summary) {
  if (layer.empty() || summary.find(layer)) return {};
  std::vector<std::string> names;
  for (const bench::LayerSummary& l : summary.layers)
    if (!l.name.empty()) names.push_back(l.name);
  return Error{
      .where = "--layer",
      .problem = "there is no such layer",
      .expected = fmt::format("one of {}, or 1 to {}", fmt::join(names, ", "), summary.layers.size()),
      .found = layer};
}

}  // namespace

Result<ShownFigure> networkViewFigure(const ViewOptions& options) {
  train::SynapseQuery query{.run = options.history, .network = true};
  if (options.step >= 0) query.steps = options.step;
  const train::SynapseFrame frame = train::SynapseReader().answer(query);
  if (!frame.model) return Error{.where = {}, .problem = frame.error};
  const NetworkMoment moment = momentOf(frame, {});
  if (auto status = checkNetworkLayer(options.layer, *moment.summary); !status) return status.error();
  NetworkScene scene;
  applyTyped(networkFields(), options.typed, scene);
  scene.layer = options.layer;
  scene.figure = QString::fromStdString(options.view);
  QString why;
  const auto figure = networkFigure(scene, moment, why);
  if (!figure) return input_error(options.history, why.toStdString());
  return ShownFigure{
      .figure = figure, .name = scene.figure, .view = toJson(scene, moment, &frame, options.history)};
}

}  // namespace synann::ui
