// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/core/thread_pool.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include <QtTest>

#include "tests/test_main.h"

using synann::ThreadPool;

// The pool hands out each index exactly once, whatever the number of threads and however short the jobs.
class ThreadPoolTest : public QObject {
  Q_OBJECT

 private slots:
  void hasAtLeastOneThread();
  void runsEachIndexOnce_data();
  void runsEachIndexOnce();
  void namesItsThreadsWithinRange();
  void runsMoreIndicesThanAPartHolds();
  void givesEveryThreadThePartItHadBefore();
  void doesNothingForAnEmptyJob();
  void seesAllWorkDoneWhenRunReturns();
};

void ThreadPoolTest::hasAtLeastOneThread() {
  QCOMPARE(ThreadPool(0).threads(), 1);
  QCOMPARE(ThreadPool(3).threads(), 3);
  QVERIFY(synann::hardware_threads() >= 1);
}

void ThreadPoolTest::runsEachIndexOnce_data() {
  QTest::addColumn<int>("threads");
  for (int threads = 1; threads <= 8; ++threads) QTest::addRow("%d threads", threads) << threads;
}

// Many short jobs of changing size: a worker that comes late to one job meets the beginning of the next.
void ThreadPoolTest::runsEachIndexOnce() {
  QFETCH(int, threads);
  ThreadPool pool(threads);
  for (int job = 0; job < 5000; ++job) {
    const int count = job % 37;
    std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
    std::atomic<int> outside{0};
    pool.run(count, [&](int index, int) {
      if (index < 0 || index >= count) {
        ++outside;
      } else {
        ++visits[static_cast<std::size_t>(index)];
      }
    });
    QCOMPARE(outside.load(), 0);
    QVERIFY(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n.load() == 1; }));
  }
}

void ThreadPoolTest::namesItsThreadsWithinRange() {
  ThreadPool pool(4);
  std::atomic<int> wrong{0};
  for (int job = 0; job < 200; ++job) {
    pool.run(16, [&](int, int thread) {
      if (thread < 0 || thread >= 4) ++wrong;
    });
  }
  QCOMPARE(wrong.load(), 0);
}

void ThreadPoolTest::runsMoreIndicesThanAPartHolds() {
  ThreadPool pool(3);
  std::vector<std::atomic<int>> visits(200'000);
  pool.run(static_cast<int>(visits.size()),
           [&](int index, int) { ++visits[static_cast<std::size_t>(index)]; });
  QVERIFY(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n.load() == 1; }));
}

// Each thread waits in its first index until the other has begun as well: so neither can help before both
// have taken one of their own.
void ThreadPoolTest::givesEveryThreadThePartItHadBefore() {
  ThreadPool pool(2);
  int shared = 0;
  for (int job = 0; job < 20; ++job) {
    std::array<int, 2> first{-1, -1};
    std::atomic<int> begun{0};
    std::atomic<bool> alone{false};
    pool.run(10, [&](int index, int thread) {
      int& mine = first[static_cast<std::size_t>(thread)];
      if (mine >= 0) return;
      mine = index;
      ++begun;
      for (int spins = 0; begun < 2; ++spins) {
        if (spins == 100'000) alone = true;  // on a busy machine the caller may work alone
        if (alone) return;
        std::this_thread::yield();
      }
    });
    if (alone) continue;
    ++shared;
    QCOMPARE(first[0], 0);
    QCOMPARE(first[1], 5);
  }
  QVERIFY(shared > 0);
}

void ThreadPoolTest::doesNothingForAnEmptyJob() {
  ThreadPool pool(2);
  int calls = 0;
  pool.run(0, [&](int, int) { ++calls; });
  pool.run(-1, [&](int, int) { ++calls; });
  QCOMPARE(calls, 0);
}

// Plain memory written by the tasks is read without locks after run(): the thread sanitizer watches this.
void ThreadPoolTest::seesAllWorkDoneWhenRunReturns() {
  ThreadPool pool(4);
  std::vector<long> squares(1000);
  for (long round = 0; round < 50; ++round) {
    pool.run(static_cast<int>(squares.size()), [&](int index, int) {
      const auto i = static_cast<std::size_t>(index);
      squares[i] = static_cast<long>(i) * static_cast<long>(i) + round;
    });
    for (std::size_t i = 0; i < squares.size(); ++i) {
      QCOMPARE(squares[i], static_cast<long>(i) * static_cast<long>(i) + round);
    }
  }
}

SYNANN_TEST(ThreadPoolTest)
#include "thread_pool_test.moc"
