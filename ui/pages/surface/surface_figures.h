// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QString>

#include "ui/pages/surface/surface_scene.h"
#include "ui/plots/curve_figure.h"
#include "ui/plots/points_figure.h"

// The figures of the Surface page, made of a scene and a frame (null where there is no run): the same for the
// window and for a file.
namespace synann::ui {

std::shared_ptr<const SurfaceData> surfaceData(const SurfaceScene& scene, const train::SynapseFrame* frame);

// The cuts at the chosen y and at the chosen x.
std::shared_ptr<const CurveFigure> sectionFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                                 synapse::Along along);
// The occupation of the inhibitor's mode over its energy v = −log y; Fermi–Dirac where β < 0. Null where β is
// not finite.
std::shared_ptr<const CurveFigure> boseFigure(const SurfaceScene& scene, const train::SynapseFrame* frame);
// Null, with a sentence in `why`, where the inputs of the data are not known.
std::shared_ptr<const PointsFigure> pointsFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                                 QString& why);
// By scene.figure; null with a sentence in `why` where there is none.
std::shared_ptr<const Figure> surfaceFigure(const SurfaceScene& scene, const train::SynapseFrame* frame,
                                            QString& why);

// Moves the chosen point to the middle of the data's ranges where it lies outside of them.
void moveAmongData(SurfaceScene& scene, const train::SynapseFrame& frame);

// The numbers at the chosen point, with as many digits as there are.
QString pointNumbers(const SurfaceScene& scene, const train::SynapseFrame* frame);
// Why the synapse or the point is outside the theory's domain, and how much of the data is in the flat
// region; empty where there is nothing to say.
QString pointRemark(const SurfaceScene& scene, const train::SynapseFrame* frame);

}  // namespace synann::ui
