// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/process.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace synann {
namespace {

std::atomic<int> continued{0};

void on_continue(int) {
  continued.fetch_add(1);
}

}  // namespace

void prepare_process() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // The lowest free number is the one that is closed, since those below it have been opened.
    if (::fcntl(stream, F_GETFD) < 0) (void)::open("/dev/null", stream == STDIN_FILENO ? O_RDONLY : O_WRONLY);
  }
  std::signal(SIGXFSZ, SIG_IGN);
  struct sigaction action {};
  action.sa_handler = on_continue;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGCONT, &action, nullptr);
}

int times_continued() noexcept {
  return continued.load();
}

}  // namespace synann
