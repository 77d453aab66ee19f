// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/run_follower.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>

#include <QSignalSpy>
#include <QTest>

#include "engine/train/history_fixtures.h"
#include "tests/test_main.h"
#include "tests/ui/session/small_data.h"

namespace synann::ui {

namespace lines = synann::testing;
using testing::kWait;
using testing::smallSettings;

namespace {

train::History historyOf(const std::string& text) {
  auto history = train::parse_history(text, "history.jsonl");
  if (!history) qFatal("%s", history.error().sentence().c_str());
  return std::move(*history);
}

// A window's controller, and the curve that it shows.
struct FollowBench {
  FollowBench() {
    testing::prepare(controller, home);
    QObject::connect(&controller, &TrainingController::updated, &controller, [this](const Snapshot& s) {
      if (s.history) {
        losses = s.history->losses;
        evaluations = static_cast<int>(s.history->evaluations.size());
        ++whole;
      }
      for (const LossBatch& batch : s.losses)
        losses.insert(losses.end(), batch.losses.begin(), batch.losses.end());
      evaluations += static_cast<int>(s.evaluations.size());
    });
  }
  bool in(RunState state) const { return controller.state() == state; }
  QString run() const { return QString::fromStdString(controller.runFolder().string()); }

  QTemporaryDir home;
  std::vector<float> losses;
  int evaluations = 0, whole = 0;  // histories that replaced the curve
  TrainingController controller;
};

}  // namespace

// A run that another program writes is shown live, and never changed.
class RunFollowerTest : public QObject {
  Q_OBJECT

 private slots:
  void tellsWhatHasGrown();
  void anotherPastIsNoGrowth();
  void showsARunThatIsTrainedElsewhere();
  void survivesAWriterThatStopsAndGoesOn();
  void aFileIsFollowedWhateverBecomesOfIt();
  void dataAreOpenedMeanwhile();
  void trainBeginsARunOfItsOwn();
};

void RunFollowerTest::tellsWhatHasGrown() {
  const std::string begin = lines::line_of(lines::small_start()) + lines::line_of(lines::evaluation_of(0)) +
                            lines::losses_line(1, 0, 3);
  const train::History before = historyOf(begin);
  const train::History now = historyOf(begin + lines::losses_line(1, 3, 4) +
                                       lines::line_of(lines::evaluation_of(1)) + lines::losses_line(2, 0, 2));
  SnapshotMailbox mailbox([] {});
  mailbox.beginAt(before);
  QVERIFY(tellGrowth(before, now, mailbox));
  const Snapshot told = mailbox.take();
  QCOMPARE(told.losses.size(), std::size_t{2});
  QCOMPARE(told.losses[0].epoch, 1);
  QCOMPARE(told.losses[0].first_step, 3);
  QCOMPARE(told.losses[0].first_examples, std::int64_t{120});
  QCOMPARE(told.losses[0].losses, (std::vector<float>{103, 104, 105, 106}));
  QCOMPARE(told.losses[1].epoch, 2);
  QCOMPARE(told.losses[1].first_examples, std::int64_t{250});
  QCOMPARE(told.losses[1].losses, (std::vector<float>{200, 201}));
  QCOMPARE(told.evaluations.size(), std::size_t{1});
  QCOMPARE(told.progress.position, (train::Position{2, 2}));
  QVERIFY(tellGrowth(now, now, mailbox));
  QVERIFY(mailbox.take().losses.empty());
}

void RunFollowerTest::anotherPastIsNoGrowth() {
  const std::string start = lines::line_of(lines::small_start());
  const train::History before = historyOf(start + lines::losses_line(1, 0, 7));
  SnapshotMailbox mailbox([] {});
  QVERIFY(!tellGrowth(before, historyOf(start + lines::losses_line(1, 0, 5)), mailbox));
  QVERIFY(!tellGrowth(before,
                      historyOf(start + lines::losses_line(1, 0, 7) +
                                lines::line_of(lines::resume_at({1, 4})) + lines::losses_line(1, 4, 3)),
                      mailbox));
  train::StartInfo other = lines::small_start();
  other.data_sha256 = std::string(64, 'e');
  QVERIFY(!tellGrowth(before, historyOf(lines::line_of(other) + lines::losses_line(1, 0, 7)), mailbox));
  QVERIFY(mailbox.take().losses.empty());
}

void RunFollowerTest::showsARunThatIsTrainedElsewhere() {
  FollowBench other, b;
  other.controller.train(smallSettings(100'000));
  QTRY_VERIFY_WITH_TIMEOUT(other.evaluations > 1, kWait);
  b.controller.openRun(other.run());
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Elsewhere), kWait);
  const std::size_t before = b.losses.size();
  QTRY_VERIFY_WITH_TIMEOUT(b.losses.size() > before, kWait);
  QVERIFY(!b.controller.busy());
  other.controller.stop();
  QTRY_VERIFY_WITH_TIMEOUT(!other.controller.busy(), kWait);
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Stopped), kWait);
  QCOMPARE(b.losses, other.losses);
  QCOMPARE(b.evaluations, other.evaluations);
  QCOMPARE(b.whole, 1);
  QCOMPARE(b.controller.progress().position, other.controller.progress().position);
}

void RunFollowerTest::survivesAWriterThatStopsAndGoesOn() {
  FollowBench other, b;
  other.controller.train(smallSettings(100'000));
  QTRY_VERIFY_WITH_TIMEOUT(other.evaluations > 1, kWait);
  b.controller.openRun(other.run());
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Elsewhere), kWait);
  other.controller.stop();
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Stopped), kWait);
  QTRY_VERIFY_WITH_TIMEOUT(!other.controller.busy(), kWait);
  const std::size_t before = b.losses.size();
  other.controller.train(smallSettings(100'000));
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Elsewhere) && b.losses.size() > before, kWait);
  other.controller.stop();
  QTRY_VERIFY_WITH_TIMEOUT(!other.controller.busy() && b.in(RunState::Stopped), kWait);
  QCOMPARE(b.losses, other.losses);
  // Nobody has it now: it can go on here.
  QVERIFY(b.controller.next(smallSettings(100'000)).kind == TrainingController::Next::Kind::TrainOn);
}

// Cut in the middle of a line, cut back by its writer, and replaced by another run.
void RunFollowerTest::aFileIsFollowedWhateverBecomesOfIt() {
  FollowBench b;
  const std::filesystem::path file = b.home.path().toStdString() + "/run/" + train::kHistoryFile;
  std::filesystem::create_directories(file.parent_path());
  const auto append = [&](const std::string& text) { std::ofstream(file, std::ios::app) << text; };
  append(lines::line_of(lines::small_start()) + lines::line_of(lines::evaluation_of(0)) +
         lines::losses_line(1, 0, 3));
  b.controller.openRun(QString::fromStdString(file.parent_path().string()));
  QTRY_VERIFY_WITH_TIMEOUT(b.losses.size() == 3 && !b.controller.busy(), kWait);
  const std::string line = lines::losses_line(1, 3, 4);
  append(line.substr(0, 40));
  append(line.substr(40));
  QTRY_COMPARE_WITH_TIMEOUT(b.losses.size(), std::size_t{7}, kWait);
  QCOMPARE(b.whole, 1);
  append(lines::losses_line(2, 0, 7).substr(0, 50) + "\n");  // its writer was killed
  train::Resume resume = lines::resume_at({1, 5});
  resume.torn = 1;
  append(lines::line_of(resume) + lines::losses_line(1, 5, 2) + lines::line_of(lines::evaluation_of(1)));
  QTRY_VERIFY_WITH_TIMEOUT(b.evaluations == 2 && b.losses.size() == 7, kWait);
  QCOMPARE(b.whole, 2);
  std::filesystem::rename(file, file.parent_path() / "earlier.jsonl");
  train::StartInfo other = lines::small_start();
  other.data_sha256 = std::string(64, 'e');
  append(lines::line_of(other) + lines::losses_line(1, 0, 2));
  QTRY_COMPARE_WITH_TIMEOUT(b.losses.size(), std::size_t{2}, kWait);
  append(lines::losses_line(1, 2, 3));
  QTRY_COMPARE_WITH_TIMEOUT(b.losses.size(), std::size_t{5}, kWait);
}

void RunFollowerTest::dataAreOpenedMeanwhile() {
  FollowBench other, b;
  other.controller.train(smallSettings(100'000));
  QTRY_VERIFY_WITH_TIMEOUT(other.evaluations > 1, kWait);
  b.controller.openRun(other.run());
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Elsewhere), kWait);
  QSignalSpy idle(&b.controller, &TrainingController::idle);
  b.controller.openData("digits");
  QTRY_COMPARE_WITH_TIMEOUT(idle.size(), 1, kWait);
  QVERIFY(b.in(RunState::Elsewhere));
  const std::size_t before = b.losses.size();
  QTRY_VERIFY_WITH_TIMEOUT(b.losses.size() > before, kWait);
  other.controller.stop();
  QTRY_VERIFY_WITH_TIMEOUT(!other.controller.busy() && b.in(RunState::Stopped), kWait);
}

void RunFollowerTest::trainBeginsARunOfItsOwn() {
  FollowBench other, b;
  other.controller.train(smallSettings(100'000));
  QTRY_VERIFY_WITH_TIMEOUT(other.evaluations > 1, kWait);
  b.controller.openRun(other.run());
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Elsewhere), kWait);
  QVERIFY(b.controller.next(smallSettings(1)).kind == TrainingController::Next::Kind::Begin);
  b.controller.train(smallSettings(1));
  QTRY_VERIFY_WITH_TIMEOUT(b.in(RunState::Finished), kWait);
  QVERIFY(b.run() != other.run());
  QVERIFY(other.controller.sessionOpen());
  other.controller.stop();
  QTRY_VERIFY_WITH_TIMEOUT(!other.controller.busy(), kWait);
  QVERIFY(b.in(RunState::Finished));
}

}  // namespace synann::ui

SYNANN_TEST(synann::ui::RunFollowerTest)
#include "run_follower_test.moc"
