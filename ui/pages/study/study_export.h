// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/core/result.h"
#include "ui/pages/page_table.h"
#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"

namespace synann::ui {

// The figure of a study without a window.
Result<ShownFigure> studyViewFigure(const ViewOptions& options);
// What is wrong with options that belong together, before anything is read.
Status checkStudyView(const ViewOptions& options);
std::vector<PageFile> studyPageFiles();

}  // namespace synann::ui
