// SPDX-License-Identifier: GPL-3.0-or-later
// Curves of other programs' runs: tables as they are really written, and what is refused.
#include "engine/exports/foreign_curve.h"

#include <string>
#include <vector>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "tests/test_main.h"

namespace synann::exports {

class ForeignCurveTest : public QObject {
  Q_OBJECT

 private slots:
  void tensorBoardsOwnTable();
  void kerasTable();
  void lightningTableWithGaps();
  void weightsAndBiasesTable();
  void rowsAreCountedWithoutAnAxis();
  void placesAreSortedAndOnce();
  void whatHasNoCurveIsRefused();
  void foldersAndMissingFilesAreNamed();
  void kindsByNameAndContent();

 private:
  static Result<ForeignRun> table(const std::string& text, const std::string& file = "logs/run.csv") {
    return parse_foreign_table(std::vector<std::uint8_t>(text.begin(), text.end()), file);
  }
};

using Numbers = std::vector<double>;

void ForeignCurveTest::tensorBoardsOwnTable() {
  const auto run =
      table("Wall time,Step,Value\n1764534312.5,0,2.3\n1764534313.5,100,1.25\n", "logs/loss_test.csv");
  QVERIFY(run);
  QCOMPARE(run->curves.size(), std::size_t{1});
  QCOMPARE(run->curves[0].name, std::string("loss_test"));
  QCOMPARE(run->curves[0].unit, ForeignUnit::Steps);
  QCOMPARE(run->curves[0].x, (Numbers{0, 100}));
  QCOMPARE(run->curves[0].y, (Numbers{2.3, 1.25}));
  QCOMPARE(run->curves[0].wall, (Numbers{1764534312.5, 1764534313.5}));
}

void ForeignCurveTest::kerasTable() {
  const auto run =
      table("epoch,accuracy,loss,val_accuracy,val_loss\n0,0.9,0.31,0.95,0.17\n1,0.96,0.12,0.97,0.1\n");
  QVERIFY(run);
  QCOMPARE(run->curves.size(), std::size_t{4});
  QCOMPARE(run->curves[2].name, std::string("val_accuracy"));
  QCOMPARE(run->curves[2].unit, ForeignUnit::Epochs);
  QCOMPARE(run->curves[2].y, (Numbers{0.95, 0.97}));
  QVERIFY(run->curves[2].wall.empty() && run->notes.empty());
}

// Epoch and step beside each other, each number in the row where it was measured.
void ForeignCurveTest::lightningTableWithGaps() {
  const auto run = table("epoch,step,train_loss,val_loss\n0,49,0.5,\n0,99,0.4,\n0,99,,0.45\n1,149,nan,\n");
  QVERIFY(run);
  QCOMPARE(run->curves.size(), std::size_t{2});
  QCOMPARE(run->curves[0].unit, ForeignUnit::Steps);
  QCOMPARE(run->curves[0].x, (Numbers{49, 99}));  // what is no number is no point
  QCOMPARE(run->curves[1].x, (Numbers{99}));
}

void ForeignCurveTest::weightsAndBiasesTable() {
  const auto run = table(
      "\"Step\",\"swift-sun - loss\",\"swift-sun - _step\",\"note\"\n\"0\",\"1.5\",\"0\",\"a\"\n"
      "\"10\",\"+1e-1\",\"10\",\"b\"\n");
  QVERIFY(run);
  QCOMPARE(run->curves.size(), std::size_t{2});  // words are no curve
  QCOMPARE(run->curves[0].name, std::string("swift-sun - loss"));
  QCOMPARE(run->curves[0].y, (Numbers{1.5, 0.1}));
}

void ForeignCurveTest::rowsAreCountedWithoutAnAxis() {
  const auto run = table("loss\n3\n2\n1\n");
  QVERIFY(run);
  QCOMPARE(run->curves[0].x, (Numbers{1, 2, 3}));
  QCOMPARE(run->notes.size(), std::size_t{1});
}

void ForeignCurveTest::placesAreSortedAndOnce() {
  const auto run = table("step,loss\n20,2\n10,1\n20,3\ninf,4\n");
  QVERIFY(run);
  QCOMPARE(run->curves[0].x, (Numbers{10, 20}));
  QCOMPARE(run->curves[0].y, (Numbers{1, 3}));
}

void ForeignCurveTest::whatHasNoCurveIsRefused() {
  for (const char* text : {"", "step\n1\n2\n", "name,word\na,b\n", "step,loss\n", "step,loss\n1\n",
                           "step;loss\n1;2\n", "step,loss\n1,\"2\n", "a,a\n1,2\n", "step,loss\n1,nan\n"}) {
    const auto run = table(text);
    QVERIFY2(!run, text);
    QVERIFY2(run.error().sentence().starts_with("logs/run.csv"), run.error().sentence().c_str());
  }
}

void ForeignCurveTest::foldersAndMissingFilesAreNamed() {
  const QTemporaryDir folder;
  const std::string path = folder.path().toStdString();
  QVERIFY(read_foreign_run(path).error().sentence().starts_with(path + ": holds no event file"));
  QVERIFY(
      read_foreign_run(path + "/none.csv").error().sentence().starts_with(path + "/none.csv: no such file"));
  QFile history(folder.filePath("history.jsonl"));
  QVERIFY(history.open(QIODevice::WriteOnly));
  QVERIFY(read_foreign_run(path).error().sentence().find("is a run of this program") != std::string::npos);
}

void ForeignCurveTest::kindsByNameAndContent() {
  const QTemporaryDir folder;
  const std::string path = folder.path().toStdString();
  QCOMPARE(foreign_kind(path), ForeignKind::None);
  QCOMPARE(foreign_kind(path + "/a.CSV"), ForeignKind::Table);
  QFile log(folder.filePath("events.out.tfevents.1.host"));
  QVERIFY(log.open(QIODevice::WriteOnly));
  QCOMPARE(foreign_kind(path), ForeignKind::Events);
  QCOMPARE(foreign_kind(path + "/events.out.tfevents.1.host"), ForeignKind::Events);
}

}  // namespace synann::exports

SYNANN_TEST(synann::exports::ForeignCurveTest)
#include "foreign_curve_test.moc"
