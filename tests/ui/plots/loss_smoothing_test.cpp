// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/loss_smoothing.h"

#include <cmath>
#include <vector>

#include <QTest>

#include "sample_curve.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::ui;

namespace {

constexpr LossSmoothing kAverage{.kind = SmoothingKind::MovingAverage, .examples = 2000};
constexpr LossSmoothing kEpochs{.kind = SmoothingKind::EpochMean};

std::vector<float> smoothed(const LossCurve& curve, const LossSmoothing& how) {
  SmoothedLosses losses;
  losses.update(curve, how);
  return {losses.losses().begin(), losses.losses().end()};
}

double variance(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float value : values) {
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  const auto count = static_cast<double>(values.size());
  return squares / count - sum / count * sum / count;
}

}  // namespace

class LossSmoothingTest : public QObject {
  Q_OBJECT

 private slots:
  void withoutSmoothingThereIsNothing() { QVERIFY(smoothed(*test::sampleCurve(2, 50), {}).empty()); }

  void anAverageOfEqualLossesIsTheirValue() {
    LossCurve curve;
    test::addSteps(curve, 0, std::vector<float>(300, 0.75F));
    for (const float value : smoothed(curve, kAverage)) QVERIFY(std::abs(value - 0.75F) < 1e-6F);
  }

  // As the plain mean of that many examples does: 20 batches of noise have a twentieth of its variance.
  void anAverageCalmsAsItsWidthSays() {
    LossCurve curve;
    std::vector<float> noise;
    std::uint32_t state = 7;
    for (int k = 0; k < 20000; ++k) {
      state = state * 1664525u + 1013904223u;
      noise.push_back(static_cast<float>(state >> 8) / 16777216.0F);
    }
    test::addSteps(curve, 0, noise);
    const std::vector<float> calm = smoothed(curve, kAverage);
    const double ratio = variance(noise) / variance(std::span(calm).subspan(500));
    QVERIFY2(ratio > 15 && ratio < 27, qPrintable(QString::number(ratio)));
  }

  void anAverageGoesOnWhereItWas() {
    const auto all = test::sampleCurve(3, 100);
    LossCurve growing;
    SmoothedLosses losses;
    for (std::size_t k = 0; k < all->losses().size(); k += 50) {
      growing.append(all->examples().subspan(k, 50), all->losses().subspan(k, 50));
      losses.update(growing, kAverage);
    }
    LossCurve whole;
    whole.append(all->examples(), all->losses());
    QCOMPARE(std::vector<float>(losses.losses().begin(), losses.losses().end()), smoothed(whole, kAverage));
    // What is cut off, and another width, begin anew.
    growing.cutBack(10000);
    losses.update(growing, kAverage);
    QCOMPARE(losses.losses().size(), growing.losses().size());
    const LossSmoothing wide{.kind = SmoothingKind::MovingAverage, .examples = 50000};
    losses.update(growing, wide);
    QCOMPARE(std::vector<float>(losses.losses().begin(), losses.losses().end()), smoothed(growing, wide));
  }

  void lossesThatAreNotFiniteAreLeftOut() {
    LossCurve curve;
    test::addSteps(curve, 0, {NAN, 1, INFINITY, 1, NAN, 1});
    const std::vector<float> values = smoothed(curve, kAverage);
    QCOMPARE(values.size(), 6u);
    for (const std::size_t k : {1u, 3u, 5u}) QVERIFY(std::abs(values[k] - 1) < 1e-6F);
    for (const std::size_t k : {0u, 2u, 4u}) QVERIFY(std::isnan(values[k]));
    curve.setTrainCount(1000);
    QCOMPARE(smoothed(curve, kEpochs), std::vector<float>{1});
  }

  void anEpochsMeanStandsInItsMiddle() {
    LossCurve curve;
    curve.setTrainCount(400);
    test::addSteps(curve, 0, {4, 3, 2, 1, 1, 0});
    SmoothedLosses losses;
    losses.update(curve, kEpochs);
    QCOMPARE(std::vector<float>(losses.losses().begin(), losses.losses().end()),
             (std::vector<float>{2.5F, 0.5F}));
    QCOMPARE(losses.examples()[0], 150);
    QCOMPARE(losses.examples()[1], 450);  // of what was trained of it
    curve.setTrainCount(0);
    QVERIFY(smoothed(curve, kEpochs).empty());  // nobody knows where an epoch ends
  }

  void namesReadBack() {
    for (const SmoothingKind kind :
         {SmoothingKind::None, SmoothingKind::MovingAverage, SmoothingKind::EpochMean})
      QVERIFY(smoothingFromId(smoothingId(kind)) == kind);
    QVERIFY(smoothingFromId("something else") == SmoothingKind::None);
    QCOMPARE(smoothingWords({}), QString());
  }
};

SYNANN_PLAIN_TEST(LossSmoothingTest)
#include "loss_smoothing_test.moc"
