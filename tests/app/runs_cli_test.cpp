// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
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

// `synann runs`: what was trained, and what differs.
class RunsCliTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void comparesRuns();
  void hasEveryNumber();
  void namesTheParentWhereThereIsOne();
  void aDamagedIndexIsMadeAgain();
  void noRunsIsSaid();
  void whatCannotBeReadIsNamedOnce();
  void aFolderThatIsNotThereIsOneSentence();
  void notesAreSaidAndListed();
  void wrongNotesAreOneSentence_data();
  void wrongNotesAreOneSentence();

 private:
  QTemporaryDir folder_;
  QString runs() const { return folder_.filePath("runs"); }
};

// Two runs that differ in their learning rate, and one of another model.
void RunsCliTest::initTestCase() {
  QVERIFY(folder_.isValid());
  qputenv("XDG_CACHE_HOME", folder_.filePath("cache").toUtf8());
  const QString data = folder_.filePath("data");
  QCOMPARE(run_synann({"data", "make", data, "--train", "300", "--test", "100"}).code, 0);
  const auto train = [&](const QString& name, const QStringList& more) {
    const Outcome outcome = run_synann(
        QStringList{"train", "--data", data, "--epochs", "2", "--out", runs() + "/" + name} + more);
    QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
  };
  train("slow", {"--lr", "0.003"});
  train("fast", {"--lr", "0.05"});
  train("other/mlp", {"--model", "syna-mlp"});
}

void RunsCliTest::comparesRuns() {
  const Outcome outcome = run_synann({"runs", runs()});
  QCOMPARE(outcome.code, 0);
  QCOMPARE(outcome.err, QString());
  const QStringList lines = outcome.lines();
  QVERIFY2(lines[0].startsWith("run ") && lines[0].endsWith("settings that differ"), qPrintable(outcome.out));
  QVERIFY(lines[1].startsWith("fast ") && lines[1].contains("finished") && lines[1].contains("2/2"));
  QVERIFY2(lines[1].contains("lr=0.05"), qPrintable(lines[1]));
  QVERIFY(lines[2].startsWith("other/mlp ") && lines[2].contains("syna-mlp"));
  QVERIFY(lines[3].startsWith("slow ") && lines[3].contains("lr=0.003"));
  QCOMPARE(lines.size(), 5);
  // What is the same everywhere is not in the table, nor is the model a second time.
  QVERIFY(!outcome.out.contains("seed=") && !outcome.out.contains("data=") &&
          !outcome.out.contains("model="));
}

void RunsCliTest::hasEveryNumber() {
  const Outcome outcome = run_synann({"runs", runs() + "/slow", "--json"});
  QCOMPARE(outcome.code, 0);
  const QJsonObject run = QJsonDocument::fromJson(outcome.out.toUtf8()).object();
  QCOMPARE(run["run"].toString(), QStringLiteral("."));
  QCOMPARE(run["state"].toString(), QStringLiteral("finished"));
  QCOMPARE(run["epochs_done"].toInt(), 2);
  QCOMPARE(run["steps"].toInt(), 6);
  QCOMPARE(run["settings"]["lr"].toDouble(), 0.003);
  QCOMPARE(run["last"]["epoch"].toInt(), 2);
  // The accuracy is eval's.
  const Outcome eval = run_synann({"eval", "--checkpoint", runs() + "/slow/last.safetensors", "--data",
                                   folder_.filePath("data"), "--json"});
  const QJsonObject measured = QJsonDocument::fromJson(eval.out.toUtf8()).object();
  QCOMPARE(run["last"]["accuracy"].toDouble(), measured["accuracy"].toDouble());
  QVERIFY(run["bytes"].toDouble() > 100'000);
}

void RunsCliTest::namesTheParentWhereThereIsOne() {
  QVERIFY(!run_synann({"runs", runs()}).lines()[0].contains("parent"));
  const QString family = folder_.filePath("family");
  QVERIFY(QDir().mkpath(family + "/parent") && QDir().mkpath(family + "/child"));
  for (const char* name : {"/parent", "/child"})
    QVERIFY(QFile::copy(runs() + "/slow/history.jsonl", family + name + "/history.jsonl"));
  QFile history(family + "/child/history.jsonl");
  QVERIFY(history.open(QIODevice::Append));
  history.write("{\"event\":\"fork\",\"epoch\":2,\"step\":1,\"from\":\"parent, step 4\"}\n");
  history.close();
  const QStringList lines = run_synann({"runs", family}).lines();
  QVERIFY2(lines[0].contains("  parent"), qPrintable(lines[0]));
  const qsizetype column = lines[0].indexOf("parent");
  QVERIFY2(lines[1].startsWith("child ") && lines[1].mid(column).startsWith("parent, step 4"),
           qPrintable(lines[1]));
  QVERIFY2(lines[2].startsWith("parent ") && lines[2].mid(column).startsWith("–"), qPrintable(lines[2]));
}

void RunsCliTest::aDamagedIndexIsMadeAgain() {
  const QString listed = run_synann({"runs", runs(), "--json"}).out;
  QFile index(qEnvironmentVariable("XDG_CACHE_HOME") + "/synann-studio/runs-1.sqlite");
  QVERIFY(index.exists());
  QVERIFY(index.open(QIODevice::WriteOnly | QIODevice::Truncate));
  index.write(QByteArray(9000, 'x'));
  index.close();
  const Outcome damaged = run_synann({"runs", runs(), "--json"});
  QCOMPARE(damaged.code, 0);
  QCOMPARE(damaged.out, listed);
  QVERIFY2(damaged.err.contains("runs-1.sqlite: the index of the runs was damaged and is made again") &&
               damaged.err.count('\n') == 1,
           qPrintable(damaged.err));
  const Outcome again = run_synann({"runs", runs(), "--json"});
  QCOMPARE(again.err, QString());
  QCOMPARE(again.out, listed);
  QCOMPARE(run_synann({"runs", runs(), "--json", "--no-index"}).out, listed);
}

void RunsCliTest::noRunsIsSaid() {
  const Outcome outcome = run_synann({"runs", folder_.filePath("data")});
  QCOMPARE(outcome.code, 0);
  QCOMPARE(outcome.out, QString());
  QVERIFY2(outcome.err.startsWith("synann: no runs in or below "), qPrintable(outcome.err));
  // Nor is it a mistake that nothing was trained yet.
  const Outcome usual = run_synann({"runs"});
  QCOMPARE(usual.code, 0);
  QVERIFY2(usual.err.startsWith("synann: no runs in or below "), qPrintable(usual.err));
}

void RunsCliTest::whatCannotBeReadIsNamedOnce() {
  QVERIFY(QDir().mkpath(runs() + "/broken"));
  QFile file(runs() + "/broken/history.jsonl");
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write("no history\n");
  file.close();
  const Outcome outcome = run_synann({"runs", runs()});
  QCOMPARE(outcome.code, 0);
  QVERIFY2(outcome.out.contains("cannot be read") && outcome.out.contains("slow"), qPrintable(outcome.out));
  QCOMPARE(outcome.err.count("history.jsonl"), 1);
}

void RunsCliTest::aFolderThatIsNotThereIsOneSentence() {
  const Outcome outcome = run_synann({"runs", folder_.filePath("nowhere")});
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.contains("nowhere: is not a folder") && outcome.err.count('\n') == 1,
           qPrintable(outcome.err));
}

void RunsCliTest::notesAreSaidAndListed() {
  const QString run = runs() + "/fast";
  const Outcome nothing = run_synann({"note", run});
  QCOMPARE(nothing.code, 0);
  QVERIFY(nothing.out.startsWith("Nothing is noted"));
  const Outcome said =
      run_synann({"note", run, "--title", "Fast one", "--tag", "paper, wide", "--note", "βx > 1"});
  QVERIFY2(said.code == 0, qPrintable(said.err));
  QVERIFY(said.out.contains("Tags: paper, wide") && said.out.contains("βx > 1"));
  const Outcome listed = run_synann({"runs", runs()});
  QVERIFY2(listed.out.contains("fast \"Fast one\" #paper #wide"), qPrintable(listed.out));
  const Outcome changed = run_synann({"note", run, "--untag", "wide", "--tag", "new", "--archive", "--json"});
  const QJsonObject json = QJsonDocument::fromJson(changed.out.toUtf8()).object();
  QCOMPARE(json["tags"].toArray(), QJsonArray({"paper", "new"}));
  QCOMPARE(json["archived"].toBool(), true);
  QCOMPARE(json["note"].toString(), QStringLiteral("βx > 1"));
  const Outcome cleared = run_synann({"note", run, "--clear", "--unarchive"});
  QVERIFY(cleared.out.startsWith("Nothing is noted"));
}

void RunsCliTest::wrongNotesAreOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("says");
  QTest::newRow("no run") << QStringList{"note", folder_.filePath("data"), "--title", "a"} << "holds no run";
  QTest::newRow("an empty tag") << QStringList{"note", runs() + "/slow", "--tag", "a,,b"} << "is empty";
  QTest::newRow("both") << QStringList{"note", runs() + "/slow", "--archive", "--unarchive"} << "--unarchive";
}

void RunsCliTest::wrongNotesAreOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, says);
  const Outcome outcome = run_synann(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.contains(says) && outcome.err.count('\n') == 1, qPrintable(outcome.err));
}

SYNANN_TEST(RunsCliTest)
#include "runs_cli_test.moc"
