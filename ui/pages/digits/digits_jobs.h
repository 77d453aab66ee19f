// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "engine/infer/biography.h"
#include "ui/pages/asked_figure.h"
#include "ui/pages/digits/digits_scene.h"
#include "ui/pages/digits/other_network.h"

// The figures of the Digits page that take their time, for the window and the prompt alike.
namespace synann::ui {

// Curves of robustness that were measured, the latest last. Used by one thread at a time.
struct DigitsCurves {
  struct Curve {
    infer::Network network;
    infer::SetPtr set;
    infer::Disturbance kind = infer::Disturbance::Rotate;
    std::vector<infer::RobustnessPoint> points;
  };
  std::vector<Curve> curves;
};

// What they are asked of: the network, set and moment of an answer, and the run that it is of.
struct DigitsContext {
  infer::Network network;
  infer::SetPtr set;
  infer::Part part = infer::Part::Test;
  QStringList names;  // of the classes
  std::filesystem::path run;
  QString when;
  std::vector<OtherNetwork> beside{};  // robustness: other networks
  std::shared_ptr<DigitsCurves> known = std::make_shared<DigitsCurves>();
};
DigitsContext contextOf(const DigitsAnswer& answer, const std::filesystem::path& run);

// "biography", "why", "occlusion", "activations", "robustness"
bool isAsked(const QString& figure);
// Equal keys, while the context's network and set live: equal figures. `last` is the last recorded step of
// the run, which a biography goes to whatever the moment.
std::string digitsKey(const DigitsScene& scene, const DigitsContext& context, const QString& figure,
                      std::int64_t last);
AskedFigure::Job digitsJob(const DigitsScene& scene, const DigitsContext& context, const QString& figure);

// The lives of all images of a set, kept from one question to the next: only steps that are new are asked.
// Used by one thread at a time.
struct DigitsLives {
  std::filesystem::path run;
  infer::SetPtr set;
  infer::Asker asker{};
  infer::Biographies lives{};
};
// The gallery by how often images were forgotten.
std::string forgottenKey(const DigitsScene& scene, const DigitsAnswer& answer,
                         const std::filesystem::path& run, std::int64_t last);
AskedFigure::Job forgottenJob(const DigitsScene& scene, DigitsAnswerPtr answer,
                              const std::filesystem::path& run, std::shared_ptr<DigitsLives> known);

// The two classes that *why* tells apart: what the network says, and the class chosen, or the second most
// probable.
struct DigitsPair {
  int a = 0, b = 1;
};
DigitsPair digitsPair(const DigitsScene& scene, std::span<const float> log_probs);

}  // namespace synann::ui
