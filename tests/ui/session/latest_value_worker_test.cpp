// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/latest_value_worker.h"

#include <memory>
#include <semaphore>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include <QTest>
#include <QThread>

#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"

namespace synann::ui {

namespace {

using testing::kWait;
using Worker = LatestValueWorker<int, int>;

void wait_for_cancel(const std::stop_token& cancelled) {
  while (!cancelled.stop_requested()) std::this_thread::yield();
}

}  // namespace

// Queries from one thread, answers from another; what is old is worth nothing.
class LatestValueWorkerTest : public QObject {
  Q_OBJECT

 private slots:
  void theNewestQueryWins();
  void anOldQueryIsCancelled();
  void whatIsFoundOnTheWayIsTold();
  void onlyTheLatestAnswerIsTold();
  void answersAreToldInTheOwnersThread();
  void theWorkHasLowPriority();
  void workThatGivesUpIsDoneWith();
  void aTellerMayAskAgain();
  void nothingIsToldAfterDestruction();
  void destructionWhileWorking();
};

// While the first is worked on three more are asked: two of them are never seen.
void LatestValueWorkerTest::theNewestQueryWins() {
  std::binary_semaphore begun{0}, go_on{0};
  std::vector<int> worked, told;
  Worker worker(
      [&](int query, const std::stop_token&, const Worker::Tell& tell) {
        worked.push_back(query);
        if (query == 1) {
          begun.release();
          go_on.acquire();
        }
        tell(10 * query);
      },
      [&](int answer) { told.push_back(answer); });
  worker.ask(1);
  begun.acquire();
  for (const int query : {2, 3, 4}) worker.ask(query);
  QVERIFY(worker.busy());
  go_on.release();
  QTRY_VERIFY_WITH_TIMEOUT(!worker.busy(), kWait);
  QCOMPARE(worked, std::vector({1, 4}));
  QCOMPARE(told.back(), 40);
}

// A query that would be worked on for ever ends where another is asked, and says nothing.
void LatestValueWorkerTest::anOldQueryIsCancelled() {
  std::binary_semaphore begun{0};
  std::vector<int> told;
  Worker worker(
      [&](int query, const std::stop_token& cancelled, const Worker::Tell& tell) {
        if (query == 1) {
          begun.release();
          return wait_for_cancel(cancelled);
        }
        if (!cancelled.stop_requested()) tell(query);
      },
      [&](int answer) { told.push_back(answer); });
  worker.ask(1);
  begun.acquire();
  worker.ask(2);
  QTRY_VERIFY_WITH_TIMEOUT(!worker.busy(), kWait);
  QCOMPARE(told, std::vector({2}));
}

// A first answer, then a second one of the same query while nothing else is asked.
void LatestValueWorkerTest::whatIsFoundOnTheWayIsTold() {
  std::binary_semaphore go_on{0};
  std::vector<int> told;
  Worker worker(
      [&](int query, const std::stop_token&, const Worker::Tell& tell) {
        tell(query);
        go_on.acquire();
        tell(query + 1);
      },
      [&](int answer) { told.push_back(answer); });
  worker.ask(1);
  QTRY_COMPARE_WITH_TIMEOUT(told, std::vector({1}), kWait);
  QVERIFY(!worker.busy());
  go_on.release();
  QTRY_COMPARE_WITH_TIMEOUT(told, std::vector({1, 2}), kWait);
}

void LatestValueWorkerTest::onlyTheLatestAnswerIsTold() {
  std::binary_semaphore done{0};
  std::vector<int> told;
  Worker worker(
      [&](int, const std::stop_token&, const Worker::Tell& tell) {
        for (int k = 1; k <= 100; ++k) tell(k);
        done.release();
      },
      [&](int answer) { told.push_back(answer); });
  worker.ask(0);
  done.acquire();  // this thread hears nothing meanwhile
  QTRY_VERIFY_WITH_TIMEOUT(!worker.busy(), kWait);
  QCOMPARE(told, std::vector({100}));
}

void LatestValueWorkerTest::answersAreToldInTheOwnersThread() {
  std::thread::id told_in;
  LatestValueWorker<int, std::thread::id> worker(
      [](int, const std::stop_token&, const auto& tell) { tell(std::this_thread::get_id()); },
      [&](const std::thread::id& worked_in) {
        QVERIFY(worked_in != std::this_thread::get_id());
        told_in = std::this_thread::get_id();
      });
  worker.ask(0);
  QTRY_VERIFY_WITH_TIMEOUT(!worker.busy(), kWait);
  QVERIFY(told_in == std::this_thread::get_id());
}

void LatestValueWorkerTest::theWorkHasLowPriority() {
  int nice = 0;
  Worker worker(
      [](int, const std::stop_token&, const Worker::Tell& tell) {
        tell(getpriority(PRIO_PROCESS, static_cast<id_t>(gettid())));
      },
      [&](int answer) { nice = answer; });
  worker.ask(0);
  QTRY_VERIFY_WITH_TIMEOUT(!worker.busy(), kWait);
  QVERIFY2(nice >= 10, qPrintable(QString::number(nice)));
}

void LatestValueWorkerTest::workThatGivesUpIsDoneWith() {
  int told = 0;
  Worker worker([](int, const std::stop_token&, const Worker::Tell&) {}, [&](int) { ++told; });
  worker.ask(0);
  QVERIFY(worker.busy());
  QTRY_VERIFY_WITH_TIMEOUT(!worker.busy(), kWait);
  QCOMPARE(told, 0);
}

void LatestValueWorkerTest::aTellerMayAskAgain() {
  std::vector<int> told;
  Worker* self = nullptr;
  Worker worker([](int query, const std::stop_token&, const Worker::Tell& tell) { tell(query); },
                [&](int answer) {
                  told.push_back(answer);
                  if (answer < 5) self->ask(answer + 1);
                });
  self = &worker;
  worker.ask(1);
  QTRY_COMPARE_WITH_TIMEOUT(told, std::vector({1, 2, 3, 4, 5}), kWait);
  QVERIFY(!worker.busy());
}

// The answer is there and on its way when the worker goes.
void LatestValueWorkerTest::nothingIsToldAfterDestruction() {
  std::binary_semaphore done{0};
  int told = 0;
  auto worker = std::make_unique<Worker>(
      [&](int query, const std::stop_token&, const Worker::Tell& tell) {
        tell(query);
        done.release();
      },
      [&](int) { ++told; });
  worker->ask(1);
  done.acquire();
  worker.reset();
  for (int k = 0; k < 10; ++k) QCoreApplication::processEvents();
  QCOMPARE(told, 0);
}

void LatestValueWorkerTest::destructionWhileWorking() {
  for (int k = 0; k < 50; ++k) {
    int told = 0;
    {
      Worker worker(
          [](int query, const std::stop_token& cancelled, const Worker::Tell& tell) {
            tell(query);
            wait_for_cancel(cancelled);
            tell(-query);
          },
          [&](int) { ++told; });
      for (int query = 0; query <= k % 3; ++query) worker.ask(query);
      if (k % 2 == 0) QCoreApplication::processEvents();
    }
    const int before = told;
    QCoreApplication::processEvents();
    QCOMPARE(told, before);
  }
  const Worker never_asked([](int, const std::stop_token&, const Worker::Tell&) {}, [](int) {});
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::LatestValueWorkerTest)
#include "latest_value_worker_test.moc"
