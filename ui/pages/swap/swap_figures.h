// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QString>

#include "ui/pages/swap/swap_scene.h"
#include "ui/plots/figure.h"

// The figures of the Swap page, made of a scene: the same for the window and for a file.
namespace synann::ui {

// swap_figures.cpp: the quantity over x and y, and along one of them.
std::shared_ptr<const Figure> swapMap(const SwapScene& scene);
std::shared_ptr<const Figure> swapSection(const SwapScene& scene);
// pairs_figures.cpp: the odds ratio with its intervals; what an imperfect effect makes of it. Null, with a
// sentence in `why`, where the table leaves nothing to draw.
std::shared_ptr<const Figure> pairsFigure(const SwapScene& scene, QString& why);
std::shared_ptr<const Figure> biasFigure(const SwapScene& scene, QString& why);
// sars_figures.cpp: both lines with the data, what they leave, and how Adam's loss falls.
std::shared_ptr<const Figure> sarsFigure(const SwapScene& scene, QString& why);
std::shared_ptr<const Figure> residualsFigure(const SwapScene& scene, QString& why);
std::shared_ptr<const Figure> adamLossFigure(const SwapScene& scene, QString& why);
// By scene.figure; null with a sentence in `why` where there is none.
std::shared_ptr<const Figure> figureOfSwap(const SwapScene& scene, QString& why);

// The numbers beside the figures, a line each, and what there is to say about them.
QString swapNumbers(const SwapScene& scene);
QString swapRemark(const SwapScene& scene);
QString pairsNumbers(const SwapScene& scene);
QString pairsRemark(const SwapScene& scene);
QString sarsNumbers(const SwapScene& scene);
QString sarsRemark(const SwapScene& scene);

}  // namespace synann::ui
