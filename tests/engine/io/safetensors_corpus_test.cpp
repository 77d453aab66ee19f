// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTest>

#include "fuzz/safetensors_checks.h"
#include "tests/test_main.h"

// Every file of the fuzz corpus is fed to the tensor reader: "valid-…" is taken, anything else is refused.
class SafetensorsCorpusTest : public QObject {
  Q_OBJECT

 private slots:
  void replays_data();
  void replays();
};

void SafetensorsCorpusTest::replays_data() {
  QTest::addColumn<QString>("path");
  const QDir corpus(SYNANN_SOURCE_DIR "/fuzz/corpus/safetensors");
  const QStringList names = corpus.entryList(QDir::Files);
  QVERIFY2(names.size() >= 8, qPrintable(corpus.path() + " holds too few files"));
  for (const QString& name : names) QTest::newRow(qPrintable(name)) << corpus.filePath(name);
}

void SafetensorsCorpusTest::replays() {
  QFETCH(QString, path);
  QFile file(path);
  QVERIFY(file.open(QIODevice::ReadOnly));
  const QByteArray content = file.readAll();
  const std::vector<std::uint8_t> bytes(content.begin(), content.end());
  const auto outcome = synann::fuzz::check_safetensors(bytes);
  QVERIFY2(outcome.complaint.empty(), outcome.complaint.c_str());
  QCOMPARE(outcome.accepted, QFileInfo(path).fileName().startsWith("valid-"));
}

SYNANN_TEST(SafetensorsCorpusTest)
#include "safetensors_corpus_test.moc"
