// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/user_command.h"

#include <cerrno>
#include <fmt/format.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include "engine/core/spawn_setup.h"

namespace synann {
namespace {

// Ours, with the variables in place of those of the same name.
std::vector<std::string> environment_with(const UserCommand& what) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    bool replaced = false;
    for (const auto& [name, value] : what.variables) replaced = replaced || text.starts_with(name + '=');
    if (!replaced) all.push_back(text);
  }
  for (const auto& [name, value] : what.variables) all.push_back(name + '=' + value);
  return all;
}

Error command_failed(const UserCommand& what, std::string problem) {
  return {.kind = ErrorKind::Failed,
          .where = fmt::format("command \"{}\"", what.command),
          .problem = std::move(problem),
          .remedy = "try it in a terminal"};
}

}  // namespace

Status run_user_command(const UserCommand& what) {
  SpawnSetup setup;
  setup.redirect(STDERR_FILENO, STDERR_FILENO);
  setup.close_others();
  std::vector<std::string> environment = environment_with(what);
  std::vector<char*> pointers;
  for (std::string& entry : environment) pointers.push_back(entry.data());
  pointers.push_back(nullptr);
  std::string shell = "sh", option = "-c", command = what.command;
  char* const arguments[] = {shell.data(), option.data(), command.data(), nullptr};
  pid_t id = 0;
  const int failed =
      posix_spawn(&id, "/bin/sh", setup.actions(), setup.attributes(), arguments, pointers.data());
  if (failed != 0)
    return command_failed(what,
                          fmt::format("cannot be started ({})", std::generic_category().message(failed)));
  int status = 0;
  while (::waitpid(id, &status, 0) < 0)
    if (errno != EINTR)
      return command_failed(what, fmt::format("is lost ({})", std::generic_category().message(errno)));
  if (WIFSIGNALED(status))
    return command_failed(what, fmt::format("was ended by signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    return command_failed(what, fmt::format("ended with exit code {}", WEXITSTATUS(status)));
  return {};
}

}  // namespace synann
