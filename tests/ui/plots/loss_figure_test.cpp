// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_figure.h"

#include <cmath>
#include <limits>
#include <vector>

#include <QFile>
#include <QImage>
#include <QJsonArray>
#include <QLocale>
#include <QPainter>
#include <QRegularExpression>
#include <QSet>
#include <QSvgRenderer>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include "sample_curve.h"
#include "sample_loss.h"
#include "tests/test_main.h"
#include "ui/plots/figure_file.h"
#include "ui/plots/figure_look.h"
#include "ui/plots/picture_file.h"

using namespace synann;
using namespace synann::ui;
using test::contents, test::count, test::figureOf, test::pathHeights, test::series;

namespace {

// The loss figure's CSV as it has been since it was first written: other programs read it.
QByteArray csvOf(const LossCurve& curve) {
  QByteArray csv("series,epoch,examples,loss,accuracy,setting\n");
  const auto start = [&](const char* name, int epoch, std::int64_t x) {
    csv.append(name).append(',');
    if (epoch >= 0) appendNumber(csv, epoch);
    csv.append(',');
    appendNumber(csv, x);
    csv.append(',');
  };
  for (std::size_t k = 0; k < curve.examples().size(); ++k) {
    start("train", curve.trainCount() > 0 ? curve.epochAt(curve.examples()[k]) : -1, curve.examples()[k]);
    appendNumber(csv, curve.losses()[k]);
    csv.append(",,\n");
  }
  for (const LossEvaluation& evaluation : curve.evaluations()) {
    start("test", evaluation.epoch, evaluation.examples);
    appendNumber(csv, evaluation.test_loss);
    csv.append(',');
    appendNumber(csv, evaluation.accuracy());
    csv.append(',');
    if (evaluation.epoch > 0) appendNumber(csv.append("learning rate "), evaluation.learning_rate);
    csv.append('\n');
  }
  for (const SettingMark& mark : curve.marks()) {
    start("change", curve.trainCount() > 0 ? curve.epochAt(mark.examples) : -1, mark.examples);
    csv.append(",,").append(csvText(QString::fromStdString(mark.words))).append('\n');
  }
  return csv;
}

}  // namespace

class LossFigureTest : public QObject, test::LossFiles {
  Q_OBJECT

 private slots:
  void theCsvIsByteForByteAsEver() {
    LossCurve curve = *test::sampleCurve(3, 300);
    QCOMPARE(figureCsv(figureOf(curve)), csvOf(curve));
    curve.append(LossSteps{.batch_size = 100,
                           .first_examples = 90000,
                           .losses = std::vector<float>{NAN, -INFINITY, 1e-38F, 16777217.0F, 0}});
    curve.mark(300, "learning rate 0.05");
    curve.mark(300, "momentum 0.25");
    QCOMPARE(figureCsv(figureOf(curve, {.log_y = true})), csvOf(curve));
    curve.setTrainCount(0);  // nobody knows the epochs
    QCOMPARE(figureCsv(figureOf(curve)), csvOf(curve));
    QCOMPARE(figureCsv(figureOf(LossCurve())), csvOf(LossCurve()));
  }

  void severalCurvesHaveTheirColoursAndNames() {
    const LossFigure two(
        {.curves = {series(*curve_, "run A", 1), series(*test::sampleCurve(2, 100), "run B", 2)}});
    FigureFile file = options_;
    QVERIFY(exportFigure(two, path("two.png"), file).ok());
    const QImage picture(QString::fromStdString(path("two.png")));
    for (const int color : {1, 2})
      QVERIFY2(count(picture, seriesColor(FigureLook::light(), color)) > 300,
               qPrintable(QString::number(color)));
    QCOMPARE(count(picture, QColor(0, 0, 255)), 0);
    QVERIFY(exportFigure(two, path("two.svg"), file).ok());
    const QByteArray svg = contents(path("two.svg"));
    for (const char* name :
         {"run A · Train Loss", "run A · Test Loss", "run B · Train Loss", "run B · Test Loss"})
      QVERIFY2(svg.contains(name), name);
    QVERIFY(!pathHeights(svg, seriesColor(FigureLook::light(), 2).name().toLatin1()).isEmpty());
  }

  void severalCurvesAreInTheTable() {
    LossCurve b = *test::sampleCurve(2, 100);
    b.mark(5000, "learning rate 0.05");
    const LossFigure two({.curves = {series(*curve_, "run A", 1), series(b, "run, B", 2)}});
    const int points = static_cast<int>(curve_->losses().size() + curve_->evaluations().size() +
                                        b.losses().size() + b.evaluations().size());
    QCOMPARE(two.pointCount(), points);
    QCOMPARE(two.rowCount(), points + 1);
    QCOMPARE(two.columnName(0), QString("run"));
    const QList<QByteArray> lines = figureCsv(two).trimmed().split('\n');
    QCOMPARE(lines.size(), points + 2);
    QVERIFY(lines[1].startsWith("run A,train,1,0,"));
    QVERIFY(lines[points].startsWith("\"run, B\",test,2,20000,"));
    QVERIFY(lines.last().startsWith("\"run, B\",change,1,5000,,,learning rate 0.05"));
    QVERIFY(two.pointText(0).startsWith("run A, train loss "));
    QVERIFY(two.pointText(points - 1).startsWith("run, B, test loss "));
  }

  void everyPointIsFoundWhereItIs() {
    const auto few = test::sampleCurve(2, 20);
    const LossFigure figure = figureOf(*few);
    const QRectF area(20, 10, 700, 420);
    FigurePaint how{.look = FigureLook::light(), .font = QFont(), .vector = false, .current = {}};
    const int last = figure.pointCount() - 1;
    // Its crosshair stands on it: there it is found again.
    QSet<int> found;
    for (int y = 10; y < 430; y += 2)
      for (int x = 20; x < 720; x += 2)
        if (const auto point = figure.pointAt(QPointF(x, y), area, how)) found.insert(*point);
    for (int point = 0; point <= last; ++point)
      QVERIFY2(found.contains(point), qPrintable(figure.pointText(point)));
    QVERIFY(!figure.pointAt({-50, -50}, area, how));
    QVERIFY(!figureOf(LossCurve()).pointAt({300, 200}, area, how));
  }

  void aPointThatIsMarkedHasItsValues() {
    const LossFigure figure = figureOf(*curve_);
    const auto drawn = [&](std::optional<int> current) {
      QImage image(640, 400, QImage::Format_RGB32);
      QPainter painter(&image);
      figure.paint(painter, QRectF(0, 0, 640, 400),
                   {.look = FigureLook::light(), .font = QFont(), .current = current});
      return image;
    };
    QVERIFY(drawn({}) != drawn(120));
    QCOMPARE(drawn({}), drawn(std::nullopt));
    drawn(100000);  // there is no such point
  }

  void aSmoothedCurveNamesItsMethod_data() {
    QTest::addColumn<QString>("kind");
    QTest::addColumn<QString>("words");
    QTest::newRow("average") << "moving-average"
                             << "Train Loss (moving average of 5,000 examples)";
    QTest::newRow("epochs") << "epoch-mean"
                            << "Train Loss (mean of each epoch)";
  }
  void aSmoothedCurveNamesItsMethod() {
    QFETCH(QString, kind);
    QFETCH(QString, words);
    const LossPart part{.smoothing = {.kind = smoothingFromId(kind), .examples = 5000}};
    QVERIFY(save(*curve_, "s.svg", options_, part).ok());
    QVERIFY(contents(path("s.svg")).contains(words.toUtf8()));
    QVERIFY(save(*curve_, "s.png", options_, part).ok());
    const QImage picture(QString::fromStdString(path("s.png")));
    QVERIFY(count(picture, QColor(0, 0, 255)) > 300);      // the line
    QVERIFY(count(picture, QColor(179, 179, 255)) > 300);  // the batches behind it
    // The numbers are not smoothed.
    QCOMPARE(figureCsv(figureOf(*curve_, part)), csvOf(*curve_));
  }

  void theViewReadsBack() {
    const LossPart part{.range = LossRange{100, 2000.5, 0.25, 1.75},
                        .log_y = true,
                        .smoothing = {.kind = SmoothingKind::MovingAverage, .examples = 1234}};
    QCOMPARE(lossPartFromJson(toJson(part)), part);
    QCOMPARE(lossPartFromJson(toJson(LossPart{})), LossPart{});
    QCOMPARE(lossPartFromJson({}), LossPart{});
    const QJsonObject odd{
        {"range", QJsonArray{5, 1, "x"}}, {"log", 3}, {"smoothing", "magic"}, {"smoothing_examples", -4}};
    QCOMPARE(lossPartFromJson(odd).range, std::nullopt);
    QVERIFY(lossPartFromJson(odd).smoothing.examples >= 1);
    QVERIFY(lossPartFromJson(odd).smoothing.kind == SmoothingKind::None);
  }
};

SYNANN_WINDOW_TEST(LossFigureTest)
#include "loss_figure_test.moc"
