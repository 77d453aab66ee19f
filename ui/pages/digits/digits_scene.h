// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <QJsonObject>
#include <QStringList>

#include "engine/infer/network.h"
#include "engine/infer/predictions.h"
#include "engine/infer/robustness.h"
#include "engine/train/synapse_frame.h"
#include "ui/pages/view_field.h"
#include "ui/plots/confusion_figure.h"

// What the Digits page shows and how, as plain values: the window, the prompt and the files share them.
namespace synann::ui {

// "confusion", …: as --view and files name them; the first is the page's picture.
inline const QStringList kDigitsFigures = {"confusion", "digits", "classes",   "digit",       "probabilities",
                                           "biography", "why",    "occlusion", "activations", "robustness"};

// In which order images are listed: as infer::Order, or by how often they were forgotten.
enum class DigitsOrder { Given, Surest, Hardest, SureMistakes, Forgotten };

struct DigitsScene {
  infer::Part part = infer::Part::Test;
  ConfusionFigure::Numbers numbers = ConfusionFigure::Numbers::Counts;
  bool logarithmic = true;    // colours of the matrix
  int truth = -1, said = -1;  // the cell whose images are listed; −1: of any class
  DigitsOrder order = DigitsOrder::Hardest;
  int image = 0;        // of the part
  int against = -1;     // why this class and not that one; −1: the second most probable
  int patch = 5;        // side of what is hidden, pixels
  std::string layer{};  // whose activations; empty or unknown: the output
  infer::Disturbance disturbance = infer::Disturbance::Rotate;
  std::vector<std::string> checkpoints{};  // whose curves of robustness stand beside the network's
  QString figure = kDigitsFigures[0];

  bool operator==(const DigitsScene&) const = default;
};

// Its fields: controls, JSON and options of the prompt.
const FieldTable<DigitsScene>& digitsFields();

// What a network says of one set, and what another said before; immutable.
struct DigitsAnswer {
  infer::Network network;
  infer::SetPtr set;
  infer::Part part = infer::Part::Test;              // that the set is
  std::shared_ptr<const train::SynapseFrame> frame;  // the moment; null at the prompt
  QStringList names;                                 // [classes] what a person reads for them
  infer::Predictions now;
  infer::Score score;
  compute::Confusion counts;
  std::optional<infer::Predictions> before;
  std::optional<compute::Confusion> counts_before;
  QString when, before_when;  // which moments: "step 470, epoch 1", "the start"
};
using DigitsAnswerPtr = std::shared_ptr<const DigitsAnswer>;

// The places within the predictions that the scene lists; `forgotten`: all places, the most often forgotten
// first, where it lists them so.
std::vector<int> listedDigits(const DigitsScene& scene, const DigitsAnswer& answer,
                              std::span<const int> forgotten = {});

DigitsScene digitsSceneFromJson(const QJsonObject& json);
void writeDigitsScene(const DigitsScene& scene, QJsonObject& json);

// "test image 12"
QString imageWords(infer::Part part, int image);

}  // namespace synann::ui
