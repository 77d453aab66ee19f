// SPDX-License-Identifier: GPL-3.0-or-later
// A folder of a thousand runs on the Runs page: how long it takes to read them without an index and with one,
// and to filter them, and how late the window's timer of 10 ms is meanwhile. Prints one JSON object. Makes
// the runs in the folder that is named, where there are none yet, else in one that goes with it. Needs no
// display.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <vector>

#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QTableView>
#include <QTemporaryDir>
#include <QTimer>

#include "benchmarks/ui_running.h"
#include "benchmarks/ui_timing.h"
#include "engine/core/random.h"
#include "engine/core/thread_pool.h"
#include "engine/runs/run_index.h"
#include "engine/train/history.h"
#include "ui/pages/runs/runs_page.h"

namespace {

using namespace synann;
using bench::quantile;
namespace fs = std::filesystem;

constexpr int kRuns = 1000, kEpochs = 50, kSteps = 600;  // MNIST in batches of 100
constexpr int kTimerMilliseconds = 10;
constexpr int kLookMilliseconds = 4, kReadLimit = 300'000;

// How late a timer of 10 ms is, every time.
class Lateness {
 public:
  Lateness() {
    timer_.setTimerType(Qt::PreciseTimer);
    QObject::connect(&timer_, &QTimer::timeout, [this] {
      const double now = static_cast<double>(clock_.nsecsElapsed()) * 1e-6;
      late_.push_back(std::max(0.0, now - last_ - kTimerMilliseconds));
      last_ = now;
    });
    clock_.start();
    timer_.start(kTimerMilliseconds);
  }
  std::vector<double> take() { return std::exchange(late_, {}); }

 private:
  QTimer timer_;
  QElapsedTimer clock_;
  double last_ = 0;
  std::vector<double> late_;
};

bool make_run(const fs::path& folder, int number) {
  fs::create_directories(folder);
  train::StartInfo start;
  start.settings.epochs = kEpochs;
  start.settings.seed = static_cast<std::uint64_t>(number % 5 + 1);
  start.settings.learning_rate = 0.001 * (1 + number % 40);
  if (number % 7 == 0) start.settings.model = "syna-mlp";
  start.data_name = "MNIST";
  start.data_sha256 = std::string(64, 'a');
  start.train_count = kSteps * start.settings.batch_size;
  start.test_count = 10'000;
  start.steps_per_epoch = kSteps;
  start.parameter_count = 30'762;
  start.device = "CPU", start.tier = "fused", start.isa = "AVX-512", start.threads = 2,
  start.version = "0.1.0";
  auto writer = train::HistoryWriter::create(folder, start);
  if (!writer) return false;
  RandomStream random = random_stream(static_cast<std::uint64_t>(number), Purpose::Dropout, 0, 0, 1);
  std::vector<float> losses(kSteps);
  std::uint32_t element = 0;
  for (int epoch = 0; epoch <= kEpochs; ++epoch) {
    const double level = 2.3 * std::exp(-0.1 * epoch) + 0.05;
    for (float& loss : losses)
      loss = static_cast<float>(level * (0.7 + 0.6 * static_cast<double>(random.uniform(element++))));
    if (epoch > 0 &&
        !(*writer)->append(train::StepLosses{.epoch = epoch,
                                             .first_step = 0,
                                             .batch_size = start.settings.batch_size,
                                             .first_examples = std::int64_t{epoch - 1} * start.train_count,
                                             .losses = losses}))
      return false;
    train::Evaluation e{.epoch = epoch,
                        .examples = std::int64_t{epoch} * start.train_count,
                        .train_loss = level,
                        .test_loss = level,
                        .correct = 9'900 - static_cast<int>(3000 * level),
                        .count = 10'000,
                        .learning_rate = start.settings.learning_rate,
                        .train_seconds = 2,
                        .eval_seconds = 0.2,
                        .best = epoch > 0};
    e.numbers = {.gradient_norm = level, .dead_share = 0.1, .headroom = 0.8, .beta_norm = 3.0};
    e.unix_time = 1.79e9 + 3 * epoch;
    if (!(*writer)->append(e)) return false;
  }
  return bool((*writer)->append(train::End{{kEpochs + 1, 0}, train::State::Finished, ""}));
}

bool make_runs(const fs::path& top) {
  if (fs::exists(top / "run-0000")) return true;
  for (int number = 0; number < kRuns; ++number)
    if (!make_run(top / fmt::format("run-{:04}", number), number)) return false;
  return true;
}

void print_lateness(const char* name, const std::vector<double>& late) {
  if (late.empty()) return;
  fmt::print(",\"{}_ticks\":{},\"{}_late_p99_ms\":{:.2f},\"{}_late_worst_ms\":{:.2f}", name, late.size(),
             name, quantile(late, 0.99), name, quantile(late, 1));
}

// Until the page has read all, looking every few milliseconds: who waits must not take the time of who reads.
bool settled(const ui::RunsPage& page) {
  for (int waited = 0; page.busy(); waited += kLookMilliseconds) {
    if (waited > kReadLimit) return false;
    bench::spin(kLookMilliseconds);
  }
  return true;
}

// Milliseconds from a search to the table that shows what it found, painted.
std::vector<double> filter_times(ui::RunsPage& page) {
  auto* const search = page.findChild<QLineEdit*>("runs.search");
  auto* const table = page.findChild<QTableView*>("runs.list");
  std::vector<double> times;
  for (int round = 0; round < 5; ++round)
    for (const char* words :
         {"syna", "syna-mlp", "run-00", "accuracy>97.5", "lr<0.01 seed=2", "nothing like it", ""}) {
      QElapsedTimer clock;
      clock.start();
      search->setText(QString::fromLatin1(words));
      table->viewport()->repaint();
      times.push_back(static_cast<double>(clock.nsecsElapsed()) * 1e-6);
      bench::spin(60);
    }
  return times;
}

}  // namespace

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  const QTemporaryDir home;  // runs, settings and index of the benchmark leave no trace
  for (const char* variable : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
    qputenv(variable, home.path().toUtf8());
  const QApplication app(argc, argv);
  const fs::path top = argc > 1 ? fs::path(argv[1]) : fs::path(home.path().toStdString()) / "many";
  if (!make_runs(top)) return 1;
  ui::MainWindow window({});
  window.resize(1280, 800);
  window.show();
  ui::RunsPage& page = *window.page<ui::RunsPage>();
  auto* const table = page.findChild<QTableView*>("runs.list");
  window.showPage(&page);
  if (!settled(page)) return 1;
  Lateness lateness;
  bench::spin(500);
  (void)lateness.take();
  const auto read = [&](bool first) {
    QElapsedTimer clock;
    clock.start();
    first ? page.addFolder(QString::fromStdString(top.string()))
          : window.actions().action("runs.refresh")->trigger();
    const bool done = settled(page);
    table->viewport()->repaint();
    return done ? static_cast<double>(clock.nsecsElapsed()) * 1e-6 : -1;
  };
  const double cold = read(true);
  const std::vector<double> late_cold = lateness.take();
  bench::spin(200);
  (void)lateness.take();
  std::vector<double> warm;
  for (int round = 0; round < 5; ++round) warm.push_back(read(false));
  const std::vector<double> late_warm = lateness.take();
  if (table->model()->rowCount() != kRuns || cold < 0) return 1;
  const std::vector<double> filters = filter_times(page);
  const std::vector<double> late_filter = lateness.take();
  fmt::print(
      "{{\"benchmark\":\"ui_runs\",\"threads\":{},\"runs\":{},\"cold_ms\":{:.0f},\"warm_median_ms\":{:.0f},"
      "\"warm_worst_ms\":{:.0f},\"filter_median_ms\":{:.1f},\"filter_worst_ms\":{:.1f}",
      hardware_threads(), kRuns, cold, quantile(warm, 0.5), quantile(warm, 1), quantile(filters, 0.5),
      quantile(filters, 1));
  print_lateness("cold", late_cold);
  print_lateness("warm", late_warm);
  print_lateness("filter", late_filter);
  fmt::print("}}\n");
  return 0;
}
