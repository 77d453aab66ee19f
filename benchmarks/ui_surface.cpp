// SPDX-License-Identifier: GPL-3.0-or-later
// The Surface page's picture: new numbers and their repaint, and a turn of the camera, at 700 × 600 and with
// 49 × 49 points. Prints JSON.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <time.h>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>

#include "benchmarks/ui_timing.h"
#include "engine/core/random.h"
#include "ui/pages/surface/surface_figures.h"
#include "ui/plots/surface_view.h"

namespace {

using namespace synann;
using bench::processorMilliseconds, bench::quantile;

constexpr int kRepeats = 101;
constexpr QSize kView(700, 600);

// A layer of two units and 20 images of each of ten classes.
train::SynapseFrame sampleFrame() {
  train::SynapseFrame frame;
  frame.layer.name = "fcn";
  frame.layer.n = 2;
  frame.parameters.beta = {0.1F, 0.7F, 0.4F, 0.2F};
  frame.parameters.alpha = {1, 1};
  const auto noise = random_stream(1, Purpose::Initialise, 1);
  for (std::uint32_t k = 0; k < 200; ++k) {
    frame.labels.push_back(static_cast<int>(k / 20));
    frame.samples.push_back(static_cast<double>(noise.uniform(2 * k)));
    frame.samples.push_back(static_cast<double>(noise.uniform(2 * k + 1)));
  }
  return frame;
}

void report(const char* separator, const char* what, const std::vector<double>& wall,
            const std::vector<double>& processor) {
  std::printf(
      "%s\n{\"what\":\"%s\",\"median_ms\":%.2f,\"p95_ms\":%.2f,\"median_cpu_ms\":%.2f,\"least_cpu_ms\":%.2f}",
      separator, what, quantile(wall, 0.5), quantile(wall, 0.95), quantile(processor, 0.5),
      quantile(processor, 0));
  std::fflush(stdout);
}

template <class Change>
void measure(const char* separator, const char* what, ui::SurfaceView& view, Change&& change) {
  QImage image(kView, QImage::Format_RGB32);
  std::vector<double> wall, processor;
  for (int k = 0; k < kRepeats; ++k) {
    QElapsedTimer timer;
    timer.start();
    const double start = processorMilliseconds();
    change(k);
    view.render(&image);
    processor.push_back(processorMilliseconds() - start);
    wall.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
    QCoreApplication::processEvents();
  }
  report(separator, what, wall, processor);
}

}  // namespace

int main(int argc, char** argv) {
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  const QApplication application(argc, argv);
  train::SynapseFrame frame = sampleFrame();
  ui::SurfaceScene scene;
  ui::SurfaceView view;
  view.resize(kView);
  view.show();
  std::printf("{\"benchmark\":\"surface\",\"width\":%d,\"height\":%d,\"grid\":49,\"results\":[",
              kView.width(), kView.height());
  const auto turn = [&](int k) { view.setCamera({.azimuth = 3.6 * k, .elevation = 28, .zoom = 1}); };
  scene.points = ui::SurfaceScene::kNoClass;
  view.setData(ui::surfaceData(scene, nullptr), scene.style);
  measure("", "turn, surface alone", view, turn);
  scene.cell.j = 1;
  scene.points = ui::SurfaceScene::kAllClasses;
  scene.lines = true;
  view.setData(ui::surfaceData(scene, &frame), scene.style);
  measure(",", "turn, with 200 data points and special lines", view, turn);
  measure(",", "new numbers, with 200 data points and special lines", view, [&](int k) {
    frame.parameters.beta[1] = 0.005F * static_cast<float>(k);
    view.setData(ui::surfaceData(scene, &frame), scene.style);
  });
  scene.shown = ui::SurfaceShown::Surprisal;
  view.setData(ui::surfaceData(scene, &frame), scene.style);
  measure(",", "turn, surprisal", view, turn);
  std::printf("\n]}\n");
  return 0;
}
