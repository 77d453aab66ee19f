// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include <QStringList>

#include "engine/infer/asker.h"
#include "ui/pages/asked_figure.h"

// What one layer of a network gives for one image, for every page that shows it. Functions of values; any
// thread.
namespace synann::ui {

struct ActivationQuestion {
  infer::Network network;
  infer::SetPtr set;
  int image = 0;      // of the set
  std::string layer;  // as activationNames; empty or unknown: the output
  QString words;      // which image, when: "test image 12 · step 470"
};

// The layers whose values can be looked at, in order, the output last.
QStringList activationNames(const model::Model& model);
// The first of them at or behind a layer, an index into Model::layers.
std::string activationBehind(const model::Model& model, std::size_t layer);

// Equal keys, while network and set live: equal figures.
std::string activationKey(const ActivationQuestion& question);
// Maps as pictures, vectors as bars. Who asks again and again keeps an asker, used by one thread at a time.
AskedFigure::Job activationJob(const ActivationQuestion& question, std::shared_ptr<infer::Asker> asker = {});

}  // namespace synann::ui
