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
