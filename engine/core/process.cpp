// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/process.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace synann {
namespace {

std::atomic<int> continued{0};

sigset_t only_continue() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGCONT);
  return signals;
}

void on_continue(int) {}

}  // namespace

void prepare_process() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // The lowest free number is the one that is closed, since those below it have been opened.
    if (::fcntl(stream, F_GETFD) < 0) (void)::open("/dev/null", stream == STDIN_FILENO ? O_RDONLY : O_WRONLY);
  }
  std::signal(SIGXFSZ, SIG_IGN);
  // Kept pending for times_continued(): a handler might run on another thread, later than a clock is read
  // here. A signal that is blocked is kept only where it is not ignored, which it is by default.
  struct sigaction action {};
  action.sa_handler = on_continue;
  ::sigaction(SIGCONT, &action, nullptr);
  const sigset_t signals = only_continue();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

int times_continued() noexcept {
  const sigset_t signals = only_continue();
  const timespec now{};
  if (::sigtimedwait(&signals, nullptr, &now) == SIGCONT) continued.fetch_add(1);
  return continued.load();
}

}  // namespace synann
