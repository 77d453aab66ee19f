// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/run_teller.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "engine/train/history.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/shell/app_settings.h"
#include "ui/shell/tell_dialog.h"

namespace synann::ui {

using testing::kWait;

namespace {

// A controller that trains small runs, and what is told of them.
struct TellBench {
  TellBench() { testing::prepare(controller, home); }
  void train(int epochs = 2) {
    controller.train(testing::smallSettings(epochs));
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!controller.busy(), kWait); }();
  }
  QString written() const {
    QFile file(home.filePath("said"));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
  }

  QTemporaryDir home;
  TrainingController controller;
  RunTeller teller{controller};
  QSignalSpy announced{&teller, &RunTeller::announced}, told{&teller, &RunTeller::told},
      failed{&teller, &RunTeller::failed};
};

}  // namespace

// A person who looks elsewhere is told of a run, where they asked for it.
class RunTellerTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void nothingUnlessAsked();
  void tellsTheEnd();
  void tellsAValueOnce();
  void anotherValueIsToldInTheSameRun();
  void anEarlierRunThatGoesOnIsARunOfItsOwn();
  void aRunThatAPersonStopsIsNotTold();
  void theCommandHearsOfIt();
  void aCommandThatFailsIsSaid();
  void theDialogGivesWhatItShows();
  void nonsenseKeepsTheDefaults();
};

// No bus: everything is told in the window.
void RunTellerTest::initTestCase() {
  qunsetenv("DBUS_SESSION_BUS_ADDRESS");
  qputenv("XDG_RUNTIME_DIR", "/nonexistent");
}

void RunTellerTest::nothingUnlessAsked() {
  TellBench b;
  b.train();
  QCOMPARE(b.announced.size(), 0);
}

void RunTellerTest::tellsTheEnd() {
  TellBench b;
  b.teller.setSettings({.at_end = true});
  b.train();
  QCOMPARE(b.announced.size(), 1);
  QCOMPARE(b.told.size(), 1);
  const QString said = b.told.front().front().toString();
  QVERIFY2(said.startsWith("The run is finished. SynaCNN on ") && said.contains("after epoch 2"),
           qPrintable(said));
}

void RunTellerTest::tellsAValueOnce() {
  TellBench b;
  b.teller.setSettings(
      {.at_milestone = true, .milestone = {.metric = train::Milestone::Metric::TrainLoss, .value = 1000}});
  b.train(3);
  QCOMPARE(b.announced.size(), 1);
  QVERIFY(b.announced.front()[1].toString().contains("the train loss is "));
  QVERIFY(b.announced.front()[1].toString().contains("after epoch 1"));
  b.controller.restart(testing::smallSettings(1));  // another run
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller.busy(), kWait);
  QCOMPARE(b.announced.size(), 2);
  b.teller.setSettings({.at_milestone = true, .milestone = {.value = 100.5}});
  b.controller.restart(testing::smallSettings(1));
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller.busy(), kWait);
  QCOMPARE(b.announced.size(), 2);
}

void RunTellerTest::anotherValueIsToldInTheSameRun() {
  TellBench b;
  const auto wait = [&b](double loss) {
    b.teller.setSettings(
        {.at_milestone = true, .milestone = {.metric = train::Milestone::Metric::TrainLoss, .value = loss}});
  };
  wait(1000);
  b.train(1);
  QCOMPARE(b.announced.size(), 1);
  wait(1000);
  b.train(2);  // goes on
  QCOMPARE(b.announced.size(), 1);
  wait(999);
  b.train(3);
  QCOMPARE(b.announced.size(), 2);
}

void RunTellerTest::anEarlierRunThatGoesOnIsARunOfItsOwn() {
  TellBench b;
  b.train(1);
  const std::filesystem::path first = b.controller.runFolder();
  const auto history = train::read_history(first);
  QVERIFY(history.ok());
  const double loss = history->evaluations.back().train_loss;
  b.teller.setSettings({.at_milestone = true,
                        .milestone = {.metric = train::Milestone::Metric::TrainLoss, .value = 0.9 * loss}});
  b.controller.restart(testing::smallSettings(3));
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller.busy(), kWait);
  QCOMPARE(b.announced.size(), 1);
  b.controller.openRun(QString::fromStdString(first.string()));
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller.busy(), kWait);
  b.train(3);
  QCOMPARE(b.controller.runFolder(), first);
  QCOMPARE(b.announced.size(), 2);
}

void RunTellerTest::aRunThatAPersonStopsIsNotTold() {
  TellBench b;
  b.teller.setSettings({.at_end = true});
  b.controller.train(testing::smallSettings(5000));
  QTRY_VERIFY_WITH_TIMEOUT(b.controller.progress().position.step > 2, kWait);
  b.controller.stop();
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller.busy(), kWait);
  QCOMPARE(b.announced.size(), 0);
}

void RunTellerTest::theCommandHearsOfIt() {
  TellBench b;
  b.teller.setSettings(
      {.at_end = true,
       .command = "echo \"$SYNANN_OUTCOME $SYNANN_EPOCH $SYNANN_RUN\" > '" + b.home.filePath("said") + "'"});
  b.train();
  const QString expected = "finished 2 " + QString::fromStdString(b.controller.runFolder().string()) + '\n';
  QTRY_COMPARE_WITH_TIMEOUT(b.written(), expected, kWait);
  QCOMPARE(b.failed.size(), 0);
}

void RunTellerTest::aCommandThatFailsIsSaid() {
  TellBench b;
  b.teller.setSettings({.at_end = true, .command = "exit 3"});
  b.train();
  QTRY_COMPARE_WITH_TIMEOUT(b.failed.size(), 1, kWait);
  QVERIFY(b.failed.front().front().toString().contains("ended with exit code 3"));
  QVERIFY(b.controller.state() == RunState::Finished);
}

void RunTellerTest::theDialogGivesWhatItShows() {
  TellDialog dialog({});
  QVERIFY(!dialog.settings().at_end && !dialog.settings().at_milestone);
  dialog.findChild<QCheckBox*>("tell.at-end")->setChecked(true);
  dialog.findChild<QComboBox*>("tell.metric")->setCurrentIndex(1);
  dialog.findChild<QDoubleSpinBox*>("tell.value")->setValue(0.05);
  dialog.findChild<QLineEdit*>("tell.command")->setText(" mail ");
  const TellSettings settings = dialog.settings();
  QVERIFY(settings.at_end && settings.milestone.metric == train::Milestone::Metric::TestLoss);
  QCOMPARE(settings.milestone.value, 0.05);
  QCOMPARE(settings.command, QString("mail"));
  QCOMPARE(TellSettings::fromMap(settings.toMap()).toMap(), settings.toMap());
}

void RunTellerTest::nonsenseKeepsTheDefaults() {
  const TellSettings read =
      TellSettings::fromMap({{"at_end", "perhaps"}, {"metric", "beauty"}, {"value", "much"}});
  QVERIFY(read.milestone.metric == train::Milestone::Metric::Accuracy);
  QCOMPARE(read.milestone.value, 98.0);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::RunTellerTest)
#include "run_teller_test.moc"
