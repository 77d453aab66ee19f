// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

// `synann circuit` and `synann swap` at the prompt.
class CircuitCliTest : public QObject {
  Q_OBJECT

 private slots:
  void stepsAreJsonLines();
  void everyExampleRunsAndIsAFile();
  void settingsCount();
  void mistakesAreOneSentence_data();
  void mistakesAreOneSentence();
  void swapIsTheOddsRatio();
};

void CircuitCliTest::stepsAreJsonLines() {
  const Outcome outcome = run_synann({"circuit", "latch", "--steps", "200", "--json"});
  QCOMPARE(outcome.code, 0);
  const QStringList lines = outcome.out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 200);
  for (int t = 0; t < 200; t += 50)
    QCOMPARE(QJsonDocument::fromJson(lines[t].toUtf8()).object()["step"].toInt(), t + 1);
  const QJsonObject values = QJsonDocument::fromJson(lines.last().toUtf8()).object()["values"].toObject();
  QCOMPARE(values.size(), 4);
  QVERIFY(std::abs(values["x"].toDouble() - 5.0 / 6) < 1e-12);
  QVERIFY(values["y"].toDouble() < 1e-50);
  // In text the outputs alone.
  const Outcome text = run_synann({"circuit", "latch"});
  QVERIFY(text.out.contains("  x 0.448  y 0.3344") && !text.out.contains("x_self"));
}

void CircuitCliTest::everyExampleRunsAndIsAFile() {
  const QTemporaryDir folder;
  const QStringList listed = run_synann({"circuit", "--list", "--json"}).out.split('\n', Qt::SkipEmptyParts);
  QVERIFY(listed.size() >= 11);
  for (const QString& line : listed) {
    const QString id = QJsonDocument::fromJson(line.toUtf8()).object()["id"].toString();
    const Outcome written = run_synann({"circuit", id, "--write"});
    QCOMPARE(written.code, 0);
    const QString path = folder.filePath(id + ".json");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(written.out.toUtf8());
    file.close();
    const Outcome example = run_synann({"circuit", id, "--steps", "5", "--json"});
    const Outcome read = run_synann({"circuit", path, "--steps", "5", "--json"});
    QCOMPARE(read.code, 0);
    QCOMPARE(read.out, example.out);
  }
}

void CircuitCliTest::settingsCount() {
  const Outcome outcome = run_synann({"circuit", "xor", "--set", "x=0.3", "--set", "y=0.6", "--json"});
  const QJsonObject values = QJsonDocument::fromJson(outcome.out.toUtf8()).object()["values"].toObject();
  QVERIFY(std::abs(values["xor"].toDouble() - 0.4896) < 1e-12);
}

void CircuitCliTest::mistakesAreOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("nothing") << QStringList{"circuit"} << "--list is required";
  QTest::newRow("no such") << QStringList{"circuit", "latc"} << "did you mean latch?";
  QTest::newRow("no file") << QStringList{"circuit", "/nowhere/c.json"} << "/nowhere/c.json";
  QTest::newRow("setting") << QStringList{"circuit", "xor", "--set", "x"} << "NAME=VALUE";
  QTest::newRow("value") << QStringList{"circuit", "xor", "--set", "x=much"} << "--set x";
  QTest::newRow("name") << QStringList{"circuit", "xor", "--set", "q=1"} << "--set q: there is no such input";
  QTest::newRow("steps") << QStringList{"circuit", "xor", "--steps", "0"} << "--steps";
  QTest::newRow("swap x") << QStringList{"swap", "--x", "2", "--y", "0.5"} << "--x";
  QTest::newRow("swap y") << QStringList{"swap", "--x", "0.5"} << "--y";
}

void CircuitCliTest::mistakesAreOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, sentence);
  const Outcome outcome = run_synann(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.contains(sentence), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY(outcome.out.isEmpty());
}

void CircuitCliTest::swapIsTheOddsRatio() {
  const auto object = [](const QStringList& more) {
    return QJsonDocument::fromJson(run_synann(QStringList{"swap", "--json"} + more).out.toUtf8()).object();
  };
  const QJsonObject plain = object({"--x", "0.6", "--y", "0.3"});
  QVERIFY(std::abs(plain["ratio"].toDouble() - 3.5) < 1e-14);
  QVERIFY(std::abs(plain["preference"].toDouble() - 7.0 / 9) < 1e-14);
  QVERIFY(std::abs(plain["difference"].toDouble() - 0.3) < 1e-15);
  // No odds at 0 : 0.
  QVERIFY(object({"--x", "0", "--y", "0"})["ratio"].isNull());
  QVERIFY(run_synann({"swap", "--x", "0", "--y", "0"}).out.contains("undefined"));
}

SYNANN_PLAIN_TEST(CircuitCliTest)
#include "circuit_cli_test.moc"
