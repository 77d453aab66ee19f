// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/runs/fork_dialog.h"

#include <filesystem>

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QContextMenuEvent>
#include <QDoubleSpinBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "engine/runs/fork_proof.h"
#include "engine/train/checkpoint.h"
#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/synapses/synapses_page.h"
#include "ui/shell/inspector.h"
#include "ui/shell/message_bar.h"
#include "ui/shell/time_line.h"
#include "ui/shell/time_track.h"

namespace synann::ui {

namespace fs = std::filesystem;
using testing::kWait;

namespace {

QByteArray contentOf(const fs::path& path) {
  QFile file(QString::fromStdString(path.string()));
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// A window with a run of two epochs, 20 steps each, and the dialog about it.
struct ForkBench : testing::WindowBench {
  ForkBench() { train(); }
  std::unique_ptr<ForkDialog> ask(std::optional<std::int64_t> step) {
    auto dialog = std::make_unique<ForkDialog>(
        ForkSubject{.run = run(), .step = step, .data = window->workspace().source().data(), .threads = 1});
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!dialog->busy(), kWait); }();
    return dialog;
  }
  static QString words(const ForkDialog& dialog) { return dialog.findChild<QLabel*>("fork.words")->text(); }
  static bool make(ForkDialog& dialog) {
    dialog.findChild<QPushButton*>("fork.make")->click();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!dialog.busy(), kWait); }();
    return dialog.result() == QDialog::Accepted;
  }
  // Does something to the dialog that the window opens next, which would wait for a person.
  template <class Work>
  void whenAsked(Work work) {
    QTimer::singleShot(0, window.get(), [work] {
      auto* dialog = qobject_cast<ForkDialog*>(QApplication::activeModalWidget());
      if (dialog == nullptr) qFatal("no dialog");
      [&] { QTRY_VERIFY_WITH_TIMEOUT(!dialog->busy(), kWait); }();
      work(*dialog);
    });
  }
  void settle() {
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!window->controller().busy(), kWait); }();
  }
};

}  // namespace

// A step of a run becomes a new run from the window, paused there, and proves that it is its parent's.
class ForkDialogTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void beginsWithWhatTheParentHas();
  void whatCannotChangeSaysWhy();
  void saysWhatWillBeDifferent();
  void opensThereAndEndsAsItsParent();
  void theTimeLineNamesTheStep();
  void theInspectorHasTheDigests();
  void aRunThatTrainsGoesOn();
  void whatIsWrongIsToldInTheDialog();

 private:
  QTemporaryDir nothing_;
};

void ForkDialogTest::initTestCase() {
  qputenv("XDG_DATA_HOME", nothing_.path().toUtf8());
}

void ForkDialogTest::beginsWithWhatTheParentHas() {
  ForkBench b;
  const auto dialog = b.ask(std::nullopt);
  auto* step = dialog->findChild<QDoubleSpinBox*>("fork.step");
  QCOMPARE(step->value(), 40.0);
  QCOMPARE(step->maximum(), 40.0);
  QCOMPARE(dialog->findChild<QLabel*>("fork.where")->text(), QString("at the end of epoch 2"));
  QCOMPARE(dialog->findChild<QLineEdit*>("fork.name")->text(), QString("run1-at-40"));
  step->setValue(23);
  QCOMPARE(dialog->findChild<QLabel*>("fork.where")->text(), QString("epoch 2, step 3"));
  QCOMPARE(dialog->findChild<QLineEdit*>("fork.name")->text(), QString("run1-at-23"));
  QVERIFY(ForkBench::words(*dialog).startsWith("Nothing is different"));
}

void ForkDialogTest::whatCannotChangeSaysWhy() {
  ForkBench b;
  const auto dialog = b.ask(5);
  for (const char* name : {"setting.batch-size", "setting.validation", "setting.synapse", "setting.beta"}) {
    auto* editor = dialog->findChild<QWidget*>(name);
    QVERIFY2(editor != nullptr && !editor->isEnabled(), name);
    QVERIFY(editor->toolTip().contains("cannot change in the middle of a run"));
  }
  for (const char* name : {"setting.lr", "setting.seed", "setting.weight-decay", "setting.schedule"})
    QVERIFY2(dialog->findChild<QWidget*>(name)->isEnabled(), name);
}

void ForkDialogTest::saysWhatWillBeDifferent() {
  ForkBench b;
  const auto dialog = b.ask(5);
  dialog->findChild<QDoubleSpinBox*>("setting.lr")->setValue(0.03);
  QVERIFY2(ForkBench::words(*dialog).contains("learning rate 0.03 instead of 0.012"),
           qPrintable(ForkBench::words(*dialog)));
  dialog->findChild<QDoubleSpinBox*>("fork.step")->setValue(9);  // it stays
  QCOMPARE(dialog->plan().settings().learning_rate, 0.03);
}

void ForkDialogTest::opensThereAndEndsAsItsParent() {
  ForkBench b;
  const fs::path parent = b.run();
  b.whenAsked([](ForkDialog& dialog) {
    dialog.findChild<QDoubleSpinBox*>("fork.step")->setValue(23);
    QVERIFY(ForkBench::make(dialog));
  });
  b.window->actions().action("run.fork")->trigger();
  b.settle();
  QCOMPARE(b.run(), parent.parent_path() / "run1-at-23");
  QTRY_VERIFY(b.window->messageBar()->text().contains("equal to the parent's at step 23"));
  QVERIFY(b.window->controller().state() == RunState::Stopped);
  b.window->controller().train(*b.window->controller().runSettings());
  b.settle();
  QCOMPARE(contentOf(b.run() / train::kLastCheckpoint), contentOf(parent / train::kLastCheckpoint));
  QCOMPARE(b.run(), parent.parent_path() / "run1-at-23");
}

void ForkDialogTest::theTimeLineNamesTheStep() {
  ForkBench b;
  b.window->showPage(b.window->page<SynapsesPage>());
  auto* track = b.window->timeLine()->findChild<TimeTrack*>();
  QTRY_VERIFY_WITH_TIMEOUT(track->isEnabled() && track->maximum() > 10, kWait);
  track->setValue(10);
  QSignalSpy wanted(track, &TimeTrack::forkWanted);
  QContextMenuEvent asked(QContextMenuEvent::Keyboard, {1, 1}, track->mapToGlobal(QPoint(1, 1)));
  QApplication::sendEvent(track, &asked);
  auto* fork = track->findChild<QAction*>("time.fork");
  QVERIFY(fork != nullptr);
  QVERIFY2(fork->text().contains("step 10"), qPrintable(fork->text()));
  b.whenAsked([](ForkDialog& dialog) {
    QCOMPARE(dialog.findChild<QDoubleSpinBox*>("fork.step")->value(), 10.0);
    dialog.reject();
  });
  fork->trigger();
  QCOMPARE(wanted.size(), 1);
}

void ForkDialogTest::theInspectorHasTheDigests() {
  ForkBench b;
  const auto dialog = b.ask(7);
  QVERIFY(ForkBench::make(*dialog));
  b.window->openRun(QString::fromStdString(dialog->folder().string()));
  b.settle();
  b.window->actions().action("view.inspector")->setChecked(true);
  const auto proof = runs::prove_fork(dialog->folder());
  QVERIFY(proof.ok() && proof->holds());
  QTRY_VERIFY(b.window->inspector()->allText().contains(QString::fromStdString(proof->fork.history_sha256)));
  QVERIFY(b.window->inspector()->allText().contains(QString::fromStdString(proof->fork.parameters_sha256)));
}

void ForkDialogTest::aRunThatTrainsGoesOn() {
  ForkBench b;
  b.settings.epochs = 5000;
  b.settings.seed = 8;
  const fs::path first = b.run();
  b.window->controller().train(b.settings);
  QTRY_VERIFY_WITH_TIMEOUT(b.window->controller().state() == RunState::Training &&
                               b.window->controller().progress().position.epoch > 1,
                           kWait);
  const fs::path trains = b.run();
  QVERIFY(trains != first);
  b.whenAsked([](ForkDialog& dialog) {
    dialog.findChild<QDoubleSpinBox*>("fork.step")->setValue(4);
    QVERIFY(ForkBench::make(dialog));
  });
  b.window->actions().action("run.fork")->trigger();
  QCOMPARE(b.run(), trains);
  QVERIFY(b.window->controller().sessionOpen());
  QVERIFY2(b.window->messageBar()->text().contains("equal to the parent's at step 4"),
           qPrintable(b.window->messageBar()->text()));
  b.window->controller().stop();
  b.settle();
}

void ForkDialogTest::whatIsWrongIsToldInTheDialog() {
  ForkBench b;
  const auto dialog = b.ask(5);
  auto* name = dialog->findChild<QLineEdit*>("fork.name");
  auto* make = dialog->findChild<QPushButton*>("fork.make");
  const auto type = [&](const QString& text) {
    name->clear();
    QTest::keyClicks(name, text);
  };
  type("a/b");
  QVERIFY(!make->isEnabled() && ForkBench::words(*dialog).contains("without a slash"));
  type("run1");
  QVERIFY(!make->isEnabled() && ForkBench::words(*dialog).contains("is there already"));
  type("mine");
  QVERIFY(make->isEnabled());

  ForkDialog none({.run = b.run().parent_path() / "nothing"});
  QTRY_VERIFY_WITH_TIMEOUT(!none.busy(), kWait);
  QVERIFY(!none.findChild<QPushButton*>("fork.make")->isEnabled());
  QVERIFY(ForkBench::words(none).contains("nothing"));
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::ForkDialogTest)
#include "fork_dialog_test.moc"
