// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "tests/app/command.h"
#include "tests/test_main.h"

using synann::testing::Outcome;
using synann::testing::run_synann;

namespace {

// Whether a process has a handler for SIGINT by now.
bool catches_interrupts(qint64 id) {
  QFile status(QStringLiteral("/proc/%1/status").arg(id));
  if (!status.open(QIODevice::ReadOnly)) return false;
  for (const QByteArray& line : status.readAll().split('\n')) {
    if (line.startsWith("SigCgt:"))
      return (line.mid(7).trimmed().toULongLong(nullptr, 16) >> (SIGINT - 1) & 1) != 0;
  }
  return false;
}

}  // namespace

// `synann bench` and `synann check` as a user starts them: their lines and exit codes, not their numbers.
class BenchCliTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void jsonLines();
  void aModelFileIsMeasured();
  void table();
  void usageErrors_data();
  void usageErrors();
  void interruptEnds();
  void checkAgrees();
  void checkRefusesUnknownDevices();

 private:
  QStringList bench(const QStringList& more) const {
    return QStringList{"bench", "--quick", "--data", folder_.filePath("tiny"), "--models", "linear"} + more;
  }
  QTemporaryDir folder_;
};

void BenchCliTest::initTestCase() {
  const auto made = run_synann({"data", "make", folder_.filePath("tiny"), "--train", "300", "--test", "100"});
  QVERIFY2(made.code == 0, qPrintable(made.err));
}

void BenchCliTest::jsonLines() {
  const auto done = run_synann(bench({"--json", "--threads", "1,2", "--widths", "16", "--rounds", "2"}));
  QVERIFY2(done.code == 0, qPrintable(done.err));
  QVERIFY(done.err.isEmpty());  // no terminal: no progress
  QMap<QString, int> events;
  for (const QString& line : done.out.split('\n', Qt::SkipEmptyParts)) {
    const auto object = QJsonDocument::fromJson(line.toUtf8()).object();
    QVERIFY2(!object.isEmpty(), qPrintable(line));
    const QString event = object["event"].toString();
    ++events[event];
    if (event == "machine") QCOMPARE(object["schema"].toString(), QString("synann-bench-1"));
    if (event == "programs") QVERIFY(object["version_ms_min"].toDouble() > 0);
    if (event != "result") continue;
    QVERIFY(object["us_min"].toDouble() > 0);
    QVERIFY(object["us_min"].toDouble() <= object["us_median"].toDouble());
    QVERIFY(object["dense_gflops"].toDouble() > 0);
    QCOMPARE(object["rounds"].toInt(), 2);
    QCOMPARE(object.contains("speedup"), object["threads"].toInt() == 2);
    QCOMPARE(object.contains("width"), object["model"].toString() == "synapse");
  }
  QCOMPARE(events["machine"], 1);
  QVERIFY(events["peak"] >= 2);
  QCOMPARE(events["result"], 8);  // train, eval, synapse forward and with gradients; each on one and two
  QCOMPARE(events["programs"], 1);
}

void BenchCliTest::aModelFileIsMeasured() {
  const QString file = folder_.filePath("two by two.json");
  QVERIFY(QFile::copy(SYNANN_SOURCE_DIR "/tests/models/max-pool2d-relu.json", file));
  const auto done = run_synann({"bench", "--quick", "--json", "--data", folder_.filePath("tiny"), "--models",
                                "linear," + file, "--work", "train", "--threads", "1", "--rounds", "1"});
  QVERIFY2(done.code == 0, qPrintable(done.err));
  QStringList measured;
  for (const QString& line : done.out.split('\n', Qt::SkipEmptyParts)) {
    const auto object = QJsonDocument::fromJson(line.toUtf8()).object();
    if (object["event"].toString() == "result") measured += object["model"].toString();
  }
  QCOMPARE(measured, (QStringList{"linear", "max-pool2d-relu"}));
}

void BenchCliTest::table() {
  const QString saved = folder_.filePath("saved.jsonl");
  const auto done = run_synann(bench({"--work", "eval", "--threads", "1", "--save", saved}));
  QVERIFY2(done.code == 0, qPrintable(done.err));
  QVERIFY(done.out.contains("Peak of multiply-adds"));
  QVERIFY(done.out.contains("linear"));
  QVERIFY(!done.out.contains("synapse-forward"));
  QFile file(saved);
  QVERIFY(file.open(QIODevice::ReadOnly));
  QVERIFY(file.readAll().startsWith("{\"event\":\"machine\",\"schema\":\"synann-bench-1\""));
}

void BenchCliTest::usageErrors_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("says");
  QTest::newRow("model") << QStringList{"--models", "none"} << "is not known";
  QTest::newRow("threads") << QStringList{"--threads", "0"} << "--threads";
  QTest::newRow("work") << QStringList{"--work", "play"} << "--work";
  QTest::newRow("tier") << QStringList{"--tier", "none"} << "--tier";
  QTest::newRow("data") << QStringList{"--data", "/nowhere"} << "/nowhere";
}

void BenchCliTest::usageErrors() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, says);
  QStringList all{"bench", "--quick"};
  if (!arguments.contains("--data")) all += {"--data", folder_.filePath("tiny")};
  const auto done = run_synann(all + arguments);
  QCOMPARE(done.code, 2);
  QVERIFY2(done.err.contains(says), qPrintable(done.err));
  QCOMPARE(done.err.count('\n'), 1);
  QVERIFY(done.out.isEmpty());
}

void BenchCliTest::interruptEnds() {
  QProcess process;
  process.start(SYNANN_BIN_DIR "/synann", bench({"--rounds", "1000", "--widths", "16", "--work", "synapse"}));
  QVERIFY(process.waitForStarted());
  QTRY_VERIFY_WITH_TIMEOUT(catches_interrupts(process.processId()), 30'000);
  QCOMPARE(::kill(static_cast<pid_t>(process.processId()), SIGINT), 0);
  QVERIFY(process.waitForFinished(30'000));
  QVERIFY(process.exitStatus() == QProcess::NormalExit);
  QCOMPARE(process.exitCode(), 130);
  QVERIFY(process.readAllStandardOutput().isEmpty());
}

void BenchCliTest::checkAgrees() {
  const auto done = run_synann({"check", "--device", "cpu", "--seed", "4", "--json"});
  QVERIFY2(done.code == 0, qPrintable(done.out.right(300)));
  const QStringList lines = done.out.split('\n', Qt::SkipEmptyParts);
  QVERIFY(lines.size() > 100);
  for (const QString& line : lines) {
    const auto object = QJsonDocument::fromJson(line.toUtf8()).object();
    QVERIFY2(object["event"] == "end" || object["passed"].toBool(), qPrintable(line));
  }
  const auto end = QJsonDocument::fromJson(lines.last().toUtf8()).object();
  QCOMPARE(end["rows"].toInt(), static_cast<int>(lines.size()) - 1);
  QCOMPARE(end["failed"].toInt(), 0);
  QCOMPARE(end["seed"].toInt(), 4);
}

void BenchCliTest::checkRefusesUnknownDevices() {
  const auto done = run_synann({"check", "--device", "abacus"});
  QCOMPARE(done.code, 2);
  QVERIFY2(done.err.contains("--device"), qPrintable(done.err));
}

SYNANN_TEST(BenchCliTest)
#include "bench_cli_test.moc"
