// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <QString>

#include "engine/train/events.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/loss_figure.h"

class QWidget;

namespace synann::ui {

class TrainPage;

// The loss figure of a run as it is saved, the same from the window and the prompt: its title, and what its
// file remembers of the run in `run` and of how it is looked at. `start`: with the settings in force at the
// end.
QString lossTitle(const train::StartInfo& start);
FigureFile lossFile(const LossFigure& figure, const train::StartInfo& start,
                    const std::filesystem::path& run);

// Asks where to save a figure and as what; the extension follows the chosen kind. Empty = given up.
QString askForFigurePath(QWidget* parent, const QString& folder, const QString& name);

// Writes the loss figure as the page shows it; `run`: the folder of its run, empty where it has none.
Status exportLoss(const TrainPage& page, const QString& path, const std::filesystem::path& run);

// The folder where runs are kept, to begin looking there.
QString runsFolder();

}  // namespace synann::ui
