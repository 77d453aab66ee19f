// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QString>

#include "ui/pages/activations.h"
#include "ui/pages/network/network_scene.h"
#include "ui/plots/figure.h"

// The figures of the Network page, made of a scene and a moment: the same for the window and for a file.
namespace synann::ui {

std::shared_ptr<const Figure> modelFigure(const NetworkScene& scene, const NetworkMoment& moment);
// The chosen tensor: filters and rows over images as small pictures, other matrices as one, vectors as a
// curve. Null, with a sentence in `why`, where there is none or it is not known.
std::shared_ptr<const Figure> weightsFigure(const NetworkScene& scene, const NetworkMoment& moment,
                                            QString& why);
std::shared_ptr<const Figure> weightHistogram(const NetworkScene& scene, const NetworkMoment& moment,
                                              QString& why);
// What the chosen layer gives for the scene's image; the moment's numbers must be known.
ActivationQuestion activationsOf(const NetworkScene& scene, const NetworkMoment& moment,
                                 const infer::SetPtr& set);
// By scene.figure; not the activations.
std::shared_ptr<const Figure> networkFigure(const NetworkScene& scene, const NetworkMoment& moment,
                                            QString& why);

// Everything there is to say of the chosen layer, as rich text.
QString layerText(const NetworkScene& scene, const NetworkMoment& moment);
// Of which moment the weights are: "weights of step 600 · end of epoch 1"; empty where they are not known.
QString whenText(const NetworkMoment& moment);

}  // namespace synann::ui
