// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/network_export.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ui/pages/network/network_figures.h"
#include "ui/pages/synapses/synapse_export.h"

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

AskedFigure::Made makeLayerActivations(const NetworkScene& scene, const NetworkMoment& moment,
                                       const ViewOptions& options) {
  if (!moment.values)
    return input_error(options.history, "the whole network is not known at this step",
                       "choose a step at which it is recorded, such as the end of an epoch");
  const auto data = dataOfView(options);
  if (!data) return data.error();
  const infer::SetPtr set = infer::set_of(*data);
  if (scene.image >= set->count())
    return Error{.where = "--image",
                 .problem = "there is no such image",
                 .expected = fmt::format("0 to {}", set->count() - 1),
                 .found = fmt::format("{}", scene.image)};
  return activationJob(activationsOf(scene, moment, set))({});
}

AskedFigure::Made madeOf(const NetworkScene& scene, const NetworkMoment& moment, const ViewOptions& options) {
  if (scene.figure == QLatin1String("layer-activations")) return makeLayerActivations(scene, moment, options);
  QString why;
  auto figure = networkFigure(scene, moment, why);
  if (!figure) return input_error(options.history, why.toStdString());
  return figure;
}

}  // namespace

std::vector<std::string> networkViews() {
  std::vector<std::string> views;
  for (const QString& name : kNetworkFigures) views.push_back(name.toStdString());
  return views;
}

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
  auto figure = madeOf(scene, moment, options);
  if (!figure) return figure.error();
  return ShownFigure{.figure = std::move(*figure),
                     .name = scene.figure,
                     .view = toJson(scene, moment, &frame, options.history)};
}

}  // namespace synann::ui
