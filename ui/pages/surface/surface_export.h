// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"

namespace synann::ui {

// A figure of one synapse without a window: α and β as named, or those of a cell of a run, with its
// data where their inputs are known.
Result<ShownFigure> surfaceViewFigure(const ViewOptions& options);
// What is wrong with options that belong together, before anything is read.
Status checkSurface(const ViewOptions& options);

}  // namespace synann::ui
