// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/statistics.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include "tests/test_main.h"

using namespace synann;

namespace {

std::vector<double> list_of(const QJsonValue& value) {
  std::vector<double> numbers;
  for (const QJsonValue& number : value.toArray()) numbers.push_back(number.toDouble());
  return numbers;
}

bool near(double found, double expected) {
  return std::abs(found - expected) <= 1e-12 * std::max(std::abs(expected), 1e-300);
}

}  // namespace

// Means, deviations, and Student's test against its closed forms; all of them against SciPy
// (tests/oracle/statistics_numbers.py).
class StatisticsTest : public QObject {
  Q_OBJECT
 private slots:
  void meanAndDeviation();
  void pairedTestWithOneDegreeOfFreedom();
  void pairedTestWithTwoDegreesOfFreedom();
  void orderOfTheSamplesOnlyTurnsTheSign();
  void whatCannotBeTestedIsNot();
  void intervalsAreThoseOfSciPy();
  void pairedTestsAreThoseOfSciPy();
  void holmIsThatOfStatsmodels();
  void whatHasNoIntervalHasNone();
  void quartilesAreNumPys();
  void holmLeavesOutWhatWasNotTested();

 private:
  static QJsonArray numbers(const char* key) {
    QFile file(QStringLiteral(SYNANN_SOURCE_DIR "/tests/engine/core/statistics_numbers.json"));
    if (!file.open(QIODevice::ReadOnly)) qFatal("the golden numbers cannot be read");
    return QJsonDocument::fromJson(file.readAll()).object()[QLatin1String(key)].toArray();
  }
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

void StatisticsTest::intervalsAreThoseOfSciPy() {
  const auto cases = numbers("intervals");
  QCOMPARE(cases.size(), 12);
  for (const QJsonValue& value : cases) {
    const auto interval = mean_interval(list_of(value["values"]), value["confidence"].toDouble());
    QVERIFY(interval.has_value());
    const double width = value["to"].toDouble() - value["from"].toDouble();
    QVERIFY(std::abs(interval->from - value["from"].toDouble()) <= 1e-11 * (width + 1e-3));
    QVERIFY(std::abs(interval->to - value["to"].toDouble()) <= 1e-11 * (width + 1e-3));
  }
}

void StatisticsTest::pairedTestsAreThoseOfSciPy() {
  const auto cases = numbers("pairs");
  QCOMPARE(cases.size(), 5);
  for (const QJsonValue& value : cases) {
    const auto test = paired_t_test(list_of(value["a"]), list_of(value["b"]));
    QVERIFY(test.has_value());
    QCOMPARE(test->degrees_of_freedom, value["df"].toInt());
    // Differences of numbers near 98 keep eleven of their digits.
    QVERIFY(std::abs(test->t - value["t"].toDouble()) <= 1e-10 * std::abs(test->t));
    QVERIFY(std::abs(test->p - value["p"].toDouble()) <= 1e-10 * test->p);
  }
}

void StatisticsTest::holmIsThatOfStatsmodels() {
  const auto cases = numbers("holm");
  QCOMPARE(cases.size(), 6);
  for (const QJsonValue& value : cases) {
    const auto expected = list_of(value["corrected"]), found = holm_corrected(list_of(value["p"]));
    QCOMPARE(found.size(), expected.size());
    for (std::size_t k = 0; k < found.size(); ++k) QVERIFY(near(found[k], expected[k]));
  }
}

void StatisticsTest::whatHasNoIntervalHasNone() {
  QVERIFY(!mean_interval(std::vector<double>{1}));
  QVERIFY(!mean_interval(std::vector<double>{}));
  QVERIFY(!mean_interval(std::vector<double>{1, std::nan("")}));
  QVERIFY(!mean_interval(std::vector<double>{1, 2}, 1));
  QVERIFY(!mean_interval(std::vector<double>{1, 2}, 0));
  // More values, a narrower interval; more confidence, a wider one.
  const auto narrow = mean_interval(std::vector<double>{1, 2, 1, 2}),
             wide = mean_interval(std::vector<double>{1, 2});
  const auto sure = mean_interval(std::vector<double>{1, 2, 1, 2}, 0.99);
  QVERIFY(narrow->from > wide->from && narrow->to < wide->to);
  QVERIFY(sure->from < narrow->from && sure->to > narrow->to);
}

// np.percentile(values, [0, 25, 50, 75, 100])
void StatisticsTest::quartilesAreNumPys() {
  const auto five = five_numbers(std::vector<double>{7, 1, 4, 10});
  QCOMPARE(five.least, 1.0);
  QCOMPARE(five.lower, 3.25);
  QCOMPARE(five.median, 5.5);
  QCOMPARE(five.upper, 7.75);
  QCOMPARE(five.most, 10.0);
  const auto one = five_numbers(std::vector<double>{3});
  QVERIFY(one.least == 3 && one.lower == 3 && one.median == 3 && one.upper == 3 && one.most == 3);
  QVERIFY(std::isnan(five_numbers({}).median));
}

void StatisticsTest::holmLeavesOutWhatWasNotTested() {
  const auto corrected = holm_corrected(std::vector<double>{0.02, std::nan(""), 0.03});
  QCOMPARE(corrected[0], 0.04);
  QVERIFY(std::isnan(corrected[1]));
  QCOMPARE(corrected[2], 0.04);  // not below that of the smaller p
  QVERIFY(holm_corrected({}).empty());
}

SYNANN_TEST(StatisticsTest)
#include "statistics_test.moc"
