// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>

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

// `synann circuit` and `synann swap` at the prompt.
class CircuitCliTest : public QObject {
  Q_OBJECT

 private slots:
  void stepsAreJsonLines();
  void everyExampleRunsAndIsAFile();
  void settingsCount();
  void clampedValuesStayInside();
  void itRestsOrRepeats();
  void truthTablesNameSharedInputs();
  void truthTablesAreClamped();
  void bifurcationsAreLines();
  void aFitIsWrittenAsACircuit();
  void anInterruptedFitKeepsTheBest();
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
  QVERIFY(listed.size() >= 13);
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

void CircuitCliTest::clampedValuesStayInside() {
  const QStringList grows = {"circuit",   "flip",    "--set", "x.beta=-1", "--set",
                             "y.beta=-1", "--steps", "9",     "--json"};
  const auto last = [](const Outcome& outcome) {
    const QStringList lines = outcome.out.split('\n', Qt::SkipEmptyParts);
    return QJsonDocument::fromJson(lines.last().toUtf8()).object()["values"].toObject()["x"].toDouble();
  };
  QVERIFY(last(run_synann(grows)) > 1);
  const Outcome clamped = run_synann(grows + QStringList{"--clamp"});
  QCOMPARE(last(clamped), 1.0);
  const QStringList lines = clamped.out.split('\n', Qt::SkipEmptyParts);
  const auto left = [&](const QString& line) {
    return QJsonDocument::fromJson(line.toUtf8()).object()["clamped"].toArray();
  };
  QVERIFY(left(lines.first()).isEmpty());
  QCOMPARE(left(lines.last()), (QJsonArray{"x", "y"}));
}

void CircuitCliTest::itRestsOrRepeats() {
  const QStringList flip = {"circuit", "flip", "--fixed-point", "--json", "--set"};
  const auto settled = [](const QStringList& arguments) {
    return QJsonDocument::fromJson(run_synann(arguments).out.toUtf8()).object();
  };
  const QJsonObject fixed = settled(flip + QStringList{"y.alpha=2"});
  QCOMPARE(fixed["rest"].toString(), "fixed");
  QCOMPARE(fixed["period"].toInt(), 1);
  QVERIFY(std::abs(fixed["values"][0]["x"].toDouble() - 1) < 1e-10);  // (1 − 1/2) / .5
  const QJsonObject cycle = settled(flip + QStringList{"y.alpha=3.2", "--set", "x.alpha=3.2"});
  QCOMPARE(cycle["rest"].toString(), "periodic");
  QCOMPARE(cycle["values"].toArray().size(), 2);
  const QJsonObject few = settled(flip + QStringList{"y.alpha=2", "--steps", "3"});
  QCOMPARE(few["rest"].toString(), "unsettled");
  QCOMPARE(few["steps"].toInt(), 3);
  QVERIFY(run_synann({"circuit", "latch", "--fixed-point"}).out.startsWith("A fixed point, after "));
}

void CircuitCliTest::truthTablesNameSharedInputs() {
  const Outcome text = run_synann({"circuit", "xor", "--truth-table", "--set", "x=0.3", "--set", "y=0.6"});
  QCOMPARE(text.code, 0);
  QVERIFY(text.out.startsWith(" x  y | xor\n 0  0 |   0\n 0  1 |   1\n 1  0 |   1\n 1  1 |   0\n"));
  QVERIFY(text.out.contains("x reaches xor over 2 paths, which first meet in \"neither\"."));
  QVERIFY(text.out.contains("inputs: 0.4896; over the table, for independent inputs: 0.54."));
  const QStringList lines =
      run_synann({"circuit", "and", "--truth-table", "--json"}).out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 5);
  const QJsonObject row = QJsonDocument::fromJson(lines[3].toUtf8()).object();
  QCOMPARE(row["outputs"]["and"].toInt(), 1);
  const QJsonObject end = QJsonDocument::fromJson(lines[4].toUtf8()).object();
  QVERIFY(end["boolean"].toBool() && end["complete"].toBool() && end["shared"].toArray().isEmpty());
}

void CircuitCliTest::truthTablesAreClamped() {
  const QStringList asked = {"circuit", "synapse", "--truth-table", "--set", "s.alpha=3", "--json"};
  const auto value = [](const Outcome& outcome) {  // of (1, 0): 3, or 1
    const QStringList lines = outcome.out.split('\n', Qt::SkipEmptyParts);
    const QJsonObject row = QJsonDocument::fromJson(lines[2].toUtf8()).object();
    return row["outputs"]["s"].toDouble();
  };
  QCOMPARE(value(run_synann(asked)), 3.0);
  QCOMPARE(value(run_synann(asked + QStringList{"--clamp"})), 1.0);
}

void CircuitCliTest::bifurcationsAreLines() {
  const QStringList asked = {"circuit", "flip", "--bifurcation", "x.alpha, y.alpha=2:3.2", "--of", "x"};
  const Outcome outcome =
      run_synann(asked + QStringList{"--points", "5", "--keep", "6", "--drop", "5000", "--json"});
  const QStringList lines = outcome.out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 5);
  const QJsonObject first = QJsonDocument::fromJson(lines[0].toUtf8()).object();
  QCOMPARE(first["parameter"].toDouble(), 2.0);
  QCOMPARE(first["values"].toArray().size(), 6);
  QVERIFY(std::abs(first["values"][5].toDouble() - 1) < 1e-12);
  QVERIFY(outcome.err.isEmpty());
  // In text the values that differ.
  const QStringList text =
      run_synann(asked + QStringList{"--points", "2"}).out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(text[0], "2           1");
  QCOMPARE(text[1].split(' ', Qt::SkipEmptyParts).size(), 3);
}

void CircuitCliTest::aFitIsWrittenAsACircuit() {
  const QTemporaryDir folder;
  QFile table(folder.filePath("t.csv"));
  QVERIFY(table.open(QIODevice::WriteOnly));
  table.write("x,y1,y2,y3,s3\n1,0,0,0,1\n1,1,0,0,0.3\n1,0,1,0,0.4\n1,0,0,1,0.5\n");
  table.close();
  const QString out = folder.filePath("fitted.json");
  const Outcome outcome =
      run_synann({"circuit", "chain", "--fit", table.fileName(), "--train", "s1.beta, s2.beta,s3.beta",
                  "--iterations", "500", "--constrain", "smooth", "--rate", "0.1", "--out", out, "--json"});
  QCOMPARE(outcome.code, 0);
  const QStringList lines = outcome.out.split('\n', Qt::SkipEmptyParts);
  QCOMPARE(lines.size(), 102);  // the loss a hundred times and at the beginning, and the end
  const QJsonObject end = QJsonDocument::fromJson(lines.last().toUtf8()).object();
  QCOMPARE(end["end"].toString(), "iterations");
  QCOMPARE(end["parameters"].toObject().size(), 3);
  QVERIFY(std::abs(end["parameters"]["s1.beta"].toDouble() - 0.7) < 1e-3);
  QVERIFY(end["best_loss"].toDouble() < 1e-6);
  const Outcome fitted = run_synann(
      {"circuit", out, "--set", "x=1", "--set", "y1=0", "--set", "y2=0", "--set", "y3=1", "--json"});
  const QJsonObject values = QJsonDocument::fromJson(fitted.out.toUtf8()).object()["values"].toObject();
  QVERIFY(std::abs(values["s3"].toDouble() - 0.5) < 1e-3);
  // The drawing of a file stays in what is written of it, also over itself.
  QFile drawn(out);
  QVERIFY(drawn.open(QIODevice::ReadWrite));
  QJsonObject circuit = QJsonDocument::fromJson(drawn.readAll()).object();
  circuit["layout"] = QJsonObject{{"s1", QJsonArray{24, -40}}};
  drawn.resize(0);
  drawn.write(QJsonDocument(circuit).toJson());
  drawn.close();
  QCOMPARE(run_synann({"circuit", out, "--fit", table.fileName(), "--iterations", "1", "--out", out}).code,
           0);
  QVERIFY(drawn.open(QIODevice::ReadOnly));
  const QJsonObject kept = QJsonDocument::fromJson(drawn.readAll()).object().value("layout").toObject();
  QCOMPARE(kept.value("s1").toArray().at(1).toInt(), -40);
  QVERIFY(run_synann({"circuit", out, "--write"}).out.contains("layout"));
}

void CircuitCliTest::anInterruptedFitKeepsTheBest() {
  const QTemporaryDir folder;
  QFile table(folder.filePath("t.csv"));
  QVERIFY(table.open(QIODevice::WriteOnly));
  table.write("s3\n0.1\n");
  table.close();
  const QString out = folder.filePath("fitted.json");
  QProcess process;
  process.start(SYNANN_BIN_DIR "/synann",
                {"circuit", "chain", "--fit", table.fileName(), "--iterations", "10000000", "--out", out});
  QVERIFY(process.waitForReadyRead(30'000));
  kill(static_cast<pid_t>(process.processId()), SIGINT);
  QVERIFY(process.waitForFinished(30'000));
  QCOMPARE(process.exitCode(), 130);
  QVERIFY(process.readAllStandardError().contains("interrupted; the best so far is in"));
  QCOMPARE(run_synann({"circuit", out}).code, 0);
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
  QTest::newRow("two modes") << QStringList{"circuit", "xor", "--fixed-point", "--truth-table"}
                             << "--truth-table";
  QTest::newRow("of") << QStringList{"circuit", "flip", "--bifurcation", "x.alpha=1:4"} << "--of";
  QTest::newRow("range") << QStringList{"circuit", "flip", "--of", "x", "--bifurcation", "x.alpha=1"}
                         << "PARAM=FROM:TO";
  QTest::newRow("range end") << QStringList{"circuit", "flip", "--of", "x", "--bifurcation", "x.alpha=1:z"}
                             << "--bifurcation TO";
  QTest::newRow("range name") << QStringList{"circuit", "flip", "--of", "x", "--bifurcation", "x.alfa=1:4"}
                              << "did you mean x.alpha?";
  QTest::newRow("no inputs") << QStringList{"circuit", "flip", "--truth-table"} << "has no inputs";
  QTest::newRow("no table") << QStringList{"circuit", "chain", "--fit", "/nowhere/t.csv"} << "/nowhere/t.csv";
  QTest::newRow("rate") << QStringList{"circuit", "chain", "--rate", "0.1"} << "--fit";
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
