// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "engine/train/events.h"
#include "ui/plots/loss_export.h"

class QWidget;

namespace synann::ui {

class TrainPage;

// Title and settings of a run as they are kept inside an exported figure; the same from the window and the
// prompt.
LossFigureOptions figureOptions(const train::StartInfo& start, const LossCurve& curve);

// Asks where to save a figure and as what; the extension follows the chosen kind. Empty = given up.
QString askForFigurePath(QWidget* parent, const QString& folder, const QString& name);

// Writes the loss figure as the page shows it.
Status exportLoss(const TrainPage& page, const QString& path);

// The folder where runs are kept, to begin looking there.
QString runsFolder();

}  // namespace synann::ui
