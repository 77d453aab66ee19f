// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QtTest>

#include "fuzz/reader_checks.h"
#include "tests/test_main.h"

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
  for (const QString& reader : QStringList{"idx", "gzip", "npz", "csv", "png", "jpeg", "content"}) {
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
  const auto check = reader == "idx"    ? synann::fuzz::check_idx
                     : reader == "gzip" ? synann::fuzz::check_gzip
                     : reader == "npz"  ? synann::fuzz::check_npz
                     : reader == "csv"  ? synann::fuzz::check_csv
                     : reader == "png"  ? synann::fuzz::check_png
                     : reader == "jpeg" ? synann::fuzz::check_jpeg
                                        : synann::fuzz::check_content;
  const auto outcome = check(bytes);
  QVERIFY2(outcome.complaint.empty(), outcome.complaint.c_str());
  QCOMPARE(outcome.accepted, QFileInfo(path).fileName().startsWith("valid-"));
}

SYNANN_TEST(CorpusTest)
#include "corpus_test.moc"
