// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "tests/test_main.h"

// SynaCNN on the real MNIST at the original's settings, with three seeds: as good as the same net in PyTorch
// (97.7–98.0 %, 0.114–0.131 after five epochs).
class MnistTrainingTest : public QObject {
  Q_OBJECT
 private slots:
  void fiveEpochs_data();
  void fiveEpochs();
};

void MnistTrainingTest::fiveEpochs_data() {
  QTest::addColumn<int>("seed");
  for (const int seed : {5, 6, 7}) QTest::addRow("seed %d", seed) << seed;
}

void MnistTrainingTest::fiveEpochs() {
  QFETCH(int, seed);
  const QString mnist = qEnvironmentVariable("SYNANN_MNIST");
  if (mnist.isEmpty()) QSKIP("skipped: set SYNANN_MNIST to the MNIST folder");
  QTemporaryDir folder;
  QProcess process;
  process.start(SYNANN_BIN_DIR "/synann", {"train", "--data", mnist, "--epochs", "5", "--seed",
                                           QString::number(seed), "--json", "--out", folder.filePath("run")});
  QVERIFY(process.waitForFinished(600'000));
  QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
  QJsonObject last;
  for (const QByteArray& line : process.readAllStandardOutput().split('\n')) {
    const auto object = QJsonDocument::fromJson(line).object();
    if (object["event"] == "epoch") last = object;
  }
  QCOMPARE(last["epoch"].toInt(), 5);
  QCOMPARE(last["count"].toInt(), 10'000);
  qInfo("seed %d: %d of 10000 right, loss %.4f", seed, last["correct"].toInt(), last["test_loss"].toDouble());
  QVERIFY2(last["correct"].toInt() >= 9730, qPrintable(QString::number(last["correct"].toInt())));
  QVERIFY2(last["test_loss"].toDouble() <= 0.16, qPrintable(QString::number(last["test_loss"].toDouble())));
}

SYNANN_TEST(MnistTrainingTest)
#include "mnist_training_test.moc"
