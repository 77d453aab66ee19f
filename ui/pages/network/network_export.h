// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "engine/core/result.h"
#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"

namespace synann::ui {

std::vector<std::string> networkViews();
// A figure of a run's network without a window.
Result<ShownFigure> networkViewFigure(const ViewOptions& options);

}  // namespace synann::ui
