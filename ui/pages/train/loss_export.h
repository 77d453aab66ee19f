// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QString>

#include "engine/core/result.h"
#include "engine/train/events.h"
#include "ui/pages/view_options.h"
#include "ui/plots/loss_figure.h"
#include "ui/plots/shown_figure.h"

namespace synann::ui {

// The loss figure of a run as it is saved, the same from the window and the prompt: its title, and what its
// file remembers of the run in `run` and of how it is looked at. `start`: with the settings in force at the
// end.
QString lossTitle(const train::StartInfo& start);
ShownFigure lossShown(std::shared_ptr<const LossFigure> figure, const train::StartInfo& start,
                      const std::filesystem::path& run);

// The loss figure of a run without a window. What the history holds beyond what this program knows is told on
// standard error.
Result<ShownFigure> lossViewFigure(const ViewOptions& options);

}  // namespace synann::ui
