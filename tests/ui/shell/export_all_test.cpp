// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure of a run at once.
#include "ui/shell/export_all.h"

#include <QDir>
#include <QElapsedTimer>
#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"
#include "ui/pages/page_table.h"
#include "ui/shell/export_all_dialog.h"

using namespace synann;
using namespace synann::ui;

// A run of the built-in digits that was trained once for all tests.
struct ExportedRun {
  ExportedRun() {
    bench.train();
    options.history = bench.run().string();
    options.data = "digits";
    options.figure = presetOptions(FigurePreset::PaperColumn, {}, false);
  }
  ui::testing::WindowBench bench{"syna-pixel", 1};
  ViewOptions options;
};

class ExportAllTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() { run_ = std::make_unique<ExportedRun>(); }
  void cleanupTestCase() { run_.reset(); }
  void writesEveryViewOfEveryPage();
  void writesOverNothing();
  void saysWhatARunCannotGive();
  void stops();
  void aRunThatIsNotThereIsOneSentence();
  void theDialogShowsWhatWasWritten();
  void theActionIsThereWithARun();

 private:
  std::unique_ptr<ExportedRun> run_;
};

void ExportAllTest::writesEveryViewOfEveryPage() {
  QTemporaryDir folder;
  ExportAll work(run_->options, folder.path());
  QSignalSpy finished(&work, &ExportAll::finished);
  QVERIFY(work.start().ok());
  QVERIFY(finished.wait(ui::testing::kWait));
  QVERIFY2(work.failures().isEmpty(), qPrintable(work.failures().join('\n')));
  const QDir made(work.folder());
  QCOMPARE(made.dirName(), "run1-figures");
  for (const std::string& view : runViews())
    for (const char* kind : {".pdf", ".png", ".csv"}) {
      const QString file = QString::fromStdString(view) + kind;
      QVERIFY2(made.exists(file) && work.written().contains(file), qPrintable(file));
    }
  for (const char* matrix : {"synapses.npy", "surface.npy"}) QVERIFY(made.exists(matrix));
  QVERIFY(!made.exists("loss.npy"));
  QCOMPARE(made.entryList(QDir::Files).size(), work.written().size());
  QCOMPARE(QImage(made.filePath("loss.png")).size(), QSize(1050, 750));
}

void ExportAllTest::writesOverNothing() {
  QTemporaryDir folder;
  for (const char* name : {"run1-figures", "run1-figures-2", "run1-figures-3"}) {
    ExportAll work(run_->options, folder.path());
    QSignalSpy finished(&work, &ExportAll::finished);
    QVERIFY(work.start().ok());
    QCOMPARE(QDir(work.folder()).dirName(), name);
    connect(&work, &ExportAll::progressed, &work, &ExportAll::stop);
    QVERIFY(finished.wait(ui::testing::kWait));
  }
}

void ExportAllTest::saysWhatARunCannotGive() {
  QTemporaryDir folder;
  ViewOptions options = run_->options;
  options.data = "no/such/data";
  ExportAll work(options, folder.path());
  QSignalSpy finished(&work, &ExportAll::finished);
  QVERIFY(work.start().ok());
  QVERIFY(finished.wait(ui::testing::kWait));
  QVERIFY(!work.writeFailed());
  QVERIFY(work.written().contains("loss.pdf"));
  QVERIFY(!work.written().contains("proof.pdf"));  // it needs the data
  const QStringList told = work.failures().filter("no/such/data");
  QCOMPARE(told.size(), work.failures().size());
  QCOMPARE(told.filter(QRegularExpression("^proof: ")).size(), 1);
}

void ExportAllTest::stops() {
  QTemporaryDir folder;
  ExportAll work(run_->options, folder.path());
  QSignalSpy finished(&work, &ExportAll::finished);
  QVERIFY(work.start().ok());
  connect(&work, &ExportAll::progressed, &work, &ExportAll::stop);
  QVERIFY(finished.wait(ui::testing::kWait));
  QVERIFY(work.stopped() && !work.written().isEmpty());
  QVERIFY(work.written().size() < 5);
  QVERIFY(QDir(folder.path()).exists("run1-figures"));
}

void ExportAllTest::aRunThatIsNotThereIsOneSentence() {
  QTemporaryDir folder;
  ViewOptions options;
  options.history = folder.filePath("nothing").toStdString();
  ExportAll work(options, folder.path());
  const Status begun = work.start();
  QVERIFY(!begun.ok());
  QVERIFY(begun.error().sentence().find("nothing") != std::string::npos);
  QVERIFY(QDir(folder.path()).isEmpty());
  options = run_->options;
  ExportAll elsewhere(options, "/proc/nowhere");
  QVERIFY(!elsewhere.start().ok());
}

void ExportAllTest::theDialogShowsWhatWasWritten() {
  QTemporaryDir folder;
  ExportAllDialog dialog(run_->options, folder.path());
  dialog.show();
  auto* const list = dialog.findChild<QListWidget*>();
  auto* const button = dialog.findChild<QPushButton*>("export-all.button");
  QCOMPARE(button->text(), "&Stop");
  QTRY_VERIFY_WITH_TIMEOUT(!dialog.running(), ui::testing::kWait);
  QCOMPARE(list->count(), dialog.work().written().size());
  QVERIFY(dialog.sentence().contains("run1-figures"));
  QCOMPARE(button->text(), "&Close");
  button->click();
  QVERIFY(!dialog.isVisible());
}

void ExportAllTest::theActionIsThereWithARun() {
  QVERIFY(run_->bench.window->actions().action("file.export-all")->isEnabled());
  const ui::testing::WindowBench fresh;
  QVERIFY(!fresh.window->actions().action("file.export-all")->isEnabled());
}

SYNANN_WINDOW_TEST(ExportAllTest)
#include "export_all_test.moc"
