// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <vector>

#include <QTest>

#include "sample_curve.h"
#include "tests/test_main.h"
#include "ui/pages/train/loss_points.h"
#include "ui/plots/curve_point.h"
#include "ui/plots/figure_look.h"

using namespace synann;
using namespace synann::ui;

namespace {}  // namespace

class LossCurveTest : public QObject {
  Q_OBJECT

 private slots:
  void batchesLieAtTheExamplesSeenBeforeThem() {
    LossCurve curve;
    test::addSteps(curve, 0, {2.3F, 2.2F});
    test::addSteps(curve, 200, {2.1F});
    QCOMPARE(curve.examples().size(), 3u);
    QCOMPARE(curve.examples()[1], 100);
    QCOMPARE(curve.examples()[2], 200);
    QCOMPARE(curve.losses()[2], 2.1F);
  }

  void epochsFollowFromTheTrainingSamples() {
    LossCurve curve;
    QCOMPARE(curve.epochAt(0), 0);
    curve.setTrainCount(60000);
    QCOMPARE(curve.epochAt(0), 1);
    QCOMPARE(curve.epochAt(59900), 1);
    QCOMPARE(curve.epochAt(60000), 2);
  }

  void aResumedRunReplacesWhatFollowsItsCheckpoint() {
    LossCurve curve;
    test::addSteps(curve, 0, {5, 4, 3, 2});
    const auto generation = curve.generation();
    test::addSteps(curve, 200, {1});
    QCOMPARE(curve.losses().size(), 3u);
    QCOMPARE(curve.losses()[2], 1.0F);
    QCOMPARE(curve.extent()->max, 5.0);
    QCOMPARE(curve.extent()->min, 1.0);
    QVERIFY(curve.generation() > generation);
  }

  void anEpochEvaluatedAgainReplacesItself() {
    auto curve = test::sampleCurve(3, 10);
    const auto again = curve->evaluations()[2];
    curve->append(again);
    QCOMPARE(curve->evaluations().size(), 3u);
    QCOMPARE(curve->evaluations().back().epoch, 2);
  }

  void notFiniteAndNotPositiveLossesAreCounted() {
    LossCurve curve;
    test::addSteps(curve, 0, {1, NAN, 0, INFINITY, 0.5F, -1});
    QCOMPARE(curve.notFiniteCount(), 2);
    QCOMPARE(*curve.firstNotFinite(), 100);
    QCOMPARE(curve.notPositiveCount(), 2);
    QCOMPARE(curve.extent()->min, -1.0);
    QCOMPARE(curve.positiveExtent()->min, 0.5);
    curve.cutBack(100);
    QCOMPARE(curve.notFiniteCount(), 0);
    QVERIFY(!curve.firstNotFinite());
  }

  void theBestIsTheLastThatWasBestSoFar() {
    const auto curve = test::sampleCurve(4, 10);
    QCOMPARE(*curve->best(), 3u);
    QVERIFY(!LossCurve().best());
  }

  void aHistoryGivesTheSameCurve() {
    const auto curve = test::sampleCurve(2, 30);
    train::History history;
    history.start.train_count = 3000;
    history.examples.assign(curve->examples().begin(), curve->examples().end());
    history.losses.assign(curve->losses().begin(), curve->losses().end());
    for (const LossEvaluation& e : curve->evaluations())
      history.evaluations.push_back({.epoch = e.epoch,
                                     .examples = e.examples,
                                     .train_loss = e.train_loss,
                                     .test_loss = e.test_loss,
                                     .correct = e.correct,
                                     .count = e.count,
                                     .learning_rate = e.learning_rate,
                                     .train_seconds = e.seconds - 0.25,
                                     .eval_seconds = 0.25,
                                     .best = e.best});
    history.changes.push_back({.position = {1, 10}, .key = "lr", .value = 0.05});
    const LossCurve copy = lossCurve(history);
    QVERIFY(std::ranges::equal(copy.examples(), curve->examples()));
    QVERIFY(std::ranges::equal(copy.losses(), curve->losses()));
    QCOMPARE(copy.evaluations().size(), 3u);
    QCOMPARE(copy.evaluations().back().accuracy(), curve->evaluations().back().accuracy());
    QCOMPARE(copy.evaluations().back().seconds, curve->evaluations().back().seconds);
    QCOMPARE(copy.best(), curve->best());
    QCOMPARE(copy.marks(),
             std::vector<SettingMark>({{10 * history.settings().batch_size, "learning rate 0.05"}}));
    QCOMPARE(copy.epochAt(3000), 2);
    QCOMPARE(copy.extent()->max, curve->extent()->max);
  }

  void clearBeginsAnew() {
    auto curve = test::sampleCurve(1, 10);
    const auto revision = curve->revision(), generation = curve->generation();
    curve->clear();
    QVERIFY(curve->empty());
    QVERIFY(!curve->extent());
    QVERIFY(curve->revision() > revision && curve->generation() > generation);
  }

  void aPointIsSpokenInOneSentence() {
    LossCurve curve;
    curve.setTrainCount(60000);
    test::addSteps(curve, 12800, {0.0936F});
    QCOMPARE(spokenPoint(curve, {CurveSeries::Train, 0}),
             QString("train loss 0.0936 at 12,800 examples, epoch 1"));
    QCOMPARE(detailedPoint(curve, {CurveSeries::Train, 0}),
             QString("12,800 examples · epoch 1\ntrain loss 0.093600"));
    LossEvaluation e;
    e.epoch = 1;
    e.examples = 60000;
    e.test_loss = 0.0431;
    e.correct = 9892;
    e.count = 10000;
    e.best = true;
    curve.append(e);
    QCOMPARE(spokenPoint(curve, {CurveSeries::Test, 0}),
             QString("test loss 0.0431 at 60,000 examples, epoch 1, accuracy 98.92 %, best accuracy"));
    QVERIFY(detailedPoint(curve, {CurveSeries::Test, 0})
                .contains("test loss 0.043100\naccuracy 98.92 % (9892/10000)"));
    test::addSteps(curve, 70000, {NAN});
    QCOMPARE(spokenPoint(curve, {CurveSeries::Train, 1}),
             QString("train loss not a number at 70,000 examples, epoch 2"));
  }

  void theNearestPointByExamples() {
    LossCurve curve;
    test::addSteps(curve, 0, {1, 2, 3});
    QCOMPARE(nearestByExamples(curve, CurveSeries::Train, -50)->index, 0u);
    QCOMPARE(nearestByExamples(curve, CurveSeries::Train, 49)->index, 0u);
    QCOMPARE(nearestByExamples(curve, CurveSeries::Train, 51)->index, 1u);
    QCOMPARE(nearestByExamples(curve, CurveSeries::Train, 9999)->index, 2u);
    QVERIFY(!nearestByExamples(curve, CurveSeries::Test, 0));
  }

  void theCurvesContrastWithTheirGround() {
    for (const FigureLook& look : {FigureLook::light(), FigureLook::dark()}) {
      QVERIFY(contrast(look.text, look.background) >= 7.0);
      QVERIFY(contrast(look.train, look.background) >= 3.0);  // WCAG 2: graphics
      QVERIFY(contrast(look.test, look.background) >= 3.0);
    }
    QCOMPARE(FigureLook::light().train, QColor(0, 0, 255));
    QCOMPARE(FigureLook::light().test, QColor(255, 0, 0));
    QVERIFY(std::abs(contrast(Qt::black, Qt::white) - 21.0) < 1e-6);
  }
};

SYNANN_TEST(LossCurveTest)
#include "loss_curve_test.moc"
