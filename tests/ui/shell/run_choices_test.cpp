// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QListView>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QTest>

#include "engine/core/thread_pool.h"
#include "tests/test_main.h"
#include "ui/shell/data_choice.h"
#include "ui/shell/device_choice.h"

namespace synann::ui {

namespace {

const std::vector<compute::DeviceEntry> kNoGpu = {
    {.id = "cpu", .name = "CPU", .isa = "AVX2", .memory_bytes = 0, .unavailable = {}},
    {.id = "cuda",
     .name = "NVIDIA GPU",
     .isa = {},
     .memory_bytes = 0,
     .unavailable = "no NVIDIA driver was found"}};
const std::vector<compute::DeviceEntry> kGpu = {
    {.id = "cpu", .name = "CPU", .isa = "AVX2", .memory_bytes = 0, .unavailable = {}},
    {.id = "cuda", .name = "NVIDIA H200", .isa = "sm_90", .memory_bytes = 139ULL << 30, .unavailable = {}}};

bool enabled(const DeviceChoice& choice, int index) {
  return qobject_cast<const QStandardItemModel*>(choice.model())->item(index)->isEnabled();
}

train::Execution on(const char* device, int threads) {
  train::Execution execution;
  execution.device = device;
  execution.threads = threads;
  return execution;
}

}  // namespace

// The lists of the run bar.
class RunChoicesTest : public QObject {
  Q_OBJECT

 private slots:
  void whatIsNotThereIsGreyedWithItsReason();
  void aGpuCanBeChosenByKeyboard();
  void everyNumberOfThreadsIsThere();
  void walkingOverTheLastEntryOpensNothing();
};

void RunChoicesTest::whatIsNotThereIsGreyedWithItsReason() {
  DeviceChoice choice;
  const int last = choice.count() - 1;
  QVERIFY(!enabled(choice, last));  // until it is known
  choice.setDevices(kNoGpu);
  QCOMPARE(choice.count() - 1, last);
  QVERIFY(!enabled(choice, last));
  QCOMPARE(choice.itemData(last, Qt::ToolTipRole).toString(),
           QStringLiteral("Not available: no NVIDIA driver was found"));
  QVERIFY(choice.accessibleDescription().contains("no NVIDIA driver was found"));
  QVERIFY(!choice.setExecution(on("cuda", 0)));
  QCOMPARE(choice.execution().device, std::string("auto"));
  choice.setDevices(kGpu);
  QVERIFY(enabled(choice, last));
  QCOMPARE(choice.itemText(last), QStringLiteral("NVIDIA H200"));
  QVERIFY(choice.itemData(last, Qt::ToolTipRole).toString().contains("139 GiB"));
  QVERIFY(choice.accessibleDescription().isEmpty());
}

void RunChoicesTest::aGpuCanBeChosenByKeyboard() {
  DeviceChoice choice;
  choice.setDevices(kGpu);
  QSignalSpy chosen(&choice, &DeviceChoice::chosen);
  QTest::keyClick(&choice, Qt::Key_End);
  QCOMPARE(chosen.size(), 1);
  QCOMPARE(choice.execution().device, std::string("cuda"));
  choice.setDevices(kNoGpu);
  QTest::keyClick(&choice, Qt::Key_End);  // the keyboard does not reach what is greyed
  QCOMPARE(choice.execution().device, std::string("cpu"));
}

void RunChoicesTest::everyNumberOfThreadsIsThere() {
  DeviceChoice choice;
  for (int threads = 1; threads < std::min(8, hardware_threads()); ++threads) {
    QVERIFY(choice.setExecution(on("cpu", threads)));
    QCOMPARE(choice.execution().threads, threads);
  }
  QVERIFY(choice.setExecution(on("cpu", 0)));
  QVERIFY(choice.currentText().contains(QString::number(hardware_threads())));
  QVERIFY(!choice.setExecution(on("cpu", 100'000)));
  QCOMPARE(choice.execution(), on("cpu", 0));
}

void RunChoicesTest::walkingOverTheLastEntryOpensNothing() {
  DataChoice choice;
  choice.addItems({"digits", "mnist", "Open data…"});
  choice.show();
  QSignalSpy chosen(&choice, &DataChoice::entryChosen);
  QTest::keyClick(&choice, Qt::Key_Down);
  QCOMPARE(chosen.size(), 1);
  QCOMPARE(chosen[0][0].toInt(), 1);
  QTest::keyClick(&choice, Qt::Key_Down);
  QCOMPARE(choice.currentIndex(), 2);
  QCOMPARE(chosen.size(), 1);
  QTest::keyClick(&choice, Qt::Key_Return);
  QCOMPARE(chosen.size(), 2);
  QCOMPARE(chosen[1][0].toInt(), 2);
  // By mouse it is one choice, as ever.
  choice.setCurrentIndex(0);
  choice.showPopup();
  auto* const list = choice.view();
  const QRect last = list->visualRect(choice.model()->index(2, 0));
  QTest::mouseMove(list->viewport(), last.center());
  QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, last.center());
  QTRY_COMPARE(chosen.size(), 3);
  QCOMPARE(chosen[2][0].toInt(), 2);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::RunChoicesTest)
#include "run_choices_test.moc"
