// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QJsonObject>
#include <QStringList>
#include <QVariantMap>

#include "engine/synapse/matched_pairs.h"
#include "engine/synapse/series.h"
#include "engine/synapse/surface.h"
#include "engine/synapse/swap_field.h"
#include "ui/pages/view_field.h"
#include "ui/plots/color_map.h"

// What the Swap page shows and how, as a plain value: the window, the prompt and the files share it.
namespace synann::ui {

struct SwapScene {
  static constexpr int kOwnPairs = 0;  // of example: counts of one's own

  // The swap equation.
  synapse::Synapse synapse{.alpha = 1, .beta = 1};
  double x = 0.6, y = 0.3;
  synapse::SwapQuantity quantity = synapse::SwapQuantity::LogRatio;
  synapse::Along along = synapse::Along::X;  // of the section
  bool lines = true;                         // iso-lines
  ColorMap colors = ColorMap::Automatic;

  // Matched pairs.
  int example = 1;  // kOwnPairs, or from 1 the examples of the engine
  synapse::PairCounts counts = synapse::pairs_examples().front().counts;
  double confidence = 0.95;
  double effect = 0.7;  // β of an imperfect effect
  QString source;       // the file that the counts are from; empty: none

  // The linear unit.
  synapse::Series series = synapse::sars_series();
  QString series_source;  // the file's name; empty: the six days
  QString series_path;    // where it was opened, which no figure's file tells
  int steps = 3000;       // of Adam
  double start = 0;       // its weight at the start
  int ahead = 1;          // days

  QString figure = QStringLiteral("swap");  // one of kSwapFigures
};

// As --view and files name them.
inline const QStringList kSwapFigures = {"swap", "swap-section",   "pairs",    "pairs-bias",
                                         "sars", "sars-residuals", "sars-loss"};

// Its fields: controls, JSON and options of the prompt.
const FieldTable<SwapScene>& swapFields();

// The example's counts, where there is one.
void takeExample(SwapScene& scene, int example);
// The example whose numbers are shown; null: a person's own.
const synapse::PairsExample* exampleOf(const SwapScene& scene);

// What an exported figure remembers, and back: fields that are missing or make no sense keep their defaults.
QJsonObject toJson(const SwapScene& scene);
SwapScene swapSceneFromJson(const QJsonObject& json);

// From one start of the program to the next: the same, and where a series was opened that is too long to be
// kept, which is read anew; an own series that is gone by then gives way to the six days.
QVariantMap keptScene(const SwapScene& scene);
std::optional<SwapScene> sceneKept(const QVariantMap& kept);

}  // namespace synann::ui
