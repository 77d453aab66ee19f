// SPDX-License-Identifier: GPL-3.0-or-later
// The figures of circuits, light and dark, and that their numbers are the engine's.
#include <cmath>

#include <QBuffer>
#include <QSvgGenerator>
#include <QTest>

#include "engine/synapse/circuit_examples.h"
#include "golden_pictures.h"
#include "tests/test_main.h"
#include "ui/pages/circuit/circuit_figures.h"
#include "ui/pages/circuit/circuit_tabs.h"
#include "ui/plots/figure_view.h"

using namespace synann;
using namespace synann::ui;

namespace {

const QStringList kCircuitFigures = {"trace", "phase", "rest", "bifurcation", "latch", "fit"};

synapse::Circuit exampleCircuit(const char* id) {
  return synapse::circuit_example(id)->make();
}

// The flip with different halves, so that they do not coincide.
synapse::Circuit unevenFlip() {
  synapse::Circuit circuit = exampleCircuit("flip");
  circuit.synapses[0].alpha = 3.4;
  circuit.synapses[1].alpha = 3.2;
  for (synapse::CircuitSynapse& s : circuit.synapses) s.beta = 1;
  return circuit;
}

const synapse::BifurcationPlan kFlipPlan{.parameters = {"x.alpha", "y.alpha"},
                                         .from = 1,
                                         .to = 4,
                                         .points = 600,
                                         .synapse = "x",
                                         .drop = 500,
                                         .keep = 200};

synapse::Bifurcation flipDiagram() {
  synapse::Circuit circuit = exampleCircuit("flip");
  for (synapse::CircuitSynapse& s : circuit.synapses) s.beta = 1;
  return *synapse::bifurcation(circuit, kFlipPlan);
}

synapse::CircuitFit chainFit() {
  synapse::CircuitTargets targets{
      .inputs = {}, .synapses = {2}, .rows = 1, .input_values = {}, .target_values = {0.1}};
  return *synapse::fit_circuit(exampleCircuit("chain"), targets, {.iterations = 100, .rate = 0.02});
}

synapse::LatchMap latchMap() {
  return *synapse::latch_map({.alpha = 2, .columns = 60, .rows = 60});
}

std::shared_ptr<const Figure> circuitFigureOf(const QString& name) {
  if (name == "trace") {
    const synapse::Circuit latch = exampleCircuit("latch");
    CircuitPlayer player;
    player.setCircuit(latch);
    player.goTo(60);
    return traceFigure(latch, player.history());
  }
  if (name == "phase") return phaseFigure(unevenFlip(), *synapse::trace(unevenFlip(), 60, false), 0, 1);
  if (name == "rest") {
    const synapse::Circuit latch = exampleCircuit("latch");
    const auto rest = synapse::settle(latch);
    if (!rest || rest->rest != synapse::Rest::Fixed) return nullptr;
    return phaseFigure(latch, *synapse::trace(latch, 60, false), 1, 3,
                       QPointF(rest->values[1], rest->values[3]));
  }
  if (name == "bifurcation") return bifurcationFigure(exampleCircuit("flip"), kFlipPlan, flipDiagram(), 2);
  if (name == "latch") return latchFigure(latchMap(), {.alpha = 2, .self = 0.6, .cross = 0.9});
  return fitFigure(exampleCircuit("chain"), chainFit());
}

QImage drawnCircuitPlot(const QString& name, bool dark) {
  FigureView widget;
  widget.setPalette(test::paletteOf(dark));
  widget.setFigure(circuitFigureOf(name));
  widget.resize(400, 320);
  return widget.grab().toImage();
}

}  // namespace

class CircuitPlotsGoldenTest : public QObject {
  Q_OBJECT
 private slots:
  void looksAsRecorded_data();
  void looksAsRecorded();
  void numbersAreTheEngines();
  void everyPlaceOfTheMapIsACell();
  void aPartShowsThatPart();
  void manyDotsAreOnePictureInAFile();
  void longFitsAreThinnedAndKeepTheirBest();
  void aLossThatFallsByDecadesHasALogarithmicAxis();
};

void CircuitPlotsGoldenTest::looksAsRecorded_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<bool>("dark");
  for (const QString& name : kCircuitFigures)
    for (const bool dark : {false, true})
      QTest::newRow(qPrintable(name + (dark ? "-dark" : "-light"))) << name << dark;
}

void CircuitPlotsGoldenTest::looksAsRecorded() {
  QFETCH(QString, name);
  QFETCH(bool, dark);
  test::compareWithGolden(drawnCircuitPlot(name, dark),
                          QStringLiteral("circuit-plot-") + QTest::currentDataTag());
}

void CircuitPlotsGoldenTest::numbersAreTheEngines() {
  const synapse::Bifurcation diagram = flipDiagram();
  const auto figure = circuitFigureOf("bifurcation");
  QCOMPARE(figure->rowCount(), 600 * 200);
  for (const int row : {0, 5000, 119'999}) {
    const auto point = static_cast<std::size_t>(row / 200);
    QCOMPARE(figure->cell(row, 0).toDouble(), diagram.parameter[point]);
    QCOMPARE(figure->cell(row, 1).toDouble(), diagram.at(point, static_cast<std::size_t>(row % 200)));
  }
  QCOMPARE(figure->columnName(0), QString("x.alpha = y.alpha"));
  const auto trace = *synapse::trace(unevenFlip(), 60, false);
  const auto phase = circuitFigureOf("phase");
  QCOMPARE(phase->rowCount(), 61);
  QCOMPARE(phase->cell(60, 0).toDouble(), trace.at(60, 0));
  QCOMPARE(phase->cell(60, 1).toDouble(), trace.at(60, 1));
  QCOMPARE(phase->cell(60, 2).toDouble(), 60.0);
  QVERIFY(phase->pointText(0).contains("x 0.2, y 0.7, step 0"));
  QCOMPARE(circuitFigureOf("trace")->cell(0, 1).toDouble(), 0.5);
  // What the window traces is what the engine says.
  const synapse::Circuit latch = exampleCircuit("latch");
  QCOMPARE(circuitFigureOf("trace")->cell(60, 1).toDouble(), synapse::trace(latch, 60, false)->at(60, 1));
}

void CircuitPlotsGoldenTest::everyPlaceOfTheMapIsACell() {
  const auto figure = circuitFigureOf("latch");
  const synapse::LatchMap map = latchMap();
  const QRectF area(0, 0, 400, 320);
  const FigurePaint how;
  const QRectF plot = figure->plotArea(area, how);
  // β_s .75, β_c .25: the middle of the lower right quarter.
  const auto cell =
      figure->pointAt({plot.left() + 0.751 * plot.width(), plot.top() + 0.749 * plot.height()}, area, how);
  QVERIFY(cell.has_value());
  QCOMPARE(*cell, 15 * 60 + 45);
  QCOMPARE(figure->cell(*cell, 2).toDouble(), map.at(15, 45));
  QVERIFY(!figure->pointAt({plot.right() + 20, plot.center().y()}, area, how).has_value());
}

void CircuitPlotsGoldenTest::aPartShowsThatPart() {
  // The upper right quarter of the latch's map is all memory or shared; the lower left one of it is another.
  const auto figure = circuitFigureOf("latch");
  const auto drawn = [&](const QRectF& part) {
    QImage image(400, 320, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    FigurePaint how;
    how.part = part;
    figure->paint(painter, QRectF(0, 0, 400, 320), how);
    return test::shrunk(image);
  };
  QVERIFY(test::largestDifference(drawn({0, 0.5, 0.5, 0.5}), drawn({0.5, 0, 0.5, 0.5})) > test::kTolerance);
}

void CircuitPlotsGoldenTest::manyDotsAreOnePictureInAFile() {
  QBuffer buffer;
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setSize({400, 320});
  generator.setViewBox(QRect(0, 0, 400, 320));
  QPainter painter(&generator);
  FigurePaint how;
  how.vector = true;
  circuitFigureOf("bifurcation")->paint(painter, QRectF(0, 0, 400, 320), how);
  painter.end();
  QCOMPARE(buffer.data().count("<image"), 1);
  QVERIFY(buffer.data().size() < 2'000'000);
}

void CircuitPlotsGoldenTest::longFitsAreThinnedAndKeepTheirBest() {
  synapse::CircuitFit fit = chainFit();
  fit.losses.assign(1'000'001, 1.0);
  fit.best_iteration = 77'777;
  fit.best_loss = fit.losses[77'777] = 0.25;
  const auto figure = fitFigure(exampleCircuit("chain"), fit);
  QVERIFY(figure->rowCount() > 1000 && figure->rowCount() < 5000);
  bool best = false;
  for (int row = 0; row < figure->rowCount(); ++row)
    best = best || (figure->cell(row, 0).toDouble() == 77'777 && figure->cell(row, 1).toDouble() == 0.25);
  QVERIFY(best);
  QCOMPARE(figure->cell(figure->rowCount() - 1, 0).toDouble(), 1e6);
}

// Where the loss falls by decades the axis is logarithmic; where it does not, linear.
void CircuitPlotsGoldenTest::aLossThatFallsByDecadesHasALogarithmicAxis() {
  synapse::CircuitFit fit = chainFit();
  const auto depth = [&](std::vector<double> losses) {
    fit.best_iteration = 2;
    fit.best_loss = losses[2];
    fit.losses = std::move(losses);
    const auto figure = fitFigure(exampleCircuit("chain"), fit);
    QImage image(400, 320, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    FigurePaint how;
    how.style.marks = false;
    figure->paint(painter, QRectF(0, 0, 400, 320), how);
    const QRectF plot = figure->plotArea(QRectF(0, 0, 400, 320), how);
    // Where the curve is in the middle, from the top of the plot.
    const int x = static_cast<int>(plot.center().x());
    const QColor curve = seriesColor(how.look, 0);
    const auto off = [&](int y) {
      const QColor here(image.pixel(x, y));
      return std::abs(here.red() - curve.red()) + std::abs(here.green() - curve.green()) +
             std::abs(here.blue() - curve.blue());
    };
    int nearest = static_cast<int>(plot.top()) + 2;
    for (int y = nearest; y < plot.bottom() - 2; ++y)
      if (off(y) < off(nearest)) nearest = y;
    return (nearest - plot.top()) / plot.height();
  };
  const double decades = depth({1, 1e-3, 1e-6}), tenth = depth({1, 0.9, 0.1});
  QVERIFY2(std::abs(decades - 0.5) < 0.05, qPrintable(QString::number(decades)));
  QVERIFY2(std::abs(tenth - 0.15 / 1.05) < 0.05, qPrintable(QString::number(tenth)));
}

SYNANN_WINDOW_TEST(CircuitPlotsGoldenTest)
#include "circuit_plots_golden_test.moc"
