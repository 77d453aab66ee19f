// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/random.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <QTest>

#include "tests/test_main.h"

using namespace synann;

class RandomTest : public QObject {
  Q_OBJECT
 private slots:
  void philoxKnownAnswers();
  void streamsAreApart();
  void uniformIsUniform();
  void orderIsAPermutation();
  void orderDependsOnSeedAndEpochAlone();
  void aSubsetIsDrawnEvenly();
};

// The known-answer vectors published with the generator (Random123, kat_vectors: philox4x32 10).
void RandomTest::philoxKnownAnswers() {
  const auto check = [](Philox4 counter, std::uint64_t key, Philox4 expected) {
    const auto found = philox4x32_10(counter, key);
    for (int k = 0; k < 4; ++k) QCOMPARE(found.v[k], expected.v[k]);
  };
  check({{0, 0, 0, 0}}, 0, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
  check({{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}}, 0xffffffffffffffff,
        {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
  check({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0x299f31d0a4093822,
        {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

void RandomTest::streamsAreApart() {
  std::set<std::uint32_t> words;
  for (const auto purpose : {Purpose::Initialise, Purpose::Shuffle, Purpose::Dropout, Purpose::Digits}) {
    for (std::uint32_t step = 0; step < 3; ++step) {
      for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
        for (std::uint32_t element = 0; element < 8; ++element)
          words.insert(random_stream(1, purpose, 0, step, epoch).word(element));
      }
    }
  }
  QCOMPARE(words.size(), std::size_t{4 * 3 * 3 * 8});
}

void RandomTest::uniformIsUniform() {
  const auto stream = random_stream(7, Purpose::Check);
  constexpr int kCount = 100'000, kBins = 20;
  std::vector<int> bins(kBins);
  for (std::uint32_t k = 0; k < kCount; ++k) {
    const float u = stream.uniform(k);
    QVERIFY(u >= 0 && u < 1);
    ++bins[static_cast<std::size_t>(u * kBins)];
  }
  double chi = 0;
  for (const int n : bins) chi += std::pow(n - kCount / kBins, 2) / (kCount / kBins);
  QVERIFY2(chi < 43.8, qPrintable(QString::number(chi)));  // 99.9 % of χ² with 19 degrees of freedom
}

void RandomTest::orderIsAPermutation() {
  for (const int count : {1, 2, 1000}) {
    auto order = epoch_order(5, 1, count);
    std::sort(order.begin(), order.end());
    for (int k = 0; k < count; ++k)
      QCOMPARE(order[static_cast<std::size_t>(k)], static_cast<std::uint32_t>(k));
  }
}

void RandomTest::orderDependsOnSeedAndEpochAlone() {
  QCOMPARE(epoch_order(5, 3, 500), epoch_order(5, 3, 500));
  QVERIFY(epoch_order(5, 3, 500) != epoch_order(5, 4, 500));
  QVERIFY(epoch_order(5, 3, 500) != epoch_order(6, 3, 500));
}

void RandomTest::aSubsetIsDrawnEvenly() {
  QCOMPARE(drawn_subset(3, 0, 10).size(), std::size_t{0});
  QCOMPARE(drawn_subset(3, 10, 10).back(), 9u);
  QCOMPARE(drawn_subset(3, 40, 500), drawn_subset(3, 40, 500));
  QVERIFY(drawn_subset(3, 40, 500) != drawn_subset(4, 40, 500));
  std::vector<int> times(50);
  constexpr int kDraws = 2000;
  for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
    const auto drawn = drawn_subset(seed, 10, 50);
    QVERIFY(std::ranges::adjacent_find(drawn, std::greater_equal<>()) ==
            drawn.end());  // ascending, none twice
    for (const std::uint32_t k : drawn) ++times[k];
  }
  // Each is in a fifth of them: χ² over 50 counts, without replacement smaller than with it.
  double chi = 0;
  for (const int n : times) chi += std::pow(n - kDraws / 5.0, 2) / (kDraws / 5.0);
  QVERIFY2(chi < 85.4, qPrintable(QString::number(chi)));  // 99.9 % of χ² with 49 degrees of freedom
}

SYNANN_TEST(RandomTest)
#include "random_test.moc"
