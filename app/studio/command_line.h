// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <variant>

#include "ui/shell/studio_options.h"

namespace synann::app {

// The command line was answered, or was wrong: nothing more to do but to leave with this code.
struct Leave {
  int exit_code = 0;
};

// Reads the command line of synann-studio; prints help, version or one sentence of complaint itself. Needs no
// QApplication.
std::variant<ui::StudioOptions, Leave> read_command_line(int argc, char** argv);

}  // namespace synann::app
