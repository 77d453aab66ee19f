// SPDX-License-Identifier: GPL-3.0-or-later
// The race to 99 %: one click trains syna-fast from scratch and tells how it went.
#include "ui/shell/race.h"

#include <QTest>
#include <QToolButton>

#include "engine/data/registry.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/shell/empty_offer.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace {

using testing::kWait;

// MNIST is where SYNANN_MNIST says.
class WithMnist {
 public:
  explicit WithMnist(const QString& folder) : before_(qgetenv("SYNANN_MNIST")) {
    qputenv("SYNANN_MNIST", folder.toUtf8());
  }
  ~WithMnist() { before_.isNull() ? qunsetenv("SYNANN_MNIST") : qputenv("SYNANN_MNIST", before_); }
  WithMnist(const WithMnist&) = delete;
  WithMnist& operator=(const WithMnist&) = delete;

 private:
  QByteArray before_;
};

// Writes training images for two steps of the race's batch as MNIST's files.
bool twoSteps(const QTemporaryDir& folder) {
  return data::write_idx_folder(*testing::smallDigits(192, 50), folder.path().toStdString(), false).ok();
}

}  // namespace

class RaceTest : public QObject {
  Q_OBJECT

 private slots:
  void oneClickTrainsSynaFast();
  void anotherRunInItsPlaceIsNoRace();
  void withoutMnistNothingChanges();
};

void RaceTest::oneClickTrainsSynaFast() {
  const QTemporaryDir folder;
  QVERIFY(twoSteps(folder));
  const WithMnist there(folder.path());
  testing::WindowBench b;
  b.window->controller().setDataOpener(synann::data::open_dataset);
  b.window->controller().setExecution({.device = "cpu", .tier = "fused", .threads = 1});  // the race's tier
  b.window->workspace().plan().set("lr", 0.5);  // the race has its own settings, whatever was set
  QVERIFY(b.find<QToolButton>("empty.race")->isVisible());
  QTest::mouseClick(b.find<QToolButton>("empty.race"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.window->controller().busy(), kWait);
  QVERIFY2(b.window->controller().state() == RunState::Finished, qPrintable(b.window->messageBar()->text()));
  const train::Settings run = *b.window->controller().runSettings();
  QCOMPARE(run.model, std::string("syna-fast"));
  QCOMPARE(run.data, folder.path().toStdString());
  QCOMPARE(run.epochs, 1);
  QCOMPARE(run.batch_size, 96);
  QCOMPARE(run.adam_beta2, 0.9);
  QCOMPARE(run.learning_rate, 0.004);
  QTRY_VERIFY2(b.window->messageBar()->text().contains("of training, from scratch"),
               qPrintable(b.window->messageBar()->text()));
  QVERIFY(!b.window->messageBar()->isError());
  // A run that is trained otherwise tells nothing of the kind.
  b.window->messageBar()->dismiss();
  b.train();
  QVERIFY(!b.window->messageBar()->text().contains("from scratch"));
}

// Opened before the race is over, a run that has finished tells nothing of the race.
void RaceTest::anotherRunInItsPlaceIsNoRace() {
  const QTemporaryDir folder;
  QVERIFY(twoSteps(folder));
  const WithMnist there(folder.path());
  testing::WindowBench b;
  b.train();
  const QString before = QString::fromStdString(b.run().string());
  b.window->controller().setDataOpener(synann::data::open_dataset);
  b.window->actions().action("run.race")->trigger();
  b.window->openRun(before);
  QTRY_VERIFY_WITH_TIMEOUT(!b.window->controller().busy(), kWait);
  QCOMPARE(QString::fromStdString(b.run().string()), before);
  QVERIFY2(!b.window->messageBar()->text().contains("from scratch"),
           qPrintable(b.window->messageBar()->text()));
}

void RaceTest::withoutMnistNothingChanges() {
  const WithMnist nowhere("/no/such/folder");
  testing::WindowBench b;
  QVERIFY(b.find<QToolButton>("empty.race") == nullptr);
  const train::Settings before = b.window->workspace().plan().settings();
  b.window->actions().action("run.race")->trigger();
  QVERIFY(b.window->messageBar()->isError());
  QVERIFY2(b.window->messageBar()->text().contains("/no/such/folder"),
           qPrintable(b.window->messageBar()->text()));
  QVERIFY(b.window->workspace().plan().settings() == before);
  QVERIFY(!b.window->controller().busy());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::RaceTest)
#include "race_test.moc"
