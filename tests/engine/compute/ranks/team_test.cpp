// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/ranks/team.h"

#include <array>
#include <atomic>

#include <QTest>

#include "tests/engine/compute/ranks/rank_threads.h"
#include "tests/test_main.h"

using namespace synann::compute;
using synann::testing::on_each_rank;

namespace {

struct Sums {
  float gradient[5];
  double loss;
};

}  // namespace

// Work that ranks share, and what goes from one to the others.
class TeamTest : public QObject {
  Q_OBJECT
 private slots:
  void everyIndexHasOneRank();
  void aProcessAloneHasAll();
  void whatOneWritesAllHave_data();
  void whatOneWritesAllHave();
  void theLeastIsThatOfAll();
};

void TeamTest::everyIndexHasOneRank() {
  for (int ranks : {1, 2, 3, 8, 32})
    for (int count : {0, 1, 7, 8, 10, 32, 33}) {
      int next = 0;
      for (int r = 0; r < ranks; ++r) {
        const Share s = share_of(count, r, ranks);
        QCOMPARE(s.first, next);
        QVERIFY(s.end - s.first == count / ranks || s.end - s.first == count / ranks + 1);
        next = s.end;
      }
      QCOMPARE(next, count);
    }
}

void TeamTest::aProcessAloneHasAll() {
  Team team(2);
  QVERIFY(team.alone());
  std::atomic<int> sum{0};
  team.run_share(10, [&](int index, int) { sum += index; });
  QCOMPARE(sum.load(), 45);
  std::vector<int> block = {1, 2};
  team.exchange(Written::blocks(block.data(), 1, Written::each(2)));
  QCOMPARE(block, (std::vector<int>{1, 2}));
  QCOMPARE(team.least(3), 3);
}

void TeamTest::whatOneWritesAllHave_data() {
  QTest::addColumn<int>("ranks");
  for (int ranks : {2, 3, 5, 8}) QTest::addRow("%d ranks", ranks) << ranks;
}

// Seven indices: rows of a block, columns of a matrix that is wider than they are, members of structures; at
// once, and with more ranks than indices.
void TeamTest::whatOneWritesAllHave() {
  QFETCH(int, ranks);
  constexpr int kCount = 7, kWidth = 3, kRows = 4, kPitch = 20;
  const std::vector<int> bounds = {0, 2, 2, 5, 6, 9, 12, 13};
  std::atomic<int> wrong{0}, runs{0};
  on_each_rank(ranks, [&](Ranks& all) {
    Team team(1, &all);
    std::vector<float> block(13 * kWidth, -1.0f), matrix(kRows * kPitch, -1.0f);
    std::vector<Sums> sums(kCount);
    team.run_share(kCount, [&](int index, int) {
      ++runs;
      const auto i = static_cast<std::size_t>(index);
      for (int unit = bounds[i]; unit < bounds[i + 1]; ++unit) {
        for (int k = 0; k < kWidth; ++k)
          block[static_cast<std::size_t>(unit * kWidth + k)] = static_cast<float>(100 * unit + k);
        for (int r = 0; r < kRows; ++r)
          matrix[static_cast<std::size_t>(r * kPitch + unit)] = static_cast<float>(1000 * r + unit);
      }
      for (float& g : sums[i].gradient) g = static_cast<float>(index);
      sums[i].loss = -index;
    });
    team.exchange(std::array{Written::blocks(block.data(), kWidth, bounds),
                             Written::columns(matrix.data(), kRows, kPitch, bounds),
                             Written::members(sums.data(), &Sums::gradient, kCount)});
    team.exchange(Written::members(sums.data(), &Sums::loss, kCount));
    const auto expect = [&](bool holds) { wrong += holds ? 0 : 1; };
    for (int unit = 0; unit < 13; ++unit) {
      for (int k = 0; k < kWidth; ++k)
        expect(block[static_cast<std::size_t>(unit * kWidth + k)] == static_cast<float>(100 * unit + k));
      for (int r = 0; r < kRows; ++r)
        expect(matrix[static_cast<std::size_t>(r * kPitch + unit)] == static_cast<float>(1000 * r + unit));
    }
    for (int r = 0; r < kRows; ++r)  // what nobody wrote stays
      expect(matrix[static_cast<std::size_t>(r * kPitch + 13)] == -1.0f);
    for (int i = 0; i < kCount; ++i) {
      const Sums& s = sums[static_cast<std::size_t>(i)];
      expect(s.loss == -i && s.gradient[0] == static_cast<float>(i) &&
             s.gradient[4] == static_cast<float>(i));
    }
  });
  QCOMPARE(wrong.load(), 0);
  QCOMPARE(runs.load(), kCount);
}

void TeamTest::theLeastIsThatOfAll() {
  std::atomic<int> right{0};
  on_each_rank(3, [&](Ranks& all) {
    Team team(1, &all);
    right += team.least(10 - all.rank()) == 8 ? 1 : 0;
  });
  QCOMPARE(right.load(), 3);
}

SYNANN_PLAIN_TEST(TeamTest)
#include "team_test.moc"
