// SPDX-License-Identifier: GPL-3.0-or-later
// synann-studio as a user starts it, without a display.
#include <csignal>

#include <QDir>
#include <QFile>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "engine/train/history.h"
#include "tests/test_main.h"

namespace synann {

namespace {

constexpr int kStudioWait = 30'000;  // milliseconds until a test gives up

struct StudioOutcome {
  int exit_code = -1;
  QString out, err;
};

void prepare(QProcess& process, const QStringList& arguments, const QString& platform) {
  QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
  for (const char* name : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}) environment.remove(name);
  if (!platform.isEmpty()) environment.insert("QT_QPA_PLATFORM", platform);
  process.setProcessEnvironment(environment);
  process.setProgram(QStringLiteral(SYNANN_BIN_DIR "/synann-studio"));
  process.setArguments(arguments);
}

StudioOutcome run_studio(const QStringList& arguments) {
  QProcess process;
  prepare(process, arguments, {});
  process.start();
  if (!process.waitForFinished(kStudioWait) || process.exitStatus() != QProcess::NormalExit) return {};
  return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
          QString::fromUtf8(process.readAllStandardError())};
}

// Six steps and two evaluations, recorded in `folder`.
Status writeRun(const QString& folder) {
  train::StartInfo start;
  start.settings.batch_size = 100;
  start.data_name = "Digits (built in)";
  start.train_count = 600;
  start.test_count = 100;
  start.steps_per_epoch = 6;
  auto writer = train::HistoryWriter::create(folder.toStdString(), start);
  if (!writer) return writer.error();
  const std::vector<float> losses = {2.3f, 2.1f, 1.7f, 1.2f, 0.9f, 0.5f};
  const Status first =
      (*writer)->append(train::Evaluation{.epoch = 0, .test_loss = 2.31, .correct = 9, .count = 100});
  if (!first) return first;
  const Status steps = (*writer)->append(train::StepLosses{1, 0, 100, 0, losses, 0.1});
  if (!steps) return steps;
  return (*writer)->append(train::Evaluation{
      .epoch = 1, .examples = 600, .test_loss = 0.61, .correct = 88, .count = 100, .best = true});
}

}  // namespace

class StudioProgramTest : public QObject {
  Q_OBJECT

 private slots:
  void init() {
    home_ = std::make_unique<QTemporaryDir>();
    QVERIFY(writeRun(home_->path()).ok());
  }
  void answersWithoutADisplay();
  void wrongUsageIsOneSentence_data();
  void wrongUsageIsOneSentence();
  void needsADisplayForAWindow();
  void exportsAPicture();
  void savesAPictureOfTheWindow();
  void exportsAVectorFigure();
  void exportsADocument();
  void exportsNumbers();
  void darkAndLogarithmicDiffer();
  void endsWhenAsked_data();
  void endsWhenAsked();

 private:
  QString file(const QString& name) const { return home_->path() + "/" + name; }
  StudioOutcome exportTo(const QString& name, const QStringList& more = {}) const {
    return run_studio(QStringList{"--export", file(name), "--history", home_->path()} + more);
  }

  std::unique_ptr<QTemporaryDir> home_;
};

void StudioProgramTest::answersWithoutADisplay() {
  const StudioOutcome version = run_studio({"--version"});
  QCOMPARE(version.exit_code, 0);
  QVERIFY(version.out.startsWith("synann-studio "));
  const StudioOutcome help = run_studio({"--help"});
  QCOMPARE(help.exit_code, 0);
  for (const char* option : {"--data", "--export", "--history", "--view", "--dark", "--log-y", "--width"}) {
    QVERIFY2(help.out.contains(option), option);
  }
}

void StudioProgramTest::wrongUsageIsOneSentence_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("about");
  QTest::newRow("unknown option") << QStringList{"--no-such-option"} << "--no-such-option";
  QTest::newRow("no history") << QStringList{"--export", "a.png"} << "--history";
  QTest::newRow("history that is not there")
      << QStringList{"--export", "a.png", "--history", "no/run"} << "no/run";
  QTest::newRow("unknown view") << QStringList{"--export", "a.png", "--history", ".", "--view", "x"} << "x";
  QTest::newRow("too wide") << QStringList{"--export", "a.png", "--history", ".", "--width", "9999999"}
                            << "--width";
  QTest::newRow("light and dark") << QStringList{"--light", "--dark"} << "--dark";
}

void StudioProgramTest::wrongUsageIsOneSentence() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, about);
  const StudioOutcome outcome = run_studio(arguments);
  QCOMPARE(outcome.exit_code, 2);
  QVERIFY(outcome.out.isEmpty());
  QVERIFY2(outcome.err.contains(about), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
}

void StudioProgramTest::needsADisplayForAWindow() {
  const StudioOutcome outcome = run_studio({});
  QCOMPARE(outcome.exit_code, 2);
  QVERIFY(outcome.err.contains("DISPLAY"));
  QCOMPARE(outcome.err.count('\n'), 1);
}

void StudioProgramTest::exportsAPicture() {
  const StudioOutcome outcome = exportTo("loss.png", {"--width", "640", "--height", "400"});
  QVERIFY2(outcome.exit_code == 0, qPrintable(outcome.err));
  const QImage image(file("loss.png"));
  QCOMPARE(image.size(), QSize(640, 400));
  QSet<QRgb> colors;
  for (int y = 0; y < image.height(); y += 2) {
    for (int x = 0; x < image.width(); x += 2) colors.insert(image.pixel(x, y));
  }
  QVERIFY(colors.contains(qRgb(255, 0, 0)));
  QVERIFY(colors.size() > 10);
  QCOMPARE(exportTo("loss.xyz").exit_code, 2);
  QVERIFY(!QFile::exists(file("loss.xyz")));
}

void StudioProgramTest::savesAPictureOfTheWindow() {
  const auto picture = [&](const QString& name, const QStringList& more) {
    const StudioOutcome outcome = run_studio(
        QStringList{"--picture", file(name), "--history", home_->path(), "--width", "1180"} + more);
    return outcome.exit_code == 0 ? QImage(file(name)) : QImage();
  };
  const QImage light = picture("light.png", {"--light"}), dark = picture("dark.png", {"--dark"});
  QCOMPARE(light.width(), 1180);
  QVERIFY(light.pixelColor(4, 40).lightness() > 200);
  QVERIFY(dark.pixelColor(4, 40).lightness() < 80);
  const StudioOutcome nowhere = run_studio({"--picture", file("a.png"), "--page", "nowhere"});
  QCOMPARE(nowhere.exit_code, 2);
  QVERIFY2(nowhere.err.contains("--page: there is no page"), qPrintable(nowhere.err));
  const QStringList network = {"--light", "--page", "network"};
  QCOMPARE(picture("edit.png", network + QStringList{"--tab", "Edit"}).width(), 1180);
  const StudioOutcome tab = run_studio(QStringList{"--picture", file("a.png"), "--tab", "None"} + network);
  QVERIFY2(tab.err.contains("--tab: there is no tab \"None\"") && tab.err.contains("Weights, Edit"),
           qPrintable(tab.err));
  const StudioOutcome nothing = run_studio({"--picture", file("a.png"), "--open", file("none.json")});
  QVERIFY2(nothing.exit_code != 0 && nothing.err.contains("none.json"), qPrintable(nothing.err));
  QCOMPARE(run_studio({"--picture", file("a.jpg")}).exit_code, 2);
  const StudioOutcome unwritable = run_studio({"--picture", file("missing/a.png")});
  QCOMPARE(unwritable.exit_code, 1);
  QVERIFY2(unwritable.err.contains("cannot be written"), qPrintable(unwritable.err));
}

void StudioProgramTest::exportsAVectorFigure() {
  QCOMPARE(exportTo("loss.svg").exit_code, 0);
  QFile svg(file("loss.svg"));
  QVERIFY(svg.open(QIODevice::ReadOnly));
  QXmlStreamReader reader(&svg);
  QString text;
  int elements = 0;
  while (!reader.atEnd()) {
    if (reader.readNext() == QXmlStreamReader::StartElement) ++elements;
    if (reader.isCharacters()) text += reader.text();
  }
  QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
  QVERIFY(elements > 20);
  QVERIFY(text.contains("seed=5"));
}

void StudioProgramTest::exportsADocument() {
  QCOMPARE(exportTo("loss.pdf").exit_code, 0);
  QFile pdf(file("loss.pdf"));
  QVERIFY(pdf.open(QIODevice::ReadOnly));
  const QByteArray bytes = pdf.readAll();
  QVERIFY(bytes.startsWith("%PDF-"));
  QVERIFY(bytes.trimmed().endsWith("%%EOF"));
}

void StudioProgramTest::exportsNumbers() {
  QCOMPARE(exportTo("loss.csv").exit_code, 0);
  QFile csv(file("loss.csv"));
  QVERIFY(csv.open(QIODevice::ReadOnly));
  const QList<QByteArray> lines = csv.readAll().trimmed().split('\n');
  QCOMPARE(lines.size(), 1 + 6 + 2);
  QVERIFY(lines[0].startsWith("series,epoch,examples,loss,accuracy"));
  QVERIFY(lines[2].contains(",100,2.1"));
}

void StudioProgramTest::darkAndLogarithmicDiffer() {
  QCOMPARE(exportTo("light.png").exit_code, 0);
  QCOMPARE(exportTo("dark.png", {"--dark"}).exit_code, 0);
  QCOMPARE(exportTo("log.png", {"--log-y"}).exit_code, 0);
  const QImage light(file("light.png")), dark(file("dark.png")), logarithmic(file("log.png"));
  QVERIFY(qGray(light.pixel(2, 2)) > 200);
  QVERIFY(qGray(dark.pixel(2, 2)) < 80);
  QVERIFY(light != logarithmic);
}

void StudioProgramTest::endsWhenAsked_data() {
  QTest::addColumn<int>("number");
  QTest::newRow("Ctrl-C") << SIGINT;
  QTest::newRow("asked to end") << SIGTERM;
  QTest::newRow("the terminal is closed") << SIGHUP;
}

// With 128 and the number of the signal, as a shell would say it.
void StudioProgramTest::endsWhenAsked() {
  QFETCH(int, number);
  QProcess process;
  prepare(process, {"--history", home_->path()}, "offscreen");
  process.start();
  QVERIFY(process.waitForStarted(kStudioWait));
  // It can be asked as soon as it catches the signal; asking again does no harm.
  QTRY_VERIFY_WITH_TIMEOUT(
      [&] {
        if (process.state() == QProcess::NotRunning) return true;
        QFile status(QString("/proc/%1/status").arg(process.processId()));
        if (status.open(QIODevice::ReadOnly)) {
          const QByteArray text = status.readAll();
          const qsizetype at = text.indexOf("SigCgt:");
          const quint64 caught = text.mid(at + 8, 16).toULongLong(nullptr, 16);
          if (caught & (quint64{1} << (number - 1))) ::kill(static_cast<pid_t>(process.processId()), number);
        }
        return false;
      }(),
      kStudioWait);
  QVERIFY(process.exitStatus() == QProcess::NormalExit);
  QCOMPARE(process.exitCode(), 128 + number);
}

}  // namespace synann

SYNANN_TEST(synann::StudioProgramTest)
#include "studio_program_test.moc"
