// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "ui/shell/studio_options.h"

namespace synann::ui {

// Writes a figure of a run's synapse layer without a window. Opens the run's data where the figure needs it.
Status exportSynapses(const StudioOptions& options);

}  // namespace synann::ui
