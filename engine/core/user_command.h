// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/core/result.h"

namespace synann {

// A command that a person wants to be run, for /bin/sh, and what is added to its environment.
struct UserCommand {
  std::string command{};
  std::vector<std::pair<std::string, std::string>> variables{};  // name, value
};

// Runs it and waits for its end. It inherits the standard streams and no other file: its input is empty, what
// it prints goes to standard error. Any thread. Errors, which are Failed: it cannot be started, or it ended
// with an exit code other than 0, or by a signal.
Status run_user_command(const UserCommand& what);

}  // namespace synann
