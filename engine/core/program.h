// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"

// Other programs, by name and arguments: nothing is read by a shell. Any thread.
namespace synann {

struct ProgramOutput {
  int code = 0;       // 128 and the signal's number where one ended it
  std::string out{};  // standard output, at most 16 MiB of it
  std::string err{};  // standard error, as much
};

// Finds the program as a shell would, runs it without input, waits for its end, and returns what it printed.
// It inherits no file. Errors: it is not there, cannot be started, or there is no place for what it prints.
Result<ProgramOutput> run_program(const std::vector<std::string>& arguments);

// The same for a program that works for long: it prints where this one prints, and leads a process group of
// its own. Once `stop` answers true, SIGTERM is sent to the whole group; it is asked a few times a second.
// Returns its exit code.
Result<int> run_program_group(const std::vector<std::string>& arguments, const std::function<bool()>& stop);

// The file of the program that runs, from the root on; empty where the system does not tell.
std::string this_program();

// The name of this machine; empty where the system does not tell.
std::string host_name();

}  // namespace synann
