// SPDX-License-Identifier: GPL-3.0-or-later
// Where the latch remembers, in closed form and tried out.
#include "engine/synapse/circuit_latch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QTest>

#include "closeness.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_trace.h"
#include "tests/test_main.h"

namespace synann::synapse {

class SynapseCircuitLatchTest : public QObject {
  Q_OBJECT

 private slots:
  void theLatchInClosedForm_data();
  void theLatchInClosedForm();
  void theLatchTriedOutIsTheLatchInClosedForm();
  void theMapIsTheCircuit();
  void whoOvertakesAgainAndAgainLeadsByNothing();
  void theBoundaryIsWhereTheRegionEnds();
  void badLatchPlansAreRefused();
};

namespace {

QString latch_refusal(const LatchMapPlan& plan) {
  const auto map = latch_map(plan);
  return map ? QString() : QString::fromStdString(map.error().sentence());
}

}  // namespace

void SynapseCircuitLatchTest::theLatchInClosedForm_data() {
  QTest::addColumn<double>("alpha");
  QTest::addColumn<double>("self");
  QTest::addColumn<double>("cross");
  QTest::addColumn<QString>("outcome");
  QTest::addColumn<bool>("bistable");
  QTest::newRow("as published") << 2.0 << 0.6 << 0.9 << "memory" << true;
  QTest::newRow("exchanged") << 2.0 << 0.9 << 0.6 << "shared" << false;
  QTest::newRow("weak") << 1.0 << 0.6 << 0.9 << "dies" << false;
  QTest::newRow("strong") << 3.0 << 0.8 << 0.9 << "restless" << false;
  QTest::newRow("equal") << 2.0 << 0.7 << 0.7 << "neutral" << false;
  QTest::newRow("winner above 1") << 2.0 << 0.4 << 0.9 << "memory" << false;
  QTest::newRow("overshoots") << 2.0 << 0.2 << 0.9 << "restless" << false;  // across −2.5
  QTest::newRow("cross at 1") << 2.0 << 0.6 << 1.0 << "memory" << false;
}

void SynapseCircuitLatchTest::theLatchInClosedForm() {
  QFETCH(double, alpha);
  QFETCH(double, self);
  QFETCH(double, cross);
  QFETCH(QString, outcome);
  QFETCH(bool, bistable);
  const LatchRegion region = latch_region({.alpha = alpha, .self = self, .cross = cross});
  QCOMPARE(QString(latch_outcome_word(region.outcome)), outcome);
  QCOMPARE(region.bistable, bistable);
  if (alpha <= 1) return;
  // (x̂, 0) is a fixed point of the map, and the multipliers are its slopes there.
  const double x = region.winner;
  const auto next = [&](double at, double other) {
    return alpha * at * (1 - self * at) * (1 - cross * other);
  };
  VERIFY_CLOSE(next(x, 0), x, 1e-14);
  VERIFY_CLOSE(test::slope([&](double at) { return next(at, 0); }, x, 1e-3), region.along, 1e-9);
  VERIFY_CLOSE(test::slope([&](double at) { return next(at, x); }, 0, 1e-3), region.across, 1e-9);
}

void SynapseCircuitLatchTest::theLatchTriedOutIsTheLatchInClosedForm() {
  for (const double alpha : {0.8, 1.5, 2.0, 2.5, 2.9}) {
    const auto map = latch_map({.alpha = alpha, .columns = 40, .rows = 40}, 2);
    QVERIFY(map.ok());
    const auto single = latch_map({.alpha = alpha, .columns = 40, .rows = 40}, 1);
    for (std::size_t k = 0; k < map->lead.size(); ++k)
      QVERIFY(single->lead[k] == map->lead[k] || (std::isnan(single->lead[k]) && std::isnan(map->lead[k])));
    int remembers = 0, looked = 0;
    for (int row = 0; row < 40; ++row)
      for (int column = 0; column < 40; ++column) {
        const double self = map->self_at(column), cross = map->cross_at(row);
        // Near the boundary it settles too slowly to be told. Starts inside the unit square stay there only
        // where the winner is inside.
        if (std::abs(cross - self) < 0.06) continue;
        const LatchRegion region = latch_region({.alpha = alpha, .self = self, .cross = cross});
        if (!region.inside) continue;
        ++looked;
        QVERIFY2(map->remembers(row, column) == region.bistable,
                 qPrintable(QString("α %1, β_s %2, β_c %3: %4")
                                .arg(alpha)
                                .arg(self)
                                .arg(cross)
                                .arg(map->at(row, column))));
        if (region.bistable) VERIFY_CLOSE(map->at(row, column), region.winner, 1e-6);
        remembers += region.bistable ? 1 : 0;
      }
    QVERIFY(looked > 400);
    QVERIFY(alpha <= 1 ? remembers == 0 : remembers > 20);
  }
}

// The example circuit, run from both starts, leads by what the map says: the map runs one of them.
void SynapseCircuitLatchTest::theMapIsTheCircuit() {
  const auto map = latch_map({.alpha = 2, .self = {0.5, 1}, .columns = 7, .rows = 5});
  QVERIFY(map.ok());
  for (int row = 0; row < 5; ++row)
    for (int column = 0; column < 7; ++column) {
      double least = std::numeric_limits<double>::infinity();
      for (const bool mirrored : {false, true}) {
        Circuit circuit = circuit_example("latch")->make();
        for (const std::size_t k : {0UL, 2UL}) circuit.synapses[k].beta = map->self_at(column);
        for (const std::size_t k : {1UL, 3UL}) circuit.synapses[k].beta = map->cross_at(row);
        circuit.synapses[1].start = mirrored ? 0.4 : 0.5;
        circuit.synapses[3].start = mirrored ? 0.5 : 0.4;
        const auto end = settle(circuit, {.most_steps = 5000});
        const double lead = end->values[1] - end->values[3];
        least = std::min(least, mirrored ? -lead : lead);
      }
      QVERIFY(std::abs(map->at(row, column) - std::max(0.0, least)) < 1e-6);
    }
}

// Two logistic maps that do not inhibit each other, in opposite phases of their 2-cycle: which of them is
// ahead changes with every step, so that no number of steps makes a memory of it.
void SynapseCircuitLatchTest::whoOvertakesAgainAndAgainLeadsByNothing() {
  const double alpha = 3.2, self = 1;
  const double root = std::sqrt((alpha + 1) * (alpha - 3));
  const double low = (alpha + 1 - root) / (2 * alpha), high = (alpha + 1 + root) / (2 * alpha);
  for (const std::int64_t steps : {4999, 5000}) {
    const auto map = latch_map({.alpha = alpha,
                                .self = {self - 1e-9, self + 1e-9},
                                .cross = {-1e-9, 1e-9},
                                .columns = 1,
                                .rows = 1,
                                .larger = high,
                                .smaller = low,
                                .most_steps = steps});
    QVERIFY(map.ok());
    QCOMPARE(map->at(0, 0), 0.0);
    QVERIFY(!map->remembers(0, 0));
  }
}

// Just inside the line it is a memory, just outside not.
void SynapseCircuitLatchTest::theBoundaryIsWhereTheRegionEnds() {
  const double alpha = 2.2;
  const auto corners = latch_boundary(alpha);
  QCOMPARE(corners.size(), std::size_t{4});
  QVERIFY(corners.front().self == corners.back().self && corners.front().cross == corners.back().cross);
  double self = 0, cross = 0;  // the middle of the triangle
  for (std::size_t k = 0; k < 3; ++k) {
    self += corners[k].self / 3;
    cross += corners[k].cross / 3;
  }
  const auto bistable = [&](const LatchCorner& at, double out) {
    return latch_region({.alpha = alpha,
                         .self = self + (at.self - self) * out,
                         .cross = cross + (at.cross - cross) * out})
        .bistable;
  };
  for (std::size_t k = 0; k < 3; ++k) {
    const LatchCorner middle{(corners[k].self + corners[k + 1].self) / 2,
                             (corners[k].cross + corners[k + 1].cross) / 2};
    for (const LatchCorner& at : {corners[k], middle}) {
      QVERIFY(bistable(at, 0.999));
      QVERIFY(!bistable(at, 1.001));
    }
  }
  QVERIFY(latch_boundary(1).empty() && latch_boundary(3).empty());
}

void SynapseCircuitLatchTest::badLatchPlansAreRefused() {
  QVERIFY(latch_refusal({.self = {1, 0}}).contains("range of β_s: is no interval"));
  QVERIFY(latch_refusal({.alpha = NAN}).contains("its α"));
  QVERIFY(latch_refusal({.larger = 0.4, .smaller = 0.4}).contains("starts"));
  QVERIFY(latch_refusal({.columns = 0}).contains("cells along a side"));
}

}  // namespace synann::synapse

SYNANN_PLAIN_TEST(synann::synapse::SynapseCircuitLatchTest)
#include "circuit_latch_test.moc"
