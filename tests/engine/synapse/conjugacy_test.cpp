// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "engine/synapse/iterates.h"
#include "engine/synapse/log_line.h"
#include "engine/synapse/occupations.h"
#include "engine/synapse/surprisal.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;
using synann::synapse::test::Draw;
using synann::synapse::test::Numbers;

// What surprisal space shows: conjugate orbits, log-concavity along lines, occupation numbers.
class ConjugacyTest : public QObject {
  Q_OBJECT
 private slots:
  void complementHasPeriodTwo();
  void inhibitionContracts();
  void orbitsOfNegativeBeta();
  void refusedOrbits();
  void curveLiesAboveItsChord();
  void linesWithoutALogarithm();
  void occupationsFollowTheIdentity();
  void occupationsAreCounted();
  void refusedOccupations();
};

void ConjugacyTest::complementHasPeriodTwo() {
  for (const double x : {0.5, 0.1, 0.9, 1e-9}) {
    const auto all = iterate_inhibition(1, x, 20);
    QVERIFY(all);
    QCOMPARE(all->x.size(), 21U);
    QCOMPARE(all->u.size(), 21U);
    for (std::size_t k = 2; k < 21; ++k) {
      QVERIFY(std::abs(all->x[k] - all->x[k - 2]) < 1e-15);
      VERIFY_CLOSE(all->u[k], all->u[k - 2], 1e-6 * (x < 1e-6) + 1e-13);
    }
    QVERIFY(all->largest_gap < 1e-14);
  }
  // The fixed points correspond: ½ and log 2.
  QCOMPARE(iterate_inhibition(1, 0.5, 5)->x.back(), 0.5);
  VERIFY_CLOSE(iterate_inhibition(1, 0.5, 5)->u.back(), kLn2, 1e-14);
}

void ConjugacyTest::inhibitionContracts() {
  Draw draw(11);
  for (int trial = 0; trial < 30; ++trial) {
    const double beta = draw.between(0.05, 0.95);
    const auto all = iterate_inhibition(beta, draw.between(0.01, 0.99), 1000);
    VERIFY_CLOSE(all->x.back(), 1 / (1 + beta), 1e-13);
    VERIFY_CLOSE(all->u.back(), std::log1p(beta), 1e-12);
    QVERIFY(all->largest_gap < 1e-14);
  }
}

// The inhibitor amplifies: x may exceed 1, and its surprisal is negative.
void ConjugacyTest::orbitsOfNegativeBeta() {
  const auto all = iterate_inhibition(-0.5, 0.4, 200);
  VERIFY_CLOSE(all->x.back(), 2.0, 1e-13);
  VERIFY_CLOSE(all->u.back(), -kLn2, 1e-13);
  QCOMPARE(iterate_inhibition(0, 0.4, 3)->x.back(), 1.0);
  QCOMPARE(iterate_inhibition(0, 0.4, 3)->u.back(), 0.0);
  // Beyond β = 1 an orbit may leave the positive numbers; its surprisal is then no number, and nothing
  // breaks.
  QVERIFY(std::isnan(iterate_inhibition(3, 0.9, 1)->u.back()));
}

void ConjugacyTest::refusedOrbits() {
  for (const double x : {0.0, 1.0, -1.0, std::nan("")}) QVERIFY(!iterate_inhibition(1, x, 3));
  QVERIFY(!iterate_inhibition(HUGE_VAL, 0.5, 3) && !iterate_inhibition(NAN, 0.5, 3));
  QVERIFY(!iterate_inhibition(1, 0.5, kMostIterates + 1));
}

// Concave: no point of the curve below the chord, for any line in the domain. For a line that is no point the
// largest gap is positive.
void ConjugacyTest::curveLiesAboveItsChord() {
  Draw draw(3);
  for (int trial = 0; trial < 200; ++trial) {
    const Synapse s{draw.between(0.1, 3), draw.between(-2, 0.99)};
    const Place from{draw.between(0.01, 1), draw.between(0, 1)},
        to{draw.between(0.01, 1), draw.between(0, 1)};
    const auto line = log_line(s, from, to, 65);
    QVERIFY(line);
    VERIFY_CLOSE(line->value.front(), std::log(evaluate(s, from.x, from.y)), 1e-9);
    VERIFY_CLOSE(line->chord.back(), line->value.back(), 1e-15);
    QVERIFY(line->least_gap >= -1e-14);
    QVERIFY(line->largest_gap > 0);
    QVERIFY(line->largest_at > 0 && line->largest_at < 1);
  }
  // Along a line on which neither x nor βy changes there is no gap.
  const auto still = log_line({1, 0}, {0.5, 0.1}, {0.5, 0.9}, 9);
  QVERIFY(std::abs(still->largest_gap) < 1e-15);
}

void ConjugacyTest::linesWithoutALogarithm() {
  QVERIFY(!log_line({1, 0.5}, {0, 0.5}, {0.5, 0.5}, 9));
  QVERIFY(!log_line({1, 2}, {0.5, 0.1}, {0.5, 0.7}, 9));
  QVERIFY(!log_line({0, 0.5}, {0.5, 0.5}, {0.6, 0.5}, 9));
  QVERIFY(!log_line({-1, 2}, {0.5, 0.7}, {0.5, 0.8}, 9));
  QVERIFY(!log_line({1, 0.5}, {0.5, 0.5}, {0.6, 0.5}, 2));
  QVERIFY(!log_line({1, NAN}, {0.5, 0.5}, {0.6, 0.5}, 9));
}

// n is the Bose–Einstein number of the energy −log βx, whatever the weights are.
void ConjugacyTest::occupationsFollowTheIdentity() {
  Draw draw(5);
  std::vector<float> beta(16);
  for (float& b : beta) b = static_cast<float>(draw.between(-0.9, 0.9));
  const Numbers samples = draw.many(4 * 50, 0.01, 1);
  const auto all = occupations(beta, 4, samples, 40);
  QVERIFY(all);
  QVERIFY(!all->bose.empty() && !all->fermi.empty());
  // Means over a bin of half a nat lie near the curve of the mean energy: n is convex, so above it, by less
  // than its curvature n(n + 1)(2n + 1) allows.
  for (const auto& level : all->bose) {
    const double curve = bose_einstein(level.energy);
    QVERIFY(level.n >= curve * (1 - 1e-12));
    QVERIFY(level.n <= curve * 1.6);
  }
  for (const auto& level : all->fermi) {
    QVERIFY(level.n < 0);
    VERIFY_CLOSE(-level.n, fermi_dirac(level.energy), 0.1);
  }
}

void ConjugacyTest::occupationsAreCounted() {
  // β x: 0.5, −0.25, 0, 2 of one sample; NaN is passed over.
  const std::vector<float> beta{0.5F, -0.5F, 0, 4, std::nanf(""), 0.5F};
  const auto all = occupations(beta, 2, Numbers{1, 0.5}, 8);
  QVERIFY(all);
  QCOMPARE(all->terms, 5U);
  QCOMPARE(all->poles, 1U);
  QCOMPARE(all->bosonic, 2U);
  QCOMPARE(all->fermionic, 1U);
  QCOMPARE(all->empty, 1U);
  std::size_t counted = all->beyond;
  for (const std::size_t count : all->counts) counted += count;
  QCOMPARE(counted, 4U);
  VERIFY_CLOSE(all->from, -0.2, 1e-15);
  // A pole is where 1 − βx is not positive.
  QVERIFY(!occupations(std::vector<float>{1}, 1, Numbers{1}, 4));
}

void ConjugacyTest::refusedOccupations() {
  const std::vector<float> beta(4, 0.5F);
  QVERIFY(!occupations(beta, 0, Numbers{1}, 4));
  QVERIFY(!occupations(beta, 3, Numbers{1, 1, 1}, 4));
  QVERIFY(!occupations(beta, 2, Numbers{1}, 4));
  QVERIFY(!occupations(beta, 2, Numbers{}, 4));
  QVERIFY(!occupations(beta, 2, Numbers{1, 1}, 1));
}

SYNANN_PLAIN_TEST(ConjugacyTest)
#include "conjugacy_test.moc"
