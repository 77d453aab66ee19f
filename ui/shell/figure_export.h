// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace synann::ui {

// Asks where to save a figure and as what; the extension follows the chosen kind. Empty = given up.
// `kind`: the extension to begin with.
QString askForFigurePath(QWidget* parent, const QString& folder, const QString& name, const QString& kind);

// The folder where runs are kept, to begin looking there.
QString runsFolder();

}  // namespace synann::ui
