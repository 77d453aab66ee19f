// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/signal_watcher.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include <QSocketNotifier>

namespace synann::ui {

namespace {

std::atomic<int> signal_pipe{-1};

// May only do what is allowed in a signal handler: one write. A full pipe has a signal waiting already.
void onSignal(int) {
  const char byte = 1;
  [[maybe_unused]] const auto written = write(signal_pipe.load(), &byte, 1);
}

}  // namespace

SignalWatcher::SignalWatcher(QObject* parent) : QObject(parent) {
  if (pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) return;
  signal_pipe = pipe_[1];
  notifier_ = new QSocketNotifier(pipe_[0], QSocketNotifier::Read, this);
  connect(notifier_, &QSocketNotifier::activated, this, &SignalWatcher::readSignal);
  std::signal(SIGINT, onSignal);
  std::signal(SIGTERM, onSignal);
}

SignalWatcher::~SignalWatcher() {
  if (!notifier_) return;
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  signal_pipe = -1;
  close(pipe_[0]);
  close(pipe_[1]);
}

void SignalWatcher::readSignal() {
  char bytes[16];
  while (read(pipe_[0], bytes, sizeof bytes) > 0) {
  }
  emit asked();
}

}  // namespace synann::ui
