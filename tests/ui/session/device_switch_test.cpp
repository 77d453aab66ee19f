// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/session/device_probe.h"
#include "ui/session/training_controller.h"
#include "ui/session/words.h"

namespace synann::ui {

using testing::smallSettings;

namespace {

using testing::kWait;

train::Execution on(const char* device, int threads) {
  train::Execution execution;
  execution.device = device;
  execution.tier = "eigen";
  execution.threads = threads;
  return execution;
}

// A controller and what it told.
struct SwitchBench {
  SwitchBench() {
    testing::prepare(controller, home);
    QObject::connect(&controller, &TrainingController::updated, &controller, [this](const Snapshot& s) {
      for (const LossBatch& batch : s.losses)
        losses.insert(losses.end(), batch.losses.begin(), batch.losses.end());
      devices.insert(devices.end(), s.devices.begin(), s.devices.end());
    });
    QObject::connect(&controller, &TrainingController::failed, &controller,
                     [this](const QString& sentence) { errors.append(sentence); });
    QObject::connect(&controller, &TrainingController::noticed, &controller,
                     [this](const QString& sentence) { notes.append(sentence); });
  }
  bool idle() const { return !controller.busy(); }
  // Pauses behind the first step, asks for the device, goes on to the end.
  void trainMovingTo(const train::Execution& execution) {
    controller.stepBatch(smallSettings());
    [&] { QTRY_VERIFY_WITH_TIMEOUT(losses.size() == 1 && controller.state() == RunState::Paused, kWait); }();
    controller.setExecution(execution);
    controller.train(smallSettings());
    [&] { QTRY_VERIFY_WITH_TIMEOUT(idle(), kWait); }();
  }
  QByteArray checkpoint() const {
    QFile file(QString::fromStdString((controller.runFolder() / train::kLastCheckpoint).string()));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }

  QTemporaryDir home;
  std::vector<float> losses;
  std::vector<train::DeviceChange> devices;
  QStringList errors, notes;
  TrainingController controller;
};

}  // namespace

// Another device or number of threads while a run is open, as the window asks for it.
class DeviceSwitchTest : public QObject {
  Q_OBJECT

 private slots:
  void threadsChangeNoBit();
  void anotherDeviceGoesOn();
  void whatCannotBeHadIsToldAndLeft();
  void resourcesAreTold();
  void theProbeAnswers();
  void wordsOfMemory();
};

void DeviceSwitchTest::threadsChangeNoBit() {
  SwitchBench plain;
  plain.controller.train(smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(plain.idle(), kWait);
  SwitchBench b;
  b.trainMovingTo(on("cpu", 2));
  QCOMPARE(b.losses, plain.losses);
  QVERIFY(b.checkpoint().size() > 10'000);
  QVERIFY(b.checkpoint() == plain.checkpoint());
  QCOMPARE(b.devices.size(), 1u);
  QVERIFY((b.devices[0].position == train::Position{2, 0}));
  QVERIFY(b.errors.isEmpty());
  // Told when it was asked for, and when it was so.
  QCOMPARE(b.notes.size(), 2);
  QCOMPARE(b.notes[0], QStringLiteral("The run moves there when epoch 1 is over."));
  QVERIFY2(b.notes[1].startsWith("From epoch 2 on: CPU") && b.notes[1].contains("2 threads"),
           qPrintable(b.notes[1]));
}

void DeviceSwitchTest::anotherDeviceGoesOn() {
  SwitchBench b;
  auto host = on("cuda-host", 0);  // the GPU's kernels, run on the CPU
  host.tier = "plain";
  b.trainMovingTo(host);
  QCOMPARE(b.losses.size(), 40u);
  QCOMPARE(b.devices.size(), 1u);
  QCOMPARE(b.devices[0].isa, std::string("host"));
  QCOMPARE(QString::fromStdString(b.controller.progress().isa), QStringLiteral("host"));
  const auto history = train::read_history(b.controller.runFolder());
  QVERIFY(history.ok());
  QCOMPARE(history->losses, b.losses);
  QVERIFY(history->devices == b.devices);
}

void DeviceSwitchTest::whatCannotBeHadIsToldAndLeft() {
  SwitchBench plain;
  plain.controller.train(smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(plain.idle(), kWait);
  SwitchBench b;
  QSignalSpy refused(&b.controller, &TrainingController::executionRefused);
  b.trainMovingTo(on("abacus", 0));
  QCOMPARE(b.errors.size(), 1);
  QVERIFY2(b.errors[0].startsWith("The run goes on on the CPU: unknown device"), qPrintable(b.errors[0]));
  QCOMPARE(refused.size(), 1);
  QCOMPARE(b.controller.execution().device, std::string("cpu"));
  QCOMPARE(b.losses, plain.losses);
  QVERIFY(b.controller.state() == RunState::Finished);
}

void DeviceSwitchTest::resourcesAreTold() {
  SwitchBench b;
  b.controller.setRecordBytes(std::int64_t{1} << 20);
  b.controller.train(smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(b.idle(), kWait);
  const Progress& p = b.controller.progress();
  QVERIFY(p.resources.memory_used > 1'000'000);
  QVERIFY(p.resources.memory_total > p.resources.memory_used);
  const auto record = b.controller.runFolder() / train::kSynapseRecord;
  QVERIFY(p.resources.record_bytes >= std::filesystem::file_size(record));
  const QString words = deviceWords(p);
  QVERIFY2(words.startsWith("CPU ") && words.contains("iB of "), qPrintable(words));
  // No record at all.
  SwitchBench none;
  none.controller.setRecordBytes(0);
  none.controller.train(smallSettings(1));
  QTRY_VERIFY_WITH_TIMEOUT(none.idle(), kWait);
  QVERIFY(!std::filesystem::exists(none.controller.runFolder() / train::kSynapseRecord));
  QCOMPARE(none.controller.progress().resources.record_bytes, std::uint64_t{0});
}

void DeviceSwitchTest::theProbeAnswers() {
  DeviceProbe probe;
  std::vector<compute::DeviceEntry> devices;
  connect(&probe, &DeviceProbe::found, this,
          [&](const std::vector<compute::DeviceEntry>& found) { devices = found; });
  probe.start();
  QTRY_COMPARE_WITH_TIMEOUT(devices.size(), 2u, kWait);
  QCOMPARE(devices[0].id, std::string("cpu"));
  QVERIFY(!devices[0].isa.empty() && devices[0].unavailable.empty());
  QCOMPARE(devices[1].id, std::string("cuda"));
  // There, or with a reason.
  QVERIFY(devices[1].unavailable.empty() == !devices[1].isa.empty());
}

void DeviceSwitchTest::wordsOfMemory() {
  QCOMPARE(memoryWords(310ULL << 20), QStringLiteral("310 MiB"));
  QCOMPARE(memoryWords(7782ULL << 20), QStringLiteral("7.6 GiB"));
  QCOMPARE(memoryWords(139ULL << 30), QStringLiteral("139 GiB"));
  QCOMPARE(deviceWords(Progress{}), QString());
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::DeviceSwitchTest)
#include "device_switch_test.moc"
