// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/snapshot_mailbox.h"

#include <atomic>
#include <numeric>
#include <thread>

#include <QTest>

#include "tests/test_main.h"

namespace synann::ui {

namespace {

train::StartInfo start(int epochs = 2) {
  train::StartInfo info;
  info.settings.epochs = epochs;
  info.settings.batch_size = 10;
  info.train_count = 1000;
  info.test_count = 50;
  info.steps_per_epoch = 100;
  return info;
}

train::StepLosses steps(int epoch, int first, const std::vector<float>& losses, double seconds = 0.1) {
  return {epoch, first, 10, (epoch - 1) * 1000 + first * 10, losses, seconds};
}

}  // namespace

class SnapshotMailboxTest : public QObject {
  Q_OBJECT

 private slots:
  void wakesOncePerTake();
  void joinsStepsThatFollowOneAnother();
  void keepsEveryEventInOrder();
  void estimatesSpeedAndRemainingTime();
  void losesNothingBetweenTwoThreads();
};

void SnapshotMailboxTest::wakesOncePerTake() {
  int wakes = 0;
  SnapshotMailbox box([&wakes] { ++wakes; });
  box.on_start(start());
  box.on_steps(steps(1, 0, {2.3f}));
  QCOMPARE(wakes, 1);
  box.take();
  QCOMPARE(wakes, 1);
  box.on_steps(steps(1, 1, {2.2f}));
  box.on_steps(steps(1, 2, {2.1f}));
  QCOMPARE(wakes, 2);
}

void SnapshotMailboxTest::joinsStepsThatFollowOneAnother() {
  SnapshotMailbox box([] {});
  box.on_start(start());
  box.on_steps(steps(1, 98, {1.0f, 2.0f}));
  box.on_steps(steps(2, 0, {3.0f}));
  box.on_steps(steps(2, 1, {4.0f, 5.0f}));
  const Snapshot taken = box.take();
  QCOMPARE(taken.losses.size(), 2u);
  QCOMPARE(taken.losses[1].losses, (std::vector<float>{3, 4, 5}));
  QCOMPARE(taken.losses[1].first_examples, 1000);
  QCOMPARE(taken.progress.position, (train::Position{2, 3}));
  QVERIFY(box.take().losses.empty());
}

void SnapshotMailboxTest::keepsEveryEventInOrder() {
  SnapshotMailbox box([] {});
  box.on_state(train::State::Evaluating, "");
  box.on_start(start());
  box.on_state(train::State::Training, "");
  box.on_steps(steps(1, 0, {2.0f}));
  box.on_evaluation({.epoch = 1, .test_loss = 0.5, .correct = 40, .count = 50});
  box.on_steps(steps(2, 0, {1.0f}));
  box.on_state(train::State::Stopped, "stopped by you");
  const Snapshot taken = box.take();
  QCOMPARE(taken.states.size(), 3u);
  QVERIFY(taken.states[0].state == RunState::Evaluating);
  QVERIFY(taken.states[2].state == RunState::Stopped);
  QCOMPARE(taken.states[2].reason, std::string("stopped by you"));
  const std::vector<std::string> lines = {"Train Epoch: 1 [0/1000 (0%)]\tLoss: 2.000000", "",
                                          "Test set: Average loss: 0.5000, Accuracy: 40/50 (80.00%)", "",
                                          "Train Epoch: 2 [0/1000 (0%)]\tLoss: 1.000000"};
  QCOMPARE(taken.log_lines, lines);
}

void SnapshotMailboxTest::estimatesSpeedAndRemainingTime() {
  SnapshotMailbox box([] {});
  box.on_start(start());
  QCOMPARE(box.take().progress.seconds_left, -1.0);
  box.on_steps(steps(1, 0, std::vector<float>(50, 1.0f), 0.5));  // 500 images in half a second
  Progress progress = box.take().progress;
  QCOMPARE(progress.images_per_second, 1000.0);
  QCOMPARE(progress.fraction, 0.25);
  QCOMPARE(progress.seconds_left, 1.5);
  box.on_change({.position = {1, 50}, .key = "epochs", .value = 4.0});
  progress = box.take().progress;
  QCOMPARE(progress.seconds_left, 3.5);
  QCOMPARE(progress.fraction, 0.125);
}

void SnapshotMailboxTest::losesNothingBetweenTwoThreads() {
  constexpr int kCount = 20'000;
  std::atomic<int> wakes{0};
  SnapshotMailbox box([&wakes] { ++wakes; });
  box.on_start(start());
  std::jthread writer([&box] {
    for (int k = 0; k < kCount; ++k) box.on_steps(steps(1, k, {static_cast<float>(k)}));
    box.putDone();
  });
  std::vector<float> seen;
  int takes = 0;
  for (bool done = false; !done;) {
    const Snapshot taken = box.take();
    ++takes;
    for (const LossBatch& batch : taken.losses)
      seen.insert(seen.end(), batch.losses.begin(), batch.losses.end());
    done = taken.done;
  }
  std::vector<float> expected(kCount);
  std::iota(expected.begin(), expected.end(), 0.0f);
  QCOMPARE(seen, expected);
  QVERIFY(wakes <= takes + 1);
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::SnapshotMailboxTest)
#include "snapshot_mailbox_test.moc"
