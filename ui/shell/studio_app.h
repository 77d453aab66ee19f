// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/studio_options.h"

namespace synann::ui {

// The program synann-studio: opens the window, or exports a figure without one. Returns the exit code: 0
// success, 1 something failed, 2 wrong usage, unreadable input or no display, 128 and the signal's number
// when interrupted, after saving. `argc` and `argv` are for Qt.
int runStudio(const StudioOptions& options, int argc, char** argv);

}  // namespace synann::ui
