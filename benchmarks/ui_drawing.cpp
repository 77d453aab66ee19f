// SPDX-License-Identifier: GPL-3.0-or-later
// From a movement of the pen on the Digits page to what the network says of the drawing, in the window: while
// nothing else happens, and while every core trains. Prints one JSON object. Needs no display.
#include <cmath>
#include <cstdio>
#include <fmt/format.h>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QTabWidget>
#include <QTemporaryDir>

#include "benchmarks/ui_running.h"
#include "benchmarks/ui_timing.h"
#include "engine/core/thread_pool.h"
#include "ui/pages/digits/digit_drawing.h"
#include "ui/pages/digits/digits_page.h"
#include "ui/pages/digits/draw_pad.h"

namespace {

using namespace synann::ui;
using synann::bench::quantile;
using synann::bench::reach;
using synann::bench::spin;
using synann::bench::wait_until;

constexpr int kDigits = 12, kMoves = 25;  // drawings, and movements of each

void send(DrawPad& pad, QEvent::Type type, QPointF place) {
  QMouseEvent event(type, place, pad.mapToGlobal(place), Qt::LeftButton, Qt::LeftButton, Qt::NoModifier);
  QCoreApplication::sendEvent(&pad, &event);
}

// Milliseconds from each movement to the answer about all ink there is by then.
std::vector<double> draw(DigitDrawing& drawing) {
  std::vector<double> times;
  DrawPad& pad = *drawing.pad();
  const double side = std::min(pad.width(), pad.height());
  const QPointF middle(pad.width() / 2.0, pad.height() / 2.0);
  for (int digit = 0; digit < kDigits; ++digit) {
    pad.clear();
    if (wait_until([&] { return !drawing.busy(); }) < 0) return {};
    send(pad, QEvent::MouseButtonPress, middle + QPointF(0.2 * side, 0));
    for (int move = 1; move <= kMoves; ++move) {
      spin(8);  // as a mouse
      const double angle = 0.22 * move, radius = (0.2 + 0.01 * (digit % 5)) * side;
      QElapsedTimer clock;
      clock.start();
      send(pad, QEvent::MouseMove, middle + radius * QPointF(std::cos(angle), std::sin(angle)));
      if (wait_until([&] { return !drawing.busy(); }) < 0 || drawing.answer().log_probs.empty()) return {};
      times.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
    }
    send(pad, QEvent::MouseButtonRelease, middle);
  }
  return times;
}

// The page shows its answer, and the tab with the paper.
bool open(MainWindow& window, DigitsPage& page) {
  window.showPage(&page);
  auto* const tabs = page.findChild<QTabWidget*>("digits.figures");
  for (int k = 0; k < tabs->count(); ++k)
    if (tabs->widget(k)->isAncestorOf(page.drawing().pad())) tabs->setCurrentIndex(k);
  return wait_until([&] { return page.answer() && !page.busy(); }) >= 0;
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
  if (argc > 1) {
    window.start(QString::fromLocal8Bit(argv[1]));
    if (wait_until([&] { return window.workspace().source().data() != nullptr; }) < 0) return 1;
  }
  window.actions().action("run.train")->trigger();
  if (reach(window, RunState::Training) < 0) return 1;
  DigitsPage& page = *window.page<DigitsPage>();
  if (!open(window, page)) return 1;
  window.actions().action("run.pause")->trigger();
  if (reach(window, RunState::Paused) < 0 || !open(window, page)) return 1;
  const std::vector<double> idle = draw(page.drawing());
  window.actions().action("run.train")->trigger();
  if (reach(window, RunState::Training) < 0) return 1;
  spin(1000);
  const std::vector<double> training = draw(page.drawing());
  const RunState state = window.controller().state();
  const bool trained = state == RunState::Training || state == RunState::Evaluating;
  window.actions().action("run.stop")->trigger();
  if (idle.empty() || training.empty() || !trained) return 1;
  fmt::print(
      "{{\"benchmark\":\"ui_drawing\",\"threads\":{},\"movements\":{},\"idle_p50_ms\":{:.2f},"
      "\"idle_p95_ms\":{:.2f},\"training_p50_ms\":{:.2f},\"training_p95_ms\":{:.2f}}}\n",
      synann::hardware_threads(), idle.size(), quantile(idle, 0.5), quantile(idle, 0.95),
      quantile(training, 0.5), quantile(training, 0.95));
  return 0;
}
