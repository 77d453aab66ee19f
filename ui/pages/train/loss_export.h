// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "engine/train/events.h"
#include "ui/pages/view_options.h"
#include "ui/plots/loss_export.h"

namespace synann::ui {

// Title and settings of a run as they are kept inside an exported figure; the same from the window and the
// prompt.
LossFigureOptions lossFigureOptions(const train::StartInfo& start, const LossCurve& curve);

// Writes the loss figure of a run without a window. What the history holds beyond what this program knows is
// told on standard error.
Status exportLossView(const ViewOptions& options);

}  // namespace synann::ui
