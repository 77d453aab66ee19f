// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QtTest>

#include "fuzz/reader_checks.h"

// Every file of the fuzz corpora is fed to its reader: "valid-…" is taken, anything else is refused, nothing
// crashes.
class CorpusTest : public QObject {
  Q_OBJECT

 private slots:
  void replays_data();
  void replays();
};

void CorpusTest::replays_data() {
  QTest::addColumn<QString>("reader");
  QTest::addColumn<QString>("path");
  for (const QString& reader : {QString("idx"), QString("gzip")}) {
    const QDir corpus(QString(SYNANN_SOURCE_DIR "/fuzz/corpus/") + reader);
    const QStringList names = corpus.entryList(QDir::Files);
    QVERIFY2(names.size() >= 8, qPrintable(corpus.path() + " holds too few files"));
    QVERIFY(!names.filter(QRegularExpression("^valid-")).isEmpty());
    for (const QString& name : names) {
      QTest::newRow(qPrintable(reader + "/" + name)) << reader << corpus.filePath(name);
    }
  }
}

void CorpusTest::replays() {
  QFETCH(QString, reader);
  QFETCH(QString, path);
  QFile file(path);
  QVERIFY(file.open(QIODevice::ReadOnly));
  const QByteArray content = file.readAll();
  const std::vector<std::uint8_t> bytes(content.begin(), content.end());
  const auto outcome = reader == "idx" ? synann::fuzz::check_idx(bytes) : synann::fuzz::check_gzip(bytes);
  QVERIFY2(outcome.complaint.empty(), outcome.complaint.c_str());
  QCOMPARE(outcome.accepted, QFileInfo(path).fileName().startsWith("valid-"));
}

QTEST_GUILESS_MAIN(CorpusTest)
#include "corpus_test.moc"
