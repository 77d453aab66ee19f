// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/runs/catalogue.h"
#include "ui/pages/runs/runs_scene.h"
#include "ui/plots/figure.h"

// Many runs in one figure, by their settings and by what came out. Null where no run could be read.
namespace synann::ui {

// The settings that differ, then the outcome, as parallel axes; coloured by the best accuracy. A setting has
// a logarithmic axis where its numbers span a factor of 20.
std::shared_ptr<const Figure> runsParallelFigure(const std::vector<runs::RunSummary>& runs);
// The two numbers of the scene, coloured by the best accuracy.
std::shared_ptr<const Figure> runsScatterFigure(const RunsScene& scene,
                                                const std::vector<runs::RunSummary>& runs);

}  // namespace synann::ui
