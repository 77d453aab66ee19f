// SPDX-License-Identifier: GPL-3.0-or-later
// Any view of any recorded step of a run, from the prompt and without a display.
#include <cstring>

#include <QFile>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "engine/train/record.h"

namespace synann {

namespace {

constexpr int kWait = 60'000;  // milliseconds until a test gives up

struct Outcome {
  int exit_code = -1;
  QString out, err;
};

Outcome run(const char* program, const QStringList& arguments) {
  QProcess process;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) environment.remove(name);
  process.setProcessEnvironment(environment);
  process.start(QStringLiteral(SYNANN_BIN_DIR "/") + program, arguments);
  if (!process.waitForFinished(kWait) || process.exitStatus() != QProcess::NormalExit) return {};
  return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
          QString::fromUtf8(process.readAllStandardError())};
}

QByteArray bytesOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class SynapseExportTest : public QObject {
  Q_OBJECT

 private slots:
  void initTestCase() {
    const Outcome trained = run("synann", {"train", "--epochs", "1", "--record", "8", "--out", at("run")});
    QCOMPARE(trained.exit_code, 0);
  }
  void everyStepIsTheRecordsOwn();
  void everyViewHasAFile_data();
  void everyViewHasAFile();
  void wrongRequestsAreOneSentence_data();
  void wrongRequestsAreOneSentence();
  void oldRunsShowTheirCheckpoint();

 private:
  QString at(const QString& name) const { return home_.filePath(name); }
  Outcome save(const QString& file, const QStringList& more) const {
    return run("synann-studio", QStringList{"--export", at(file), "--history", at("run")} + more);
  }
  QTemporaryDir home_;
};

void SynapseExportTest::everyStepIsTheRecordsOwn() {
  auto record = train::RecordReader::open(at("run").toStdString() + "/" + train::kSynapseRecord);
  QVERIFY(record.ok());
  QVERIFY(record->frames().size() > 100);
  for (const std::size_t k : {std::size_t{0}, std::size_t{41}, record->frames().size() - 1}) {
    const QString step = QString::number(record->frames()[k].steps);
    const Outcome saved = save("beta.npy", {"--view", "synapses", "--step", step});
    QVERIFY2(saved.exit_code == 0, qPrintable(saved.err));
    const QByteArray bytes = bytesOf(at("beta.npy"));
    const auto expected = record->read(k);
    const auto size = static_cast<qsizetype>(expected->size() * sizeof(float));
    QVERIFY(bytes.size() > size);
    QVERIFY(std::memcmp(bytes.data() + (bytes.size() - size), expected->data(),
                        static_cast<std::size_t>(size)) == 0);
  }
  // Without a step: the last one.
  QCOMPARE(save("last.npy", {"--view", "synapses"}).exit_code, 0);
  QCOMPARE(bytesOf(at("last.npy")), bytesOf(at("beta.npy")));
}

void SynapseExportTest::everyViewHasAFile_data() {
  QTest::addColumn<QStringList>("arguments");
  for (const char* view : {"synapses", "row", "column", "histogram", "waterfall", "proof"})
    QTest::newRow(view) << QStringList{"--view", view, "--unit", "12", "--synapse", "7", "--image", "3"};
  QTest::newRow("class difference") << QStringList{"--view",    "synapses", "--lens", "class-difference",
                                                   "--classes", "3",        "8"};
  QTest::newRow("change") << QStringList{"--view", "synapses", "--minus-step", "0", "--dark"};
}

void SynapseExportTest::everyViewHasAFile() {
  QFETCH(QStringList, arguments);
  const Outcome picture = save("view.png", arguments);
  QVERIFY2(picture.exit_code == 0 && picture.err.isEmpty(), qPrintable(picture.err));
  const QImage image(at("view.png"));
  QCOMPARE(image.size(), QSize(1920, 1200));
  QVERIFY(image.text("synann-figure").contains("\"program\":\"synann-studio\""));
  QVERIFY(image.text("synann-figure").contains("\"step\":200"));
  QCOMPARE(save("view.svg", arguments).exit_code, 0);
  QVERIFY(bytesOf(at("view.svg")).contains("</svg>"));
}

void SynapseExportTest::wrongRequestsAreOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("unit") << QStringList{"--view", "row", "--unit", "64"}
                        << "--unit: there is no such unit in fcn: expected 0 to 63, found 64";
  QTest::newRow("layer") << QStringList{"--view", "synapses", "--layer", "conv1"}
                         << "--layer: there is no such synapse layer: expected fcn, found conv1";
  QTest::newRow("class") << QStringList{"--view", "synapses", "--lens", "class-mean", "--classes", "12"}
                         << "--classes: there is no such class: expected 0 to 9, found 12";
  QTest::newRow("inputs") << QStringList{"--view", "waterfall", "--step", "3"} << "ends of epochs";
  QTest::newRow("view") << QStringList{"--view", "spectrum"} << "--view";
}

void SynapseExportTest::wrongRequestsAreOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, sentence);
  const Outcome refused = save("refused.png", arguments);
  QCOMPARE(refused.exit_code, 2);
  QVERIFY2(refused.err.startsWith("synann-studio: ") && refused.err.contains(sentence),
           qPrintable(refused.err));
  QCOMPARE(refused.err.count('\n'), 1);
  QVERIFY(!QFile::exists(at("refused.png")));
}

void SynapseExportTest::oldRunsShowTheirCheckpoint() {
  QVERIFY(QFile::rename(at("run/synapses.record"), at("aside.record")));
  const Outcome saved = save("checkpoint.npy", {"--view", "synapses"});
  QVERIFY(QFile::rename(at("aside.record"), at("run/synapses.record")));
  QVERIFY2(saved.exit_code == 0, qPrintable(saved.err));
  QCOMPARE(bytesOf(at("checkpoint.npy")), bytesOf(at("last.npy")));
}

}  // namespace synann

QTEST_GUILESS_MAIN(synann::SynapseExportTest)
#include "synapse_export_test.moc"
