// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/core/result.h"
#include "ui/pages/page_table.h"
#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"

namespace synann::ui {

std::vector<PageFile> runsPageFiles();
Status checkRuns(const ViewOptions& options);
// The runs below a folder, or those that are named, without a window.
Result<ShownFigure> runsViewFigure(const ViewOptions& options);

}  // namespace synann::ui
