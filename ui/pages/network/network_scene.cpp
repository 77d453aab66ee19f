// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/network/network_scene.h"

#include <algorithm>

#include <QCoreApplication>

#include "engine/core/version.h"
#include "ui/pages/color_field.h"
#include "ui/pages/synapses/synapse_view.h"

namespace synann::ui {

namespace {

struct NetworkSceneWords {
  Q_DECLARE_TR_FUNCTIONS(network_scene)
};

}  // namespace

const FieldTable<NetworkScene>& networkFields() {
  static const FieldTable<NetworkScene> table = [] {
    FieldInfo tensor{.id = "tensor",
                     .label = NetworkSceneWords::tr("Tensor"),
                     .help = NetworkSceneWords::tr("Which of the layer's tensors is shown"),
                     .kind = FieldKind::Word,
                     .plain = false,  // its words are the layer's
                     .option = "--tensor",
                     .option_help = "weights, weight-histogram: of the layer; weight unless told otherwise."};
    for (const QString& name : kTensors) tensor.words.push_back({name, name});
    FieldInfo image{.id = "image",
                    .kind = FieldKind::Whole,
                    .most = kMostIndex,
                    .plain = false,  // the one that is chosen on all pages
                    .option = "--image",
                    .option_help =
                        "The image, from 0, of each view that shows one; of the test set unless --part "
                        "says another."};
    return FieldTable<NetworkScene>{
        fieldOf<NetworkScene, &NetworkScene::tensor>(tensor),
        fieldOf<NetworkScene, &NetworkScene::image>(image),
        fieldOf<NetworkScene, &NetworkScene::colors>(colorField(NetworkSceneWords::tr(
            "Of the weights; automatic is blue–orange about 0 where one is negative")))};
  }();
  return table;
}

NetworkMoment momentOf(const train::SynapseFrame& frame, const NetworkMoment& before) {
  const bool same = before.model && before.model == frame.model;
  return {.model = frame.model,
          .summary = same ? before.summary
                          : std::make_shared<const bench::ModelSummary>(bench::summarise(*frame.model)),
          .values = frame.network,
          .start = frame.network_at_start,
          .at = frame.network_at,
          .live = frame.live};
}

NetworkMoment momentOf(model::Model model) {
  NetworkMoment moment;
  moment.summary = std::make_shared<const bench::ModelSummary>(bench::summarise(model));
  moment.model = std::make_shared<const model::Model>(std::move(model));
  return moment;
}

const bench::LayerSummary& layerOf(const NetworkMoment& moment, const NetworkScene& scene) {
  if (const bench::LayerSummary* named = moment.summary->find(scene.layer)) return *named;
  const auto& layers = moment.summary->layers;
  const auto first = std::find_if(layers.begin(), layers.end(),
                                  [](const bench::LayerSummary& l) { return !l.parameters.empty(); });
  return first == layers.end() ? layers.front() : *first;
}

const Parameter* tensorOf(const NetworkMoment& moment, const NetworkScene& scene) {
  const Parameter* first = nullptr;
  const bench::LayerSummary& layer = layerOf(moment, scene);
  for (const Parameter& p : layer.parameters) {
    if (p.type != ElementType::F32) continue;
    if (!first) first = &p;
    if (p.name == layer.name + '.' + kTensors[scene.tensor].toStdString()) return &p;
  }
  return first;
}

QJsonObject toJson(const NetworkScene& scene, const NetworkMoment& moment, const train::SynapseFrame* frame,
                   const std::filesystem::path& run) {
  QJsonObject json{{"program", "synann-studio"}, {"version", QString::fromLatin1(kVersion)}};
  if (frame && moment.values) {
    train::SynapseFrame at = *frame;
    at.at = moment.at;
    json = momentJson(at, run);
  }
  json["view"] = "network";
  json["figure"] = scene.figure;
  json["model"] = QString::fromStdString(moment.model->id);
  const bench::LayerSummary& layer = layerOf(moment, scene);
  json["layer"] = QString::fromStdString(layer.name.empty() ? std::to_string(layer.number) : layer.name);
  writeFields(networkFields(), scene, json);
  return json;
}

NetworkScene networkSceneFromJson(const QJsonObject& json) {
  NetworkScene scene;
  readFields(networkFields(), json, scene);
  scene.layer = json.value("layer").toString().toStdString();
  const QString figure = json.value("figure").toString();
  if (kNetworkFigures.contains(figure)) scene.figure = figure;
  return scene;
}

}  // namespace synann::ui
