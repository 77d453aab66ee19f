// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include <cmath>

#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QSettings>
#include <QSignalSpy>
#include <QSplitter>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"
#include "ui/pages/train/setting_form.h"
#include "ui/pages/train/train_page.h"
#include "ui/plots/loss_chart.h"
#include "ui/shell/export_dialog.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/run_bar.h"

namespace synann::ui {

namespace {

using testing::kWait;

// The real window on the small digits, as a person finds it after the start.
struct MainBench {
  MainBench() {
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, home.path());
    window = std::make_unique<MainWindow>(loadSettings());
    testing::prepare(window->controller(), home);
    window->show();
    window->activateWindow();
    window->start();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kWait); }();
    set("epochs", 2);
    set("batch-size", 20);
  }
  void set(const QString& key, double value) const { spin(key)->setValue(value); }
  QDoubleSpinBox* spin(const QString& key) const {
    return window->findChild<QDoubleSpinBox*>("setting." + key);
  }
  QToolButton* button(const QString& id) const { return window->findChild<QToolButton*>("button." + id); }
  QAction* action(const QString& id) const { return window->actions().action(id); }
  QString label(const QString& name) const { return window->findChild<QLabel*>(name)->text(); }
  QString log() const { return window->findChild<QPlainTextEdit*>("log")->toPlainText(); }
  QTableView* table() const { return window->findChild<QTableView*>("accuracies"); }
  const LossCurve& curve() const { return window->page<TrainPage>()->curve(); }
  TrainingController& controller() const { return window->controller(); }
  bool in(RunState state) const { return controller().state() == state; }
  std::vector<float> losses() const { return {curve().losses().begin(), curve().losses().end()}; }

  QTemporaryDir home;
  std::unique_ptr<MainWindow> window;
};

}  // namespace

class MainWindowTest : public QObject {
  Q_OBJECT

 private slots:
  void firstStartIsReadyToTrain();
  void oneClickTrains();
  void keyboardAloneTrains();
  void pauseStepAndStopInMidEpoch();
  void learningRateCanBeChangedLive();
  void aScheduleChosenWhileTrainingIsAppliedMarkedAndKept();
  void aLogIntervalChosenWhileTrainingIsMarkedAndKept();
  void restartWithTheSameSeedIsTheSame();
  void closingWhileTrainingSaves();
  void closingWhenIdle();
  void exportsEveryKind();
  void whatTheExportDialogStoodAtIsRemembered();
  void aBadFolderIsToldInTheMessageBar();
  void everyControlHasANameAndHelp();
  void tabReachesEveryControl();
  void themeSwitchRecolours();
  void layoutAndChoicesAreRemembered();
  void fitsASmallScreen();
};

void MainWindowTest::firstStartIsReadyToTrain() {
  const MainBench b;
  QCOMPARE(b.window->runBar()->dataSpec(), QStringLiteral("digits"));
  QCOMPARE(b.label("run.state"), QStringLiteral("Ready"));
  QCOMPARE(b.label("run.epoch"), QStringLiteral("400 training and 100 test images"));
  QVERIFY(b.button("run.train")->isEnabled());
  QCOMPARE(b.window->focusWidget(), b.button("run.train"));
  QVERIFY(!b.button("run.pause")->isEnabled());
  QVERIFY(!b.button("run.stop")->isEnabled());
  QVERIFY(!b.button("run.restart")->isEnabled());
  QVERIFY(!b.action("file.export")->isEnabled());
  QVERIFY(!b.window->messageBar()->isVisible());
}

void MainWindowTest::oneClickTrains() {
  const MainBench b;
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QVERIFY(!b.spin("seed")->isEnabled());
  QVERIFY(b.spin("lr")->isEnabled());
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  QCOMPARE(b.label("run.state"), QStringLiteral("Finished"));
  QCOMPARE(b.curve().losses().size(), 40u);
  QCOMPARE(b.curve().evaluations().size(), 3u);
  QCOMPARE(b.curve().examples()[1], 20);
  QVERIFY(b.log().contains("Train Epoch: 1 [0/400 (0%)]\tLoss: 2."));
  QVERIFY(b.log().contains("Train Epoch: 2 [0/400 (0%)]\tLoss: "));
  QCOMPARE(b.log().count("Test set: Average loss: "), 2);
  QCOMPARE(b.table()->model()->rowCount(), 3);
  QCOMPARE(b.window->findChild<QProgressBar*>()->value(), b.window->findChild<QProgressBar*>()->maximum());
  QVERIFY(b.action("file.export")->isEnabled());
  QVERIFY(b.spin("seed")->isEnabled());
}

void MainWindowTest::keyboardAloneTrains() {
  const MainBench b;
  QTest::keyClick(b.window->focusWidget(), Qt::Key_Space);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  QCOMPARE(b.curve().losses().size(), 40u);
  QCOMPARE(b.window->focusWidget(), b.button("run.train"));
  QTest::keyClick(b.window.get(), Qt::Key_R, Qt::ControlModifier);
  QTRY_VERIFY_WITH_TIMEOUT(b.controller().sessionOpen(), kWait);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  QCOMPARE(b.curve().losses().size(), 40u);
  b.button("run.train")->setFocus();
  QTest::keyClick(b.window->focusWidget(), Qt::Key_Return);  // two more epochs
  QTRY_COMPARE_WITH_TIMEOUT(b.curve().losses().size(), 80u, kWait);
}

void MainWindowTest::pauseStepAndStopInMidEpoch() {
  const MainBench b;
  b.set("epochs", 500);
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(b.curve().losses().size() > 5, kWait);
  QTest::mouseClick(b.button("run.pause"), Qt::LeftButton);
  QTRY_COMPARE_WITH_TIMEOUT(b.label("run.state"), QStringLiteral("Paused"), kWait);
  const auto paused = b.curve().losses().size();
  QTest::mouseClick(b.button("run.step-batch"), Qt::LeftButton);
  QTRY_COMPARE_WITH_TIMEOUT(b.curve().losses().size(), paused + 1, kWait);
  QTRY_COMPARE_WITH_TIMEOUT(b.label("run.state"), QStringLiteral("Paused"), kWait);
  QTest::mouseClick(b.button("run.step-batch"), Qt::LeftButton);
  QTRY_COMPARE_WITH_TIMEOUT(b.curve().losses().size(), paused + 2, kWait);
  QTRY_COMPARE_WITH_TIMEOUT(b.label("run.state"), QStringLiteral("Paused"), kWait);
  const auto evaluations = b.curve().evaluations().size();
  QTest::mouseClick(b.button("run.step-epoch"), Qt::LeftButton);
  QTRY_COMPARE_WITH_TIMEOUT(b.curve().evaluations().size(), evaluations + 1, kWait);
  QTRY_COMPARE_WITH_TIMEOUT(b.label("run.state"), QStringLiteral("Paused"), kWait);
  QCOMPARE(b.curve().losses().size() % 20, 0u);
  QTest::mouseClick(b.button("run.step-batch"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(b.curve().losses().size() % 20 == 1, kWait);
  QTest::mouseClick(b.button("run.stop"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  QCOMPARE(b.label("run.state"), QStringLiteral("Stopped"));
  const auto loaded = train::read_checkpoint(b.controller().runFolder() / train::kLastCheckpoint);
  QVERIFY(loaded.ok());
  QCOMPARE(loaded->checkpoint.position.step, 1);
  QVERIFY(b.action("run.train")->toolTip().startsWith("Train on with this run to epoch 500"));
}

void MainWindowTest::learningRateCanBeChangedLive() {
  const MainBench b;
  QTest::mouseClick(b.button("run.step-batch"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused) && b.curve().losses().size() == 1, kWait);
  b.set("lr", 0.25);
  b.set("epochs", 3);
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  QCOMPARE(b.curve().losses().size(), 60u);
  const auto loaded = train::read_checkpoint(b.controller().runFolder() / train::kLastCheckpoint);
  QVERIFY(loaded.ok());
  QCOMPARE(loaded->checkpoint.settings.learning_rate, 0.25);
}

// Every epoch after the choice ends with the rate that the schedule has there.
void MainWindowTest::aScheduleChosenWhileTrainingIsAppliedMarkedAndKept() {
  const MainBench b;
  b.set("epochs", 500);
  b.set("schedule-factor", 0.5);
  b.set("schedule-epochs", 1);
  auto* const schedule = b.window->findChild<QComboBox*>("setting.schedule");
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(b.curve().evaluations().size() > 1, kWait);
  QVERIFY(schedule->isEnabled());
  schedule->setCurrentText("Steps");
  QTRY_COMPARE_WITH_TIMEOUT(b.curve().marks().size(), std::size_t{1}, kWait);
  QCOMPARE(b.curve().marks()[0].words, std::string("schedule step"));
  const std::size_t measured = b.curve().evaluations().size();
  QTRY_VERIFY_WITH_TIMEOUT(b.curve().evaluations().size() > measured + 2, kWait);
  QTest::mouseClick(b.button("run.stop"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);

  const auto history = train::read_history(b.controller().runFolder());
  QVERIFY(history.ok());
  QCOMPARE(history->changes.size(), std::size_t{1});
  QCOMPARE(history->changes[0].key, std::string("schedule"));
  QCOMPARE(history->start.settings.schedule, std::string("constant"));
  const std::int64_t from = history->steps_at(history->changes[0].position);
  QCOMPARE(b.curve().marks()[0].examples, history->examples_at(history->changes[0].position));
  for (const train::Evaluation& e : history->evaluations) {
    if (e.epoch == 0) continue;
    const bool chosen = history->steps_at({e.epoch, history->start.steps_per_epoch - 1}) >= from;
    QCOMPARE(e.learning_rate, chosen ? 0.012 * std::pow(0.5, e.epoch - 1) : 0.012);
  }
  const auto kept = train::read_checkpoint(b.controller().runFolder() / train::kLastCheckpoint);
  QVERIFY(kept.ok());
  QCOMPARE(kept->checkpoint.settings.schedule, std::string("step"));
  const MainBench again;
  again.controller().openRun(QString::fromStdString(b.controller().runFolder().string()));
  QTRY_VERIFY_WITH_TIMEOUT(!again.curve().marks().empty(), kWait);
  QCOMPARE(again.window->findChild<QComboBox*>("setting.schedule")->currentText(), QStringLiteral("Steps"));
  QCOMPARE(again.curve().marks(), b.curve().marks());
}

void MainWindowTest::aLogIntervalChosenWhileTrainingIsMarkedAndKept() {
  const MainBench b;
  QTest::mouseClick(b.button("run.step-batch"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Paused) && b.curve().losses().size() == 1, kWait);
  b.set("log-interval", 5);
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  QCOMPARE(b.curve().marks().size(), std::size_t{1});
  QCOMPARE(b.curve().marks()[0].words, std::string("log interval 5"));
  QCOMPARE(b.log().count("Train Epoch: "), 8);  // steps 0, 5, 10 and 15 of both epochs
  QVERIFY(b.log().contains("log interval 5 from step 1 of epoch 1 on"));
  b.set("epochs", 3);
  QVERIFY(b.action("run.train")->toolTip().startsWith("Train on with this run to epoch 3"));
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy() && b.curve().losses().size() == 60, kWait);
  QCOMPARE(b.log().count("Train Epoch: 3"), 4);
  const MainBench again;
  again.controller().openRun(QString::fromStdString(b.controller().runFolder().string()));
  QTRY_VERIFY_WITH_TIMEOUT(!again.curve().marks().empty(), kWait);
  QCOMPARE(again.spin("log-interval")->value(), 5.0);
  QCOMPARE(again.log().count("Train Epoch: "), 12);
}

void MainWindowTest::restartWithTheSameSeedIsTheSame() {
  const MainBench b;
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  const std::vector<float> first = b.losses();
  const QString log = b.log();
  QTest::mouseClick(b.button("run.restart"), Qt::LeftButton);
  QSignalSpy began(&b.controller(), &TrainingController::runBegan);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  QCOMPARE(began.size(), 1);
  QCOMPARE(b.losses(), first);
  QCOMPARE(b.log(), log);
  b.set("seed", 6);
  QTest::mouseClick(b.button("run.restart"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  QVERIFY(b.losses() != first);
}

void MainWindowTest::closingWhileTrainingSaves() {
  MainBench b;
  b.set("epochs", 500);
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(b.curve().losses().size() > 5, kWait);
  QSignalSpy closed(b.window.get(), &MainWindow::closed);
  b.window->close();
  QVERIFY(!b.window->isVisible());
  QTRY_COMPARE_WITH_TIMEOUT(closed.size(), 1, kWait);
  QVERIFY(!b.controller().busy());
  const auto loaded = train::read_checkpoint(b.controller().runFolder() / train::kLastCheckpoint);
  QVERIFY(loaded.ok());
  QVERIFY(loaded->checkpoint.position != train::Position{});
}

void MainWindowTest::closingWhenIdle() {
  MainBench b;
  QSignalSpy closed(b.window.get(), &MainWindow::closed);
  b.action("file.quit")->trigger();
  QCOMPARE(closed.size(), 1);
}

void MainWindowTest::exportsEveryKind() {
  const MainBench b;
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  for (const QString suffix : {"png", "svg", "pdf", "csv"}) {
    const QString path = b.home.path() + "/loss." + suffix;
    QVERIFY2(b.window->exportFigure(path), qPrintable(b.window->messageBar()->text()));
    QVERIFY(QFileInfo(path).size() > 500);
    QVERIFY(b.window->messageBar()->text().contains(path));
  }
  QVERIFY(!b.window->exportFigure(b.home.path() + "/loss.xyz"));
  QVERIFY(b.window->messageBar()->isVisible());
  QVERIFY(b.window->messageBar()->isError());
}

void MainWindowTest::whatTheExportDialogStoodAtIsRemembered() {
  const MainBench b;
  QTest::mouseClick(b.button("run.train"), Qt::LeftButton);
  QTRY_VERIFY_WITH_TIMEOUT(!b.controller().busy(), kWait);
  const QString path = b.home.path() + "/dialog.svg";
  const auto during = [&b](const std::function<void(ExportDialog&)>& work) {
    QTimer::singleShot(0, b.window.get(), [&b, work] {
      auto* const dialog = b.window->findChild<ExportDialog*>();
      if (dialog != nullptr) work(*dialog);
    });
    b.action("file.export")->trigger();
  };
  during([&path](ExportDialog& dialog) {
    dialog.findChild<QComboBox*>("export.preset")->setCurrentIndex(1);
    dialog.save(path);
  });
  QVERIFY(QFileInfo::exists(path));
  QVERIFY(b.window->messageBar()->text().contains(path));
  FigureOptions again;
  during([&again](ExportDialog& dialog) {
    again = dialog.options();
    dialog.reject();
  });
  QCOMPARE(again, presetOptions(FigurePreset::PaperColumn, {}, false));
  b.window->close();
  QCOMPARE(loadSettings().exportKind, "svg");
  QCOMPARE(loadSettings().exportChoices.value("preset").toString(), "paper-column");
}

void MainWindowTest::aBadFolderIsToldInTheMessageBar() {
  const MainBench b;
  b.window->chooseData(b.home.path());
  QTRY_VERIFY_WITH_TIMEOUT(b.window->messageBar()->isVisible(), kWait);
  QVERIFY(b.window->messageBar()->isError());
  QVERIFY(b.window->messageBar()->text().contains(b.home.path()));
  QTRY_COMPARE(b.label("run.state"), QStringLiteral("Ready"));
  QCOMPARE(b.window->runBar()->dataSpec(), QStringLiteral("digits"));
  QCOMPARE(b.window->workspace().plan().settings().data, std::string("digits"));
  QVERIFY(!b.window->runBar()->hasData(b.home.path()));
  QTest::mouseClick(b.window->messageBar()->findChild<QToolButton*>(), Qt::LeftButton);
  QVERIFY(!b.window->messageBar()->isVisible());
}

void MainWindowTest::everyControlHasANameAndHelp() {
  const MainBench b;
  for (const QWidget* widget : b.window->findChildren<QWidget*>()) {
    if (widget->window() != b.window.get()) continue;  // lists that drop down
    if (widget->focusPolicy() == Qt::NoFocus || widget->focusProxy() || qobject_cast<const QLabel*>(widget))
      continue;
    if (widget->objectName().startsWith("qt_")) continue;  // parts of a spin box and the like
    const QAccessibleInterface* const found =
        QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
    const QByteArray who = widget->metaObject()->className() + (" " + widget->objectName()).toUtf8();
    QVERIFY2(found && !found->text(QAccessible::Name).isEmpty(), who.constData());
    if (qobject_cast<const QMenuBar*>(widget) || !widget->isVisible()) continue;
    if (widget == b.window->page<TrainPage>()->chart()->focusProxy()) continue;  // told by its crosshair
    QVERIFY2(!widget->toolTip().isEmpty(), who.constData());
  }
}

void MainWindowTest::tabReachesEveryControl() {
  const MainBench b;
  QSet<const QWidget*> reached;
  for (const QWidget* w = b.button("run.train"); !reached.contains(w); w = w->nextInFocusChain())
    reached.insert(w);
  for (const char* key : {"epochs", "batch-size", "test-batch-size", "lr", "momentum", "seed"}) {
    QVERIFY(reached.contains(b.spin(key)));
    QVERIFY(b.spin(key)->focusPolicy() & Qt::TabFocus);
  }
  for (const char* id : {"run.pause", "run.stop", "run.restart", "view.log-y", "view.follow", "page.train"}) {
    QVERIFY(reached.contains(b.button(id)));
    QVERIFY(b.button(id)->focusPolicy() & Qt::TabFocus);
  }
  // The commands come in the order in which they are seen.
  const QWidget* const after = b.button("run.step-batch")->nextInFocusChain();
  QCOMPARE(after, b.button("run.step-epoch"));
}

void MainWindowTest::themeSwitchRecolours() {
  const MainBench b;
  const auto lightness = [&b] {
    return b.window->grab().toImage().pixelColor(b.window->rect().bottomRight() - QPoint(3, 3)).lightness();
  };
  b.action("view.theme-light")->trigger();
  QTRY_VERIFY(lightness() > 200);
  b.action("view.theme-dark")->trigger();
  QTRY_VERIFY(lightness() < 80);
  QVERIFY(b.action("view.theme-dark")->isChecked());
  QVERIFY(!b.action("view.theme-light")->isChecked());
  b.action("view.theme-light")->trigger();
}

void MainWindowTest::layoutAndChoicesAreRemembered() {
  MainBench b;
  b.action("view.log-y")->trigger();
  QVERIFY(b.window->page<TrainPage>()->chart()->logY());
  b.action("view.theme-dark")->trigger();
  QSplitter* const rows = b.window->page<TrainPage>()->splitters().constFirst();
  rows->setSizes({300, 300});
  const QList<int> sizes = rows->sizes();
  b.window->close();
  const AppSettings kept = loadSettings();
  QVERIFY(kept.pages["train"]["log_y"].toBool());
  QVERIFY(kept.theme == ThemeChoice::Dark);
  MainWindow again(kept);
  again.show();
  QVERIFY(again.actions().action("view.log-y")->isChecked());
  QCOMPARE(again.page<TrainPage>()->splitters().constFirst()->sizes(), sizes);
  again.actions().action("view.theme-light")->trigger();
}

// A screen of 1024 × 600 with a title bar: every page, with inspector, time line and a message.
void MainWindowTest::fitsASmallScreen() {
  const MainBench b;
  b.action("view.inspector")->setChecked(true);
  b.window->messageBar()->showNote("The run is saved somewhere.");
  for (const PageInfo& info : pageTable()) {
    b.window->showPage(b.window->pageNamed(info.id));
    QCoreApplication::processEvents();
    const QSize least = b.window->minimumSizeHint();
    QVERIFY2(least.width() <= 1024 && least.height() <= 570,
             qPrintable(QString("%1: %2 x %3").arg(info.id).arg(least.width()).arg(least.height())));
  }
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::MainWindowTest)
#include "main_window_test.moc"
