// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

// `synann fork`: a run out of a step of another one.
class ForkCliTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void goesOnToItsParentsEnd();
  void takesOtherSettings();
  void refusesInOneSentence_data();
  void refusesInOneSentence();

 private:
  QString at(const QString& name) const { return folder_.filePath(name); }
  static QByteArray content(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
  }

  QTemporaryDir folder_;
};

void ForkCliTest::initTestCase() {
  QVERIFY(folder_.isValid());
  QCOMPARE(run_synann({"data", "make", at("data"), "--train", "300", "--test", "100"}).code, 0);
  QCOMPARE(run_synann({"data", "make", at("other"), "--train", "300", "--test", "100", "--seed", "9"}).code,
           0);
  const Outcome run = run_synann({"train", "--data", at("data"), "--epochs", "3", "--out", at("parent")});
  QVERIFY2(run.code == 0, qPrintable(run.err));
}

void ForkCliTest::goesOnToItsParentsEnd() {
  const Outcome fork = run_synann({"fork", at("parent"), "--step", "4", "--out", at("fork")});
  QVERIFY2(fork.code == 0, qPrintable(fork.err));
  QVERIFY2(fork.out.startsWith("Step 4 of ") && fork.out.contains("epoch 2, step 1"), qPrintable(fork.out));
  QVERIFY(fork.err.contains("synann train --resume"));
  const Outcome on = run_synann({"train", "--resume", at("fork/last.safetensors"), "--out", at("fork")});
  QVERIFY2(on.code == 0, qPrintable(on.err));
  QCOMPARE(content(at("fork/last.safetensors")), content(at("parent/last.safetensors")));
  const Outcome runs = run_synann({"runs", at("fork"), "--json"});
  const QJsonObject listed = QJsonDocument::fromJson(runs.out.toUtf8()).object();
  QCOMPARE(listed["parent"].toString(), QStringLiteral("parent"));
  QCOMPARE(listed["state"].toString(), QStringLiteral("finished"));
}

void ForkCliTest::takesOtherSettings() {
  const Outcome fork = run_synann({"fork", at("parent"), "--step", "3", "--out", at("fast"), "--data",
                                   at("data"), "--lr", "0.05", "--epochs", "2", "--json"});
  QVERIFY2(fork.code == 0, qPrintable(fork.err));
  const QJsonObject told = QJsonDocument::fromJson(fork.out.toUtf8()).object();
  QCOMPARE(told["event"].toString(), QStringLiteral("fork"));
  QCOMPARE(told["from"].toString(), QStringLiteral("parent"));
  QCOMPARE(told["changed"]["lr"]["to"].toDouble(), 0.05);
  QCOMPARE(told["changed"]["epochs"]["to"].toInt(), 2);
  QCOMPARE(told["history_sha256"].toString().size(), 64);
  // The same line stands in its history.
  QVERIFY(content(at("fast/history.jsonl")).contains(told["parameters_sha256"].toString().toUtf8()));
  QCOMPARE(run_synann({"train", "--resume", at("fast/last.safetensors"), "--out", at("fast")}).code, 0);
  const Outcome runs = run_synann({"runs", at("fast"), "--json"});
  const QJsonObject listed = QJsonDocument::fromJson(runs.out.toUtf8()).object();
  QCOMPARE(listed["steps"].toInt(), 6);
  QCOMPARE(listed["settings"]["lr"].toDouble(), 0.05);
}

void ForkCliTest::refusesInOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("words");
  const auto row = [this](const char* name, const QString& step, const QString& out, const QStringList& more,
                          const char* words) {
    QTest::newRow(name) << (QStringList{"fork", at("parent"), "--step", step, "--out", at(out)} + more)
                        << words;
  };
  row("a negative step", "-1", "new", {}, "--step");
  row("a step beyond the end", "10", "new", {}, "expected 0 to 9, found 10");
  row("a folder with a run", "2", "parent", {}, "holds a run already");
  row("other data", "2", "new", {"--data", at("other")}, "is not the data that");
  row("another synapse", "2", "new", {"--beta", "clamp"}, "--beta: cannot change in the middle of a run");
  QTest::newRow("no step") << QStringList{"fork", at("parent"), "--out", at("new")} << "--step";
  QTest::newRow("no run") << QStringList{"fork", at("nowhere"), "--step", "1", "--out", at("new")}
                          << "nowhere";
}

void ForkCliTest::refusesInOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, words);
  const Outcome outcome = run_synann(arguments);
  QCOMPARE(outcome.code, 2);
  QCOMPARE(outcome.out, QString());
  QVERIFY2(outcome.err.contains(words), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY(!QDir(at("new")).exists());
}

SYNANN_TEST(ForkCliTest)
#include "fork_cli_test.moc"
