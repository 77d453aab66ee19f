// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/infer/biography.h"
#include "ui/pages/digits/digits_scene.h"
#include "ui/plots/bars_figure.h"
#include "ui/plots/tiles_figure.h"

// The figures of the Digits page. Functions of values; any thread.
namespace synann::ui {

inline constexpr int kMostPictures = 120;  // of the gallery; beyond, the table and the prompt have the rest

std::shared_ptr<const ConfusionFigure> confusionFigure(const DigitsScene& scene, const DigitsAnswer& answer);
// The images that the scene lists, the first kMostPictures of them, their numbers as keys; null, and why,
// where there are none. Those listed by how often they were forgotten need the lives of all of them.
std::shared_ptr<const TilesFigure> galleryFigure(const DigitsScene& scene, const DigitsAnswer& answer,
                                                 QString& why, const infer::Biographies* lives = nullptr);
// Precision, recall and F1 of each class.
std::shared_ptr<const BarsFigure> classesFigure(const DigitsScene& scene, const DigitsAnswer& answer);
// The chosen image itself, and what the network gives for it.
std::shared_ptr<const TilesFigure> digitFigure(const DigitsScene& scene, const DigitsAnswer& answer);
std::shared_ptr<const BarsFigure> probabilitiesFigure(const DigitsScene& scene, const DigitsAnswer& answer);

// The one that the scene names; null, and why, where there is none.
std::shared_ptr<const Figure> digitsFigure(const DigitsScene& scene, const DigitsAnswer& answer,
                                           QString& why);

// "test image 12: true 4, said 9, p 0.87": of the k-th of the predictions.
QString digitWords(const DigitsAnswer& answer, int k);
// "9,892 of 10,000 right (98.92 %), mean loss 0.0431"
QString scoreWords(const DigitsAnswer& answer);

}  // namespace synann::ui
