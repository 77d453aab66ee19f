// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of the Swap page, light and dark; and their numbers, which are the engine's.
#include <cmath>

#include <QJsonArray>
#include <QTest>

#include "engine/synapse/least_squares.h"
#include "golden_pictures.h"
#include "tests/test_main.h"
#include "ui/pages/swap/swap_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/interval_figure.h"
#include "ui/plots/map_figure.h"

using namespace synann;
using namespace synann::ui;

namespace {

SwapScene swapSceneOf(const QString& name) {
  SwapScene scene;
  if (name == "zero") {
    scene.counts = {3, 5, 0, 12};
    scene.example = SwapScene::kOwnPairs;
    scene.figure = "pairs";
  }
  if (name == "forward") scene.quantity = synapse::SwapQuantity::Forward;
  if (name == "ratio") scene.quantity = synapse::SwapQuantity::Ratio;
  if (kSwapFigures.contains(name)) scene.figure = name;
  return scene;
}

std::shared_ptr<const Figure> figureNamed(const QString& name) {
  QString why;
  return figureOfSwap(swapSceneOf(name), why);
}

QImage drawnSwap(const QString& name, bool dark) {
  FigureView widget;
  widget.setPalette(test::paletteOf(dark));
  widget.setFigure(figureNamed(name));
  widget.resize(440, 340);
  return widget.grab().toImage();
}

}  // namespace

class SwapGoldenTest : public QObject {
  Q_OBJECT
 private slots:
  void looksAsRecorded_data();
  void looksAsRecorded();
  void theComparisonSeesWhatMatters();
  void mapIsTheEngines();
  void intervalsAreTheEngines();
  void inventedNumbersAreSaidToBe();
  void emptyTablesSayWhy();
  void scenesReadBack();
  void nonsenseInAFileKeepsTheDefaults();
};

void SwapGoldenTest::looksAsRecorded_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<bool>("dark");
  for (const QString& name : kSwapFigures + QStringList{"zero", "forward", "ratio"})
    for (const bool dark : {false, true})
      QTest::newRow(qPrintable(name + (dark ? "-dark" : "-light"))) << name << dark;
}

void SwapGoldenTest::looksAsRecorded() {
  QFETCH(QString, name);
  QFETCH(bool, dark);
  test::compareWithGolden(drawnSwap(name, dark), QStringLiteral("of-swap-") + QTest::currentDataTag());
}

void SwapGoldenTest::theComparisonSeesWhatMatters() {
  const QImage map = test::shrunk(drawnSwap("swap", false));
  for (const char* other : {"forward", "ratio", "pairs"})
    QVERIFY(test::largestDifference(map, test::shrunk(drawnSwap(other, false))) > test::kTolerance);
}

void SwapGoldenTest::mapIsTheEngines() {
  const auto map = std::dynamic_pointer_cast<const MapFigure>(figureNamed("swap"));
  QVERIFY(map);
  for (const int point : {0, 100, 2112, 4224}) {
    const QPointF at = map->placeOf(point);
    QCOMPARE(map->cell(point / 65, point % 65).toDouble(), synapse::swap({1, 1}, at.x(), at.y()).log_ratio);
  }
  QCOMPARE(map->rowCount(), 65);
  QCOMPARE(map->matrix()->columns, 65);
  // The nearest point to the middle of the plot is the middle of the grid.
  const QRectF area(0, 0, 400, 300);
  const FigurePaint how;
  QCOMPARE(map->pointAt(map->plotArea(area, how).center(), area, how), std::optional(2112));
  QVERIFY(!map->pointAt({1, 1}, area, how));
}

void SwapGoldenTest::intervalsAreTheEngines() {
  const auto odds = synapse::paired_odds(SwapScene().counts);
  const auto figure = std::dynamic_pointer_cast<const IntervalFigure>(figureNamed("pairs"));
  QVERIFY(figure);
  QCOMPARE(figure->cell(0, 1).toDouble(), odds->ratio);
  QCOMPARE(figure->cell(0, 2).toDouble(), odds->wald->from);
  QCOMPARE(figure->cell(1, 3).toDouble(), odds->exact.to);
  QCOMPARE(figure->pointCount(), 4);
  const auto zero = std::dynamic_pointer_cast<const IntervalFigure>(figureNamed("zero"));
  QVERIFY(std::isnan(zero->cell(0, 2).toDouble()));
  QVERIFY(std::isinf(zero->cell(1, 3).toDouble()));
  QVERIFY(zero->pointText(0).contains("no interval: a count is 0"));
  QVERIFY(zero->pointText(1).contains("infinite"));
}

void SwapGoldenTest::inventedNumbersAreSaidToBe() {
  for (int k = 1; k <= static_cast<int>(synapse::pairs_examples().size()); ++k) {
    SwapScene scene;
    takeExample(scene, k);
    QString why;
    QVERIFY(pairsFigure(scene, why)->title().contains("invented"));
    QVERIFY(biasFigure(scene, why)->title().contains("invented"));
    QVERIFY(pairsRemark(scene).contains("Invented numbers"));
    QCOMPARE(
        toJson(scene).value("example").toString(),
        QString::fromStdString(std::string(synapse::pairs_examples()[static_cast<std::size_t>(k - 1)].id)));
    ++scene.counts.both;  // no longer the example's
    QVERIFY(!pairsFigure(scene, why)->title().contains("invented"));
    QCOMPARE(toJson(scene).value("example").toString(), QStringLiteral("own"));
  }
}

void SwapGoldenTest::emptyTablesSayWhy() {
  SwapScene scene;
  scene.counts = {};
  QString why;
  QVERIFY(pairsFigure(scene, why));
  QVERIFY(!biasFigure(scene, why));
  QVERIFY(why.contains("exposed shares"));
  QVERIFY(pairsRemark(scene).contains("says nothing"));
}

void SwapGoldenTest::scenesReadBack() {
  for (const QString& figure : kSwapFigures) {
    SwapScene scene;
    scene.figure = figure;
    scene.synapse = {0.75, 0.25};
    scene.x = 0.125;
    scene.quantity = synapse::SwapQuantity::Preference;
    scene.along = synapse::Along::Y;
    scene.lines = false;
    scene.counts = {1, 2, 3, 4};
    scene.source = "pairs.csv";
    scene.confidence = 0.9;
    scene.effect = 0.5;
    scene.series = {.x_name = "week", .y_name = "cases", .x = {1, 2, 4}, .y = {3, 5, 9}};
    scene.series_source = "own.csv";
    scene.steps = 7;
    scene.ahead = 3;
    const SwapScene back = swapSceneFromJson(toJson(scene));
    scene.example = SwapScene::kOwnPairs;
    QCOMPARE(toJson(back), toJson(scene));
    QVERIFY(back.series.y == scene.series.y && back.counts == scene.counts);
  }
}

void SwapGoldenTest::nonsenseInAFileKeepsTheDefaults() {
  const SwapScene scene = swapSceneFromJson({{"x", "much"},
                                             {"both", -7},
                                             {"figure", "no-such"},
                                             {"days", QJsonArray{3, 2, 1}},
                                             {"values", QJsonArray{1, 2}}});
  QCOMPARE(scene.x, SwapScene().x);
  QCOMPARE(scene.counts.both, std::uint64_t{0});
  QCOMPARE(scene.figure, QStringLiteral("swap"));
  QVERIFY(scene.series.x == synapse::sars_series().x);
}

SYNANN_WINDOW_TEST(SwapGoldenTest)
#include "swap_golden_test.moc"
