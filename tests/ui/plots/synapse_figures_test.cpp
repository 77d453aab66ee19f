// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/synapses/synapse_figures.h"

#include <cmath>
#include <numeric>

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QSignalSpy>
#include <QTest>

#include "engine/core/random.h"
#include "engine/synapse/tensor.h"
#include "sample_frame.h"
#include "tests/test_main.h"
#include "ui/pages/synapses/synapse_view.h"
#include "ui/plots/axes.h"
#include "ui/plots/figure_table_model.h"
#include "ui/plots/figure_view.h"

using namespace synann;
using namespace synann::ui;

namespace {

// Frames with random numbers: what is true of all of them is true of the page.
train::SynapseFrame randomFrame(int n, std::uint32_t seed) {
  train::SynapseFrame frame = test::sampleFrame(n);
  const auto noise = random_stream(seed, Purpose::Initialise, 4);
  std::uint32_t k = 0;
  for (float& value : frame.parameters.beta) value = noise.uniform(k++) - 0.3F;
  for (double& value : frame.x) value = 0.01 + 0.98 * static_cast<double>(noise.uniform(k++));
  for (float& value : frame.parameters.alpha) value = 0.5F + noise.uniform(k++);
  frame.shown = frame.parameters.beta;
  return frame;
}

}  // namespace

// Numbers on the page are the engine's.
class SynapseFiguresTest : public QObject {
  Q_OBJECT
 private slots:
  void waterfallAndProofAreTheOutputOfTheLayer();
  void profilesAreRowAndColumn();
  void histogramCountsEveryCell();
  void theReadOutIsTheCell();
  void theScaleIsTheOneChosen();
  void lensesAreNamed();
  void withoutInputsASentenceSaysWhy();
  void keysWalkEveryPointOfEveryFigure_data();
  void keysWalkEveryPointOfEveryFigure();
  void viewsReadBack();
  void namesOfLowAxesGiveWay();
};

// In a low window the numbers of an axis come before its name, and never lie on it.
void SynapseFiguresTest::namesOfLowAxesGiveWay() {
  const double line = QFontMetricsF(QFont()).height();
  const auto plot = [](double height) {
    return Axes(QRectF(0, 0, 300, height), {0, 1}, {0, 1}, {"x", {}}, QFont(), false).plot();
  };
  const QRectF low = plot(4 * line), high = plot(12 * line);
  QVERIFY(low.height() >= 1.5 * line);
  QVERIFY(4 * line - low.bottom() < 2 * line);    // the numbers alone
  QVERIFY(12 * line - high.bottom() > 2 * line);  // the name too
}

void SynapseFiguresTest::waterfallAndProofAreTheOutputOfTheLayer() {
  for (const int n : {1, 2, 9, 40})
    for (std::uint32_t seed = 1; seed <= 6; ++seed) {
      const auto frame = randomFrame(n, seed);
      const train::DoubleTensor tensor(frame);
      const auto y = synapse::tensor_forward(tensor.view(), frame.x)->y;
      for (int i = 0; i < n; ++i) {
        QString why;
        const double expected = y[static_cast<std::size_t>(i)];
        const auto waterfall = waterfallFigure(frame, i, 6, why);
        QVERIFY(waterfall);
        const int total = waterfall->pointCount() - 1;
        const double shown = waterfall->cell(total, 1).toDouble();
        QVERIFY(std::abs(std::exp(-shown) - std::abs(expected)) <= 1e-12 * std::abs(expected));
        double sum = 0;
        for (int k = 0; k < total; ++k) sum += waterfall->cell(k, 1).toDouble();
        QVERIFY(std::abs(sum + waterfall->cell(total + 1, 1).toDouble() - shown) <=
                1e-12 * (1 + std::abs(shown)));
        const auto proof = proofFigure(frame, {i, n / 2}, true, why);
        QVERIFY(proof);
        QVERIFY(std::abs(proof->cell(0, 1).toDouble() - expected) <= 1e-12 * std::abs(expected));
        QVERIFY(std::abs(proof->cell(3, 1).toDouble() - expected) <= 1e-12 * std::abs(expected));
      }
    }
}

void SynapseFiguresTest::profilesAreRowAndColumn() {
  const auto frame = randomFrame(7, 1);
  const auto data = heatDataOf(frame, {});
  const auto row = rowProfile(*data, {2, 5}), column = columnProfile(*data, {2, 5});
  for (int k = 0; k < 7; ++k) {
    QCOMPARE(row->cell(k, 1).toFloat(), frame.shown[static_cast<std::size_t>(2 * 7 + k)]);
    QCOMPARE(column->cell(k, 1).toFloat(), frame.shown[static_cast<std::size_t>(k * 7 + 5)]);
  }
  QVERIFY(row->pointText(5).startsWith("synapse j 5, β "));
}

void SynapseFiguresTest::histogramCountsEveryCell() {
  auto frame = randomFrame(20, 2);
  const auto count = [](const Histogram& h) {
    return std::accumulate(h.counts.begin(), h.counts.end(), h.outside);
  };
  const auto figure = histogramFigure(frame, *heatDataOf(frame, {}), {});
  QCOMPARE(count(figure->now()), 400);
  QCOMPARE(count(figure->start()), 400);
  QCOMPARE(figure->now().outside, 0);
  frame.shown[7] = NAN;
  const auto odd = histogramFigure(frame, *heatDataOf(frame, {}), {});
  QCOMPARE(odd->now().outside, 1);
  QCOMPARE(count(odd->now()), 400);
  const Histogram h = histogramOf({0.0F, 0.1F, 0.5F, 1.0F}, 0, 1, 2);
  QCOMPARE(h.counts, (std::vector<int>{2, 2}));
}

void SynapseFiguresTest::theReadOutIsTheCell() {
  auto frame = test::sampleFrame(8);
  const auto k = static_cast<std::size_t>(3 * 8 + 5);
  frame.parameters.beta[k] = frame.shown[k] = 0.25F;
  frame.initial[k] = 0.125F;
  const auto text = [&] { return cellText(frame, *heatDataOf(frame, {}), {3, 5}); };
  QCOMPARE(text(), QStringLiteral("i 3   j 5   β 0.25   since the start +0.125"));
  frame.gradient.assign(64, -0.5F);
  QVERIFY(text().endsWith(QStringLiteral("∂loss/∂β −0.5")));
  frame.initial.clear();
  QCOMPARE(text(), QStringLiteral("i 3   j 5   β 0.25   ∂loss/∂β −0.5"));
  QVERIFY(cellText(frame, *heatDataOf(frame, {}), {8, 0}).isEmpty());
  QCOMPARE(stepText(frame), QStringLiteral("step 440 · epoch 3"));
  frame.at = {{4, 0}, 600};
  QCOMPARE(stepText(frame), QStringLiteral("step 600 · end of epoch 3"));
  frame.live = true;
  QCOMPARE(stepText(frame), QStringLiteral("live · step 600 · end of epoch 3"));
}

void SynapseFiguresTest::theScaleIsTheOneChosen() {
  auto frame = test::sampleFrame(8);
  frame.run_least = -0.5F;
  frame.run_most = 3.0F;
  SynapseStyle style;
  style.colors = ColorMap::Viridis;
  QCOMPARE(heatScaleOf(frame, {}, style).least, scaleOf(frame.shown, ColorMap::Viridis).least);
  style.scale = ScaleMode::Robust;
  frame.shown[5] = 100;
  QVERIFY(heatScaleOf(frame, {}, style).most < 2);
  style.logarithmic = true;
  QVERIFY(heatScaleOf(frame, {}, style).logarithmic);
  frame.shown = frame.parameters.beta;
  style.scale = ScaleMode::Run;
  QCOMPARE(heatScaleOf(frame, {}, style).most, 3.0);
  QCOMPARE(heatScaleOf(frame, {}, style).least, -0.5);
  train::SynapseQuery lens;
  lens.lens = train::Lens::Image;
  QVERIFY(heatScaleOf(frame, lens, style).most < 1);  // the run's range is that of β
  style.scale = ScaleMode::Fixed;
  style.least = 0.1;
  style.most = 0.2;
  QCOMPARE(heatScaleOf(frame, lens, style).least, 0.1);
  QCOMPARE(heatScaleOf(frame, lens, style).most, 0.2);
  style.least = 0.3;  // no range
  QVERIFY(heatScaleOf(frame, lens, style).least < heatScaleOf(frame, lens, style).most);
}

void SynapseFiguresTest::lensesAreNamed() {
  auto frame = test::sampleFrame(4);
  train::SynapseQuery query;
  query.lens = train::Lens::ClassDifference;
  query.class_a = 3;
  query.class_b = 8;
  query.compare = true;
  const auto data = heatDataOf(frame, query);
  QCOMPARE(data->title, QStringLiteral("mean βx, class 3 − class 8, change since the start"));
  QCOMPARE(data->value, QStringLiteral("Δ(β·x)"));
  frame.missing = "not known";  // then β is shown, and called β
  QCOMPARE(heatDataOf(frame, query)->title, QStringLiteral("β of fcn"));
}

void SynapseFiguresTest::withoutInputsASentenceSaysWhy() {
  auto frame = test::sampleFrame(4);
  frame.x.clear();
  QString why;
  QVERIFY(!waterfallFigure(frame, 0, 5, why));
  QVERIFY(why.contains("ends of epochs"));
  frame.layer.recurrent = true;
  QVERIFY(!proofFigure(frame, {0, 0}, false, why));
  QVERIFY(why.contains("recurrent"));
}

void SynapseFiguresTest::keysWalkEveryPointOfEveryFigure_data() {
  QTest::addColumn<QString>("name");
  for (const QString& name : kSynapseFigures.mid(1)) QTest::newRow(qPrintable(name)) << name;
}

void SynapseFiguresTest::keysWalkEveryPointOfEveryFigure() {
  QFETCH(QString, name);
  QString why;
  SynapseView view;
  view.figure = name;
  view.style.slope = true;
  const auto figure = synapseFigure(view, test::sampleFrame(12), why);
  FigureView widget;
  widget.setFigure(figure);
  widget.resize(320, 240);
  widget.show();
  const QSignalSpy chosen(&widget, &FigureView::pointChosen);
  QAccessibleInterface* heard = QAccessible::queryAccessibleInterface(&widget);
  QCOMPARE(heard->role(), QAccessible::Chart);
  for (int k = 0; k < figure->pointCount(); ++k) {
    QTest::keyClick(&widget, Qt::Key_Right);
    QCOMPARE(*widget.currentPoint(), k);
    QVERIFY(!figure->pointText(k).isEmpty());
    QCOMPARE(heard->text(QAccessible::Value), figure->pointText(k));
  }
  QCOMPARE(chosen.size(), figure->pointCount());
  QTest::keyClick(&widget, Qt::Key_End);
  QCOMPARE(*widget.currentPoint(), figure->pointCount() - 1);
  QTest::keyClick(&widget, Qt::Key_Escape);
  QVERIFY(!widget.currentPoint());
  // Every point that a pointer can find is one of them.
  const FigurePaint how{.look = FigureLook::light(), .font = widget.font(), .vector = false, .current = {}};
  int found = 0;
  for (int y = 0; y < 240; y += 3)
    for (int x = 0; x < 320; x += 3)
      if (const auto point = figure->pointAt(QPointF(x, y), QRectF(6, 6, 308, 228), how)) {
        QVERIFY(*point >= 0 && *point < figure->pointCount());
        ++found;
      }
  QVERIFY(found > 100);
  FigureTableModel model;
  const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
  model.setFigure(figure);
  QVERIFY(model.rowCount() >= figure->pointCount());
}

void SynapseFiguresTest::viewsReadBack() {
  SynapseView view;
  view.query.run = "/somewhere/a run";
  view.query.layer = "fcn";
  view.query.lens = train::Lens::ClassDifference;
  view.query.class_a = 3;
  view.query.class_b = 8;
  view.query.image = 17;
  view.query.row_order = train::MatrixOrder::Similarity;
  view.query.column_order = train::MatrixOrder::Norm;
  view.query.compare = true;
  view.query.other_steps = 40;
  view.style = {.colors = ColorMap::Cividis,
                .scale = ScaleMode::Fixed,
                .least = -0.25,
                .most = 0.5,
                .terms = 7,
                .slope = true};
  view.cell = {3, 5};
  view.figure = "waterfall";
  auto frame = test::sampleFrame(8);
  frame.run.settings.seed = 12;
  frame.run.data_sha256 = "abc";
  const QJsonObject json = toJson(view, frame);
  QCOMPARE(json["seed"].toInt(), 12);
  QCOMPARE(json["data_sha256"].toString(), QStringLiteral("abc"));
  QCOMPARE(json["settings"].toObject()["lr"].toDouble(), 0.012);
  const SynapseView back = synapseViewFromJson(json);
  QCOMPARE(back.query.steps, std::int64_t{440});
  QCOMPARE(back.style.least, -0.25);
  auto again = frame;
  QCOMPARE(toJson(back, again), json);
  const SynapseView nonsense =
      synapseViewFromJson({{"lens", 7}, {"unit", -3}, {"terms", 1e9}, {"scale", "x"}});
  QCOMPARE(nonsense.query.lens, train::Lens::Beta);
  QCOMPARE(nonsense.cell.i, 0);
  QCOMPARE(nonsense.style.scale, ScaleMode::Matrix);
}

SYNANN_WINDOW_TEST(SynapseFiguresTest)
#include "synapse_figures_test.moc"
