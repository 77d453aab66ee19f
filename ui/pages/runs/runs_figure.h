// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "engine/runs/catalogue.h"
#include "engine/runs/learning_curve.h"
#include "ui/pages/runs/foreign_scene.h"
#include "ui/pages/runs/runs_scene.h"
#include "ui/plots/figure.h"

namespace synann::ui {

// So many looks can be told from each other: six colours, and five ways to dash a line.
inline constexpr int kRunColors = 6, kRunLooks = 30;

// What is drawn of one run.
struct RunCurve {
  runs::RunSummary run;
  std::vector<runs::EpochPoint> points;
  int look = 0;  // 0 … kRunLooks − 1
};

// One curve for each run, named by what differs between them, and behind them those of other programs that
// are drawn with the scene's quantity. `note`: a line below the title. Null where there is neither.
std::shared_ptr<const Figure> runsFigure(const RunsScene& scene, const std::vector<RunCurve>& curves,
                                         const QString& note = {},
                                         const std::vector<DrawnForeign>& foreign = {});

}  // namespace synann::ui
