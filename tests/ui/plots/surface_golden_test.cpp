// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of the Surface page, light and dark; and their numbers, which are the engine's.
#include <cmath>

#include <QTest>

#include "engine/core/random.h"
#include "engine/synapse/surprisal.h"
#include "golden_pictures.h"
#include "sample_frame.h"
#include "tests/test_main.h"
#include "ui/pages/surface/surface_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/surface_view.h"

using namespace synann;
using namespace synann::ui;

namespace {

constexpr int kUnits = 8;

// A layer whose inputs are known for four images of each of five classes.
train::SynapseFrame frameWithData() {
  train::SynapseFrame frame = test::sampleFrame(kUnits);
  frame.parameters.beta[3 * kUnits + 5] = frame.shown[3 * kUnits + 5] = 0.6F;
  for (int k = 0; k < 20; ++k) {
    frame.labels.push_back(k / 4);
    for (int j = 0; j < kUnits; ++j) frame.samples.push_back(0.5 + 0.45 * std::sin(1.3 * k + 0.9 * j * j));
  }
  return frame;
}

SurfaceScene sceneOf(const QString& name) {
  SurfaceScene scene;
  scene.cell = {3, 5};
  scene.x = 0.6;
  scene.y = 0.3;
  if (name == "free") {
    scene.follow = false;
    scene.synapse = {1, 0.9};
    scene.points = SurfaceScene::kNoClass;
    scene.lines = true;
  }
  if (kSurfaceShown.contains(name)) scene.shown = static_cast<SurfaceShown>(kSurfaceShown.indexOf(name));
  if (name == "flat" || name == "surprisal") scene.points = SurfaceScene::kNoClass;
  if (name == "fermi") {
    scene.follow = false;
    scene.synapse.beta = -0.7;
    scene.figure = "bose-einstein";
    scene.temperature = 0.5;
  }
  if (kSurfaceFigures.contains(name)) scene.figure = name;
  return scene;
}

QImage drawnSurface(const QString& name, bool dark) {
  const train::SynapseFrame frame = frameWithData();
  const SurfaceScene scene = sceneOf(name);
  if (scene.figure == "surface") {
    SurfaceView widget;
    widget.setPalette(test::paletteOf(dark));
    widget.setData(surfaceData(scene, &frame), scene.style);
    widget.resize(480, 400);
    return widget.grab().toImage();
  }
  QString why;
  FigureView widget;
  widget.setPalette(test::paletteOf(dark));
  widget.setFigure(surfaceFigure(scene, &frame, why));
  widget.resize(400, 320);
  return widget.grab().toImage();
}

}  // namespace

class SurfaceGoldenTest : public QObject {
  Q_OBJECT
 private slots:
  void looksAsRecorded_data();
  void looksAsRecorded();
  void theComparisonSeesWhatMatters();
  void numbersAreTheEngines();
  void sectionsCutTheSurface();
  void boseIsTheOddsOfTheInhibition();
  void pointsAreTheInputsOfTheCell();
  void flatPointsAreCounted();
  void withoutInputsASentenceSaysWhy();
  void scenesReadBack();
  void nonsenseInAFileKeepsTheDefaults();
};

void SurfaceGoldenTest::looksAsRecorded_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<bool>("dark");
  for (const QString& name : kSurfaceShown + QStringList{"free", "fermi"} + kSurfaceFigures.mid(1))
    for (const bool dark : {false, true})
      QTest::newRow(qPrintable(name + (dark ? "-dark" : "-light"))) << name << dark;
}

void SurfaceGoldenTest::looksAsRecorded() {
  QFETCH(QString, name);
  QFETCH(bool, dark);
  test::compareWithGolden(drawnSurface(name, dark), QStringLiteral("surface-") + QTest::currentDataTag());
}

void SurfaceGoldenTest::theComparisonSeesWhatMatters() {
  const QImage value = test::shrunk(drawnSurface("value", false));
  for (const char* other : {"slope", "surprisal", "flat", "free"})
    QVERIFY(test::largestDifference(value, test::shrunk(drawnSurface(other, false))) > test::kTolerance);
}

void SurfaceGoldenTest::numbersAreTheEngines() {
  const auto noise = random_stream(9, Purpose::Initialise, 4);
  for (std::uint32_t k = 0; k < 60; ++k) {
    SurfaceScene scene;
    scene.follow = false;
    scene.synapse = {static_cast<double>(noise.uniform(4 * k)) * 2,
                     static_cast<double>(noise.uniform(4 * k + 1)) - 0.2};
    scene.x = static_cast<double>(noise.uniform(4 * k + 2));
    scene.y = static_cast<double>(noise.uniform(4 * k + 3));
    const synapse::Synapse& s = scene.synapse;
    const auto text = [](double v) { return numberText(v, 9); };
    const QString expected =
        QStringLiteral("S %1   ∂S/∂β %2   −log S %3   n %4")
            .arg(text(s.alpha * scene.x * (1 - s.beta * scene.y)), text(-s.alpha * scene.x * scene.y),
                 text(-std::log(s.alpha * scene.x * (1 - s.beta * scene.y))),
                 text(std::abs(s.beta * scene.y) / (1 - s.beta * scene.y)));
    QVERIFY2(pointNumbers(scene, nullptr).endsWith(expected),
             qPrintable(pointNumbers(scene, nullptr) + " | " + expected));
    const auto data = surfaceData(scene, nullptr);
    for (const std::size_t at : {std::size_t{7}, std::size_t{1000}, std::size_t{2400}}) {
      const double x = data->grid.x_at(at % 49), y = data->grid.y_at(at / 49);
      QCOMPARE(data->grid.values[at], synapse::evaluate(s, x, y));
    }
  }
}

void SurfaceGoldenTest::sectionsCutTheSurface() {
  const auto frame = frameWithData();
  for (const SurfaceShown shown : {SurfaceShown::Value, SurfaceShown::Slope, SurfaceShown::Surprisal}) {
    SurfaceScene scene = sceneOf("value");
    scene.shown = shown;
    const auto data = surfaceData(scene, &frame);
    const auto by_x = sectionFigure(scene, &frame, synapse::Along::X),
               by_y = sectionFigure(scene, &frame, synapse::Along::Y);
    for (const int k : {1, 77, 200}) {
      QCOMPARE(by_x->cell(k, 1).toDouble(), data->heightAt(by_x->cell(k, 0).toDouble(), data->chosen_y));
      QCOMPARE(by_y->cell(k, 1).toDouble(), data->heightAt(data->chosen_x, by_y->cell(k, 0).toDouble()));
    }
  }
}

void SurfaceGoldenTest::boseIsTheOddsOfTheInhibition() {
  for (const double beta : {0.05, 0.5, 0.95, -0.4}) {
    SurfaceScene scene;
    scene.follow = false;
    scene.synapse.beta = beta;
    const auto figure = boseFigure(scene, nullptr);
    QCOMPARE(figure->title().startsWith("Fermi"), beta < 0);
    for (const int k : {1, 40, 200}) {
      const double t = beta * std::exp(-figure->cell(k, 0).toDouble());  // βy
      const double expected = std::abs(t) / (1 - t);
      QVERIFY(std::abs(figure->cell(k, 1).toDouble() - expected) < 1e-12);
    }
  }
  SurfaceScene beyond;
  beyond.follow = false;
  beyond.synapse.beta = 2;  // the pole is at v = log 2: nothing is counted before it
  const auto figure = boseFigure(beyond, nullptr);
  QVERIFY(std::isnan(figure->cell(10, 1).toDouble()));
  QVERIFY(figure->cell(100, 1).toDouble() > 0);
}

void SurfaceGoldenTest::pointsAreTheInputsOfTheCell() {
  const auto frame = frameWithData();
  QString why;
  SurfaceScene scene = sceneOf("points");
  const auto all = pointsFigure(scene, &frame, why);
  QCOMPARE(all->pointCount(), 20);
  QCOMPARE(all->cell(6, 0).toInt(), 1);
  QCOMPARE(all->cell(6, 1).toDouble(), frame.samples[6 * kUnits + 3]);
  QCOMPARE(all->cell(6, 2).toDouble(), frame.samples[6 * kUnits + 5]);
  scene.points = 2;
  QCOMPARE(pointsFigure(scene, &frame, why)->pointCount(), 4);
  QCOMPARE(surfaceData(scene, &frame)->points.size(), std::size_t{4});
  scene.points = SurfaceScene::kNoClass;
  QVERIFY(surfaceData(scene, &frame)->points.empty());
  scene.data_range = true;
  scene.points = SurfaceScene::kAllClasses;
  const auto data = surfaceData(scene, &frame);
  for (const auto& p : data->points) QVERIFY(p.x <= data->grid.x.to);
}

void SurfaceGoldenTest::flatPointsAreCounted() {
  const auto frame = frameWithData();
  SurfaceScene scene = sceneOf("flat");
  scene.points = SurfaceScene::kAllClasses;
  int flat = 0;
  for (std::size_t k = 0; k < 20; ++k)
    flat += frame.samples[k * kUnits + 3] * frame.samples[k * kUnits + 5] < scene.share ? 1 : 0;
  QVERIFY(flat > 0 && flat < 20);
  QVERIFY2(pointRemark(scene, &frame).startsWith(QStringLiteral("%1 % of 20 data points").arg(5 * flat)),
           qPrintable(pointRemark(scene, &frame)));
}

void SurfaceGoldenTest::withoutInputsASentenceSaysWhy() {
  QString why;
  QVERIFY(!pointsFigure({}, nullptr, why));
  QVERIFY(why.contains("with a run"));
  auto frame = test::sampleFrame(4);
  QVERIFY(!pointsFigure({}, &frame, why));
  QVERIFY(why.contains("ends of epochs"));
  frame.layer.recurrent = true;
  QVERIFY(!pointsFigure({}, &frame, why));
  QVERIFY(why.contains("recurrent"));
  frame = frameWithData();
  SurfaceScene scene;
  scene.points = 9;
  QVERIFY(!pointsFigure(scene, &frame, why));
  QVERIFY(why.contains("class"));
}

void SurfaceGoldenTest::scenesReadBack() {
  const auto frame = frameWithData();
  for (const QString& figure : kSurfaceFigures)
    for (const bool follow : {false, true}) {
      SurfaceScene scene = sceneOf("flat");
      scene.figure = figure;
      scene.follow = follow;
      scene.synapse = {0.75, -0.25};
      scene.share = 0.25;
      scene.temperature = 2;
      scene.iterates = 7;
      scene.orbit = 0.75;
      scene.from = {0.25, 0.5};
      scene.to = {0.75, 1};
      scene.lines = scene.data_range = true;
      scene.points = 3;
      scene.style = {.colors = ColorMap::Cividis, .contours = false};
      scene.camera = {30, 60, 1.5};
      const QJsonObject json = toJson(scene, &frame, "runs/one");
      QCOMPARE(json.value("run").toString(), QStringLiteral("runs/one"));
      QCOMPARE(json.value("step").toInt(), 440);
      const SurfaceScene back = surfaceSceneFromJson(json);
      QCOMPARE(toJson(back, &frame, "runs/one"), json);
      QCOMPARE(back.camera, scene.camera);
      QCOMPARE(synapseOf(back, &frame).beta, synapseOf(scene, &frame).beta);
    }
}

void SurfaceGoldenTest::nonsenseInAFileKeepsTheDefaults() {
  const SurfaceScene scene = surfaceSceneFromJson({{"alpha", "x"},
                                                   {"beta", 1e300},
                                                   {"function", 7},
                                                   {"figure", "../x"},
                                                   {"x", -4},
                                                   {"unit", -3},
                                                   {"points", -9},
                                                   {"zoom", 0}});
  QCOMPARE(scene.synapse.alpha, 1.0);
  QCOMPARE(scene.synapse.beta, 1e6);
  QCOMPARE(scene.shown, SurfaceShown::Value);
  QCOMPARE(scene.figure, QStringLiteral("surface"));
  QCOMPARE(scene.x, 0.0);
  QCOMPARE(scene.cell.i, 0);
  QCOMPARE(scene.points, SurfaceScene::kNoClass);
  QVERIFY(scene.camera.zoom > 0);
}

SYNANN_WINDOW_TEST(SurfaceGoldenTest)
#include "surface_golden_test.moc"
