// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "ui/pages/digits/asked_figure.h"
#include "ui/pages/digits/digits_scene.h"

// The figures of the Digits page that take their time, for the window and the prompt alike.
namespace synann::ui {

// What they are asked of: a network at one moment, a set, and the run that it is of.
struct DigitsContext {
  infer::Network network;
  infer::SetPtr set;
  QStringList names;  // of the classes
  std::filesystem::path run;
  std::int64_t steps = 0;  // of the moment
  QString when;
  DigitsAnswerPtr answer;  // what the network says of the set; may be null
};

// "biography", "why", "occlusion", "activations", "robustness"
bool isAsked(const QString& figure);
// Equal keys, while the context's network and set live: equal figures.
std::string digitsKey(const DigitsScene& scene, const DigitsContext& context, const QString& figure);
AskedFigure::Job digitsJob(const DigitsScene& scene, const DigitsContext& context, const QString& figure);

// The two classes that *why* tells apart: what the network says, and the class chosen, or the second most
// probable.
struct DigitsPair {
  int a = 0, b = 1;
};
DigitsPair digitsPair(const DigitsScene& scene, std::span<const float> log_probs);

}  // namespace synann::ui
