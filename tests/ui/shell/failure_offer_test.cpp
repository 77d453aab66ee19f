// SPDX-License-Identifier: GPL-3.0-or-later
// The message of a run whose numbers broke opens the cell and the image at fault.
#include "ui/shell/failure_offer.h"

#include <QPushButton>
#include <QTabWidget>
#include <QTest>

#include "engine/train/failure.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/digits/digits_page.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/plots/heat_view.h"
#include "ui/shell/message_bar.h"

namespace synann::ui {

namespace {

using testing::kWait;

struct FailureBench : testing::WindowBench {
  // An absurd learning rate: the headroom of the synapse layer goes, or without one the loss explodes.
  explicit FailureBench(const char* model = "syna-pixel") : WindowBench(model, 20) {
    settings.learning_rate = 10;
    settings.watch_headroom = true;
  }
  MessageBar& messages() const { return *window->messageBar(); }
  QPushButton& offer() const { return *find<QPushButton>("message.offer"); }
  SynapsesPage& synapses() const { return *window->page<SynapsesPage>(); }
  DigitsPage& digits() const { return *window->page<DigitsPage>(); }
  void click() const { QTest::mouseClick(&offer(), Qt::LeftButton); }
  Selection& selection() const { return window->workspace().selection(); }
  // What the engine says of the run that lies in the folder.
  infer::Fault expected() const {
    const auto failure = train::read_failure(run(), *testing::openSmallDigits("digits"));
    if (!failure) qFatal("%s", failure.error().sentence().c_str());
    return *infer::locate_fault(infer::fault_query(*failure));
  }
  void fail() {
    train();
    [&] {
      QVERIFY(window->controller().state() == RunState::Failed);
      QVERIFY(messages().isError());
      QVERIFY(offer().isVisible());
      QCOMPARE(offer().text(), QString("Show what failed"));
    }();
  }
  void showsTheCell(const infer::Fault& fault) const {
    QTRY_COMPARE_WITH_TIMEOUT(window->currentPage(), &synapses(), kWait);
    QTRY_VERIFY_WITH_TIMEOUT(synapses().frame() && !synapses().source().busy(), kWait);
    QCOMPARE(selection().cell().i, fault.headroom->cell.row);
    QCOMPARE(selection().cell().j, fault.headroom->cell.column);
    QCOMPARE(synapses().heatView()->row(), fault.headroom->cell.row);
    QVERIFY2(messages().text().contains(QString::fromStdString(infer::fault_words(fault))),
             qPrintable(messages().text()));
  }
};

}  // namespace

class FailureOfferTest : public QObject {
  Q_OBJECT

 private slots:
  void theCellAndThenTheImageAreShown();
  void aRunThatIsOpenedLaterShowsTheSame();
  void theImageIsShownWithoutASynapseLayer();
  void anotherRunTakesTheOfferAway();
  void whatIsNotRecordedIsSaid();
  void whatTakesLongCanBeStopped();
};

void FailureOfferTest::theCellAndThenTheImageAreShown() {
  FailureBench b;
  b.fail();
  const infer::Fault fault = b.expected();
  QVERIFY(fault.headroom->value <= 0);
  b.click();
  b.showsTheCell(fault);
  const std::int64_t step = b.selection().step();
  QCOMPARE(b.synapses().frame()->at.steps, step);
  QCOMPARE(step, std::int64_t{b.window->controller().progress().position.epoch - 1} * 20 +
                     b.window->controller().progress().position.step);
  QCOMPARE(b.offer().text(), QString("Show the image"));
  b.click();
  QCOMPARE(b.window->currentPage(), &b.digits());
  QTRY_VERIFY_WITH_TIMEOUT(b.digits().answer() && !b.digits().busy(), kWait);
  QVERIFY(b.digits().scene().part == infer::Part::Train);
  QCOMPARE(b.digits().scene().image, static_cast<int>(fault.headroom->image));
  QCOMPARE(b.find<QTabWidget>("digits.figures")->tabText(1), QString("Image"));
  QCOMPARE(b.find<QTabWidget>("digits.figures")->currentIndex(), 1);
  QCOMPARE(b.offer().text(), QString("Show the cell"));
  b.click();
  QCOMPARE(b.window->currentPage(), &b.synapses());
}

void FailureOfferTest::aRunThatIsOpenedLaterShowsTheSame() {
  FailureBench b;
  b.fail();
  const QString folder = QString::fromStdString(b.run().string());
  FailureBench later;
  later.window->openRun(folder);
  QTRY_VERIFY_WITH_TIMEOUT(later.offer().isVisible(), kWait);
  QTRY_VERIFY_WITH_TIMEOUT(!later.window->controller().busy(), kWait);
  QVERIFY(later.offer().isVisible());
  later.click();
  later.showsTheCell(b.expected());
}

// It keeps no record, but the run is still at hand.
void FailureOfferTest::theImageIsShownWithoutASynapseLayer() {
  FailureBench b("dense-mlp");
  b.fail();
  b.click();
  QTRY_COMPARE_WITH_TIMEOUT(b.window->currentPage(), &b.digits(), kWait);
  QVERIFY(b.digits().scene().part == infer::Part::Train);
  const QString image = QString("training image %1 (batch of 20) has the largest loss, ");
  QVERIFY2(b.messages().text().contains(image.arg(b.digits().scene().image)),
           qPrintable(b.messages().text()));
  QVERIFY(!b.offer().isVisible());
}

void FailureOfferTest::anotherRunTakesTheOfferAway() {
  FailureBench b;
  b.fail();
  b.settings = testing::smallSettings(1);
  b.window->controller().restart(b.settings);
  QTRY_VERIFY_WITH_TIMEOUT(!b.window->controller().busy(), kWait);
  QVERIFY(b.window->controller().state() == RunState::Finished);
  QVERIFY(!b.offer().isVisible());
  // A message about something else has no such button.
  b.window->controller().openData("no such folder");
  QTRY_VERIFY_WITH_TIMEOUT(b.messages().isError(), kWait);
  QVERIFY(!b.offer().isVisible());
}

void FailureOfferTest::whatIsNotRecordedIsSaid() {
  FailureBench b;
  b.window->controller().setRecordBytes(0);
  b.fail();
  const QString folder = QString::fromStdString(b.run().string());
  FailureBench later;
  later.window->openRun(folder);
  QTRY_VERIFY_WITH_TIMEOUT(later.offer().isVisible() && !later.window->controller().busy(), kWait);
  later.click();
  QTRY_VERIFY2_WITH_TIMEOUT(later.messages().text().contains("not recorded at step"),
                            qPrintable(later.messages().text()), kWait);
  QVERIFY(!later.offer().isVisible());
}

// A measurement of 40,000 images by plain loops, none of which is at fault.
void FailureOfferTest::whatTakesLongCanBeStopped() {
  const FailureBench b;
  auto data = std::make_shared<data::DataPair>(**testing::openSmallDigits("digits"));
  const data::Dataset few = data->test;
  for (int k = 1; k < 400; ++k) {
    data->test.pixels.insert(data->test.pixels.end(), few.pixels.begin(), few.pixels.end());
    data->test.labels.insert(data->test.labels.end(), few.labels.begin(), few.labels.end());
  }
  const auto model = std::make_shared<const model::Model>(*model::build("syna-cnn", 28, 28, 10));
  train::Failure failure{
      .place = train::FaultPlace::Test, .position = {}, .reason = "it broke", .data = data};
  failure.weights = std::make_shared<const train::Weights>(
      train::Weights{.position = {}, .model = model, .values = model::initialise(*model, 1).values});
  Snapshot snapshot;
  snapshot.failure = std::make_shared<const train::Failure>(failure);
  TrainingController& controller = b.window->controller();
  emit controller.updated(snapshot);
  emit controller.stateChanged(RunState::Failed, "it broke");
  QVERIFY(b.offer().isVisible());
  b.click();
  QTRY_COMPARE_WITH_TIMEOUT(b.offer().text(), QString("Stop"), kWait);
  QVERIFY2(b.messages().text().startsWith("Looking for what failed: "), qPrintable(b.messages().text()));
  const Page* const page = b.window->currentPage();
  b.click();
  QTRY_COMPARE_WITH_TIMEOUT(b.messages().text(), QString("it broke"), kWait);
  QCOMPARE(b.offer().text(), QString("Show what failed"));
  QCOMPARE(b.window->currentPage(), page);
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::FailureOfferTest)
#include "failure_offer_test.moc"
