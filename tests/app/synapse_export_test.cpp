// SPDX-License-Identifier: GPL-3.0-or-later
// Any view of any recorded step of a run, from the prompt and without a display.
#include <cmath>
#include <cstring>

#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include "engine/train/record.h"
#include "tests/test_main.h"

namespace synann {

namespace {

constexpr int kExportWait = 60'000;  // milliseconds until a test gives up

struct ExportOutcome {
  int exit_code = -1;
  QString out, err;
};

ExportOutcome run_program(const char* program, const QStringList& arguments) {
  QProcess process;
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) environment.remove(name);
  process.setProcessEnvironment(environment);
  process.start(QStringLiteral(SYNANN_BIN_DIR "/") + program, arguments);
  if (!process.waitForFinished(kExportWait) || process.exitStatus() != QProcess::NormalExit) return {};
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
    const ExportOutcome trained =
        run_program("synann", {"train", "--epochs", "1", "--record", "8", "--out", at("run")});
    QCOMPARE(trained.exit_code, 0);
  }
  void everyStepIsTheRecordsOwn();
  void everyViewHasAFile_data();
  void everyViewHasAFile();
  void theLabIsAblations();
  void wrongRequestsAreOneSentence_data();
  void wrongRequestsAreOneSentence();
  void oldRunsShowTheirCheckpoint();
  void aSurfaceNeedsNoRun_data();
  void aSurfaceNeedsNoRun();
  void swapNeedsNoRun();
  void occupationsAreOfARun();
  void aCellIsTheRecordsOwn();
  void aPictureOfTheWindowShowsACell();
  void wrongSurfacesAreOneSentence_data();
  void wrongSurfacesAreOneSentence();

 private:
  QString at(const QString& name) const { return home_.filePath(name); }
  ExportOutcome saveAlone(const QString& file, const QStringList& more) const {
    return run_program("synann-studio", QStringList{"--export", at(file)} + more);
  }
  ExportOutcome save(const QString& file, const QStringList& more) const {
    return run_program("synann-studio", QStringList{"--export", at(file), "--history", at("run")} + more);
  }
  QTemporaryDir home_;
};

void SynapseExportTest::everyStepIsTheRecordsOwn() {
  auto record = train::RecordReader::open(at("run").toStdString() + "/" + train::kSynapseRecord);
  QVERIFY(record.ok());
  QVERIFY(record->frames().size() > 100);
  for (const std::size_t k : {std::size_t{0}, std::size_t{41}, record->frames().size() - 1}) {
    const QString step = QString::number(record->frames()[k].steps);
    const ExportOutcome saved = save("beta.npy", {"--view", "synapses", "--step", step});
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
  QTest::newRow("knock-out") << QStringList{"--view", "knock-out", "--cells", "row 3 0-7,16-23"};
  QTest::newRow("switched") << QStringList{"--view", "switched", "--cells", "all", "--value", "0.9"};
  QTest::newRow("effects") << QStringList{"--view", "effects", "--dark"};
}

void SynapseExportTest::everyViewHasAFile() {
  QFETCH(QStringList, arguments);
  const ExportOutcome picture = save("view.png", arguments);
  QVERIFY2(picture.exit_code == 0 && picture.err.isEmpty(), qPrintable(picture.err));
  const QImage image(at("view.png"));
  QCOMPARE(image.size(), QSize(960, 600));
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
  QTest::newRow("no cells") << QStringList{"--view", "knock-out"} << "--view knock-out requires --cells";
  QTest::newRow("bad cells") << QStringList{"--view", "switched", "--cells", "here"}
                             << "--cells: names no cells: expected 3,4";
  QTest::newRow("cells beyond") << QStringList{"--view", "knock-out", "--cells", "64,0"}
                                << "--cells: there is no such cell: expected row and column from 0 to 63";
  QTest::newRow("cells of a row") << QStringList{"--view", "row", "--cells", "1,2"}
                                  << "--cells does not belong to --view row";
  QTest::newRow("value of effects") << QStringList{"--view", "effects", "--value", "1"}
                                    << "--value does not belong to --view effects";
  QTest::newRow("layer of the lab") << QStringList{"--view", "knock-out", "--cells", "1,2", "--layer", "fc1"}
                                    << "has no such synapse layer: expected fcn";
}

// The same numbers as `synann ablate`, at the prompt's other end.
void SynapseExportTest::theLabIsAblations() {
  QCOMPARE(save("lab.csv", {"--view", "knock-out", "--cells", "row 3", "--value", "0.5"}).exit_code, 0);
  const QList<QByteArray> lines = bytesOf(at("lab.csv")).split('\n');
  const ExportOutcome ablated = run_program("synann", {"ablate", "--json", "--cells", "row 3", "--value",
                                                       "0.5", "--checkpoint", at("run/last.safetensors")});
  QVERIFY2(ablated.exit_code == 0, qPrintable(ablated.err));
  const QJsonArray classes =
      QJsonDocument::fromJson(ablated.out.toUtf8()).object().value("classes").toArray();
  QCOMPARE(classes.size(), 10);
  for (int k = 0; k < 10; ++k) {
    const QJsonObject one = classes[k].toObject();
    const QList<QByteArray> cells = lines[k + 1].split(',');
    for (const auto& [column, key] : {std::pair{1, "correct_before"}, std::pair{2, "correct"}}) {
      const double percent = 100 * one.value(QLatin1String(key)).toDouble() / one.value("count").toDouble();
      QVERIFY2(std::abs(cells[column].toDouble() - percent) < 1e-9, lines[k + 1].constData());
    }
  }
  QCOMPARE(save("lab.png", {"--view", "knock-out", "--cells", "3,4 5,6", "--value", "0.5"}).exit_code, 0);
  const QString remembered = QImage(at("lab.png")).text("synann-figure");
  QVERIFY2(remembered.contains("\"knocked_out\":[[3,4,0.5],[5,6,0.5]]"), qPrintable(remembered));
}

void SynapseExportTest::wrongRequestsAreOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, sentence);
  const ExportOutcome refused = save("refused.png", arguments);
  QCOMPARE(refused.exit_code, 2);
  QVERIFY2(refused.err.startsWith("synann-studio: ") && refused.err.contains(sentence),
           qPrintable(refused.err));
  QCOMPARE(refused.err.count('\n'), 1);
  QVERIFY(!QFile::exists(at("refused.png")));
}

void SynapseExportTest::oldRunsShowTheirCheckpoint() {
  QVERIFY(QFile::rename(at("run/synapses.record"), at("aside.record")));
  const ExportOutcome saved = save("checkpoint.npy", {"--view", "synapses"});
  QVERIFY(QFile::rename(at("aside.record"), at("run/synapses.record")));
  QVERIFY2(saved.exit_code == 0, qPrintable(saved.err));
  QCOMPARE(bytesOf(at("checkpoint.npy")), bytesOf(at("last.npy")));
}

void SynapseExportTest::aSurfaceNeedsNoRun_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("function");
  for (const char* view : {"surface", "section-x", "section-y", "bose-einstein", "iterates", "log-line"})
    QTest::newRow(view) << QStringList{"--view", view} << "value";
  for (const char* function : {"slope", "surprisal", "flat"})
    QTest::newRow(function) << QStringList{"--view", "surface",         "--function",
                                           function, "--special-lines", "--dark"}
                            << function;
  QTest::newRow("Fermi") << QStringList{"--view", "bose-einstein", "--beta", "-0.5", "--temperature", "2"}
                         << "value";
  QTest::newRow("beyond the pole") << QStringList{"--view", "surface", "--alpha", "1.5",
                                                  "--beta", "3",       "--at",    "0.2,0.9"}
                                   << "value";
}

void SynapseExportTest::aSurfaceNeedsNoRun() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, function);
  for (const char* name : {"alone.svg", "alone.pdf", "alone.png"}) {
    const ExportOutcome saved = saveAlone(name, arguments);
    QVERIFY2(saved.exit_code == 0 && saved.err.isEmpty(), qPrintable(saved.err));
  }
  const QByteArray svg = bytesOf(at("alone.svg"));
  QVERIFY(svg.contains("</svg>") && !svg.contains("<image"));  // lines and texts alone
  QVERIFY(bytesOf(at("alone.pdf")).startsWith("%PDF"));
  const QString remembered = QImage(at("alone.png")).text("synann-figure");
  QVERIFY(remembered.contains(QStringLiteral("\"function\":\"%1\"").arg(function)));
  QVERIFY(remembered.contains("\"view\":\"surface\""));
  // α = 1 and β = 0.5 unless told otherwise.
  QCOMPARE(saveAlone("alone.csv", {"--view", "surface"}).exit_code, 0);
  const QList<QByteArray> lines = bytesOf(at("alone.csv")).split('\n');
  QCOMPARE(lines[49].split(',').back(), QByteArray("0.5"));  // S(1, 1)
  QCOMPARE(lines[25].split(',')[25], QByteArray("0.375"));   // S(0.5, 0.5)
}

void SynapseExportTest::swapNeedsNoRun() {
  for (const char* view :
       {"swap", "swap-section", "pairs", "pairs-bias", "sars", "sars-residuals", "sars-loss"})
    for (const char* name : {"swap.svg", "swap.png"}) {
      const ExportOutcome saved = saveAlone(name, {"--view", view});
      QVERIFY2(saved.exit_code == 0 && saved.err.isEmpty(), qPrintable(saved.err));
    }
  QFile table(at("pairs.csv"));
  QVERIFY(table.open(QIODevice::WriteOnly));
  table.write("both,case_only,control_only,neither\n1,30,10,1\n");
  table.close();
  QCOMPARE(saveAlone("of-file.csv", {"--view", "pairs", "--pairs", at("pairs.csv")}).exit_code, 0);
  QVERIFY(bytesOf(at("of-file.csv")).contains(",3,"));  // 30/10
  // An example says that its numbers are invented, in the picture and in what the file remembers.
  QCOMPARE(saveAlone("example.svg", {"--view", "pairs", "--example", "insurance"}).exit_code, 0);
  const QByteArray svg = bytesOf(at("example.svg"));
  QVERIFY(svg.contains("invented numbers") && svg.contains("insurance"));
  const ExportOutcome both =
      saveAlone("both.svg", {"--view", "pairs", "--counts", "1,2,3,4", "--example", "insurance"});
  QCOMPARE(both.exit_code, 2);
  QVERIFY(both.err.contains("exclude each other"));
  QCOMPARE(saveAlone("none.svg", {"--view", "pairs-bias", "--counts", "0,0,0,0"}).exit_code, 2);
}

void SynapseExportTest::occupationsAreOfARun() {
  const ExportOutcome saved = save("occupations.csv", {"--view", "occupations", "--cell", "1,2"});
  QVERIFY2(saved.exit_code == 0, qPrintable(saved.err));
  QVERIFY(bytesOf(at("occupations.csv")).contains("Fermi"));
  QCOMPARE(saveAlone("alone.csv", {"--view", "occupations"}).exit_code, 2);
}

void SynapseExportTest::aCellIsTheRecordsOwn() {
  auto record = train::RecordReader::open(at("run").toStdString() + "/" + train::kSynapseRecord);
  for (const std::size_t k : {std::size_t{0}, record->frames().size() - 1}) {
    const auto beta = static_cast<double>((*record->read(k))[64 * 12 + 7]);
    const QStringList cell = {"--view",
                              "surface",
                              "--cell",
                              "12,7",
                              "--unit-square",
                              "--step",
                              QString::number(record->frames()[k].steps)};
    QCOMPARE(save("cell.csv", cell).exit_code, 0);
    const double last = bytesOf(at("cell.csv")).split('\n')[49].split(',').back().toDouble();
    QVERIFY(std::abs(last - (1 - beta)) < 1e-15);  // S(1, 1) = α (1 − β)
  }
  // The data of the cell, 20 images of each of ten classes, at the end of the run.
  QCOMPARE(save("points.csv", {"--view", "points", "--cell", "12,7"}).exit_code, 0);
  QCOMPARE(bytesOf(at("points.csv")).count('\n'), 201);
  QCOMPARE(save("cell.png", {"--view", "surface", "--cell", "12,7"}).exit_code, 0);
  const QString remembered = QImage(at("cell.png")).text("synann-figure");
  for (const char* part : {"\"unit\":12", "\"synapse\":7", "\"step\":200", "\"follow\":true",
                           "\"data_sha256\":\"", "\"settings\":{", "\"seed\":"})
    QVERIFY2(remembered.contains(part), part);
}

void SynapseExportTest::aPictureOfTheWindowShowsACell() {
  const auto picture = [this](const QString& file, const QStringList& more) {
    return run_program("synann-studio", QStringList{"--picture", at(file), "--history", at("run")} + more);
  };
  const QStringList surface = {"--page", "surface"};
  QCOMPARE(picture("first.png", surface).exit_code, 0);
  QCOMPARE(picture("cell.png", surface + QStringList{"--cell", "1,2"}).exit_code, 0);
  const QImage first(at("first.png")), cell(at("cell.png"));
  QVERIFY(!first.isNull() && !cell.isNull() && first != cell);
  const ExportOutcome beyond = picture("none.png", surface + QStringList{"--cell", "64,0"});
  QCOMPARE(beyond.exit_code, 2);
  QVERIFY2(beyond.err.contains("--cell: there is no such unit"), qPrintable(beyond.err));
  const ExportOutcome elsewhere = picture("none.png", {"--page", "train", "--cell", "1,2"});
  QCOMPARE(elsewhere.exit_code, 2);
  QVERIFY2(elsewhere.err.contains("the train page shows no cell"), qPrintable(elsewhere.err));
  QVERIFY(!QFile::exists(at("none.png")));
}

void SynapseExportTest::wrongSurfacesAreOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("sentence");
  const QStringList history = {"--history", at("run")};
  QTest::newRow("no such unit") << QStringList{"--view", "surface", "--cell", "64,0"} + history
                                << "--cell: there is no such unit in fcn: expected 0 to 63, found 64";
  QTest::newRow("no such synapse") << QStringList{"--view", "surface", "--cell", "0,99"} + history
                                   << "--cell: there is no such synapse in fcn: expected 0 to 63, found 99";
  QTest::newRow("half a cell") << QStringList{"--view", "surface", "--cell", "3"} + history << "--cell";
  QTest::newRow("cell without a run") << QStringList{"--view", "surface", "--cell", "3,4"} << "--history";
  QTest::newRow("cell and beta") << QStringList{"--view", "surface", "--cell", "3,4", "--beta", "1"} + history
                                 << "--beta";
  QTest::newRow("points of nothing") << QStringList{"--view", "points"} << "--cell I,J";
  QTest::newRow("cell of a matrix") << QStringList{"--view", "row", "--cell", "3,4"} + history << "--unit";
  QTest::newRow("beta") << QStringList{"--view", "surface", "--beta", "nan"} << "--beta";
  QTest::newRow("place") << QStringList{"--view", "surface", "--at", "2,0.5"} << "--at";
  QTest::newRow("function") << QStringList{"--view", "surface", "--function", "sine"} << "--function";
  QTest::newRow("inputs") << QStringList{"--view", "points", "--cell", "3,4", "--step", "3"} + history
                          << "ends of epochs";
}

void SynapseExportTest::wrongSurfacesAreOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, sentence);
  const ExportOutcome refused = saveAlone("wrong.png", arguments);
  QVERIFY2(refused.exit_code == 2, qPrintable(refused.err));
  QVERIFY2(refused.err.startsWith("synann-studio: ") && refused.err.contains(sentence),
           qPrintable(refused.err));
  QCOMPARE(refused.err.count('\n'), 1);
  QVERIFY(!QFile::exists(at("wrong.png")));
}

}  // namespace synann

SYNANN_TEST(synann::SynapseExportTest)
#include "synapse_export_test.moc"
