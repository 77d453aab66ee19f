// SPDX-License-Identifier: GPL-3.0-or-later
// What a live heat map of β costs, and how long the time slider takes from a step to its picture. Prints
// JSON.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <time.h>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QImage>
#include <QTemporaryDir>

#include "benchmarks/ui_timing.h"
#include "engine/core/random.h"
#include "engine/model/description.h"
#include "engine/train/record.h"
#include "ui/plots/heat_view.h"
#include "ui/session/synapse_worker.h"

namespace {

using namespace synann;
using bench::processorMilliseconds, bench::quantile;

constexpr int kRepeats = 41;
constexpr QSize kView(700, 600);

std::shared_ptr<const ui::HeatData> matrixOf(int n, std::uint32_t seed) {
  auto data = std::make_shared<ui::HeatData>();
  const auto noise = random_stream(seed, Purpose::Initialise, 1);
  data->rows = data->columns = n;
  data->values.resize(static_cast<std::size_t>(n) * static_cast<std::size_t>(n));
  for (std::size_t k = 0; k < data->values.size(); ++k)
    data->values[k] = noise.uniform(static_cast<std::uint32_t>(k)) - 0.5F;
  return data;
}

// A new matrix and its repaint.
void measureHeatMap(int n, const char* separator) {
  ui::HeatView view;
  view.resize(kView);
  view.show();
  QCoreApplication::processEvents();
  QImage image(kView, QImage::Format_RGB32);
  std::vector<double> wall, processor;
  for (int k = 0; k < kRepeats; ++k) {
    const auto data = matrixOf(n, static_cast<std::uint32_t>(k));
    QElapsedTimer timer;
    timer.start();
    const double start = processorMilliseconds();
    view.setData(data, ui::scaleOf(data->values, ui::ColorMap::Automatic));
    view.render(&image);
    processor.push_back(processorMilliseconds() - start);
    wall.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
    QCoreApplication::processEvents();
  }
  const double cpu = quantile(processor, 0.5);
  std::printf(
      "%s\n{\"cells\":\"%dx%d\",\"median_ms\":%.2f,\"median_cpu_ms\":%.2f,\"core_at_10_per_second\":%.3f}",
      separator, n, n, quantile(wall, 0.5), cpu, cpu / 100);
  std::fflush(stdout);
}

// A record of a layer of side² units that moves a little from frame to frame.
std::filesystem::path makeRecord(const std::filesystem::path& folder, int side, int count,
                                 std::uint64_t& bytes) {
  std::filesystem::create_directories(folder);
  // SynaPixel on images of twice the side has a layer of side² units.
  const auto model = *model::build("syna-pixel", 2 * side, 2 * side, 10);
  train::StartInfo start;
  start.settings = train::recommended_settings("syna-pixel", "digits");
  start.steps_per_epoch = 1 << 20;
  const auto header = train::synapse_header(model, start, {.frames = count, .bytes = 1ll << 40});
  auto writer = train::RecordWriter::open(folder / train::kSynapseRecord, header, 0);
  if (!writer) return {};
  std::vector<float> values(header.frame_size());
  const auto noise = random_stream(1, Purpose::Initialise, 1);
  for (std::size_t k = 0; k < values.size(); ++k)
    values[k] = (noise.uniform(static_cast<std::uint32_t>(k)) - 0.5F) / static_cast<float>(side);
  for (int frame = 0; frame < count; ++frame) {
    const auto moved = random_stream(2, Purpose::Initialise, 1, static_cast<std::uint32_t>(frame));
    for (std::size_t k = 0; k < values.size(); ++k)
      values[k] += 1e-4F * (moved.uniform(static_cast<std::uint32_t>(k)) - 0.5F);
    if (!writer->append({{1, frame}, frame}, values)) return {};
  }
  bytes = std::filesystem::file_size(folder / train::kSynapseRecord);
  return folder;
}

// From a step of the slider to the painted picture, steps in no order.
void measureSlider(int side, int count, const std::filesystem::path& folder, const char* separator) {
  std::uint64_t bytes = 0;
  const auto run = makeRecord(folder, side, count, bytes);
  ui::SynapseWorker inspector;
  ui::HeatView view;
  view.resize(kView);
  view.show();
  QImage image(kView, QImage::Format_RGB32);
  QEventLoop loop;
  ui::SynapseFramePtr frame;
  QObject::connect(&inspector, &ui::SynapseWorker::answered, &loop, [&](const ui::SynapseFramePtr& answered) {
    frame = answered;
    loop.quit();
  });
  std::vector<double> times, processor;
  const int repeats = 200;
  for (int k = -1; k < repeats; ++k) {  // the first one opens the files
    QElapsedTimer timer;
    timer.start();
    const double start = processorMilliseconds();
    train::SynapseQuery query;
    query.run = run;
    query.steps = (k + 1) * 619 % count;
    inspector.ask(query);
    loop.exec();
    auto data = std::make_shared<ui::HeatData>();
    data->values = frame->shown;
    data->rows = data->columns = frame->n();
    view.setData(data, ui::scaleOf(data->values, ui::ColorMap::Automatic));
    view.render(&image);
    if (k < 0) continue;
    times.push_back(static_cast<double>(timer.nsecsElapsed()) * 1e-6);
    processor.push_back(processorMilliseconds() - start);
  }
  std::printf(
      "%s\n{\"cells\":\"%dx%d\",\"frames\":%d,\"record_mib\":%.1f,\"median_ms\":%.2f,\"p95_ms\":%.2f,"
      "\"max_ms\":%.2f,\"median_cpu_ms\":%.2f,\"max_cpu_ms\":%.2f}",
      separator, side * side, side * side, count, static_cast<double>(bytes) / (1 << 20),
      quantile(times, 0.5), quantile(times, 0.95), quantile(times, 1), quantile(processor, 0.5),
      quantile(processor, 1));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  const QApplication application(argc, argv);
  const QTemporaryDir home;
  const std::filesystem::path folder = home.path().toStdString();
  std::printf("{\"benchmark\":\"synapses\",\"width\":%d,\"height\":%d,\"heat_map\":[", kView.width(),
              kView.height());
  const char* separator = "";
  for (const int n : {64, 300, 784, 1024}) {
    measureHeatMap(n, separator);
    separator = ",";
  }
  std::printf("\n],\"slider\":[");
  measureSlider(8, 1000, folder / "small", "");
  measureSlider(17, 1000, folder / "middle", ",");
  measureSlider(28, 200, folder / "large", ",");
  std::printf("\n]}\n");
  return 0;
}
