// SPDX-License-Identifier: GPL-3.0-or-later
// The pictures of the Twins page and of the tree of runs, light and dark, and the numbers in their tables.
#include <cmath>

#include <QTest>

#include "golden_pictures.h"
#include "tests/test_main.h"
#include "ui/pages/runs/run_tree_figure.h"
#include "ui/pages/twins/twins_figures.h"
#include "ui/plots/figure_view.h"
#include "ui/plots/tree_figure.h"

using namespace synann;
using namespace synann::ui;

namespace {

// Two runs that part at step 40.
runs::TwinTrace sampleTwins(bool equal = false) {
  runs::TwinTrace trace;
  trace.steps_per_epoch = 60;
  trace.same_parameters = true;
  for (int step = 0; step < 120; ++step) {
    const double a = 2.3 * std::exp(-step / 50.0) + 0.1 * std::sin(step * 0.9);
    const double apart = equal || step < 39 ? 0 : 1e-6 * std::exp((step - 39) / 7.0);
    trace.runs[0].losses.push_back(static_cast<float>(a));
    trace.runs[1].losses.push_back(static_cast<float>(a) + static_cast<float>(apart));
    trace.distances.push_back({step + 1, 30 * apart, 90 * apart});
  }
  trace.steps = 120;
  for (int epoch = 1; epoch <= 2; ++epoch)
    for (std::size_t side = 0; side < 2; ++side) {
      train::Evaluation e;
      e.epoch = epoch;
      e.test_loss = 1.5 / epoch + 0.1 * static_cast<double>(side);
      trace.runs[side].evaluations.push_back(e);
    }
  if (!equal) trace.divergence = runs::TwinDivergence{40, true};
  return trace;
}

runs::RunSummary sampleRun(const char* name, std::int64_t steps, int correct) {
  runs::RunSummary run;
  run.folder = std::string("/runs/") + name;
  run.name = name;
  run.steps = steps;
  train::Evaluation best;
  best.epoch = 1;
  best.correct = correct;
  best.count = 1000;
  run.best = best;
  return run;
}

runs::RunSummary sampleFork(const char* name, const char* parent, std::int64_t at, std::int64_t steps,
                            int correct, std::vector<train::SettingDifference> changed) {
  runs::RunSummary run = sampleRun(name, steps, correct);
  run.fork.emplace();
  run.fork->from = parent;
  run.fork->history_sha256 = "aa11";
  run.fork->parameters_sha256 = "bb22";
  run.fork->changed = std::move(changed);
  run.fork_steps = at;
  return run;
}

std::vector<runs::RunSummary> sampleFamily() {
  return {sampleRun("first", 1200, 942),
          sampleRun("stranger", 900, 900),
          sampleFork("faster", "first", 400, 1500, 961, {{"lr", 0.012, 0.05}}),
          sampleFork("same", "first", 800, 1200, 942, {}),
          sampleFork("cosine", "faster", 900, 2000, 973,
                     {{"schedule", std::string("constant"), std::string("cosine")}, {"clip", 0.0, 1.0}}),
          sampleFork("orphan", "gone", 300, 700, 930, {})};
}

std::shared_ptr<const Figure> twinFigureNamed(const QString& name) {
  if (name == "losses") return twinLossFigure(sampleTwins(), {"SynaCNN", "DenseCNN"});
  if (name == "difference") return twinDifferenceFigure(sampleTwins());
  if (name == "equal") return twinDifferenceFigure(sampleTwins(true));
  if (name == "beta") return twinDistanceFigure(sampleTwins());
  return runTreeFigure(sampleFamily());
}

}  // namespace

class TwinsGoldenTest : public QObject {
  Q_OBJECT

 private slots:
  void looksAsRecorded_data();
  void looksAsRecorded();
  void tablesHaveTheNumbers();
  void manyStepsAreThinned();
  void theTreeTellsParentsAndDigests();
  void runsWithoutForksAreListed();
};

void TwinsGoldenTest::looksAsRecorded_data() {
  QTest::addColumn<QString>("name");
  QTest::addColumn<bool>("dark");
  for (const char* name : {"losses", "difference", "equal", "beta", "tree"})
    for (const bool dark : {false, true})
      QTest::addRow("%s %s", name, dark ? "dark" : "light") << name << dark;
}

void TwinsGoldenTest::looksAsRecorded() {
  QFETCH(QString, name);
  QFETCH(bool, dark);
  FigureView widget;
  widget.setPalette(test::paletteOf(dark));
  widget.setFigure(twinFigureNamed(name));
  widget.resize(480, 320);
  test::compareWithGolden(widget.grab().toImage(),
                          QString("of-twins-%1-%2").arg(name, dark ? "dark" : "light"));
}

void TwinsGoldenTest::tablesHaveTheNumbers() {
  const runs::TwinTrace trace = sampleTwins();
  const auto losses = twinFigureNamed("losses");
  QCOMPARE(losses->columnCount(), 5);
  QCOMPARE(losses->rowCount(), 120);
  QCOMPARE(losses->cell(0, 0).toDouble(), 1.0);
  QCOMPARE(losses->cell(99, 1).toDouble(), static_cast<double>(trace.runs[0].losses[99]));
  QCOMPARE(losses->cell(119, 4).toDouble(), 0.85);
  const auto difference = twinFigureNamed("difference");
  QCOMPARE(difference->cell(10, 1).toDouble(), 0.0);
  QCOMPARE(difference->cell(119, 1).toDouble(),
           static_cast<double>(trace.runs[1].losses[119]) - static_cast<double>(trace.runs[0].losses[119]));
  const auto beta = twinFigureNamed("beta");
  QCOMPARE(beta->cell(119, 1).toDouble(), trace.distances[119].beta);
  QVERIFY(!twinLossFigure({}, {}) && !twinDifferenceFigure({}) && !twinDistanceFigure({}));
}

void TwinsGoldenTest::manyStepsAreThinned() {
  runs::TwinTrace trace;
  trace.runs[0].losses.assign(10'000, 1.0F);
  trace.runs[1].losses.assign(9'000, 1.0F);
  trace.steps = 9'000;
  const runs::TwinCurves curves = runs::twin_curves(trace, 2'000);
  QCOMPARE(curves.every, std::int64_t{5});
  QCOMPARE(curves.steps.size(), std::size_t{2'000});
  QCOMPARE(curves.steps[1], std::int64_t{6});
  QVERIFY(curves.equal && std::isnan(curves.losses[1].back()) && std::isnan(curves.difference.back()));
}

void TwinsGoldenTest::theTreeTellsParentsAndDigests() {
  const auto figure = std::dynamic_pointer_cast<const TreeFigure>(runTreeFigure(sampleFamily()));
  QVERIFY(figure);
  QStringList names;
  for (int row = 0; row < figure->rowCount(); ++row)
    names.append(QString(figure->depth(row), '-') + figure->cell(row, 0).toString());
  QCOMPARE(names,
           (QStringList{"first", "-faster", "--cosine", "-same", "orphan"}));  // strangers are left out
  QCOMPARE(figure->cell(2, 1).toString(), QString("faster"));
  QCOMPARE(figure->cell(2, 2).toDouble(), 900.0);
  QCOMPARE(figure->cell(2, 4).toString(), QString("schedule constant → cosine, clip 0 → 1"));
  QCOMPARE(figure->cell(2, 5).toDouble(), 97.3);
  QCOMPARE(figure->cell(2, 6).toString(), QString("aa11"));
  QCOMPARE(figure->cell(2, 7).toString(), QString("bb22"));
  QCOMPARE(figure->cell(3, 4).toString(), QString("unchanged"));
  QVERIFY(figure->cell(4, 4).toString().contains("of gone, which is not listed"));
  QVERIFY(figure->pointText(1).contains("parent first") && figure->pointText(1).contains("best % 96.1"));
  FigurePaint how;
  const QRectF area(0, 0, 480, 320);
  QSet<int> found;
  for (double y = 0; y < 320; y += 1)
    if (const auto point = figure->pointAt({200, y}, area, how)) found.insert(*point);
  QCOMPARE(found.size(), 5);
}

void TwinsGoldenTest::runsWithoutForksAreListed() {
  const auto figure = runTreeFigure({sampleRun("a", 10, 5), sampleRun("b", 20, 6)});
  QVERIFY(figure);
  QCOMPARE(figure->rowCount(), 2);
  QVERIFY(figure->title().contains("none of which is a fork"));
  runs::RunSummary broken;
  broken.problem = "cannot be read";
  QVERIFY(!runTreeFigure({broken}) && !runTreeFigure({}));
}

SYNANN_WINDOW_TEST(TwinsGoldenTest)
#include "twins_golden_test.moc"
