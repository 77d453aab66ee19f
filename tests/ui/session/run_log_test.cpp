// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_log.h"

#include <limits>

#include <QTest>

#include "engine/train/log_lines.h"
#include "tests/test_main.h"
#include "ui/session/words.h"

namespace synann::ui {

class RunLogTest : public QObject {
  Q_OBJECT

 private slots:
  void linesAreTheOriginals();
  void everyHundredthStepHasALine();
  void aRecordedRunReadsAsItRan();
  void wordsOfTheRunBar();
};

void RunLogTest::linesAreTheOriginals() {
  QCOMPARE(train::train_line(1, 12800, 60000, 128, 600, 0.0936),
           "Train Epoch: 1 [12800/60000 (21%)]\tLoss: 0.093600");
  QCOMPARE(train::train_line(3, 0, 60000, 0, 600, 2.5), "Train Epoch: 3 [0/60000 (0%)]\tLoss: 2.500000");
  const double nan = -std::numeric_limits<double>::quiet_NaN();
  QCOMPARE(train::train_line(1, 0, 60000, 0, 600, nan), "Train Epoch: 1 [0/60000 (0%)]\tLoss: nan");
  QCOMPARE(train::test_line(0.0431, 9892, 10000),
           "Test set: Average loss: 0.0431, Accuracy: 9892/10000 (98.92%)");
}

void RunLogTest::everyHundredthStepHasALine() {
  const std::vector<float> losses(150, 1.0f);
  const train::StepLosses steps{2, 90, 20, 0, losses, 0};
  const std::vector<std::string> expected = {train::train_line(2, 2000, 6000, 100, 300, 1.0),
                                             train::train_line(2, 4000, 6000, 200, 300, 1.0)};
  QCOMPARE(logLines(steps, 6000, 300), expected);
  QCOMPARE(logLines(steps, 6000, 300, 30).size(), std::size_t{5});  // 90, 120, 150, 180, 210
}

void RunLogTest::aRecordedRunReadsAsItRan() {
  train::History history;
  history.start.settings.batch_size = 50;
  history.start.train_count = 100;
  history.start.steps_per_epoch = 2;
  history.examples = {0, 50, 100, 150};
  history.losses = {2.0f, 1.5f, 1.0f, 0.5f};
  history.evaluations = {{.epoch = 0, .test_loss = 2.3, .correct = 1, .count = 10},
                         {.epoch = 1, .test_loss = 1.2, .correct = 5, .count = 10},
                         {.epoch = 2, .test_loss = 0.4, .correct = 9, .count = 10}};
  const std::vector<std::string> expected = {
      train::train_line(1, 0, 100, 0, 2, 2.0), "", train::test_line(1.2, 5, 10), "",
      train::train_line(2, 0, 100, 0, 2, 1.0), "", train::test_line(0.4, 9, 10), ""};
  QCOMPARE(logLines(history), expected);
  // A change stands where it was made.
  history.changes = {{{2, 1}, "lr", 0.5}};
  auto changed = expected;
  changed.insert(changed.begin() + 5, "— learning rate 0.5 from step 1 of epoch 2 on");
  QCOMPARE(logLines(history), changed);
  // The lines are as many as were asked for when the steps were made.
  history.start.settings.log_interval = 2;
  history.changes = {{{2, 0}, "log-interval", 1.0}};
  auto denser = expected;
  denser.insert(denser.begin() + 4, "— log interval 1 from step 0 of epoch 2 on");
  denser.insert(denser.begin() + 6, train::train_line(2, 50, 100, 1, 2, 0.5));
  QCOMPARE(logLines(history), denser);
}

void RunLogTest::wordsOfTheRunBar() {
  QCOMPARE(durationWords(21.4), QStringLiteral("00:21"));
  QCOMPARE(durationWords(3723), QStringLiteral("1:02:03"));
  QCOMPARE(countWords(1234567), QStringLiteral("1,234,567"));
  Progress progress{
      .position = {3, 123}, .epochs = 20, .steps_per_epoch = 200, .examples = 12300, .count = 20000};
  QCOMPARE(epochWords(progress), QStringLiteral("epoch 3 of 20 · 12,300 of 20,000 images"));
  QCOMPARE(speedWords(progress), QString());
  progress.images_per_second = 5210;
  progress.seconds_left = 21;
  QCOMPARE(speedWords(progress), QStringLiteral("5,210 images/s · 00:21 left"));
  progress.evaluated = 100;
  progress.evaluate_count = 4000;
  QCOMPARE(epochWords(progress), QStringLiteral("epoch 3 of 20 · 100 of 4,000 test images"));
  QCOMPARE(epochWords({.position = {21, 0}, .epochs = 20, .count = 20000}), QStringLiteral("20 epochs"));
  QCOMPARE(stateWords(RunState::Training, true), QStringLiteral("Stopping"));
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::RunLogTest)
#include "run_log_test.moc"
