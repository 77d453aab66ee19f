// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_marks.h"

#include <cmath>

#include <QTemporaryDir>
#include <QTest>

#include "engine/train/history.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"

namespace synann::ui {

namespace {

using testing::kWait;

std::vector<std::int64_t> stepsOf(const RunMarks& marks, TimeMark::Kind kind) {
  std::vector<std::int64_t> steps;
  for (const TimeMark& mark : marks.marks()) {
    if (mark.kind == kind) steps.push_back(mark.steps);
  }
  return steps;
}

// A snapshot as the training sends them.
Snapshot losses(int epoch, int first_step, std::vector<float> values) {
  Snapshot s;
  s.losses.push_back({epoch, first_step, 20, 0, std::move(values), 0});
  return s;
}

Snapshot begin(int steps_per_epoch) {
  Snapshot s;
  s.start = train::StartInfo{};
  s.start->steps_per_epoch = steps_per_epoch;
  return s;
}

}  // namespace

// What the time line has to draw, live and of a recorded run.
class RunMarksTest : public QObject {
  Q_OBJECT

 private slots:
  void aRunLeavesItsMarks();
  void anOpenedRunHasTheSameMarks();
  void outlineHoldsTheMeans();
  void goingOnFromEarlierCutsBack();
};

void RunMarksTest::aRunLeavesItsMarks() {
  const QTemporaryDir home;
  TrainingController controller;
  testing::prepare(controller, home);
  RunMarks marks(controller);
  controller.stepBatch(testing::smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(controller.state() == RunState::Paused && !marks.outline().means.empty(), kWait);
  controller.setLive("lr", 0.006);
  auto two = controller.execution();
  two.threads = 2;
  controller.setExecution(two);
  controller.train(testing::smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(!controller.busy(), kWait);
  QCOMPARE(stepsOf(marks, TimeMark::Kind::Epoch), (std::vector<std::int64_t>{20, 40}));
  QCOMPARE(stepsOf(marks, TimeMark::Kind::Setting), (std::vector<std::int64_t>{1}));
  QCOMPARE(stepsOf(marks, TimeMark::Kind::Device), (std::vector<std::int64_t>{20}));
  QCOMPARE(stepsOf(marks, TimeMark::Kind::Best).size(), 1u);
  QCOMPARE(marks.outline().means.size(), 40u);
  const QString summary = marks.summary();
  QVERIFY2(summary.startsWith("2 epochs, learning rate 0.006 from step 1 on"), qPrintable(summary));
  QVERIFY2(summary.contains("2 threads from step 20 on") && summary.contains("best, after epoch"),
           qPrintable(summary));
}

void RunMarksTest::anOpenedRunHasTheSameMarks() {
  const QTemporaryDir home;
  TrainingController controller;
  testing::prepare(controller, home);
  RunMarks live(controller);
  controller.train(testing::smallSettings());
  QTRY_VERIFY_WITH_TIMEOUT(!controller.busy(), kWait);
  // As if it had left another run in its middle.
  auto writer = train::HistoryWriter::create(home.path().toStdString(), [] {
    train::StartInfo start;
    start.steps_per_epoch = 20;
    return start;
  }());
  QVERIFY(writer.ok() && (*writer)->append(train::Fork{{2, 3}, "earlier/last.safetensors"}).ok());
  TrainingController forked;
  RunMarks cross(forked);
  forked.openRun(home.path());
  QTRY_VERIFY_WITH_TIMEOUT(!forked.busy(), kWait);
  QCOMPARE(stepsOf(cross, TimeMark::Kind::Fork), (std::vector<std::int64_t>{23}));
  TrainingController other;
  testing::prepare(other, home);
  RunMarks opened(other);
  other.openRun(QString::fromStdString(controller.runFolder().string()));
  QTRY_VERIFY_WITH_TIMEOUT(!other.busy(), kWait);
  QVERIFY(!live.marks().empty());
  QVERIFY(opened.marks() == live.marks());
  QCOMPARE(opened.outline().means, live.outline().means);
}

void RunMarksTest::outlineHoldsTheMeans() {
  TrainingController controller;
  RunMarks marks(controller);
  emit controller.updated(begin(2000));
  std::vector<float> falling(2000);
  for (std::size_t k = 0; k < falling.size(); ++k) falling[k] = 4.0F - static_cast<float>(k) / 1000;
  falling[3] = NAN;  // left out of its mean
  emit controller.updated(losses(1, 0, falling));
  const RunMarks::Outline outline = marks.outline();
  QCOMPARE(outline.width, std::int64_t{4});
  QCOMPARE(outline.means.size(), 500u);
  QVERIFY(outline.means.size() <= RunMarks::kMostPoints);
  QCOMPARE(outline.means[0], (falling[0] + falling[1] + falling[2]) / 3);
  QVERIFY(std::abs(outline.means[250] - (4.0F - 1001.5F / 1000)) < 1e-5F);
}

void RunMarksTest::goingOnFromEarlierCutsBack() {
  TrainingController controller;
  RunMarks marks(controller);
  emit controller.updated(begin(10));
  emit controller.updated(losses(1, 0, std::vector<float>(10, 2.0F)));
  emit controller.updated(losses(2, 0, std::vector<float>(10, 1.0F)));
  Snapshot ends;
  ends.evaluations = {{.epoch = 1, .best = true}, {.epoch = 2, .best = true}};
  emit controller.updated(ends);
  Snapshot resumed = begin(10);
  resumed.start->position = {2, 5};
  emit controller.updated(resumed);
  QCOMPARE(marks.outline().means.size(), 15u);
  QCOMPARE(stepsOf(marks, TimeMark::Kind::Epoch), (std::vector<std::int64_t>{10}));
  QCOMPARE(stepsOf(marks, TimeMark::Kind::Best), std::vector<std::int64_t>{});
  QCOMPARE(stepsOf(marks, TimeMark::Kind::Resumed), (std::vector<std::int64_t>{15}));
  emit controller.runBegan();
  QVERIFY(marks.marks().empty() && marks.outline().means.empty());
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::RunMarksTest)
#include "run_marks_test.moc"
