// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "engine/core/result.h"
#include "ui/pages/page_table.h"
#include "ui/pages/view_options.h"
#include "ui/plots/shown_figure.h"

namespace synann::ui {

// A figure of the Swap page without a window; no run has a part in it.
Result<ShownFigure> swapViewFigure(const ViewOptions& options);
// What is wrong with options that belong together, before anything is read.
Status checkSwap(const ViewOptions& options);
// The files that the prompt may name.
std::vector<PageFile> swapPageFiles();

}  // namespace synann::ui
