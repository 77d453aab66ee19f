// SPDX-License-Identifier: GPL-3.0-or-later
// What the prompt's options and the Export dialog say of a figure's file.
#include <QTest>

#include "golden_pictures.h"
#include "sample_frame.h"
#include "sample_loss.h"
#include "tests/test_main.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/plots/shown_figure.h"

using namespace synann;
using namespace synann::ui;

namespace {

FigureOptions sized(double width, double height, LengthUnit unit, double resolution) {
  FigureOptions options;
  options.width = Length{width, unit};
  options.height = Length{height, unit};
  options.resolution = resolution;
  return options;
}

ShownFigure shownLoss(const LossPart& part = {}) {
  return {.figure = std::make_shared<const LossFigure>(LossFigure::Content{
              .curves = {test::series(*test::sampleCurve(3, 200))}, .part = part, .title = test::kTitle}),
          .name = "loss",
          .view = toJson(part),
          .size = QSize(640, 400)};
}

QImage drawn(const ShownFigure& shown, const FigureOptions& options) {
  const auto file = fileOf(shown, options);
  return file ? figureImage(*figureOf(shown, options), *file, file->pixels) : QImage();
}

bool looksOtherWith(const ShownFigure& shown, void (*change)(FigureOptions&)) {
  FigureOptions plain = presetOptions(FigurePreset::AsShown, shown.size, false), other = plain;
  change(other);
  const QImage before = drawn(shown, plain), after = drawn(shown, other);
  return !before.isNull() && before.size() == after.size() && before != after;
}

}  // namespace

class FigureOptionsTest : public QObject {
  Q_OBJECT

 private slots:
  void unitsConvertAndBack() {
    const Length inches{3.5, LengthUnit::Inch};
    QCOMPARE(inUnit(inches, LengthUnit::Millimetre, 300).value, 88.9);
    QCOMPARE(inUnit(inches, LengthUnit::Point, 300).value, 252.0);
    QCOMPARE(inUnit(inches, LengthUnit::Pixel, 300).value, 1050.0);
    for (int unit = 0; unit < 5; ++unit)
      QCOMPARE(inUnit(inUnit(inches, static_cast<LengthUnit>(unit), 192), LengthUnit::Inch, 192).value, 3.5);
  }
  void aSideThatIsNotNamedHasTheOthersResolution() {
    FigureOptions options;
    options.width = Length{3.5, LengthUnit::Inch};
    const auto size = sizeOf(options);
    QVERIFY(size.ok());
    QCOMPARE(size->laid_out, QSize(336, 600));
    QCOMPARE(size->pixels, QSize(1050, 1875));  // 300 pixels an inch, both ways
  }
  void sizesOutOfRangeNameTheirSide() {
    const auto wide = sizeOf(sized(9000, 600, LengthUnit::Pixel, 0));
    QVERIFY(!wide.ok());
    QVERIFY(wide.error().sentence().starts_with("--width: is out of range"));
    const auto many = sizeOf(sized(20, 5, LengthUnit::Inch, 1200), "Width", "Height");
    QVERIFY(!many.ok());
    QVERIFY(many.error().sentence().starts_with("Width: has too many pixels"));
    QVERIFY(!sizeOf(sized(0, 600, LengthUnit::Pixel, 0)).ok());
  }
  void presetsAreWhatTheySay() {
    const QSize seen(700, 420);
    const auto shown = sizeOf(presetOptions(FigurePreset::AsShown, seen, true));
    QCOMPARE(shown->laid_out, seen);
    QCOMPARE(shown->pixels, 2 * seen);
    QCOMPARE(sizeOf(presetOptions(FigurePreset::PaperColumn, seen, true))->pixels, QSize(1050, 750));
    QCOMPARE(sizeOf(presetOptions(FigurePreset::Slide, seen, true))->pixels, QSize(1920, 1080));
    QVERIFY(!presetOptions(FigurePreset::PaperColumn, seen, true).dark);
  }
  void choicesAreKept() {
    FigureOptions options = sized(88.9, 60, LengthUnit::Millimetre, 600);
    options.font_size = 7.5;
    options.line_width = 1.5;
    options.legend = LegendPlace::LowerLeft;
    options.marks = false;
    options.title = QString();
    options.dark = options.whole = true;
    QCOMPARE(figureOptionsFromMap(toMap(options)), options);
    QCOMPARE(figureOptionsFromMap(toMap(FigureOptions{})), FigureOptions{});
  }
  void nonsenseIsNotKept() {
    const FigureOptions options = figureOptionsFromMap({{"width", "nan in"},
                                                        {"height", "-3mm"},
                                                        {"resolution", 1e9},
                                                        {"font_size", "large"},
                                                        {"line_width", -1},
                                                        {"legend", "moon"}});
    FigureOptions plain;
    plain.legend = LegendPlace::Automatic;
    QCOMPARE(options, plain);
    QVERIFY(!figureOptionsFromMap({{"width", "1in"}, {"height", "1in"}}).width);  // too small
  }
  void everyChoiceChangesTheLossFigure() {
    const ShownFigure shown = shownLoss();
    QVERIFY(looksOtherWith(shown, [](FigureOptions& o) { o.legend = LegendPlace::None; }));
    QVERIFY(looksOtherWith(shown, [](FigureOptions& o) { o.legend = LegendPlace::LowerLeft; }));
    QVERIFY(looksOtherWith(shown, [](FigureOptions& o) { o.marks = false; }));
    QVERIFY(looksOtherWith(shown, [](FigureOptions& o) { o.line_width = 3; }));
    QVERIFY(looksOtherWith(shown, [](FigureOptions& o) { o.font_size = 14; }));
    QVERIFY(looksOtherWith(shown, [](FigureOptions& o) { o.title = "A title"; }));
    QVERIFY(looksOtherWith(shown, [](FigureOptions& o) { o.dark = true; }));
    QVERIFY(!looksOtherWith(shown, [](FigureOptions& o) { o.whole = true; }));  // it is whole
  }
  void aPartCanBeShownWhole() {
    const ShownFigure shown = shownLoss({.range = LossRange{10, 100, 0, 1}});
    QVERIFY(looksOtherWith(shown, [](FigureOptions& o) { o.whole = true; }));
    FigureOptions options;
    QVERIFY(fileOf(shown, options)->view.contains("range"));
    options.whole = true;
    QVERIFY(!fileOf(shown, options)->view.contains("range"));  // nor does the file remember the part
  }
  void aSmallPictureIsAllOfTheFigure() {
    const ShownFigure shown = shownLoss();
    const FigureFile file{.width = 640, .height = 480};
    const QImage whole = figureImage(*shown.figure, file, {1280, 960});
    for (const QSize size : {QSize(320, 240), QSize(480, 360), QSize(960, 720)}) {
      const auto small = [](const QImage& image) {
        return image.convertToFormat(QImage::Format_RGB32)
            .scaled({20, 15}, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
      };
      const double apart =
          test::largestDifference(small(figureImage(*shown.figure, file, size)), small(whole));
      QVERIFY2(apart < 24, qPrintable(QString::number(apart)));
    }
  }
  // Not twice, as a heading and within the figure.
  void figuresOfTheSynapsesPageAreNamedOnce() {
    const auto frame = test::sampleFrame(24);
    for (const char* name : {"histogram", "waterfall", "proof"}) {
      SynapseView view;
      view.figure = name;
      QString why;
      const auto figure = synapseFigure(view, frame, why);
      QVERIFY(figure);
      const auto svg = figureBytes(*figure, ".svg", {.width = 480, .height = 360});
      QVERIFY(svg.ok());
      QString words = QString::fromUtf8(*svg);
      // What is read: letters of different scripts are texts of their own.
      words.remove(QRegularExpression("<title>.*</title>")).remove(QRegularExpression("<[^>]*>|\\s"));
      QCOMPARE(words.count(figure->title().remove(' ')), 1);
    }
  }
};

SYNANN_WINDOW_TEST(FigureOptionsTest)
#include "figure_options_test.moc"
