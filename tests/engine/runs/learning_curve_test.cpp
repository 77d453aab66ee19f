// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/learning_curve.h"

#include <QtTest>

#include "tests/test_main.h"

using namespace synann;

// What runs are compared by is what their histories say, epoch by epoch.
class LearningCurveTest : public QObject {
  Q_OBJECT

 private slots:
  void hasAPointForEachEvaluation();
  void aRunWithoutEvaluationsHasNone();
};

void LearningCurveTest::hasAPointForEachEvaluation() {
  train::History history;
  history.start.steps_per_epoch = 20;
  for (int epoch = 0; epoch < 3; ++epoch) {
    train::Evaluation e;
    e.epoch = epoch;
    e.train_loss = 2.0 - 0.5 * epoch;
    e.test_loss = 2.5 - 0.5 * epoch;
    e.correct = 10 * (epoch + 1);
    e.count = 40;
    e.train_seconds = 1.5;
    e.examples = 1000 * epoch;
    e.learning_rate = 0.01;
    if (epoch == 2) e.numbers.headroom = 0.25;
    if (epoch == 2) e.unix_time = 1'796'000'000;
    history.evaluations.push_back(e);
  }
  const std::vector<runs::EpochPoint> points = runs::learning_curve(history);
  QCOMPARE(points.size(), std::size_t{3});
  QVERIFY(!points[0].train_loss);  // nothing was trained before epoch 1
  QCOMPARE(points[0].steps, std::int64_t{0});
  QCOMPARE(points[0].seconds, 0.0);
  QCOMPARE(points[0].accuracy, 25.0);
  QCOMPARE(points[2].epoch, 2);
  QCOMPARE(points[2].steps, std::int64_t{40});
  QCOMPARE(points[2].seconds, 3.0);
  QCOMPARE(points[2].train_loss, std::optional(1.0));
  QCOMPARE(points[2].test_loss, 1.5);
  QCOMPARE(points[2].examples, std::int64_t{2000});
  QCOMPARE(points[2].rate, std::optional(0.01));
  QVERIFY(!points[0].rate);
  QCOMPARE(points[2].numbers.headroom, std::optional(0.25));
  QVERIFY(!points[1].numbers.headroom && !points[1].unix_time);  // as in older histories
  QCOMPARE(points[2].unix_time, std::optional(1'796'000'000.0));
}

void LearningCurveTest::aRunWithoutEvaluationsHasNone() {
  QVERIFY(runs::learning_curve({}).empty());
}

SYNANN_TEST(LearningCurveTest)
#include "learning_curve_test.moc"
