// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/user_command.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace synann {
namespace {

// What the command is given, freed at the end.
class SpawnSetup {
 public:
  SpawnSetup() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, STDERR_FILENO, STDOUT_FILENO);
#if defined(__GLIBC__) && defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
    // All of ours close by themselves; those that this program was started with may not.
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
#endif
#endif
    posix_spawnattr_init(&attributes_);
    sigset_t usual;
    sigemptyset(&usual);
    for (const int signal : {SIGXFSZ, SIGINT, SIGTERM, SIGHUP, SIGPIPE}) sigaddset(&usual, signal);
    posix_spawnattr_setsigdefault(&attributes_, &usual);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  const posix_spawn_file_actions_t* actions() const {
    return &actions_;
  }
  const posix_spawnattr_t* attributes() const {
    return &attributes_;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

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
  const SpawnSetup setup;
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
