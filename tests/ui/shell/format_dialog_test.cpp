// SPDX-License-Identifier: GPL-3.0-or-later
// A run handed to other programs from the window.
#include "ui/shell/format_dialog.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QPushButton>
#include <QTest>

#include "tests/test_main.h"
#include "tests/ui/pages/window_bench.h"

namespace synann::ui {

class FormatDialogTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void cleanupTestCase() { bench_.reset(); }
  void everyFormatCanBeChosen();
  void writesWhatIsChosen();
  void whatCannotBeWrittenIsOneSentence();
  void stopsAndBeginsAnew();
  void theActionIsThereWithARun();

 private:
  bool exported(FormatDialog& dialog, const QString& file) {
    dialog.exportTo(folder_.filePath(file));
    [&] { QTRY_VERIFY_WITH_TIMEOUT(!dialog.running(), testing::kWait); }();
    return !dialog.failed();
  }
  std::unique_ptr<testing::WindowBench> bench_;
  QTemporaryDir folder_;
};

void FormatDialogTest::initTestCase() {
  bench_ = std::make_unique<testing::WindowBench>("syna-pixel", 1);
  bench_->train();
}

void FormatDialogTest::everyFormatCanBeChosen() {
  FormatDialog dialog({bench_->run()}, "digits");
  for (const exports::Format& format : exports::formats()) {
    dialog.choose(QString::fromUtf8(format.id.data(), static_cast<qsizetype>(format.id.size())));
    QCOMPARE(dialog.findChild<QComboBox*>("formats.content")->count(),
             static_cast<int>(format.of_checkpoint.size() + format.of_runs.size()));
    QCOMPARE(dialog.findChild<QComboBox*>("formats.checkpoint")->isEnabled(), !format.of_checkpoint.empty());
    QCOMPARE(dialog.findChild<QPushButton*>("formats.export")->isEnabled(), format.unavailable.empty());
    QVERIFY(!dialog.findChild<QLabel*>("formats.help")->text().isEmpty());
  }
}

void FormatDialogTest::writesWhatIsChosen() {
  FormatDialog dialog({bench_->run()}, "digits");
  dialog.choose("csv", "losses");
  QVERIFY(exported(dialog, "a.csv"));
  QFile csv(folder_.filePath("a.csv"));
  QVERIFY(csv.open(QIODevice::ReadOnly));
  QCOMPARE(csv.readAll().count('\n'), 21);  // 20 steps and their heading
  QVERIFY(dialog.sentence().startsWith("Saved ") && dialog.sentence().contains("a.csv"));
  dialog.choose("npz", "predictions", "best.safetensors");
  QVERIFY2(exported(dialog, "a.npz"), qPrintable(dialog.sentence()));
  dialog.choose("hub");
  QVERIFY2(exported(dialog, "hub"), qPrintable(dialog.sentence()));
  QVERIFY(QFile::exists(folder_.filePath("hub/config.json")));
  dialog.choose("html");
  QVERIFY(exported(dialog, "a.html"));
  QCOMPARE(dialog.findChild<QPushButton*>("formats.close")->text(), "&Close");
}

void FormatDialogTest::whatCannotBeWrittenIsOneSentence() {
  FormatDialog dialog({bench_->run()}, "no/such/data");
  dialog.choose("csv", "predictions");
  QVERIFY(!exported(dialog, "b.csv"));
  QVERIFY2(dialog.sentence().contains("no/such/data"), qPrintable(dialog.sentence()));
  dialog.choose("csv", "epochs");
  QVERIFY(!exported(dialog, "no/such/folder.csv"));
  QVERIFY(dialog.sentence().contains("folder.csv"));
  QVERIFY(exported(dialog, "b.csv"));  // and it goes on
}

void FormatDialogTest::stopsAndBeginsAnew() {
  FormatDialog dialog({bench_->run()}, "digits");
  dialog.choose("npz", "activations");
  dialog.exportTo(folder_.filePath("c.npz"));
  dialog.reject();
  QTRY_VERIFY_WITH_TIMEOUT(!dialog.running(), testing::kWait);
  if (dialog.failed()) QVERIFY(!QFile::exists(folder_.filePath("c.npz")));  // else it was quicker
  dialog.choose("csv", "epochs");
  QVERIFY(exported(dialog, "c.csv"));
}

void FormatDialogTest::theActionIsThereWithARun() {
  QVERIFY(bench_->window->actions().action("file.export-formats")->isEnabled());
  testing::WindowBench empty;
  QVERIFY(!empty.window->actions().action("file.export-formats")->isEnabled());
}

}  // namespace synann::ui

SYNANN_WINDOW_TEST(synann::ui::FormatDialogTest)
#include "format_dialog_test.moc"
