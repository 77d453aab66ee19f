// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QDir>
#include <QImage>
#include <QTemporaryDir>

#include "tests/cases/program.h"
#include "tests/test_main.h"

using namespace synann;

// What was asked of the window's program once and went wrong.
class StudioCasesTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void sizesAreWhatTheySay_data();
  void sizesAreWhatTheySay();
  void lettersGrowWithTheirSize();
  void lettersDoNotFollowTheScreen();
  void theLookIsWhatItSays();
  void everythingOfARunAtOnce();
  void mistakesAreNamed_data();
  void mistakesAreNamed();
  void listsMayHaveCommas();
  void withoutAFontItSaysSo();
  void qtKeepsQuiet();

 private:
  testing::Outcome studio(const QStringList& arguments, const QStringList& environment = {}) const {
    QProcess process;
    process.setEnvironment(QProcess::systemEnvironment() + environment);
    process.start(SYNANN_BIN_DIR "/synann-studio", arguments);
    return testing::outcome_of(process);
  }
  QString at(const QString& name) const { return home_.filePath(name); }
  QStringList exported(const QString& name, const QStringList& more) const {
    return QStringList{"--export", at(name), "--history", at("run")} + more;
  }
  QTemporaryDir home_;
};

void StudioCasesTest::initTestCase() {
  QCOMPARE(testing::synann({"data", "make", at("d"), "--train", "400", "--test", "100"}).code, 0);
  QCOMPARE(testing::synann({"train", "--data", at("d"), "--epochs", "1", "--out", at("run")}).code, 0);
}

void StudioCasesTest::sizesAreWhatTheySay_data() {
  QTest::addColumn<QStringList>("options");
  QTest::addColumn<QSize>("pixels");
  QTest::addColumn<int>("per_inch");
  const auto row = [](const char* name, const QStringList& options, QSize pixels, int per_inch) {
    QTest::newRow(name) << options << pixels << per_inch;
  };
  row("as it is", {}, {960, 600}, 96);
  row("pixels", {"--width", "800", "--height", "500"}, {800, 500}, 96);
  row("twice", {"--width", "800", "--height", "500", "--scale", "2"}, {1600, 1000}, 192);
  row("half", {"--width", "800", "--height", "500", "--scale", "0.5"}, {400, 250}, 48);
  row("inches and mm", {"--width", "3.5in", "--height", "60mm"}, {1050, 709}, 300);
  row("one side", {"--width", "3.5in"}, {1050, 1875}, 300);
  row("cm and pt", {"--width", "10cm", "--height", "216pt", "--resolution", "600"}, {2362, 1800}, 600);
  row("pixels of a print", {"--width", "801", "--height", "601", "--resolution", "150"}, {801, 601}, 150);
}

void StudioCasesTest::sizesAreWhatTheySay() {
  QFETCH(QStringList, options);
  QFETCH(QSize, pixels);
  QFETCH(int, per_inch);
  for (const char* view : {"loss", "synapses"}) {
    const auto outcome = studio(exported("s.png", options + QStringList{"--view", view}));
    QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
    const QImage image(at("s.png"));
    QCOMPARE(image.size(), pixels);
    QVERIFY(std::abs(image.dotsPerMeterX() * 0.0254 - per_inch) < 1);
  }
}

// SVG counts in pixels of 1/96 inch.
void StudioCasesTest::lettersGrowWithTheirSize() {
  const QStringList column{"--width", "3.5in", "--height", "60mm"};
  QCOMPARE(studio(exported("small.svg", column + QStringList{"--font-size", "6pt"})).code, 0);
  QCOMPARE(studio(exported("large.svg", column + QStringList{"--font-size", "12"})).code, 0);
  QVERIFY(testing::bytes_of(at("small.svg")).contains("font-size=\"8\""));
  QVERIFY(testing::bytes_of(at("large.svg")).contains("font-size=\"16\""));
}

// Whatever a screen makes of a point: a file of 3.5 inches with letters of 8 points is the same everywhere.
void StudioCasesTest::lettersDoNotFollowTheScreen() {
  const QStringList column{"--width", "3.5in", "--height", "60mm", "--font-size", "9"};
  for (const char* name : {"p.svg", "p.png", "p.pdf"}) {
    QCOMPARE(studio(exported(name, column)).code, 0);
    QCOMPARE(studio(exported(QString("large-") + name, column), {"QT_FONT_DPI=120"}).code, 0);
  }
  const QByteArray svg = testing::bytes_of(at("large-p.svg"));
  QVERIFY(svg.contains("font-size=\"12\"") && svg.contains("width=\"88.9mm\""));
  QCOMPARE(svg, testing::bytes_of(at("p.svg")));
  QCOMPARE(QImage(at("large-p.png")), QImage(at("p.png")));
  QVERIFY(testing::bytes_of(at("large-p.pdf")).contains("/MediaBox [0 0 252"));
}

void StudioCasesTest::theLookIsWhatItSays() {
  const auto svg = [this](const QStringList& options) {
    const auto outcome = studio(exported("look.svg", options));
    return outcome.code == 0 ? QString::fromUtf8(testing::bytes_of(at("look.svg"))) : outcome.err;
  };
  const QString plain = svg({});
  QVERIFY2(plain.contains("Train Loss") && plain.contains("best accuracy"), qPrintable(plain));
  QVERIFY(!svg({"--legend", "none"}).contains("Train Loss"));
  QVERIFY(svg({"--legend", "lower-left"}).contains("Train Loss"));
  QVERIFY(svg({"--legend", "lower-left"}) != plain);
  QVERIFY(!svg({"--no-marks"}).contains("best accuracy"));
  QVERIFY(svg({"--line-width", "3"}).contains("stroke-width=\"4.5\""));
  QVERIFY(svg({"--title", "Of my paper"}).contains(">Of my paper</text>"));
  const QString heading = ">unit i 2: </text>";
  QVERIFY(svg({"--view", "row", "--unit", "2"}).contains(heading));
  QVERIFY(!svg({"--view", "row", "--unit", "2", "--no-title"}).contains(heading));
}

void StudioCasesTest::everythingOfARunAtOnce() {
  const QStringList all = {"--export-all", at("all"), "--history",   at("run"),
                           "--width",      "3.5in",   "--font-size", "8"};
  const auto first = studio(all);
  QVERIFY2(first.code == 0 && first.err.isEmpty(), qPrintable(first.err));
  const QStringList files = first.out.trimmed().split('\n');
  QVERIFY(files.contains(at("all/run-figures/loss.pdf")) &&
          files.contains(at("all/run-figures/synapses.npy")));
  for (const QString& file : files) QVERIFY2(QFileInfo(file).size() > 100, qPrintable(file));
  QCOMPARE(QImage(at("all/run-figures/loss.png")).width(), 1050);
  QVERIFY(studio(all).out.startsWith(at("all/run-figures-2/")));
  const auto none = studio({"--export-all", at("all"), "--history", at("no-run")});
  QCOMPARE(none.code, 2);
  QCOMPARE(none.err.count('\n'), 1);
}

void StudioCasesTest::mistakesAreNamed_data() {
  QTest::addColumn<QStringList>("arguments");
  QTest::addColumn<QString>("says");
  const auto row = [](const char* name, const QStringList& arguments, const char* says) {
    QTest::newRow(name) << arguments << QString(says);
  };
  row("empty file", {"--export", ""}, "--export: has an empty value");
  row("empty picture", {"--picture", ""}, "--picture: has an empty value");
  row("empty run", {"--history", ""}, "--history: has an empty value");
  row("option misspelt", {"--wdith", "3"}, "--wdith: is no option of synann-studio; did you mean --width?");
  row("view misspelt", exported("a.svg", {"--view", "synapse"}), "did you mean synapses?");
  row("feet", exported("a.png", {"--width", "3ft"}), "--width: is not a length");
  row("no width", exported("a.png", {"--width", ""}), "--width: has an empty value");
  row("below zero", exported("a.png", {"--width", "-3"}), "--width: is not a length");
  row("too wide", exported("a.png", {"--width", "9000"}),
      "--width: is out of range: expected 200 to 8000 pixels");
  row("too many pixels", exported("a.png", {"--width", "8000", "--scale", "4"}),
      "expected 16384 at most, found 32000");
  row("three classes", exported("a.svg", {"--view", "synapses", "--classes", "3,4,5"}),
      "--classes: has another number of values");
  row("one of a cell", exported("a.svg", {"--view", "surface", "--cell", "3"}),
      "--cell: has another number of values: expected 2, found 1");
  row("legend misspelt", exported("a.svg", {"--legend", "upper-rigth"}), "did you mean upper-right?");
  row("empty title", exported("a.svg", {"--title", ""}), "--title: has an empty value; --no-title");
  row("title and none", exported("a.svg", {"--title", "a", "--no-title"}), "--title excludes --no-title");
  row("line width", exported("a.svg", {"--line-width", "0"}), "--line-width: ");
  row("look of nothing", {"--no-marks"}, "--no-marks requires --export or --export-all");
  row("all of nothing", {"--export-all", "a"}, "--export-all requires --history");
  row("one and all", exported("a.svg", {"--export-all", "a"}), "--export excludes --export-all");
  row("dark and light", {"--dark", "--light"}, "--dark excludes --light");
}

void StudioCasesTest::mistakesAreNamed() {
  QFETCH(QStringList, arguments);
  QFETCH(QString, says);
  const auto outcome = studio(arguments);
  QCOMPARE(outcome.code, 2);
  QVERIFY2(outcome.err.startsWith("synann-studio: ") && outcome.err.contains(says), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
}

void StudioCasesTest::listsMayHaveCommas() {
  for (const QStringList& classes : {QStringList{"3,4"}, QStringList{"3", "4"}, QStringList{"3, 4"}}) {
    const auto outcome =
        studio(exported("c.svg", QStringList{"--view", "synapses", "--lens", "class-difference", "--data",
                                             at("d"), "--classes"} +
                                     classes));
    QVERIFY2(outcome.code == 0, qPrintable(outcome.err));
  }
}

void StudioCasesTest::withoutAFontItSaysSo() {
  QFile file(at("fonts.conf"));
  QVERIFY(file.open(QIODevice::WriteOnly));
  file.write(
      "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">"
      "<fontconfig><dir>/nonexistentfonts</dir></fontconfig>");
  file.close();
  const auto outcome = studio(exported("boxes.png", {}), {"FONTCONFIG_FILE=" + at("fonts.conf")});
  QCOMPARE(outcome.code, 1);
  QVERIFY2(outcome.err.startsWith("synann-studio: no font is found"), qPrintable(outcome.err));
  QCOMPARE(outcome.err.count('\n'), 1);
  QVERIFY(!QFile::exists(at("boxes.png")));
}

// "QStandardPaths: XDG_RUNTIME_DIR not set" is nothing a person can do anything about.
void StudioCasesTest::qtKeepsQuiet() {
  QProcess process;
  auto environment = QProcessEnvironment::systemEnvironment();
  environment.remove("XDG_RUNTIME_DIR");
  process.setProcessEnvironment(environment);
  process.start(SYNANN_BIN_DIR "/synann-studio", exported("q.png", {}));
  const auto outcome = testing::outcome_of(process);
  QCOMPARE(outcome.code, 0);
  QCOMPARE(outcome.err, QString());
}

SYNANN_TEST(StudioCasesTest)
#include "studio_cases_test.moc"
