// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QString>

#include "ui/pages/surface/surface_scene.h"
#include "ui/plots/figure.h"

// The figures of the Surface page that show what the theory says of a synapse and of a layer. Null, with a
// sentence in `why`, where there is nothing to draw.
namespace synann::ui {

// Iterates of 1 − x and of 1 − βx, beside those of their conjugates in surprisal space.
std::shared_ptr<const Figure> iteratesFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                             QString& why);
// log S along the chosen line, and the chord below it.
std::shared_ptr<const Figure> logLineFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                            QString& why);
// How the occupation numbers n = βx/(1 − βx) of the layer are spread, beside the curves on which they lie for
// any weights.
std::shared_ptr<const Figure> occupationFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                               QString& why);

}  // namespace synann::ui
