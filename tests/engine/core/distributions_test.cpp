// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/distributions.h"

#include <cmath>

#include <QTest>

#include "tests/test_main.h"

using namespace synann;

// Quantiles and tails against SciPy 1.17.1: stats.norm.ppf, stats.t.ppf, stats.beta.ppf, stats.binom.cdf.
class DistributionsTest : public QObject {
  Q_OBJECT
 private slots:
  void quantilesAreScipys();
  void tailsAreScipys();
  void whatHasNoValueIsNotANumber();
};

#define VERIFY_NEAR(found, expected) \
  QVERIFY2(std::abs((found) / (expected)-1) < 1e-12, qPrintable(QString::number(found, 'g', 17)))

void DistributionsTest::quantilesAreScipys() {
  VERIFY_NEAR(normal_quantile(0.975), 1.959963984540054);
  VERIFY_NEAR(student_t_quantile(0.975, 4), 2.7764451051977934);
  VERIFY_NEAR(student_t_quantile(0.95, 1), 6.313751514675037);
  VERIFY_NEAR(student_t_quantile(0.9995, 1000), 3.300282648423944);
  VERIFY_NEAR(beta_quantile(0.025, 34, 15), 0.5593652200863091);
}

void DistributionsTest::tailsAreScipys() {
  VERIFY_NEAR(binomial_at_most(14, 48, 0.5), 0.002757600742750555);
  QCOMPARE(binomial_at_most(48, 48, 0.5), 1.0);
}

void DistributionsTest::whatHasNoValueIsNotANumber() {
  QVERIFY(std::isnan(normal_quantile(2)));
  QVERIFY(std::isnan(student_t_quantile(0.5, -1)));
  QVERIFY(std::isnan(beta_quantile(0.5, 0, 1)));
  QCOMPARE(normal_quantile(0), -HUGE_VAL);
  QCOMPARE(normal_quantile(1), HUGE_VAL);
}

SYNANN_PLAIN_TEST(DistributionsTest)
#include "distributions_test.moc"
