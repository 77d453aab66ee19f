// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/ticks.h"

#include <algorithm>
#include <cmath>

#include <QLocale>
#include <QSet>
#include <QTest>

#include "tests/test_main.h"

using namespace synann::ui;

namespace {

QStringList labels(const QList<Tick>& ticks) {
  QStringList list;
  for (const Tick& tick : ticks) list << tick.label;
  return list;
}

}  // namespace

class TicksTest : public QObject {
  Q_OBJECT

 private slots:
  void countsHaveThousandsSeparatorsInEveryLocale() {
    const QLocale before;
    QLocale::setDefault(QLocale(QLocale::German));
    QCOMPARE(countText(12800), QString("12,800"));
    QCOMPARE(countText(12000000), QString("12,000,000"));
    QCOMPARE(countText(0), QString("0"));
    QLocale::setDefault(before);
  }

  void countTicksAreWholeAndNeverNegative() {
    QCOMPARE(labels(countTicks(-1800, 61800, 7)),
             (QStringList{"0", "10,000", "20,000", "30,000", "40,000", "50,000", "60,000"}));
    QCOMPARE(labels(countTicks(-0.1, 2.1, 10)), (QStringList{"0", "1", "2"}));
  }

  void linearStepsAreRound() {
    QCOMPARE(labels(linearTicks(-0.06, 2.44, 6)), (QStringList{"0.0", "0.5", "1.0", "1.5", "2.0"}));
    QCOMPARE(labels(linearTicks(0.0312, 0.0351, 4)), (QStringList{"0.032", "0.033", "0.034", "0.035"}));
  }

  void largeAndSmallNumbersAreReadable() {
    QCOMPARE(labels(linearTicks(0, 2.1e6, 5)),
             (QStringList{"0", "500,000", "1,000,000", "1,500,000", "2,000,000"}));
    QCOMPARE(labels(linearTicks(0, 40'000, 4)), (QStringList{"0", "10000", "20000", "30000", "40000"}));
    QCOMPARE(labels(linearTicks(-1e12, 1e12, 4)),
             (QStringList{"-1·10¹²", "-5·10¹¹", "0", "5·10¹¹", "1·10¹²"}));
    QCOMPARE(labels(linearTicks(3e9, 3.0000004e9, 4)).at(1), QStringLiteral("3.0000001·10⁹"));
    QCOMPARE(labels(linearTicks(0, 4e-6, 4)), (QStringList{"0", "1·10⁻⁶", "2·10⁻⁶", "3·10⁻⁶", "4·10⁻⁶"}));
  }

  void logTicksIncludeTheLowestPowerOfTen() {  // QLogValueAxis loses it
    for (const double low : {0.1, 0.01, 0.001, 1e-4, 1e-6}) {
      const auto ticks = logTicks(low, low * 1000, 10);
      QCOMPARE(ticks.size(), 4);
      QVERIFY(std::abs(ticks.front().value / low - 1) < 1e-6);
    }
    QCOMPARE(labels(logTicks(0.01, 10, 10)), (QStringList{"0.01", "0.1", "1", "10"}));
  }

  void lessThanADecadeStillHasLabels() {
    QCOMPARE(labels(logTicks(0.04, 2.4, 6)), (QStringList{"0.05", "0.1", "0.2", "0.5", "1", "2"}));
    QVERIFY(logTicks(0.21, 0.49, 6).size() >= 3);
    QVERIFY(logTicks(0.300, 0.301, 6).size() >= 3);
  }

  void manyDecadesAreThinned() {
    const auto ticks = logTicks(1e-20, 1e10, 6);
    QVERIFY(ticks.size() >= 3 && ticks.size() <= 7);
    QVERIFY(logMinorTicks(1e-20, 1e10).isEmpty());
    QCOMPARE(logMinorTicks(0.1, 1).size(), 8);
  }

  void labelsAlwaysDifferAndLieInside_data() {
    QTest::addColumn<double>("min");
    QTest::addColumn<double>("max");
    for (const double center : {0.0, 1e-7, 0.3, 2.3, 54321.0, 3e8})
      for (const double span : {1e-6, 1e-3, 0.7, 13.0, 4e5, 1e12}) {
        if (span < center * 1e-9) continue;
        QTest::addRow("%g+%g", center, span) << center << center + span;
      }
  }
  void labelsAlwaysDifferAndLieInside() {
    QFETCH(double, min);
    QFETCH(double, max);
    for (const auto& ticks : {linearTicks(min, max, 6), countTicks(min, max, 6), logTicks(min, max, 6)}) {
      const QStringList texts = labels(ticks);
      QVERIFY2(QSet<QString>(texts.begin(), texts.end()).size() == texts.size(), qPrintable(texts.join(' ')));
      for (const Tick& tick : ticks)
        QVERIFY(tick.value >= min - 1e-6 * (max - min) && tick.value <= max + 1e-6 * (max - min));
      QVERIFY(ticks.size() <= 20);
    }
    QVERIFY(linearTicks(min, max, 6).size() >= 2);
  }

  void noAxisHasASingleTick() {
    for (const double min : {0.0, 0.0102, 0.11, 0.499, -0.3, 1234.5})
      for (const double span : {0.021, 0.39, 0.8, 1.7, 93.0, 20100.0})
        for (const int wanted : {1, 2, 3, 7}) {
          QVERIFY2(linearTicks(min, min + span, wanted).size() >= 2, qPrintable(QString::number(min)));
          if (min > 0) QVERIFY(logTicks(min, min + span, wanted).size() >= 2);
          // Two whole numbers, where there are two.
          const double whole = std::floor(min + span) - std::max(0.0, std::ceil(min)) + 1;
          if (whole >= 2) QVERIFY(countTicks(min, min + span, wanted).size() >= 2);
        }
    QVERIFY(logTicks(1e-20, 1e10, 1).size() >= 2);
  }

  void nonsenseGivesNothing() {
    QVERIFY(linearTicks(1, 1, 5).isEmpty());
    QVERIFY(linearTicks(0, INFINITY, 5).isEmpty());
    QVERIFY(logTicks(0, 1, 5).isEmpty());
    QVERIFY(logMinorTicks(-1, 1).isEmpty());
  }
};

SYNANN_TEST(TicksTest)
#include "ticks_test.moc"
