// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/statistics.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include <QtTest>

#include "tests/test_main.h"

using namespace synann;

// Means, deviations, and Student's test against its closed forms.
class StatisticsTest : public QObject {
  Q_OBJECT
 private slots:
  void meanAndDeviation();
  void pairedTestWithOneDegreeOfFreedom();
  void pairedTestWithTwoDegreesOfFreedom();
  void orderOfTheSamplesOnlyTurnsTheSign();
  void whatCannotBeTestedIsNot();
};

void StatisticsTest::meanAndDeviation() {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  QCOMPARE(mean(values), 5.0);
  QCOMPARE(standard_deviation(values), std::sqrt(32.0 / 7));
  QVERIFY(std::isnan(standard_deviation(std::vector<double>{1})));
}

// Differences 1 and 3: mean 2, deviation √2, t = 2. The Cauchy distribution's tails: p = 1 − (2/π) atan t.
void StatisticsTest::pairedTestWithOneDegreeOfFreedom() {
  const auto test = paired_t_test(std::vector<double>{11, 23}, std::vector<double>{10, 20});
  QVERIFY(test.has_value());
  QCOMPARE(test->degrees_of_freedom, 1);
  QVERIFY(std::abs(test->difference - 2) < 1e-15);
  QVERIFY(std::abs(test->t - 2) < 1e-14);
  QVERIFY(std::abs(test->p - (1 - 2 / std::numbers::pi * std::atan(2.0))) < 1e-13);
}

// For two degrees of freedom p = 1 − t / √(2 + t²).
void StatisticsTest::pairedTestWithTwoDegreesOfFreedom() {
  const auto test = paired_t_test(std::vector<double>{1, 2, 6}, std::vector<double>{0, 0, 0});
  QVERIFY(test.has_value());
  const double t = 3 / (std::sqrt(7.0) / std::sqrt(3.0));
  QVERIFY(std::abs(test->t - t) < 1e-14);
  QVERIFY(std::abs(test->p - (1 - t / std::sqrt(2 + t * t))) < 1e-13);
}

void StatisticsTest::orderOfTheSamplesOnlyTurnsTheSign() {
  const std::vector<double> a{97.1, 97.4, 97.2, 97.9, 97.5}, b{97.0, 97.6, 96.9, 97.2, 97.1};
  const auto forth = paired_t_test(a, b), back = paired_t_test(b, a);
  QCOMPARE(forth->t, -back->t);
  QCOMPARE(forth->p, back->p);
  QVERIFY(forth->p > 0 && forth->p < 1);
}

void StatisticsTest::whatCannotBeTestedIsNot() {
  QVERIFY(!paired_t_test(std::vector<double>{1}, std::vector<double>{2}));
  QVERIFY(!paired_t_test(std::vector<double>{1, 2}, std::vector<double>{2}));
  QVERIFY(!paired_t_test(std::vector<double>{0.1, 0.2, 0.3}, std::vector<double>{0.0, 0.1, 0.2}));
  QVERIFY(!paired_t_test(std::vector<double>{5, 5}, std::vector<double>{5, 5}));
}

SYNANN_TEST(StatisticsTest)
#include "statistics_test.moc"
