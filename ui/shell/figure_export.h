// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QWidget;

namespace synann::ui {

// Asks where to save a figure and as what; the extension follows the chosen kind. Empty = given up.
// `kind`: the extension to begin with. `matrix`: whether NPY is offered.
QString askForFigurePath(QWidget* parent, const QString& folder, const QString& name, const QString& kind,
                         bool matrix);

// The folder where runs are kept, to begin looking there.
QString runsFolder();

}  // namespace synann::ui
