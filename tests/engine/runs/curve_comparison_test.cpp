// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/curve_comparison.h"

#include <cmath>
#include <limits>

#include <QtTest>

#include "tests/test_main.h"

using namespace synann::runs;

// What the curves of several runs are turned into.
class CurveComparisonTest : public QObject {
  Q_OBJECT

 private slots:
  void aMeanGoesOverTheLastValues();
  void whatIsNoNumberIsPassedOver();
  void runsThatDifferInTheirSeedAreOneGroup();
  void theMeanOfCurvesIsByEpoch();
  void theLatestEpochsHaveAMean();
};

namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
}

void CurveComparisonTest::aMeanGoesOverTheLastValues() {
  const std::vector<double> values = {1, 2, 6, 10};
  QCOMPARE(trailing_mean(values, 1), values);
  QCOMPARE(trailing_mean(values, 3), (std::vector<double>{1, 1.5, 3, 6}));
  QCOMPARE(trailing_mean(values, 100), (std::vector<double>{1, 1.5, 3, 4.75}));
  QCOMPARE(trailing_mean(values, 0), values);
  QVERIFY(trailing_mean({}, 3).empty());
}

void CurveComparisonTest::whatIsNoNumberIsPassedOver() {
  const auto means = trailing_mean(std::vector<double>{4, kNan, 6, INFINITY, 8}, 2);
  QCOMPARE(means[2], 5.0);
  QCOMPARE(means[4], 7.0);
  QVERIFY(std::isnan(means[1]) && std::isnan(means[3]));
}

void CurveComparisonTest::runsThatDifferInTheirSeedAreOneGroup() {
  std::vector<RunSummary> runs(6);
  for (std::size_t k = 0; k < runs.size(); ++k) {
    runs[k].folder = std::to_string(k);
    runs[k].settings.seed = 10 + k;
    runs[k].settings.data = "at " + std::to_string(k);
    runs[k].data_sha256 = "same";
  }
  runs[1].settings.learning_rate *= 2;
  runs[3].settings.learning_rate *= 2;
  runs[4].data_sha256 = "other";
  runs[5].problem = "cannot be read";
  QCOMPARE(alike_but_seed(runs), (std::vector<std::vector<std::size_t>>{{0, 2}, {1, 3}, {4}, {5}}));
}

void CurveComparisonTest::theMeanOfCurvesIsByEpoch() {
  const std::vector<std::vector<CurvePlace>> curves = {
      {{.epoch = 0, .x = 0, .y = 3}, {.epoch = 1, .x = 10, .y = 1}},
      {{.epoch = 1, .x = 14, .y = 3}, {.epoch = 0, .x = 0, .y = 5}, {.epoch = 2, .x = 30, .y = 2}}};
  const auto means = mean_curve(curves);
  QCOMPARE(means.size(), std::size_t{3});
  QCOMPARE(means[0].y, 4.0);
  QCOMPARE(means[1].x, 12.0);
  QCOMPARE(means[1].y, 2.0);
  QCOMPARE(means[1].deviation, std::sqrt(2.0));
  QCOMPARE(means[1].curves, 2);
  QCOMPARE(means[2].x, 30.0);
  QVERIFY(std::isnan(means[2].deviation));
  QVERIFY(mean_curve({}).empty());
}

void CurveComparisonTest::theLatestEpochsHaveAMean() {
  RunSummary run;
  QVERIFY(!mean_of_latest(run, 5));
  run.latest = {{90, 0.5}, {92, 0.3}, {97, 0.2}};
  QCOMPARE(mean_of_latest(run, 2)->accuracy, 94.5);
  QCOMPARE(mean_of_latest(run, 2)->test_loss, 0.25);
  QCOMPARE(mean_of_latest(run, 50)->accuracy, 93.0);
  QVERIFY(!mean_of_latest(run, 0));
}

SYNANN_TEST(CurveComparisonTest)
#include "curve_comparison_test.moc"
