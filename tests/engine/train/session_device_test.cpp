// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <utility>

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/compute/cuda/cuda_backend.h"
#include "engine/compute/cuda/host_device.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

// The GPU of this machine with SYNANN_TEST_GPU set, otherwise the host in its place.
const char* other_device() {
  return std::getenv("SYNANN_TEST_GPU") != nullptr ? "cuda" : "cuda-host";
}

constexpr const char* kHost = "cuda-host";  // the kernels of the CUDA back end, run on the host

// A recorder that also hears of devices.
struct Watcher : Recorder {
  std::vector<DeviceChange> devices;
  QStringList refusals;
  Resources resources;
  void on_device(const DeviceChange& change) override { devices.push_back(change); }
  void on_device_refused(const std::string& sentence, const Execution& stays) override {
    QCOMPARE(stays.device, std::string("cpu"));

    refusals << QString::fromStdString(sentence);
  }
  void on_resources(const Resources& now) override { resources = now; }
};

// A device that fails: lost at a launch, or with too little memory.
compute::BackendMaker breaking(const compute::cuda::HostOptions& host) {
  return [host](const compute::BackendRequest& request, std::shared_ptr<const model::Model> model,
                data::DataPairPtr data) {
    if (request.device == kHost)
      return compute::cuda::make_device_backend(compute::cuda::make_host_device(host), std::move(model),
                                                std::move(data), request.tier);
    return compute::make_backend(request, std::move(model), std::move(data));
  };
}

}  // namespace

// A run that moves to another device or another number of threads while it is open.
class SessionDeviceTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void changingThreadsChangesNoBit();
  void withoutAFolderTheNumbersGoAlong();
  void waitsForTheEndOfTheEpoch();
  void theSamePlaceByAnotherNameIsNoChange();
  void goesOnOnAnotherDevice();
  void switchesWhilePausedBetweenEpochs();
  void deviceThatIsNotThereIsRefused();
  void deviceThatFailsAtItsFirstWorkIsLeft_data();
  void deviceThatFailsAtItsFirstWorkIsLeft();
  void deviceThatFailsLaterEndsTheRun();
  void timeBeforeAStopCounts();

 private:
  static constexpr Execution kOne{.device = "cpu", .threads = 1};

  // Runs to the end; asks for `execution` after so many steps.
  Watcher moved(const fs::path& out, int after, const Execution& execution,
                compute::BackendMaker maker = compute::make_backend, bool* ended = nullptr) {
    Watcher seen;
    auto session = Session::create({.settings = tiny_settings(),
                                    .execution = kOne,
                                    .data = data_,
                                    .folder = out,
                                    .make_backend = std::move(maker)},
                                   seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    bool asked = false;
    seen.after_steps = [&](int steps) {
      if (steps >= after && !std::exchange(asked, true)) (*session)->request_device(execution);
    };
    const auto end = (*session)->run();
    if (ended) *ended = end.ok();
    return seen;
  }
};

void SessionDeviceTest::changingThreadsChangesNoBit() {
  const auto whole = run(at("a"));
  const auto seen = moved(at("b"), 3, {.device = "cpu", .threads = 2});
  QCOMPARE(seen.losses, whole.losses);
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == bytes_of(at("b") / kLastCheckpoint));
  QVERIFY(bytes_of(at("a") / kBestCheckpoint) == bytes_of(at("b") / kBestCheckpoint));
  QCOMPARE(seen.devices.size(), std::size_t{1});
  QCOMPARE(seen.devices[0].threads, 2);
  QCOMPARE(seen.devices[0].device, std::string("CPU"));
  QVERIFY(seen.refusals.isEmpty());
  QVERIFY(seen.resources.memory_used > 0);
  QVERIFY(seen.resources.record_bytes > 0);
}

// Nothing was saved that they could come from.
void SessionDeviceTest::withoutAFolderTheNumbersGoAlong() {
  const auto whole = moved({}, 1000, kOne);
  const auto seen = moved({}, 3, {.device = "cpu", .threads = 2});
  QCOMPARE(seen.devices.size(), std::size_t{1});
  QCOMPARE(seen.losses, whole.losses);
}

void SessionDeviceTest::waitsForTheEndOfTheEpoch() {
  const auto seen = moved(at("a"), 3, {.device = "cpu", .threads = 2});
  QVERIFY((seen.devices.at(0).position == Position{2, 0}));  // epochs have 7 steps
  const auto history = read_history(at("a"));
  QVERIFY(history.ok());
  QVERIFY(history->devices == seen.devices);
  // The event is one of the history's, and stays one when the run is resumed, on one thread again.
  run(at("a"), 1, at("a") / kLastCheckpoint);
  const auto resumed = read_history(at("a"))->devices;
  QCOMPARE(resumed.size(), std::size_t{2});
  QVERIFY(resumed.front() == seen.devices.front());
  QVERIFY((resumed.back().position == Position{4, 0}));
  QCOMPARE(resumed.back().threads, 1);
}

void SessionDeviceTest::theSamePlaceByAnotherNameIsNoChange() {
  const auto whole = run(at("a"));
  const auto seen = moved(at("b"), 3, {.device = "cpu", .tier = whole.start.tier, .threads = 1});
  QVERIFY(seen.devices.empty() && seen.refusals.isEmpty());
  QVERIFY(read_history(at("b"))->devices.empty());
  QCOMPARE(seen.losses, whole.losses);
}

void SessionDeviceTest::goesOnOnAnotherDevice() {
  const auto whole = run(at("a"));
  const auto seen = moved(at("b"), 1, {.device = other_device(), .tier = "plain"});
  QCOMPARE(seen.devices.size(), std::size_t{1});
  QVERIFY(seen.devices[0].device != whole.start.device);
  QCOMPARE(seen.devices[0].tier, std::string("plain"));
  QCOMPARE(seen.losses.size(), whole.losses.size());
  // The same weights, order, dropout and momenta: only rounding is another.
  for (std::size_t k = 0; k < whole.losses.size(); ++k) {
    if (k < 7) QCOMPARE(seen.losses[k], whole.losses[k]);
    QVERIFY2(std::abs(seen.losses[k] - whole.losses[k]) < 1e-4F, qPrintable(QString::number(k)));
  }
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) != bytes_of(at("b") / kLastCheckpoint));
  const auto history = read_history(at("b"));
  QCOMPARE(history->losses, seen.losses);
  QCOMPARE(history->evaluations.size(), std::size_t{4});
  QVERIFY(history->devices == seen.devices);
}

void SessionDeviceTest::switchesWhilePausedBetweenEpochs() {
  Watcher seen;
  auto session = Session::create({.settings = tiny_settings(),
                                  .execution = kOne,
                                  .data = data_,
                                  .folder = at("a"),
                                  .start_paused = true},
                                 seen);
  QVERIFY(session.ok());
  (*session)->request_device({.device = "cpu", .threads = 3});
  (*session)->post({Command::Kind::StepBatch});
  seen.after_steps = [&](int) { (*session)->request_stop(); };
  QVERIFY((*session)->run().ok());
  QCOMPARE(seen.losses.size(), std::size_t{1});
  QVERIFY((seen.devices.at(0).position == Position{1, 0}));
  QCOMPARE(seen.devices[0].threads, 3);
}

void SessionDeviceTest::deviceThatIsNotThereIsRefused() {
  const auto whole = run(at("a"));
  const auto seen = moved(at("b"), 2, {.device = "abacus"});
  QVERIFY(seen.devices.empty());
  QCOMPARE(seen.refusals.size(), 1);
  QCOMPARE(
      seen.refusals[0],
      QString("the run goes on on the CPU: unknown device: expected auto, cpu or cuda, found \"abacus\""));
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == bytes_of(at("b") / kLastCheckpoint));
  QVERIFY(read_history(at("b"))->devices.empty());
}

void SessionDeviceTest::deviceThatFailsAtItsFirstWorkIsLeft_data() {
  QTest::addColumn<qulonglong>("memory");
  QTest::addColumn<qlonglong>("lostAfter");
  QTest::addColumn<QString>("why");
  QTest::newRow("too little memory for the model") << 100'000ULL << -1LL << "memory does not suffice";
  QTest::newRow("too little memory for a step") << 1'000'000ULL << -1LL << "memory does not suffice";
  QTest::newRow("lost in the first step") << qulonglong{SIZE_MAX} << 5LL << "stopped working";
}

void SessionDeviceTest::deviceThatFailsAtItsFirstWorkIsLeft() {
  QFETCH(qulonglong, memory);
  QFETCH(qlonglong, lostAfter);
  QFETCH(QString, why);
  const auto whole = run(at("a"));
  const auto seen = moved(at("b"), 1, {.device = kHost, .tier = "plain"},
                          breaking({.memory_bytes = memory, .lost_after = lostAfter}));
  QCOMPARE(seen.refusals.size(), 1);
  QVERIFY2(seen.refusals[0].contains(why), qPrintable(seen.refusals[0]));
  QVERIFY(seen.refusals[0].startsWith("the run goes on on the CPU: "));
  QVERIFY(!seen.devices.empty() || memory == 100'000);
  if (!seen.devices.empty()) QCOMPARE(seen.devices.back().device, std::string("CPU"));
  // As if nothing had been.
  QCOMPARE(seen.losses, whole.losses);
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == bytes_of(at("b") / kLastCheckpoint));
}

// After whole steps there is nothing sound to go back to but the checkpoint, which survives.
void SessionDeviceTest::deviceThatFailsLaterEndsTheRun() {
  bool ended = true;
  const auto seen =
      moved(at("a"), 1, {.device = kHost, .tier = "plain"}, breaking({.lost_after = 100}), &ended);
  QVERIFY(!ended);
  QVERIFY(seen.states.back() == State::Failed);
  QVERIFY(!seen.failure);  // its numbers did not break
  QVERIFY(seen.losses.size() > 7);
  const auto last = read_checkpoint(at("a") / kLastCheckpoint);
  QVERIFY(last.ok());
  QVERIFY((last->checkpoint.position == Position{2, 0}));
}

void SessionDeviceTest::timeBeforeAStopCounts() {
  // Stopped inside the evaluation at the end of the first epoch.
  struct Stopper : Recorder {
    Session* session = nullptr;
    double seconds = 0;
    void on_steps(const StepLosses& s) override {
      Recorder::on_steps(s);
      seconds += s.seconds;
    }
    void on_evaluation_progress(int, int) override {
      if (losses.size() == 7) session->request_stop();
    }
  } stopper;
  auto settings = tiny_settings();
  settings.test_batch_size = 20;
  settings.synapse = "batch-coupled";  // measured in batches of this size: the stop comes between them
  auto session =
      Session::create({.settings = settings, .execution = kOne, .data = data_, .folder = at("a")}, stopper);
  QVERIFY(session.ok());
  stopper.session = session->get();
  QVERIFY((*session)->run().ok());
  QCOMPARE(stopper.evaluations.size(), std::size_t{1});
  session->reset();
  const auto times = read_history(at("a"))->times;
  QCOMPARE(times.size(), std::size_t{1});
  QVERIFY((times[0].position == Position{1, 7}));
  QCOMPARE(times[0].seconds, stopper.seconds);
  const auto rest = run(at("a"), 1, at("a") / kLastCheckpoint, 0, settings);
  QCOMPARE(rest.evaluations.at(0).epoch, 1);
  QCOMPARE(rest.evaluations[0].train_seconds, stopper.seconds);
}

SYNANN_TEST(SessionDeviceTest)
#include "session_device_test.moc"
