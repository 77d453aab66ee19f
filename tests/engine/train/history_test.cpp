// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/history.h"

#include <cmath>
#include <string>

#include <QtTest>

#include "engine/std_strings.h"
#include "engine/train/history_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace {

// A run that was changed, paused and left in its second epoch.
std::string whole_run() {
  return line_of(small_start()) + line_of(evaluation_of(0)) + losses_line(1, 0, 3) + line_of(Pause{{1, 3}}) +
         line_of(EpochTime{{1, 3}, 0.5}) + line_of(SettingChange{{1, 3}, "lr", 0.006}) +
         losses_line(1, 3, 4) + line_of(evaluation_of(1)) +
         line_of(DeviceChange{{2, 0}, "GPU", "fused", "sm_90", 1, ""}) +
         line_of(SettingChange{{2, 0}, "momentum", 0.75}) + losses_line(2, 0, 2) +
         line_of(SettingChange{{2, 2}, "lr", 0.003}) + losses_line(2, 2, 3) + line_of(Pause{{2, 5}}) +
         line_of(EpochTime{{2, 5}, 0.7}) + line_of(Fork{{2, 5}, "runs/b/last.safetensors"}) +
         line_of(End{{2, 5}, State::Stopped, "stopped by you"});
}

History parsed(const std::string& text) {
  auto history = parse_history(text, "h.jsonl");
  if (!history) qFatal("%s", history.error().sentence().c_str());
  return std::move(*history);
}

}  // namespace

// A history is a log: what a resume overtook is in the file and does not count.
class HistoryTest : public QObject {
  Q_OBJECT

 private slots:
  void keepsEveryEvent();
  void aResumeCutsBackWhatItOvertakes_data();
  void aResumeCutsBackWhatItOvertakes();
  void aRunGoesOnWhereItWasCut();
  void aResumeCanBeOvertaken();
  void samplesThatAreLeftOutCountAsSeen();
  void settingsAreThoseInForce_data();
  void settingsAreThoseInForce();
  void settingsOfAnOvertakenTimeDoNotCount();
  void aResumeElsewhereIsAChangeOfDevice();
  void lossesThatAreNoNumbersAreNull();
  void theLastEndCounts();
};

void HistoryTest::keepsEveryEvent() {
  const History h = parsed(whole_run());
  QCOMPARE(line_of(h.start), line_of(small_start()));
  QCOMPARE(h.losses, (std::vector<float>{100, 101, 102, 103, 104, 105, 106, 200, 201, 202, 203, 204}));
  QCOMPARE(h.examples, (std::vector<std::int64_t>{0, 40, 80, 120, 160, 200, 240, 250, 290, 330, 370, 410}));
  QCOMPARE(h.evaluations.size(), std::size_t{2});
  QCOMPARE(h.evaluations[1].correct, 11);
  QVERIFY((h.changes == std::vector<SettingChange>{
                            {{1, 3}, "lr", 0.006}, {{2, 0}, "momentum", 0.75}, {{2, 2}, "lr", 0.003}}));
  QVERIFY((h.devices == std::vector<DeviceChange>{{{2, 0}, "GPU", "fused", "sm_90", 1, ""}}));
  QVERIFY((h.times == std::vector<EpochTime>{{{1, 3}, 0.5}, {{2, 5}, 0.7}}));
  QVERIFY((h.forks == std::vector<Fork>{{{2, 5}, "runs/b/last.safetensors"}}));
  QVERIFY((h.pauses == std::vector<Pause>{{{1, 3}}, {{2, 5}}}));
  QVERIFY((h.end == End{{2, 5}, State::Stopped, "stopped by you"}));
  QVERIFY(h.resumes.empty());
  QVERIFY(!h.truncated && !h.open_line && h.torn == 0);
  QCOMPARE(h.unknown_note(), std::string());
}

void HistoryTest::aResumeCutsBackWhatItOvertakes_data() {
  QTest::addColumn<int>("epoch");
  QTest::addColumn<int>("step");
  QTest::addColumn<QList<int>>("counts");  // losses, evaluations, changes, devices, times, pauses, forks
  const auto row = [](int epoch, int step, const QList<int>& counts) {
    QTest::addRow("epoch %d, step %d", epoch, step) << epoch << step << counts;
  };
  row(1, 0, {0, 1, 0, 0, 0, 0, 0});
  row(1, 2, {2, 1, 0, 0, 0, 0, 0});
  row(1, 3, {3, 1, 1, 0, 1, 1, 0});
  row(1, 7, {7, 1, 1, 0, 1, 1, 0});  // its evaluation is still to come
  row(2, 0, {7, 2, 2, 1, 1, 1, 0});
  row(2, 1, {8, 2, 2, 1, 1, 1, 0});
  row(2, 2, {9, 2, 3, 1, 1, 1, 0});
  row(2, 5, {12, 2, 3, 1, 2, 2, 1});
}

void HistoryTest::aResumeCutsBackWhatItOvertakes() {
  QFETCH(int, epoch);
  QFETCH(int, step);
  QFETCH(QList<int>, counts);
  Resume resume = resume_at({epoch, step});
  if (counts[3] > 0) {  // where the run had moved to
    resume.device = "GPU";
    resume.tier = "fused";
    resume.isa = "sm_90";
  }
  const History h = parsed(whole_run() + line_of(resume));
  const QList<std::size_t> found{h.losses.size(), h.evaluations.size(), h.changes.size(), h.devices.size(),
                                 h.times.size(),  h.pauses.size(),      h.forks.size()};
  for (qsizetype k = 0; k < counts.size(); ++k) QCOMPARE(found[k], static_cast<std::size_t>(counts[k]));
  QCOMPARE(h.examples.size(), h.losses.size());
  QVERIFY(!h.end);
  QVERIFY(h.resumes == std::vector<Resume>{resume});
}

void HistoryTest::aRunGoesOnWhereItWasCut() {
  const History h = parsed(whole_run() + line_of(resume_at({2, 1})) + losses_line(2, 1, 6) +
                           line_of(evaluation_of(2)) + line_of(End{{3, 0}, State::Finished, ""}));
  const History undisturbed = parsed(line_of(small_start()) + losses_line(1, 0, 7) + losses_line(2, 0, 7));
  QCOMPARE(h.losses, undisturbed.losses);
  QCOMPARE(h.examples, undisturbed.examples);
  QCOMPARE(h.evaluations.size(), std::size_t{3});
  QVERIFY((h.end == End{{3, 0}, State::Finished, ""}));
}

void HistoryTest::aResumeCanBeOvertaken() {
  Resume late = resume_at({2, 4});
  late.changed = {{"lr", 0.003, 0.9}};
  const Resume early = resume_at({1, 5}), same = resume_at({1, 5});
  const History h = parsed(whole_run() + line_of(late) + losses_line(2, 4, 1) + line_of(early) +
                           losses_line(1, 5, 1) + line_of(same));
  QVERIFY((h.resumes == std::vector<Resume>{early, same}));
  QVERIFY((h.changes == std::vector<SettingChange>{{{1, 3}, "lr", 0.006}}));
  QCOMPARE(h.losses.size(), std::size_t{5});
}

// 10 samples in batches of 3, of which batch norm leaves one out: 3 steps an epoch.
void HistoryTest::samplesThatAreLeftOutCountAsSeen() {
  StartInfo start = small_start();
  start.settings.batch_size = 3;
  start.train_count = 10;
  start.steps_per_epoch = 3;
  start.left_out = 1;
  const std::string text =
      line_of(start) + R"({"event":"losses","epoch":1,"step":0,"batch_size":3,"examples":0,"loss":[1,2,3]})"
                       "\n"
                       R"({"event":"losses","epoch":2,"step":0,"batch_size":3,"examples":10,"loss":[4,5,6]})"
                       "\n";
  QCOMPARE(parsed(text).start.left_out, 1);
  QCOMPARE(parsed(text + line_of(resume_at({2, 0}))).losses.size(), std::size_t{3});
  QCOMPARE(parsed(text + line_of(resume_at({2, 1}))).losses.size(), std::size_t{4});
  QCOMPARE(parsed(text + line_of(resume_at({1, 3}))).losses.size(), std::size_t{3});
}

void HistoryTest::settingsAreThoseInForce_data() {
  QTest::addColumn<int>("steps");
  QTest::addColumn<double>("rate");
  QTest::addColumn<double>("momentum");
  QTest::addColumn<QString>("data");
  const auto row = [](int steps, double rate, double momentum, const char* data) {
    QTest::addRow("%d steps", steps) << steps << rate << momentum << QString(data);
  };
  row(0, 0.012, 0.5, "digits");
  row(2, 0.012, 0.5, "digits");
  row(3, 0.006, 0.5, "digits");  // for the step that follows the third
  row(6, 0.006, 0.5, "digits");
  row(7, 0.006, 0.75, "digits");
  row(8, 0.006, 0.75, "digits");
  row(9, 0.04, 0.75, "elsewhere");  // of the resume, not of the change that it overtook
  row(1000, 0.04, 0.75, "elsewhere");
}

void HistoryTest::settingsAreThoseInForce() {
  QFETCH(int, steps);
  QFETCH(double, rate);
  QFETCH(double, momentum);
  QFETCH(QString, data);
  Resume resume = resume_at({2, 2});
  resume.changed = {{"lr", 0.003, 0.04}, {"data", std::string("digits"), std::string("elsewhere")}};
  const Settings s = parsed(whole_run() + line_of(resume) + losses_line(2, 2, 5)).settings_at(steps);
  QCOMPARE(s.learning_rate, rate);
  QCOMPARE(s.momentum, momentum);
  QCOMPARE(QString::fromStdString(s.data), data);
  QCOMPARE(s.batch_size, 40);
}

void HistoryTest::settingsOfAnOvertakenTimeDoNotCount() {
  const History h = parsed(whole_run() + line_of(resume_at({1, 2})));
  QVERIFY(h.settings() == h.start.settings);
  QVERIFY(parsed(whole_run()).settings() != h.start.settings);
  QCOMPARE(parsed(whole_run()).settings().learning_rate, 0.003);
}

void HistoryTest::aResumeElsewhereIsAChangeOfDevice() {
  const std::string begun = line_of(small_start()) + losses_line(1, 0, 7);
  QVERIFY(parsed(begun + line_of(resume_at({1, 7}))).devices.empty());
  Resume moved = resume_at({1, 7});
  moved.threads = 2;
  moved.device_note = "as asked";
  const std::vector<DeviceChange> expected{{{1, 7}, "CPU", "eigen", "AVX2", 2, "as asked"}};
  QVERIFY(parsed(begun + line_of(moved)).devices == expected);
  // Once more at the new place, and back to the first one.
  QVERIFY(parsed(begun + line_of(moved) + line_of(moved)).devices == expected);
  const History back = parsed(begun + line_of(moved) + line_of(resume_at({1, 7})));
  QCOMPARE(back.devices.size(), std::size_t{2});
  QCOMPARE(back.devices.back().threads, 1);
  // What a resume overtakes was never there: it is at the first place again.
  QVERIFY(parsed(begun + line_of(moved) + line_of(resume_at({1, 2}))).devices.empty());
}

void HistoryTest::lossesThatAreNoNumbersAreNull() {
  const History h = parsed(
      line_of(small_start()) +
      R"({"event":"losses","epoch":1,"step":0,"batch_size":40,"examples":0,"loss":[1.5,null,2]})"
      "\n"
      R"({"event":"epoch","epoch":1,"examples":250,"train_loss":null,"test_loss":null,"correct":0,"count":60})"
      "\n");
  QCOMPARE(h.losses.size(), std::size_t{3});
  QVERIFY(std::isnan(h.losses[1]));
  QCOMPARE(h.losses[2], 2.0f);
  QCOMPARE(h.examples[2], std::int64_t{80});
  QVERIFY(std::isnan(h.evaluations[0].test_loss) && std::isnan(h.evaluations[0].train_loss));
  QVERIFY(!h.evaluations[0].best);
}

void HistoryTest::theLastEndCounts() {
  const End failed{{2, 5}, State::Failed, "the loss is not finite"};
  QVERIFY(parsed(whole_run() + line_of(resume_at({2, 5})) + line_of(failed)).end == failed);
  QVERIFY(!parsed(whole_run() + line_of(resume_at({2, 5})) + losses_line(2, 5, 1)).end);
}

SYNANN_TEST(HistoryTest)
#include "history_test.moc"
