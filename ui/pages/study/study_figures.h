// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/runs/study_table.h"
#include "ui/pages/study/study_scene.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// A group for each planned row, with a point for each seed that has ended, and what a ready study expects of
// it. Null where nothing is planned.
std::shared_ptr<const Figure> studyResultFigure(const StudyScene& scene, const runs::StudyPlan& plan,
                                                const std::vector<runs::StudyRow>& table);

}  // namespace synann::ui
