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

// `synann twins` and `synann train --on-end`.
class TwinsCliTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase();
  void equalOnesNeverPart();
  void saysWhereTheyPart();
  void refusesInOneSentence_data();
  void refusesInOneSentence();
  void aCommandHearsOfTheEnd();
  void aCommandThatFailsChangesNothing();

 private:
  QString at(const QString& name) const { return folder_.filePath(name); }
  QByteArray content(const QString& name) const {
    QFile file(at(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("missing " + name.toUtf8());
  }
  QStringList twins(const QStringList& more) const {
    return QStringList{"twins", "--data", at("data"), "--epochs", "1"} + more;
  }

  QTemporaryDir folder_;
};

void TwinsCliTest::initTestCase() {
  QCOMPARE(run_synann({"data", "make", at("data"), "--train", "300", "--test", "100"}).code, 0);
}

void TwinsCliTest::equalOnesNeverPart() {
  const Outcome equal = run_synann(twins({"--out", at("equal")}));
  QVERIFY2(equal.code == 0, qPrintable(equal.err));
  QVERIFY2(equal.out.contains("Over 3 steps they are equal to the bit, losses and parameters."),
           qPrintable(equal.out));
  QVERIFY(equal.out.contains("Their predictions differ for 0 test images."));
  QCOMPARE(content("equal/a/last.safetensors"), content("equal/b/last.safetensors"));
}

void TwinsCliTest::saysWhereTheyPart() {
  const Outcome apart = run_synann(twins({"--other", "lr=0.03", "--out", at("apart"), "--json"}));
  QVERIFY2(apart.code == 0, qPrintable(apart.err));
  const QStringList lines = apart.out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 2);
  const QJsonObject epoch = QJsonDocument::fromJson(lines[0].toUtf8()).object();
  QCOMPARE(epoch["epoch"].toInt(), 1);
  QCOMPARE(epoch["accuracy"].toArray().size(), 2);
  const QJsonObject end = QJsonDocument::fromJson(lines[1].toUtf8()).object();
  QCOMPARE(end["steps"].toInt(), 3);
  QCOMPARE(end["divergence"].toObject()["step"].toInt(), 1);
  QCOMPARE(end["divergence"].toObject()["in"].toString(), QString("parameters"));
  QVERIFY(end["delta_beta"].toDouble() > 0 && end["delta_shared"].toDouble() > end["delta_beta"].toDouble());
  QCOMPARE(end["images"].toArray().size(), end["predictions_differ"].toInt());
  const Outcome runs = run_synann({"runs", at("apart"), "--json"});
  QCOMPARE(runs.out.count("\"state\":\"finished\""), 2);
}

void TwinsCliTest::refusesInOneSentence_data() {
  QTest::addColumn<QStringList>("options");
  QTest::addColumn<QString>("words");
  QTest::newRow("model") << QStringList{"--other", "model=nothing"} << "nothing";
  QTest::newRow("setting") << QStringList{"--other", "beauty=3"} << "beauty";
  QTest::newRow("value") << QStringList{"--other", "lr=much"} << "much";
  QTest::newRow("two values") << QStringList{"--other", "lr=0.1,0.2"} << "one value";
  QTest::newRow("seed") << QStringList{"--other", "seed=-1"} << "seed";
  QTest::newRow("no setting") << QStringList{"--other", "lr"} << "lr";
}

void TwinsCliTest::refusesInOneSentence() {
  QFETCH(QStringList, options);
  QFETCH(QString, words);
  const Outcome refused = run_synann(twins(options));
  QCOMPARE(refused.code, 2);
  QVERIFY2(refused.err.contains(words), qPrintable(refused.err));
  QCOMPARE(refused.err.trimmed().count('\n'), 0);
}

void TwinsCliTest::aCommandHearsOfTheEnd() {
  // The run's folder is free when it is run.
  const Outcome run =
      run_synann({"train", "--data", at("data"), "--epochs", "1", "--out", at("run"), "--on-end",
                  "echo \"$SYNANN_OUTCOME $SYNANN_EPOCH $SYNANN_RUN\" > '" + at("said") + "'; flock -n '" +
                      at("run/run.lock") + "' echo free >> '" + at("said") + "'"});
  QVERIFY2(run.code == 0, qPrintable(run.err));
  QCOMPARE(QString::fromUtf8(content("said")), "finished 1 " + at("run") + "\nfree\n");
}

void TwinsCliTest::aCommandThatFailsChangesNothing() {
  const Outcome run = run_synann({"train", "--data", at("data"), "--epochs", "1", "--out", at("other"),
                                  "--on-end", "echo loud; exit 4"});
  QCOMPARE(run.code, 0);
  QVERIFY2(run.err.contains("ended with exit code 4"), qPrintable(run.err));
  QVERIFY(run.err.contains("loud") && !run.out.contains("loud"));
}

SYNANN_TEST(TwinsCliTest)
#include "twins_cli_test.moc"
