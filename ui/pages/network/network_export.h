// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/core/result.h"
#include "ui/pages/view_options.h"

namespace synann::ui {

// Writes a figure of a run's network without a window.
Status exportNetwork(const ViewOptions& options);

}  // namespace synann::ui
