// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/robustness.h"

#include <cmath>

#include <QTest>

#include "tests/engine/infer/infer_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::infer;

namespace {

// A light pixel left of the middle of 9 × 9.
data::Dataset dot() {
  data::Dataset set{
      .rows = 9, .columns = 9, .classes = 2, .pixels = std::vector<std::uint8_t>(81), .labels = {1}};
  set.pixels[4 * 9 + 2] = 200;
  return set;
}

int pixel(const data::Dataset& set, int row, int column) {
  return set.pixels[static_cast<std::size_t>(row * set.columns + column)];
}

}  // namespace

// Images that are disturbed, and how a network bears it.
class RobustnessTest : public QObject {
  Q_OBJECT
 private slots:
  void nothingChangesNothing();
  void rotationIsAgainstTheClock();
  void shiftKeepsItsDistance();
  void noiseHasItsDeviation();
  void inkGrowsAndShrinks();
  void theCurveIsTheScores();
  void amountsOutOfRangeAreRefused();
};

void RobustnessTest::nothingChangesNothing() {
  const auto set = testing::few_digits()->test;
  for (const DisturbanceInfo& info : disturbance_infos()) {
    QCOMPARE(&info, &info_of(info.kind));
    QVERIFY(disturbed(set, info.kind, 0)->pixels == set.pixels);
    // The same again, and another with another seed where chance has a part.
    const auto some = disturbed(set, info.kind, info.most / 4),
               again = disturbed(set, info.kind, info.most / 4);
    QVERIFY(some->pixels == again->pixels);
    QVERIFY(some->pixels != set.pixels);
    const bool chance = info.kind == Disturbance::Shift || info.kind == Disturbance::Noise;
    QCOMPARE(disturbed(set, info.kind, info.most / 4, 2)->pixels != some->pixels, chance);
    std::stop_source stop;
    stop.request_stop();
    const auto stopped = disturbed(set, info.kind, info.most / 4, 1, stop.get_token());
    QVERIFY(!stopped && stopped.error().kind == ErrorKind::Cancelled);
  }
}

void RobustnessTest::rotationIsAgainstTheClock() {
  const auto turned = disturbed(dot(), Disturbance::Rotate, 90);  // left of the middle → below it
  QCOMPARE(pixel(*turned, 6, 4), 200);
  QCOMPARE(pixel(*turned, 4, 2), 0);
}

void RobustnessTest::shiftKeepsItsDistance() {
  data::Dataset many = dot();
  for (int k = 1; k < 40; ++k) {
    many.labels.push_back(1);
    many.pixels.insert(many.pixels.end(), many.pixels.begin(), many.pixels.begin() + 81);
  }
  const auto moved = disturbed(many, Disturbance::Shift, 1.5);
  bool left = false, right = false;
  for (int k = 0; k < 40; ++k) {
    double mass = 0, down = 0, across = 0;
    for (int r = 0; r < 9; ++r)
      for (int c = 0; c < 9; ++c) {
        const double v = moved->image(k)[static_cast<std::size_t>(9 * r + c)];
        mass += v, down += v * (r - 4), across += v * (c - 2);
      }
    QVERIFY(std::abs(std::hypot(down, across) / mass - 1.5) < 0.02);
    left = left || across < 0;
    right = right || across > 0;
  }
  QVERIFY(left && right);
}

void RobustnessTest::noiseHasItsDeviation() {
  data::Dataset grey{.rows = 28,
                     .columns = 28,
                     .classes = 2,
                     .pixels = std::vector<std::uint8_t>(7840, 128),
                     .labels = std::vector<std::uint8_t>(10)};
  const auto noisy = disturbed(grey, Disturbance::Noise, 0.1);
  double sum = 0, squares = 0;
  for (const std::uint8_t v : noisy->pixels) {
    sum += v - 128;
    squares += (v - 128) * (v - 128);
  }
  QVERIFY(std::abs(sum / 7840) < 1.2);                        // σ / √7840 = 0.29
  QVERIFY(std::abs(std::sqrt(squares / 7840) - 25.5) < 0.8);  // σ / √15680 = 0.2
}

void RobustnessTest::inkGrowsAndShrinks() {
  const auto grown = disturbed(dot(), Disturbance::Thicken, 1);
  QCOMPARE(pixel(*grown, 3, 2), 200);
  QCOMPARE(pixel(*grown, 4, 3), 200);
  QVERIFY(pixel(*grown, 3, 3) > 0 && pixel(*grown, 3, 3) < 200);  // √2 away: the edge of the disc
  QCOMPARE(pixel(*disturbed(dot(), Disturbance::Thicken, 0.5), 4, 3), 100);
  QCOMPARE(pixel(*disturbed(dot(), Disturbance::Thicken, -1), 4, 2), 0);
}

void RobustnessTest::theCurveIsTheScores() {
  const Network network = testing::trained("syna-pixel");
  const auto data = testing::few_digits();
  Asker asker(testing::asking("eigen"));
  const auto curve = robustness(
      asker, {.network = network, .set = set_of(data), .kind = Disturbance::Noise, .amounts = {0, 0.2, 1.5}},
      {});
  QVERIFY(curve.ok());
  QCOMPARE(curve->front().score, testing::evaluated(network, data, "eigen"));
  QVERIFY(curve->back().score.correct < curve->front().score.correct);
  QCOMPARE((*curve)[1].amount, 0.2);
}

void RobustnessTest::amountsOutOfRangeAreRefused() {
  for (const DisturbanceInfo& info : disturbance_infos()) {
    QVERIFY(!disturbed(dot(), info.kind, info.most + 0.1).ok());
    QVERIFY(!disturbed(dot(), info.kind, info.least - 0.1).ok());
    QVERIFY(!disturbed(dot(), info.kind, NAN).ok());
  }
}

SYNANN_TEST(RobustnessTest)
#include "robustness_test.moc"
