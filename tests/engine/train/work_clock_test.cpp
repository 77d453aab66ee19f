// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/work_clock.h"

#include <QTest>

#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;

namespace {

// A machine whose time goes as the test says.
struct Machine {
  int continued = 0;
  double processor = 100, wall = 5000;  // seconds

  TimeSource source() {
    return {.continued = [this] { return continued; },
            .processor = [this] { return processor; },
            .wall = [this] { return wall; }};
  }
  void work(double seconds, int threads = 1) {
    wall += seconds;
    processor += threads * seconds;
  }
  void stop(double seconds) {
    wall += seconds;
    ++continued;
  }
};

}  // namespace

// Time in which the process was stopped is no work.
class WorkClockTest : public QObject {
  Q_OBJECT
 private slots:
  void withoutAStopItIsWallTime();
  void aStopIsWorthWhatTheWorkUsuallyTakes();
  void aFirstSpanIsWorthTheProcessorsTime();
  void neverMoreThanWentBy();
  void aStopBeforeItsTimeIsNoneOfIt();
  void aStopWhileItIsMadeIsSeen();
  void theMachinesOwnTimeGoesOn();
};

// Two threads, so that processor time is another number; what is usual does not matter.
void WorkClockTest::withoutAStopItIsWallTime() {
  Machine machine;
  const WorkClock clock(machine.source());
  machine.work(0.25, 2);
  QCOMPARE(clock.seconds(0), 0.25);
  QCOMPARE(clock.seconds(0.03), 0.25);
}

void WorkClockTest::aStopIsWorthWhatTheWorkUsuallyTakes() {
  Machine machine;
  const WorkClock clock(machine.source());
  machine.work(0.01, 2);
  machine.stop(700);
  machine.work(0.01, 2);
  QCOMPARE(clock.seconds(0.03), 0.03);
}

void WorkClockTest::aFirstSpanIsWorthTheProcessorsTime() {
  Machine machine;
  const WorkClock clock(machine.source());
  machine.work(0.5);
  machine.stop(700);
  machine.work(0.25);
  QCOMPARE(clock.seconds(0), 0.75);
}

// Stopped for a moment: neither what is usual nor the time of sixteen threads is longer than what went by.
void WorkClockTest::neverMoreThanWentBy() {
  Machine machine;
  const WorkClock clock(machine.source());
  machine.work(0.5, 16);
  machine.stop(0.25);
  QCOMPARE(clock.seconds(0), 0.75);
  QCOMPARE(clock.seconds(20), 0.75);
}

void WorkClockTest::aStopBeforeItsTimeIsNoneOfIt() {
  Machine machine;
  machine.stop(700);
  const WorkClock clock(machine.source());
  machine.work(0.25);
  QCOMPARE(clock.seconds(0.03), 0.25);
}

// The process is stopped where the clock asks the system for the time.
void WorkClockTest::aStopWhileItIsMadeIsSeen() {
  Machine machine;
  TimeSource source = machine.source();
  bool stopped = false;
  source.processor = [&] {
    if (!std::exchange(stopped, true)) machine.stop(0);
    return machine.processor;
  };
  const WorkClock clock(source);
  machine.work(0.25);
  QCOMPARE(clock.seconds(0.03), 0.03);
}

void WorkClockTest::theMachinesOwnTimeGoesOn() {
  const WorkClock clock;
  const double first = clock.seconds(0);
  QVERIFY(first >= 0);
  QTRY_VERIFY(clock.seconds(0) > first);
}

SYNANN_TEST(WorkClockTest)
#include "work_clock_test.moc"
