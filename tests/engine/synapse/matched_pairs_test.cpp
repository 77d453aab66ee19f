// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/synapse/matched_pairs.h"

#include <cmath>
#include <set>

#include <QTest>

#include "engine/synapse/closeness.h"
#include "engine/synapse/swap.h"
#include "tests/engine/std_strings.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::synapse;

namespace {

Result<PairCounts> pairs_of(std::string_view text) {
  return parse_pairs({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, "p.csv");
}

}  // namespace

// Odds ratios of matched pairs, and what an imperfect effect makes of them.
class MatchedPairsTest : public QObject {
  Q_OBJECT
 private slots:
  void intervalsAreScipys_data();
  void intervalsAreScipys();
  void zeroCells();
  void exactIntervalContainsWhatIsNotRejected();
  void exchangingCaseAndControlInverts();
  void tables();
  void mistakes_data();
  void mistakes();
  void biasRunsFromRiskToOdds();
  void examplesAreTables();
};

// SciPy 1.17.1: z = stats.norm.ppf((1 + confidence)/2), Wald as b/c · exp(± z √(1/b + 1/c));
// t = stats.binomtest(b, b + c, .5), t.proportion_ci(confidence, method='exact') as odds p/(1 − p), t.pvalue.
// statsmodels' mcnemar([[21, 34], [14, 131]], exact=True) has the same p.
void MatchedPairsTest::intervalsAreScipys_data() {
  QTest::addColumn<int>("b");
  QTest::addColumn<int>("c");
  QTest::addColumn<double>("confidence");
  QTest::addColumn<QList<double>>("expected");
  const auto row = [](const char* name, int b, int c, double confidence, const QList<double>& expected) {
    QTest::newRow(name) << b << c << confidence << expected;
  };
  row("34:14", 34, 14, .95,
      {1.3033129293666124, 4.52535922170263, 1.269453174338619, 4.898633216452215, 0.00551520148550111});
  row("34:14, 99 %", 34, 14, .99,
      {1.0717996322810917, 5.50285613657186, 1.05984759098887, 6.128428218204509, 0.00551520148550111});
  row("34:14, 90 %", 34, 14, .9,
      {1.4404763851338473, 4.094450450241458, 1.3933112191511876, 4.383838471666704, 0.00551520148550111});
  row("27:15", 27, 15, .95,
      {0.9575458231822529, 3.3836500787318666, 0.924041009651995, 3.640204539215409, 0.08842954698775429});
  row("1:1", 1, 1, .95, {0.06254883616611236, 15.987507702689744, 0.01273936708392707, 78.49683531465821, 1});
  row("3:2", 3, 2, .95, {0.2506421546934704, 8.976941659122339, 0.17182849255502072, 17.959160830022526, 1});
  row("500:400", 500, 400, .95,
      {1.0959977879475133, 1.4256415634981439, 1.093797647275332, 1.4292328606721647, 0.0009564441369189373});
}

void MatchedPairsTest::intervalsAreScipys() {
  QFETCH(int, b);
  QFETCH(int, c);
  QFETCH(double, confidence);
  QFETCH(QList<double>, expected);
  const auto odds =
      paired_odds({5, static_cast<std::uint64_t>(b), static_cast<std::uint64_t>(c), 7}, confidence);
  QVERIFY(odds && odds->wald);
  QCOMPARE(odds->ratio, double(b) / c);
  VERIFY_CLOSE(odds->wald->from, expected[0], 1e-11);
  VERIFY_CLOSE(odds->wald->to, expected[1], 1e-11);
  VERIFY_CLOSE(odds->exact.from, expected[2], 1e-9);
  VERIFY_CLOSE(odds->exact.to, expected[3], 1e-9);
  VERIFY_CLOSE(odds->p_value, expected[4], 1e-11);
}

void MatchedPairsTest::zeroCells() {
  const auto none = paired_odds({3, 0, 7, 2});  // SciPy: binomtest(0, 7)
  QCOMPARE(none->ratio, 0.0);
  QVERIFY(!none->wald);
  QCOMPARE(none->exact.from, 0.0);
  VERIFY_CLOSE(none->exact.to, 0.6938139800965825, 1e-10);
  VERIFY_CLOSE(none->p_value, 0.015625, 1e-12);
  const auto all = paired_odds({3, 5, 0, 2});  // binomtest(5, 5)
  QCOMPARE(all->ratio, HUGE_VAL);
  QVERIFY(!all->wald);
  VERIFY_CLOSE(all->exact.from, 0.91635585731546, 1e-10);
  QCOMPARE(all->exact.to, HUGE_VAL);
  VERIFY_CLOSE(all->p_value, 0.0625, 1e-12);
  const auto nothing = paired_odds({3, 0, 0, 2});
  QVERIFY(std::isnan(nothing->ratio) && !nothing->wald);
  QCOMPARE(nothing->exact.from, 0.0);
  QCOMPARE(nothing->exact.to, HUGE_VAL);
  QCOMPARE(nothing->p_value, 1.0);
  QVERIFY(std::isnan(paired_odds({})->shares_ratio));
  // Each is told, and an ordinary table needs no words.
  for (const PairCounts& counts :
       {PairCounts{3, 0, 7, 2}, PairCounts{3, 5, 0, 2}, PairCounts{3, 0, 0, 2}, PairCounts{3, 4, 9, 2}})
    QCOMPARE(remarks(counts).size(), 1U);
  QVERIFY(remarks({21, 34, 14, 131}).empty());
}

// The two-sided test at 1 − confidence rejects the ratio 1 exactly where the interval leaves it out.
void MatchedPairsTest::exactIntervalContainsWhatIsNotRejected() {
  int rejected = 0;
  for (std::uint64_t b = 0; b <= 30; ++b)
    for (std::uint64_t c = 0; c <= 30; ++c) {
      const auto odds = paired_odds({0, b, c, 0});
      const bool outside = odds->exact.from > 1 || odds->exact.to < 1;
      QCOMPARE(outside, odds->p_value < 0.05);
      rejected += outside ? 1 : 0;
    }
  QVERIFY(rejected > 100);
}

void MatchedPairsTest::exchangingCaseAndControlInverts() {
  const auto there = paired_odds({21, 34, 14, 131}), back = paired_odds({21, 14, 34, 131});
  VERIFY_CLOSE(there->ratio * back->ratio, 1.0, 1e-15);
  VERIFY_CLOSE(there->wald->from * back->wald->to, 1.0, 1e-12);
  VERIFY_CLOSE(there->exact.from * back->exact.to, 1.0, 1e-12);
  QCOMPARE(there->p_value, back->p_value);
  VERIFY_CLOSE(there->shares_ratio * back->shares_ratio, 1.0, 1e-12);
}

void MatchedPairsTest::tables() {
  const PairCounts counts{1, 2, 1, 0};
  QVERIFY(*pairs_of("both,case_only,control_only,neither\n1,2,1,0\n") == counts);
  QVERIFY(*pairs_of("Neither,Both,Case_only,Control_only,note\n0,1,2,1,\"by hand\"\n") == counts);
  QVERIFY(*pairs_of("pair,case,control\nA,1,1\nB,1,0\nC,0,1\nD,1,0\n") == counts);
  QVERIFY(*pairs_of("case,control\n") == PairCounts{});
}

void MatchedPairsTest::mistakes_data() {
  QTest::addColumn<QByteArray>("text");
  QTest::addColumn<QString>("part");
  QTest::newRow("columns") << QByteArray("a,b\n1,2\n")
                           << "is no table of matched pairs: expected the columns";
  QTest::newRow("one missing") << QByteArray("both,case_only,neither\n1,2,3\n") << "is no table of matched";
  QTest::newRow("both kinds") << QByteArray("both,case_only,control_only,neither,case,control\n1,2,3,4,0,1\n")
                              << "has the columns of two kinds of table";
  QTest::newRow("two rows") << QByteArray("both,case_only,control_only,neither\n1,2,3,4\n5,6,7,8\n")
                            << "expected one row below the header, found 2";
  QTest::newRow("no row") << QByteArray("both,case_only,control_only,neither\n") << "one row";
  QTest::newRow("fraction") << QByteArray("both,case_only,control_only,neither\n1,2.5,3,4\n")
                            << "line 2, column 2 (case_only): is no number of pairs";
  QTest::newRow("negative") << QByteArray("both,case_only,control_only,neither\n1,2,-3,4\n")
                            << "line 2, column 3 (control_only)";
  QTest::newRow("too many") << QByteArray("both,case_only,control_only,neither\n1,2,3,1e10\n")
                            << "1000000000";
  QTest::newRow("neither 0 nor 1") << QByteArray("case,control\n0,1\n2,1\n")
                                   << "line 3, column 1 (case): says neither exposed nor not exposed: "
                                      "expected 0 or 1, found \"2\"";
  QTest::newRow("word") << QByteArray("case,control\n0,yes\n") << "line 2, column 2 (control): is no number";
}

void MatchedPairsTest::mistakes() {
  QFETCH(QByteArray, text);
  QFETCH(QString, part);
  const auto counts = pairs_of({text.constData(), static_cast<std::size_t>(text.size())});
  QVERIFY(!counts);
  const QString sentence = QString::fromStdString(counts.error().sentence());
  QVERIFY2(sentence.startsWith("p.csv") && sentence.contains(part), qPrintable(sentence));
  QVERIFY(!paired_odds({1, 2, 3, 4}, 0) && !paired_odds({1, 2, 3, 4}, 1) && !paired_odds({1, 2, 3, 4}, NAN));
  QVERIFY(!paired_odds({kMostPairs + 1, 2, 3, 4}));
}

void MatchedPairsTest::biasRunsFromRiskToOdds() {
  const auto bias = effect_bias(0.6, 0.3, 101);
  QVERIFY(bias);
  VERIFY_CLOSE(bias->true_ratio, 3.5, 1e-14);
  VERIFY_CLOSE(bias->risk_ratio, 2.0, 1e-14);
  VERIFY_CLOSE(bias->measured.front(), 2.0, 1e-14);
  VERIFY_CLOSE(bias->measured.back(), 3.5, 1e-14);
  VERIFY_CLOSE(bias->bias.back(), 0.0, 1e-14);
  VERIFY_CLOSE(bias->measured[50], 17.0 / 7, 1e-14);  // theory.json: (.6, .3) at β = .5
  for (std::size_t k = 1; k < bias->measured.size(); ++k) {
    QVERIFY(bias->measured[k] > bias->measured[k - 1]);  // away from 1, further as β grows
    VERIFY_CLOSE(bias->measured[k], swap({1.7, bias->beta[k]}, 0.6, 0.3).ratio, 1e-13);
  }
  // Below 1 it is biased towards 1 as well; equal shares are not biased.
  QVERIFY(effect_bias(0.3, 0.6, 3)->bias[1] > 0);
  VERIFY_CLOSE(effect_bias(0.4, 0.4, 3)->measured[1], 1.0, 1e-14);
  for (const double wrong : {0.0, 1.0, -0.1, std::nan("")}) {
    QVERIFY(!effect_bias(wrong, 0.5, 3));
    QVERIFY(!effect_bias(0.5, wrong, 3));
  }
  QVERIFY(!effect_bias(0.5, 0.5, 1));
}

void MatchedPairsTest::examplesAreTables() {
  std::set<std::string_view> ids;
  for (const PairsExample& example : pairs_examples()) {
    ids.insert(example.id);
    QVERIFY(paired_odds(example.counts)->wald);
    QVERIFY(!example.pair.empty() && !example.exposure.empty() && !example.help.empty());
  }
  QVERIFY(ids == std::set<std::string_view>({"health-care", "fin-tech", "insurance"}));
}

SYNANN_PLAIN_TEST(MatchedPairsTest)
#include "matched_pairs_test.moc"
