// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include "ui/shell/main_window.h"

// What the benchmarks of the whole window wait with.
namespace synann::bench {

inline constexpr int kTimeLimit = 60'000;  // milliseconds for any one state to be reached

inline void spin(int milliseconds) {
  QEventLoop loop;
  QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
  loop.exec();
}

// Milliseconds until `reached` says yes; negative when it never does.
template <class Reached>
double wait_until(const Reached& reached) {
  QElapsedTimer clock;
  clock.start();
  while (!reached()) {
    QCoreApplication::processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 1);
    if (clock.elapsed() > kTimeLimit) return -1;
    if (!reached()) QCoreApplication::processEvents();
  }
  return static_cast<double>(clock.nsecsElapsed()) * 1e-6;
}

inline double reach(ui::MainWindow& window, ui::RunState state) {
  return wait_until([&] { return window.controller().state() == state; });
}

}  // namespace synann::bench
