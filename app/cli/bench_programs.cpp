// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/bench_programs.h"

#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/bench/summary.h"

namespace synann::cli {
namespace {

struct Child {
  int status = -1;
  long peak_kib = 0;
};

// Runs this very program, its output thrown away, and waits for its end.
Child run_self(std::vector<std::string> arguments, const compute::CancelFlag* cancel = nullptr) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_WRONLY, 0);
  std::string self = "synann";
  std::vector<char*> argv{self.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t id = 0;
  Child child;
  const int failed = posix_spawn(&id, "/proc/self/exe", &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return child;
  rusage usage{};
  // A Ctrl+C at the terminal reaches the child by itself; one that reaches only us is passed on.
  while (wait4(id, &child.status, 0, &usage) < 0 && errno == EINTR) {
    if (cancel != nullptr && cancel->is_set()) kill(id, SIGTERM);
  }
  child.peak_kib = usage.ru_maxrss;
  return child;
}

// The value behind `key` in a file of the kernel's, one "key : value" a line.
std::string look_up(const char* file, const char* key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(key)) continue;
    const auto colon = line.find(':');
    const auto value = line.find_first_not_of(" \t", colon + 1);
    return colon == std::string::npos || value == std::string::npos ? std::string() : line.substr(value);
  }
  return {};
}

}  // namespace

std::vector<double> measure_version(int times) {
  std::vector<double> milliseconds;
  for (int k = 0; k < times; ++k) {
    const bench::Stopwatch watch;
    if (run_self({"--version"}).status != 0) return {};
    milliseconds.push_back(1e3 * watch.seconds());
  }
  return milliseconds;
}

double measure_train_memory(const std::string& data, const compute::CancelFlag& cancel) {
  std::error_code ignored;
  std::string pattern = (std::filesystem::temp_directory_path(ignored) / "synann-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return 0;
  const Child child = run_self({"train", "--data", data, "--epochs", "1", "--out", pattern}, &cancel);
  std::filesystem::remove_all(pattern, ignored);
  return child.status == 0 ? static_cast<double>(child.peak_kib) * 1024 * 1e-6 : 0;
}

double own_peak_megabytes() {
  return std::strtod(look_up("/proc/self/status", "VmHWM").c_str(), nullptr) * 1024 * 1e-6;
}

std::string processor_name() {
  return look_up("/proc/cpuinfo", "model name");
}

double load_average() {
  double average = 0;
  return getloadavg(&average, 1) == 1 ? average : 0;
}

}  // namespace synann::cli
