// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/time_track.h"

#include <QSignalSpy>
#include <QTest>

#include "tests/test_main.h"

using namespace synann;
using namespace synann::ui;

namespace {

// A run of three epochs of 20 steps, every one recorded, in the middle of its last epoch.
struct Bench {
  Bench() {
    track.resize(400, 40);
    track.show();
    train::History history;
    history.start.steps_per_epoch = 20;
    Snapshot snapshot;
    for (int epoch = 1; epoch <= 3; ++epoch) {
      train::Evaluation evaluation;
      evaluation.epoch = epoch;
      history.evaluations.push_back(evaluation);
    }
    snapshot.history = std::make_shared<const train::History>(history);
    emit controller.updated(snapshot);
    setFrames(61);
    track.setValue(60);
  }
  void setFrames(int count) {
    auto frames = std::make_shared<std::vector<train::FrameStep>>();
    for (int step = 0; step < count; ++step) frames->push_back({{1 + step / 20, step % 20}, step});
    track.setFrames(std::move(frames));
  }
  void toMark(Qt::Key key) { QTest::keyClick(&track, key, Qt::ControlModifier); }

  TrainingController controller;
  RunMarks marks{controller};
  TimeTrack track{marks};
};

}  // namespace

// The handle stands on one of the recorded steps, also when there are fewer of them, or none.
class TimeTrackTest : public QObject {
  Q_OBJECT

 private slots:
  void goesFromMarkToMark();
  void aShorterHistoryKeepsTheHandleInside();
  void withoutAHistoryThereIsNowhereToGo();
  void aDragEndsWhereThereIsNothingToDragAlong();
};

void TimeTrackTest::goesFromMarkToMark() {
  Bench b;
  b.toMark(Qt::Key_Left);
  QCOMPARE(b.track.value(), 40);
  b.toMark(Qt::Key_Left);
  QCOMPARE(b.track.value(), 20);
  b.toMark(Qt::Key_Right);
  QCOMPARE(b.track.value(), 40);
}

void TimeTrackTest::aShorterHistoryKeepsTheHandleInside() {
  Bench b;
  b.setFrames(31);
  QCOMPARE(b.track.value(), 30);
  b.toMark(Qt::Key_Left);
  QCOMPARE(b.track.value(), 20);
  b.toMark(Qt::Key_Right);
  QCOMPARE(b.track.value(), 30);  // the mark at 40 lies behind the end
  b.track.grab();
}

void TimeTrackTest::withoutAHistoryThereIsNowhereToGo() {
  Bench b;
  b.track.setFrames(nullptr);
  for (const Qt::Key key : {Qt::Key_Left, Qt::Key_Right}) b.toMark(key);
  QCOMPARE(b.track.value(), 0);
  b.track.grab();
  b.track.setFrames(std::make_shared<const std::vector<train::FrameStep>>());
  for (const Qt::Key key : {Qt::Key_Left, Qt::Key_Right}) b.toMark(key);
  QCOMPARE(b.track.value(), 0);
}

void TimeTrackTest::aDragEndsWhereThereIsNothingToDragAlong() {
  Bench b;
  for (const bool hidden : {false, true}) {
    QTest::mousePress(&b.track, Qt::LeftButton, {}, {100, 20});
    QVERIFY(b.track.isSliderDown());
    if (hidden) {
      b.track.hide();
    } else {
      b.track.setEnabled(false);
    }
    QVERIFY(!b.track.isSliderDown());
    b.track.setEnabled(true);
    b.track.show();
  }
}

SYNANN_WINDOW_TEST(TimeTrackTest)
#include "time_track_test.moc"
