// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <QJsonObject>
#include <QStringList>

#include "engine/bench/model_summary.h"
#include "engine/train/synapse_frame.h"
#include "ui/pages/view_field.h"
#include "ui/plots/color_map.h"

// What the Network page shows and how, as plain values: the window, the prompt and the files share them.
namespace synann::ui {

// The tensors that a layer may have, by the ends of their names; a layer that lacks the chosen one shows its
// first.
inline const QStringList kTensors = {"weight",      "bias",      "alpha",     "running_mean",
                                     "running_var", "weight_ie", "weight_he", "bias_e",
                                     "weight_if",   "weight_hf", "bias_f"};

struct NetworkScene {
  std::string layer;  // its name, or its number from 1; empty or unknown: the first that has parameters
  int tensor = 0;     // of kTensors
  ColorMap colors = ColorMap::Automatic;
  int image = 0;                               // of the test set: whose activations
  QString figure = QStringLiteral("network");  // one of kNetworkFigures
};

// "network", …: as --view and files name them.
inline const QStringList kNetworkFigures = {"network", "weights", "weight-histogram", "layer-activations"};

// Its fields: controls, JSON and options of the prompt.
const FieldTable<NetworkScene>& networkFields();

// A network at one moment: its layers, and its numbers where they are known.
struct NetworkMoment {
  std::shared_ptr<const model::Model> model;
  std::shared_ptr<const bench::ModelSummary> summary;
  std::shared_ptr<const std::vector<float>> values, start;  // [float_count]; null: not known
  train::FrameStep at;                                      // of the values
  bool live = false;
};
// Of a frame whose model is known; the summary is `before`'s where that is of the same model.
NetworkMoment momentOf(const train::SynapseFrame& frame, const NetworkMoment& before);
// Of a model that has not been trained yet.
NetworkMoment momentOf(model::Model model);

// The layer that the scene means, and the tensor of it; null where it has none that is known.
const bench::LayerSummary& layerOf(const NetworkMoment& moment, const NetworkScene& scene);
const Parameter* tensorOf(const NetworkMoment& moment, const NetworkScene& scene);

// What an exported figure remembers; the run's part where the numbers are known. And back: fields that are
// missing or make no sense keep their defaults.
QJsonObject toJson(const NetworkScene& scene, const NetworkMoment& moment, const train::SynapseFrame* frame,
                   const std::filesystem::path& run);
NetworkScene networkSceneFromJson(const QJsonObject& json);

}  // namespace synann::ui
