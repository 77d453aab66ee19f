// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAccessible>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QSplitter>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include "engine/train/record.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/page.h"
#include "ui/pages/surface/surface_page.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/pages/train/setting_form.h"
#include "ui/pages/train/train_page.h"
#include "ui/plots/figure.h"
#include "ui/shell/device_choice.h"
#include "ui/shell/inspector.h"
#include "ui/shell/main_window.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/run_bar.h"
#include "ui/shell/time_line.h"
#include "ui/shell/time_track.h"

namespace synann::ui {

namespace {

using testing::kWait;

// The real window on the small digits, 20 steps an epoch.
struct FrameBench {
  explicit FrameBench(const AppSettings& settings = {}) {
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, home.path());
    window = std::make_unique<MainWindow>(settings);
    testing::prepare(window->controller(), home);
    window->resize(1240, 740);
    window->show();
    window->activateWindow();
    window->start();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kWait); }();
    find<QDoubleSpinBox>("setting.epochs")->setValue(2);
    find<QDoubleSpinBox>("setting.batch-size")->setValue(20);
  }
  void train() {
    window->actions().action("run.train")->trigger();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kWait); }();
  }
  void showSynapses() {
    window->showPage(window->page<SynapsesPage>());
    settle();
  }
  void settle() {
    [&] {
      QTRY_VERIFY_WITH_TIMEOUT(source().frame() && source().frame()->error.empty() && !source().busy(),
                               kWait);
    }();
  }
  SynapseSource& source() const { return window->page<SynapsesPage>()->source(); }
  TrainingController& controller() const { return window->controller(); }
  template <class Widget>
  Widget* find(const QString& name) const {
    return window->findChild<Widget*>(name);
  }
  QString value(const QString& name) const {
    for (const InspectorRow& row : window->inspector()->model()->rows()) {
      if (row.name == name) return row.value;
    }
    return QStringLiteral("no such row");
  }
  QString hint() const { return find<QLabel>("settings.hint")->text(); }
  QString message() const { return window->messageBar()->text(); }
  void press(int key, Qt::KeyboardModifiers modifiers = {}) const {
    QTest::keyClick(window.get(), static_cast<Qt::Key>(key), modifiers);
  }

  QTemporaryDir home;
  std::unique_ptr<MainWindow> window;
};

}  // namespace

// The parts around the pages: inspector, time line, device, and what they tell.
class MainWindowFrameTest : public QObject {
  Q_OBJECT

 private slots:
  void theInspectorTellsTheCellInFull();
  void theInspectorIsThereOnEveryPage();
  void theInspectorCopies();
  void partsFoldAndAreRemembered();
  void timeLineMarksAndJumps();
  void theDeviceIsShownAndChanged();
  void aRefusedDeviceIsTakenBack();
  void theWindowSaysWhereARunIsSaved();
  void changedSettingsAreSaidToBeginANewRun();
  void anotherModelBringsItsSettings();
  void theTitleSaysWhatIsGoingOn();
  void theLastRunIsOfferedAndTheRestIsRemembered();
  void recentThingsOpenAgain();
  void aMessageGoesWithItsCause();
  void theSurfaceOpensFromACell();
  void theRecordBudgetIsKept();
  void aFailedExportDoesNotMoveTheFolder();
  void tabGoesFromTopToBottom();
};

void MainWindowFrameTest::theInspectorTellsTheCellInFull() {
  FrameBench b;
  b.train();
  b.press(Qt::Key_F9);
  QVERIFY(b.window->inspector()->isVisible());
  b.showSynapses();
  b.source().selection().setCell({3, 5});
  auto reader = train::RecordReader::open(b.controller().runFolder() / train::kSynapseRecord);
  QVERIFY(reader.ok());
  const auto frame = reader->read(*reader->at_or_before(40));
  const auto first = reader->read(*reader->at_or_before(0));
  const auto cell = std::size_t{3} * static_cast<std::size_t>(b.source().frame()->n()) + 5;
  QCOMPARE(b.value("β").toFloat(), (*frame)[cell]);  // every digit
  QCOMPARE(b.value("β at the start").toFloat(), (*first)[cell]);
  QCOMPARE(b.value("Change").toFloat(), (*frame)[cell] - (*first)[cell]);
  QCOMPARE(b.value("Unit i"), QStringLiteral("3"));
  QCOMPARE(b.value("Synapse j"), QStringLiteral("5"));
  QCOMPARE(b.value("Layer"), QString::fromStdString(b.source().frame()->layer.name));
  QCOMPARE(b.value("Step"), QStringLiteral("40"));
  QCOMPARE(b.value("Epoch"), QStringLiteral("2, at its end"));
  QCOMPARE(b.value("∂loss/∂β"), QStringLiteral("—"));
  QCOMPARE(b.value("Run"), QString::fromStdString(b.controller().runFolder().string()));
  b.source().selection().setStep(20);
  b.settle();
  QTRY_COMPARE(b.value("Step"), QStringLiteral("20"));
}

void MainWindowFrameTest::theInspectorIsThereOnEveryPage() {
  FrameBench b;
  b.press(Qt::Key_F9);
  b.train();
  QVERIFY(b.window->page<TrainPage>()->isVisible());
  b.settle();
  QTRY_VERIFY(b.value("β") != QStringLiteral("—"));
  // A page that is shown later gets its frame as well.
  b.showSynapses();
  QTRY_VERIFY(b.window->page<SynapsesPage>()->frame() != nullptr);
  b.press(Qt::Key_F9);
  QVERIFY(!b.window->inspector()->isVisible());
  b.window->showPage(b.window->page<TrainPage>());
  QVERIFY(!b.source().active());  // folded away it costs nothing
}

void MainWindowFrameTest::theInspectorCopies() {
  FrameBench b;
  b.press(Qt::Key_F9);
  QTableView* const table = b.window->inspector()->table();
  table->setFocus();
  table->selectRow(4);
  QTest::keyClick(table, Qt::Key_C, Qt::ControlModifier);
  QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("Unit i\t0"));
  b.find<QAbstractButton>("inspector.copy")->click();
  QCOMPARE(QGuiApplication::clipboard()->text(), b.window->inspector()->allText());
  QVERIFY(b.window->inspector()->allText().contains("\nSynapse j\t0\n"));
}

void MainWindowFrameTest::partsFoldAndAreRemembered() {
  FrameBench b;
  QVERIFY(!b.window->timeLine()->isVisible());  // the Train page does not follow it
  b.window->showPage(b.window->page<SynapsesPage>());
  QVERIFY(b.window->timeLine()->isVisible());
  b.press(Qt::Key_F8);
  QVERIFY(!b.window->timeLine()->isVisible());
  b.press(Qt::Key_F9);
  QSplitter* const middle = b.find<QSplitter>("window.middle");
  middle->setSizes({700, 400});
  const QList<int> sizes = middle->sizes();
  b.window->close();
  FrameBench again(loadSettings());
  again.window->showPage(again.window->page<SynapsesPage>());
  QVERIFY(!again.window->timeLine()->isVisible());
  QVERIFY(again.window->inspector()->isVisible());
  const int width = again.find<QSplitter>("window.middle")->sizes().at(1);
  QVERIFY2(std::abs(width - sizes.at(1)) < 10, qPrintable(QString::number(width)));
  again.press(Qt::Key_F8);
  QVERIFY(again.window->timeLine()->isVisible());
}

void MainWindowFrameTest::timeLineMarksAndJumps() {
  FrameBench b;
  b.train();
  b.showSynapses();
  auto* const track = b.find<TimeTrack>("time.slider");
  QTRY_COMPARE(track->maximum(), 40);  // every step was recorded
  QVERIFY2(track->accessibleDescription().startsWith("2 epochs"), qPrintable(track->accessibleDescription()));
  QVERIFY(track->pixelOf(20) > track->pixelOf(0) && track->pixelOf(40) > track->pixelOf(20));
  const auto mark = track->markAt(static_cast<int>(track->pixelOf(20)));
  QVERIFY(mark.has_value());
  QCOMPARE(mark->steps, std::int64_t{20});
  QVERIFY(!track->markAt(static_cast<int>(track->pixelOf(10))).has_value());
  track->setFocus();
  QTest::keyClick(track, Qt::Key_Home);
  QTest::keyClick(track, Qt::Key_Right, Qt::ControlModifier);
  QCOMPARE(track->value(), 20);
  QCOMPARE(b.source().selection().step(), std::int64_t{20});
  QTest::keyClick(track, Qt::Key_Right);
  QCOMPARE(b.source().selection().step(), std::int64_t{21});
  QTest::keyClick(track, Qt::Key_Left, Qt::ControlModifier);
  QCOMPARE(b.source().selection().step(), std::int64_t{20});
  // A click goes where it is.
  QTest::mouseClick(track, Qt::LeftButton, {}, {static_cast<int>(std::lround(track->pixelOf(30))), 18});
  QCOMPARE(track->value(), 30);
  QVERIFY(!track->isSliderDown());
}

void MainWindowFrameTest::theDeviceIsShownAndChanged() {
  FrameBench b;
  b.window->actions().action("run.step-batch")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(b.controller().state() == RunState::Paused, kWait);
  QTRY_VERIFY2(b.find<QLabel>("run.device")->text().startsWith("CPU "),
               qPrintable(b.find<QLabel>("run.device")->text()));
  QVERIFY(b.find<QLabel>("run.device")->text().contains("iB of "));
  DeviceChoice* const choice = b.window->runBar()->devices();
  QVERIFY(choice->isEnabled());  // also while a run is open
  choice->setFocus();
  QSignalSpy chosen(choice, &DeviceChoice::chosen);
  QTest::keyClick(choice, Qt::Key_Down);
  QCOMPARE(chosen.size(), 1);
  QVERIFY2(b.message().startsWith("The run moves there when epoch 1 is over"), qPrintable(b.message()));
  b.train();
  QCOMPARE(b.controller().state(), RunState::Finished);
  QVERIFY(b.find<QLabel>("run.device")->text().startsWith("CPU "));
}

void MainWindowFrameTest::aRefusedDeviceIsTakenBack() {
  FrameBench b;
  DeviceChoice* const choice = b.window->runBar()->devices();
  const auto gpu = [choice] { return choice->itemData(choice->count() - 1, Qt::ToolTipRole).toString(); };
  QTRY_VERIFY_WITH_TIMEOUT(!gpu().contains("looking for one"), kWait);  // this machine's own have been found
  choice->setDevices(
      {{.id = "abacus", .name = "Abacus", .isa = "wood", .memory_bytes = 0, .unavailable = {}}});
  b.window->actions().action("run.step-batch")->trigger();
  QTRY_VERIFY_WITH_TIMEOUT(b.controller().state() == RunState::Paused, kWait);
  choice->setFocus();
  QTest::keyClick(choice, Qt::Key_End);
  QCOMPARE(choice->execution().device, std::string("abacus"));
  QSignalSpy failed(&b.controller(), &TrainingController::failed);
  b.train();
  QCOMPARE(failed.size(), 1);
  QVERIFY(failed[0][0].toString().startsWith("The run goes on on the CPU: unknown device"));
  QVERIFY(choice->execution().device != "abacus");
}

void MainWindowFrameTest::theWindowSaysWhereARunIsSaved() {
  FrameBench b;
  b.train();
  QVERIFY2(b.message().contains(QString::fromStdString(b.controller().runFolder().string())),
           qPrintable(b.message()));
  QVERIFY(!b.window->messageBar()->isError());
}

void MainWindowFrameTest::changedSettingsAreSaidToBeginANewRun() {
  FrameBench b;
  QVERIFY(b.hint().isEmpty());
  b.train();
  const auto button = [&] { return b.window->actions().action("run.train"); };
  QCOMPARE(b.hint(), QStringLiteral("Train goes on with this run, to epoch 4."));
  QCOMPARE(button()->text(), QStringLiteral("&Train on"));
  QCOMPARE(b.find<QLabel>("train.title")->text(), QStringLiteral("Loss · SynaCNN · Digits (small) · seed 5"));
  b.find<QDoubleSpinBox>("setting.seed")->setValue(6);
  QVERIFY(b.hint().startsWith("Train begins a new run"));
  QVERIFY(button()->toolTip().startsWith("Train a new run"));
  QCOMPARE(button()->text(), QStringLiteral("&New run"));
  QVERIFY(b.find<QDoubleSpinBox>("setting.seed")->toolTip().contains("The run shown has 5."));
  b.find<QDoubleSpinBox>("setting.seed")->setValue(5);
  QVERIFY(b.hint().startsWith("Train goes on"));
  b.find<QDoubleSpinBox>("setting.epochs")->setValue(1);  // it has two already
  QVERIFY2(b.hint().startsWith("Train begins a new run of 1 epoch:"), qPrintable(b.hint()));
  b.find<QDoubleSpinBox>("setting.epochs")->setValue(5);
  QCOMPARE(b.hint(), QStringLiteral("Train goes on with this run, to epoch 5."));
  auto* const model = b.find<QComboBox>("choice.model");
  model->setCurrentIndex(1);
  emit model->activated(1);
  QVERIFY(b.hint().startsWith("Train begins a new run"));
  // The figure still says which run it is of.
  QVERIFY(b.find<QLabel>("train.title")->text().contains("SynaCNN"));
}

void MainWindowFrameTest::anotherModelBringsItsSettings() {
  FrameBench b;
  b.find<QDoubleSpinBox>("setting.lr")->setValue(0.02);
  auto* const model = b.find<QComboBox>("choice.model");
  const int pixel = model->findData("syna-pixel");
  model->setCurrentIndex(pixel);
  emit model->activated(pixel);
  const train::Settings s = b.window->workspace().plan().settings();
  QCOMPARE(s.model, std::string("syna-pixel"));
  QCOMPARE(s.learning_rate, 0.004);
  QCOMPARE(s.batch_size, 20);  // which both models have alike
  QCOMPARE(s.optimizer, std::string("adam"));
  QVERIFY2(b.message().contains("in place of epochs 2, learning rate 0.02"), qPrintable(b.message()));
  auto* const mine = b.find<QPushButton>("message.offer");
  QCOMPARE(mine->text(), QStringLiteral("Keep mine"));
  QTest::mouseClick(mine, Qt::LeftButton);
  QCOMPARE(b.find<QDoubleSpinBox>("setting.lr")->value(), 0.02);
  QVERIFY(!b.window->messageBar()->isVisible());
}

void MainWindowFrameTest::theTitleSaysWhatIsGoingOn() {
  FrameBench b;
  QCOMPARE(b.window->windowTitle(), QStringLiteral("SynaNN Studio"));
  b.train();
  QVERIFY2(
      b.window->windowTitle().startsWith("SynaCNN on Digits") && b.window->windowTitle().endsWith("Finished"),
      qPrintable(b.window->windowTitle()));
}

void MainWindowFrameTest::theLastRunIsOfferedAndTheRestIsRemembered() {
  FrameBench b;
  b.train();
  const QString run = QString::fromStdString(b.controller().runFolder().string());
  b.find<QDoubleSpinBox>("setting.lr")->setValue(0.03);
  b.window->showPage(b.window->pageNamed("surface"));
  b.window->close();
  const AppSettings kept = loadSettings();
  QCOMPARE(kept.runs, QStringList{run});
  QCOMPARE(kept.page, QStringLiteral("surface"));
  FrameBench again(kept);
  QCOMPARE(again.window->currentPage(), again.window->pageNamed("surface"));
  QCOMPARE(again.find<QDoubleSpinBox>("setting.lr")->value(), 0.03);
  QVERIFY2(again.message().contains("SynaCNN finished its 2 epochs"), qPrintable(again.message()));
  QTest::mouseClick(again.find<QPushButton>("message.offer"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!again.controller().busy() && again.controller().state() == RunState::Finished,
                           kWait);
  QCOMPARE(QString::fromStdString(again.controller().runFolder().string()), run);
  // Settings that this program would refuse are those recommended, and nothing is offered that is not there.
  AppSettings broken = kept;
  broken.settings = "{\"lr\": -1}";
  broken.page = "no-such-page";
  broken.runs = {"/no/such/run"};
  const FrameBench third(broken);
  QCOMPARE(third.find<QDoubleSpinBox>("setting.lr")->value(), 0.012);
  QVERIFY(!third.window->messageBar()->isVisible());
}

void MainWindowFrameTest::recentThingsOpenAgain() {
  FrameBench b;
  b.train();
  const QString figure = b.home.path() + "/loss & more.svg";
  QVERIFY(b.window->exportFigure(figure));
  auto* const recent = b.find<QMenu>("file.recent");
  emit recent->aboutToShow();
  QStringList entries;
  for (const QAction* action : recent->actions()) entries << action->text();
  QVERIFY2(entries.filter("SynaCNN finished").size() == 1, qPrintable(entries.join('\n')));
  QVERIFY2(entries.contains("loss && more.svg"), qPrintable(entries.join('\n')));
  b.window->showPage(b.window->pageNamed("synapses"));
  for (QAction* action : recent->actions())
    if (action->toolTip() == figure) action->trigger();
  QCOMPARE(b.window->currentPage(), b.window->pageNamed("train"));  // the loss figure is of this one
  QVERIFY(!b.window->messageBar()->isError());
}

void MainWindowFrameTest::aMessageGoesWithItsCause() {
  FrameBench b;
  b.window->messageBar()->showError("something was wrong");
  b.window->actions().action("run.step-batch")->trigger();
  QVERIFY(!b.window->messageBar()->isVisible());
  QTRY_VERIFY_WITH_TIMEOUT(b.controller().state() == RunState::Paused, kWait);
}

void MainWindowFrameTest::theSurfaceOpensFromACell() {
  FrameBench b;
  b.train();
  b.window->showPage(b.window->pageNamed("synapses"));
  b.source().selection().setCell({2, 3});
  b.source().selection().openCell();
  QCOMPARE(b.window->currentPage(), b.window->pageNamed("surface"));
  QVERIFY(b.window->page<SurfacePage>()->scene().follow);
}

void MainWindowFrameTest::theRecordBudgetIsKept() {
  FrameBench b;
  auto* const record = b.find<QDoubleSpinBox>("setting.record");
  QCOMPARE(record->text(), QStringLiteral("64 MiB"));
  record->setValue(2);
  b.train();
  auto reader = train::RecordReader::open(b.controller().runFolder() / train::kSynapseRecord);
  QVERIFY(reader.ok());
  QCOMPARE(reader->header().budget.bytes, std::int64_t{2} << 20);
  QVERIFY2(b.find<QLabel>("record.use")->text().endsWith("in use"),
           qPrintable(b.find<QLabel>("record.use")->text()));
  b.window->close();
  const FrameBench again(loadSettings());
  QCOMPARE(again.find<QDoubleSpinBox>("setting.record")->value(), 2.0);
}

void MainWindowFrameTest::aFailedExportDoesNotMoveTheFolder() {
  FrameBench b;
  b.train();
  QVERIFY(b.window->exportFigure(b.home.path() + "/loss.png"));
  QVERIFY(!b.window->exportFigure(b.home.path() + "/not/there/loss.png"));
  b.window->close();
  QCOMPARE(loadSettings().exportFolder, b.home.path());
}

void MainWindowFrameTest::tabGoesFromTopToBottom() {
  FrameBench b;
  b.press(Qt::Key_F9);
  const auto next = [](QWidget* from) {
    QWidget* w = from->nextInFocusChain();
    while (!(w->focusPolicy() & Qt::TabFocus) || !w->isVisible() || !w->isEnabled())
      w = w->nextInFocusChain();
    return w;
  };
  auto* const train = b.find<QToolButton>("button.run.train");
  QCOMPARE(next(b.find<QComboBox>("choice.data")), b.find<QComboBox>("choice.model"));
  QCOMPARE(next(b.find<QComboBox>("choice.model")), b.find<QComboBox>("choice.device"));
  QCOMPARE(next(b.find<QComboBox>("choice.device")), train);
  // From the commands to the rail, then into the page, then the inspector, and round again.
  QStringList met;
  for (QWidget* w = next(train); w != train && met.size() < 200; w = next(w)) {
    const QString name = w->objectName();
    for (const char* stop :
         {"button.page.train", "setting.epochs", "log", "inspector.table", "choice.data"}) {
      if (name == QLatin1String(stop)) met << name;
    }
  }
  QCOMPARE(met,
           (QStringList{"button.page.train", "setting.epochs", "log", "inspector.table", "choice.data"}));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::MainWindowFrameTest)
#include "main_window_frame_test.moc"
