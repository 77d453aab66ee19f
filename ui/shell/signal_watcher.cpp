// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/signal_watcher.h"

#include <array>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include <QSocketNotifier>

namespace synann::ui {

namespace {

constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP};
std::atomic<int> signal_pipe{-1};

// May only do what is allowed in a signal handler: one write. A full pipe has a signal waiting already.
void onSignal(int number) {
  const char byte = static_cast<char>(number);
  [[maybe_unused]] const auto written = write(signal_pipe.load(), &byte, 1);
}

}  // namespace

SignalWatcher::SignalWatcher(QObject* parent) : QObject(parent) {
  if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) return;
  signal_pipe = pipe_[1];
  notifier_ = new QSocketNotifier(pipe_[0], QSocketNotifier::Read, this);
  connect(notifier_, &QSocketNotifier::activated, this, &SignalWatcher::readSignal);
  for (const int number : kSignals) {
    if (std::signal(number, onSignal) == SIG_IGN) std::signal(number, SIG_IGN);
  }
}

SignalWatcher::~SignalWatcher() {
  if (!notifier_) return;
  for (const int number : kSignals) {
    if (std::signal(number, SIG_DFL) == SIG_IGN) std::signal(number, SIG_IGN);
  }
  signal_pipe = -1;
  close(pipe_[0]);
  close(pipe_[1]);
}

void SignalWatcher::readSignal() {
  char bytes[16] = {SIGTERM};
  while (read(pipe_[0], bytes, sizeof bytes) > 0) {
  }
  emit asked(bytes[0]);
}

}  // namespace synann::ui
