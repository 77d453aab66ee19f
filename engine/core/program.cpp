// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/program.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "engine/core/spawn_setup.h"

namespace synann {
namespace {

constexpr std::size_t kMostOutput = 16 << 20;  // bytes
constexpr std::chrono::milliseconds kLook{50};

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using ScratchFile = std::unique_ptr<std::FILE, CloseFile>;

Error not_started(const std::string& program, int code) {
  if (code == ENOENT)
    return input_error(program, "is not installed", "install it, or put it into a folder of PATH");
  return {.kind = ErrorKind::Failed,
          .where = program,
          .problem = fmt::format("cannot be started ({})", std::generic_category().message(code))};
}

Result<pid_t> start(const std::vector<std::string>& arguments, const SpawnSetup& setup) {
  std::vector<std::string> texts = arguments;
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  pid_t id = 0;
  const int code =
      ::posix_spawnp(&id, pointers[0], setup.actions(), setup.attributes(), pointers.data(), environ);
  if (code != 0) return not_started(arguments.front(), code);
  return id;
}

int exit_code(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string read_back(std::FILE* file) {
  std::string text;
  char part[4096];
  std::rewind(file);
  while (text.size() < kMostOutput) {
    const std::size_t count = std::fread(part, 1, sizeof part, file);
    if (count == 0) break;
    text.append(part, count);
  }
  return text;
}

}  // namespace

Result<ProgramOutput> run_program(const std::vector<std::string>& arguments) {
  const ScratchFile out(std::tmpfile()), err(std::tmpfile());
  if (!out || !err)
    return Error{.kind = ErrorKind::Failed,
                 .where = arguments.front(),
                 .problem = fmt::format("there is no place for what it prints ({})",
                                        std::generic_category().message(errno)),
                 .remedy = "make room in the folder for temporary files"};
  SpawnSetup setup;
  setup.redirect(::fileno(out.get()), ::fileno(err.get()));
  setup.close_others();
  const auto id = start(arguments, setup);
  if (!id) return id.error();
  int status = 0;
  while (::waitpid(*id, &status, 0) < 0)
    if (errno != EINTR) return not_started(arguments.front(), errno);
  return ProgramOutput{exit_code(status), read_back(out.get()), read_back(err.get())};
}

Result<int> run_program_group(const std::vector<std::string>& arguments, const std::function<bool()>& stop) {
  SpawnSetup setup;
  setup.lead_group();
  setup.close_others();
  const auto id = start(arguments, setup);
  if (!id) return id.error();
  bool told = false;
  for (int status = 0;;) {
    const pid_t ended = ::waitpid(*id, &status, WNOHANG);
    if (ended == *id) return exit_code(status);
    if (ended < 0 && errno != EINTR) return not_started(arguments.front(), errno);
    if (!told && stop()) {
      told = true;
      ::kill(-*id, SIGTERM);
    }
    std::this_thread::sleep_for(kLook);
  }
}

std::string this_program() {
  std::error_code code;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", code);
  return code ? std::string() : path.string();
}

std::string host_name() {
  char name[256] = "";
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

}  // namespace synann
