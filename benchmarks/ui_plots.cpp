// SPDX-License-Identifier: GPL-3.0-or-later
// How long the loss chart needs for new data: decimation, refresh and repaint of 1000 x 600 pixels. Prints
// JSON.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <time.h>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QPainter>

#include "benchmarks/ui_timing.h"
#include "ui/plots/loss_chart.h"
#include "ui/plots/loss_view.h"

namespace {

using namespace synann;
using bench::processorMilliseconds;

constexpr int kRepeats = 41;
constexpr int kEvaluations = 200;

std::shared_ptr<ui::LossCurve> curveOf(int points) {
  auto curve = std::make_shared<ui::LossCurve>();
  curve->setTrainCount(points / kEvaluations * 100);
  std::vector<float> losses;
  std::uint32_t noise = 1;
  for (int i = 0; i < points; ++i) {
    noise = noise * 1664525u + 1013904223u;
    const double wobble = 0.5 + static_cast<double>(noise >> 8) / 16777216.0;
    losses.push_back(static_cast<float>((0.1 + 2.2 * std::exp(-20.0 * i / points)) * wobble));
  }
  curve->append(ui::LossSteps{.batch_size = 100, .first_examples = 0, .losses = losses});
  for (int epoch = 1; epoch <= kEvaluations; ++epoch) {
    ui::LossEvaluation evaluation;
    evaluation.epoch = epoch;
    evaluation.examples = static_cast<std::int64_t>(epoch) * (points / kEvaluations) * 100;
    evaluation.test_loss = 0.1 + 1.0 / epoch;
    evaluation.best = true;
    curve->append(evaluation);
  }
  return curve;
}

double median(std::vector<double> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

// Median milliseconds of one refresh with new data and the repaint that follows it.
struct Times {
  double wall, processor;
};
Times medianRefresh(int points, bool logY) {
  const auto curve = curveOf(points);
  ui::LossChart chart;
  chart.setCurve(curve);
  chart.setLogY(logY);
  chart.resize(1000, 600);
  chart.show();
  QCoreApplication::processEvents();
  QImage image(chart.size(), QImage::Format_RGB32);
  std::vector<double> wall, processor;
  for (int i = 0; i < kRepeats; ++i) {
    const std::vector<float> more{0.3F, 0.2F};
    curve->append(
        ui::LossSteps{.batch_size = 100, .first_examples = curve->lastExamples() + 100, .losses = more});
    QElapsedTimer timer;
    timer.start();
    const double start = processorMilliseconds();
    chart.refresh();
    chart.render(&image);
    processor.push_back(processorMilliseconds() - start);
    wall.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
    QCoreApplication::processEvents();
  }
  return {median(wall), median(processor)};
}

}  // namespace

int main(int argc, char** argv) {
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  const QApplication application(argc, argv);
  std::printf("{\"benchmark\":\"loss chart\",\"width\":1000,\"height\":600,\"test_points\":%d,\"results\":[",
              kEvaluations);
  const char* separator = "";
  for (const int points : {1000, 10000, 120000})
    for (const bool log : {false, true}) {
      const Times times = medianRefresh(points, log);
      std::printf("%s\n{\"train_points\":%d,\"axis\":\"%s\",\"median_ms\":%.2f,\"median_cpu_ms\":%.2f}",
                  separator, points, log ? "log" : "linear", times.wall, times.processor);
      std::fflush(stdout);
      separator = ",";
    }
  std::printf("\n]}\n");
  return 0;
}
