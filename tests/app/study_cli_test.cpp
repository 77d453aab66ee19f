// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

// `synann study` with a folder: its runs, how it goes on, its tables, and the ready studies.
class StudyCliTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void itsRunsAreRuns();
  void jsonHasIntervalAndCorrectedP();
  void theTableIsSaved();
  void goesOnWithItsOwnPlan();
  void aReadyStudyTellsWhatIsExpected();
  void refusesStudiesInOneSentence_data();
  void refusesStudiesInOneSentence();

 private:
  QString at(const QString& name) const { return folder_.filePath(name); }
  static QByteArray content(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }
  QStringList study(const QStringList& more = {}) const {
    return QStringList{"study",   "--data", at("data"),     "--models", "linear,identity-pixel",
                       "--seeds", "3",      "--epochs",     "1",        "--batch-size",
                       "50",      "--vary", "lr=0.01,0.05", "--out",    at("study")} +
           more;
  }

  QTemporaryDir folder_;
};

void StudyCliTest::initTestCase() {
  QVERIFY(folder_.isValid());
  QCOMPARE(run_synann({"data", "make", at("data"), "--train", "300", "--test", "100"}).code, 0);
  const Outcome made = run_synann(study());
  QVERIFY2(made.code == 0, qPrintable(made.err));
  QVERIFY2(made.out.contains("95 % interval") && made.out.contains("p (Holm) |"), qPrintable(made.out));
}

void StudyCliTest::itsRunsAreRuns() {
  const Outcome listed = run_synann({"runs", at("study"), "--json"});
  QCOMPARE(listed.code, 0);
  QCOMPARE(listed.out.count("\"state\":\"finished\""), 12);
  // One of them is what `synann train` makes of the same settings, byte for byte.
  const Outcome alone =
      run_synann({"train", "--data", at("data"), "--model", "linear", "--epochs", "1", "--batch-size", "50",
                  "--lr", "0.05", "--seed", "2", "--out", at("alone")});
  QVERIFY2(alone.code == 0, qPrintable(alone.err));
  const QString run = at("study/runs/linear-epochs=1-batch-size=50-lr=0.05-s2/");
  QVERIFY(!content(run + "last.safetensors").isEmpty());
  QCOMPARE(content(run + "last.safetensors"), content(at("alone/last.safetensors")));
  // And goes on as one.
  const Outcome on =
      run_synann({"train", "--resume", run + "last.safetensors", "--epochs", "2", "--out", at("on")});
  QVERIFY2(on.code == 0, qPrintable(on.err));
}

void StudyCliTest::jsonHasIntervalAndCorrectedP() {
  const auto lines = run_synann(study({"--json"})).out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 4);
  const auto first = QJsonDocument::fromJson(lines[0].toUtf8()).object();
  QVERIFY(!first.contains("p_holm"));
  double least = 1;
  for (const QString& line : lines) {
    const auto row = QJsonDocument::fromJson(line.toUtf8()).object();
    const auto interval = row["accuracy_interval"].toArray();
    QCOMPARE(interval.size(), 2);
    const double mean = row["accuracy"].toDouble();
    // t for two degrees of freedom and 95 %, of three runs.
    const double half = 4.302652729696142 * row["accuracy_sd"].toDouble() / std::sqrt(3.0);
    QVERIFY(std::abs(interval[0].toDouble() - (mean - half)) < 1e-9);
    QVERIFY(std::abs(interval[1].toDouble() - (mean + half)) < 1e-9);
    if (row.contains("p")) {
      QVERIFY(row["p_holm"].toDouble() >= row["p"].toDouble());
      least = std::min(least, row["p"].toDouble());
    }
  }
  QVERIFY(least < 1);
}

void StudyCliTest::theTableIsSaved() {
  for (const char* name : {"t.md", "t.tex", "t.csv"}) {
    const Outcome made = run_synann(study({"--table", at(name)}));
    QVERIFY2(made.code == 0, qPrintable(made.err));
  }
  QVERIFY(content(at("t.md")).startsWith("| model "));
  QVERIFY(content(at("t.tex")).startsWith("\\begin{tabular}"));
  QCOMPARE(content(at("t.csv")).count('\n'), 5);
}

void StudyCliTest::goesOnWithItsOwnPlan() {
  const Outcome more = run_synann({"study", "--resume", at("study"), "--seeds", "4", "--json"});
  QVERIFY2(more.code == 0, qPrintable(more.err));
  const auto lines = more.out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 4);
  QCOMPARE(QJsonDocument::fromJson(lines[3].toUtf8()).object()["runs"].toInt(), 4);
  QCOMPARE(run_synann({"runs", at("study"), "--json"}).out.count("\"state\":\"finished\""), 16);
}

void StudyCliTest::aReadyStudyTellsWhatIsExpected() {
  const Outcome made =
      run_synann({"study", "--ready", "pixel-test", "--data", at("data"), "--seeds", "1", "--epochs", "1"});
  QVERIFY2(made.code == 0 || made.code == 1, qPrintable(made.err));  // a row of it is expected to break
  QVERIFY2(made.out.contains("97.7 % (97.70, 97.69, 97.81)"), qPrintable(made.out));
  QVERIFY(made.out.contains("| expected ") && made.out.contains("docs/theory.md"));
}

void StudyCliTest::refusesStudiesInOneSentence_data() {
  QTest::addColumn<QStringList>("more");
  QTest::addColumn<QString>("sentence");
  const auto row = [](const char* name, const QStringList& more, const char* sentence) {
    QTest::newRow(name) << more << QString(sentence);
  };
  row("table", {"--models", "linear", "--table", "t.xlsx"}, ".md, .tex or .csv");
  row("resume", {"--resume", "/nowhere"}, "/nowhere/study.json");
  row("resume and models", {"--resume", "x", "--models", "linear"}, "--resume: goes on with the plan");
  row("ready", {"--ready", "pixel-tset"}, "did you mean pixel-test?");
  row("ready and models", {"--ready", "pixel-test", "--models", "linear"}, "--ready: has models of its own");
  row("equal rows", {"--models", "linear", "--vary", "lr=0.1", "--vary", "lr=0.2"}, "--vary: names lr twice");
}

void StudyCliTest::refusesStudiesInOneSentence() {
  QFETCH(QStringList, more);
  QFETCH(QString, sentence);
  const Outcome refused = run_synann(QStringList{"study"} + more);
  QCOMPARE(refused.code, 2);
  QCOMPARE(refused.err.count('\n'), 1);
  QVERIFY2(refused.out.isEmpty() && refused.err.contains(sentence), qPrintable(refused.err));
}

SYNANN_TEST(StudyCliTest)
#include "study_cli_test.moc"
