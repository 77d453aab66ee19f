// SPDX-License-Identifier: GPL-3.0-or-later
// How alive the window stays while every core trains: how late a 10 ms timer of the window's thread fires,
// and how long Pause and Stop take. Prints one JSON object. Needs no display.
#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTimer>

#include "benchmarks/ui_running.h"
#include "benchmarks/ui_timing.h"
#include "engine/core/thread_pool.h"

namespace {

using synann::bench::quantile;
using synann::bench::reach;
using synann::bench::spin;
using synann::ui::MainWindow;
using synann::ui::RunState;

constexpr int kBeat = 10;  // milliseconds

// How late each beat of the window's thread came during `milliseconds`, sorted.
std::vector<double> measureLateness(int milliseconds) {
  std::vector<double> late;
  QElapsedTimer clock;
  QTimer timer;
  timer.setTimerType(Qt::PreciseTimer);
  clock.start();
  QObject::connect(&timer, &QTimer::timeout, &timer, [&] {
    late.push_back(std::max(0.0, static_cast<double>(clock.nsecsElapsed()) * 1e-6 - kBeat));
    clock.restart();
  });
  timer.start(kBeat);
  spin(milliseconds);
  std::sort(late.begin(), late.end());
  return late;
}

}  // namespace

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir home;  // runs and settings of the benchmark leave no trace
  qputenv("XDG_DATA_HOME", home.path().toUtf8());
  qputenv("XDG_CONFIG_HOME", home.path().toUtf8());
  const QApplication app(argc, argv);
  MainWindow window({});
  window.resize(1280, 800);
  window.show();
  window.actions().action("run.train")->trigger();
  if (reach(window, RunState::Training) < 0) return 1;
  spin(2000);
  const std::vector<double> late = measureLateness(10'000);
  std::vector<double> pauses;
  for (int k = 0; k < 10; ++k) {
    window.actions().action("run.pause")->trigger();
    pauses.push_back(reach(window, RunState::Paused));
    window.actions().action("run.train")->trigger();
    reach(window, RunState::Training);
    spin(300);
  }
  std::sort(pauses.begin(), pauses.end());
  window.actions().action("run.stop")->trigger();
  const double stop = reach(window, RunState::Stopped);
  fmt::print(
      "{{\"benchmark\":\"ui_window\",\"threads\":{},\"beats\":{},\"late_p50_ms\":{:.2f},\"late_p95_ms\":{:."
      "2f},"
      "\"late_max_ms\":{:.2f},\"pause_median_ms\":{:.1f},\"pause_max_ms\":{:.1f},\"stop_ms\":{:.1f}}}\n",
      synann::hardware_threads(), late.size(), quantile(late, 0.5), quantile(late, 0.95), quantile(late, 1),
      quantile(pauses, 0.5), pauses.back(), stop);
  return 0;
}
