// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace synann::ui {

// The program synann-studio: opens the window, or exports a figure without one. Returns the exit code: 0
// success, 1 something failed, 2 wrong usage, unreadable input or no display, 130 interrupted after saving.
int runStudio(int argc, char** argv);

}  // namespace synann::ui
