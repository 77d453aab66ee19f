// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <map>
#include <string>

#include <QtTest>

#include "engine/runs/fork_fixtures.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "engine/train/record.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::testing;
using namespace synann::train;
namespace fs = std::filesystem;

// What a person changes while a run trains is kept with its step, and the run can be made again from any of
// them, byte for byte.
class LiveChangesTest : public QObject, private ForkRuns {
  Q_OBJECT

 private slots:
  void init() { QVERIFY(renew()); }
  void areKeptWithTheirSteps();
  void aForkMakesThemAgain_data();
  void aForkMakesThemAgain();
  void aResumeWithThemIsTheSame();
  void waitForAMeasurementThatIsDue();
  void aPlateauIsLookedForFromThereOn();
  void theRecordsGoOn();
  void nonsenseIsLeftAlone();

 private:
  // Schedule, weight decay, clipping and rate, in the middle of epochs and at their ends.
  void changing(const fs::path& out) const {
    const std::multimap<int, Command> changes{{3, {Command::Kind::Set, "schedule", "cosine"}},
                                              {5, {Command::Kind::Set, "weight-decay", 0.01}},
                                              {7, {Command::Kind::Set, "clip", 0.25}},
                                              {9, {Command::Kind::Set, "lr", 0.05}},
                                              {10, {Command::Kind::Set, "schedule", "plateau"}},
                                              {10, {Command::Kind::Set, "schedule-epochs", 1.0}},
                                              {14, {Command::Kind::Set, "schedule-factor", 0.5}},
                                              {16, {Command::Kind::Set, "momentum", 0.8}}};
    runStepwise(out, [changes](Session& session, int now) {
      const auto [from, to] = changes.equal_range(now);
      for (auto at = from; at != to; ++at) session.post(at->second);
      session.post({Command::Kind::StepBatch});
      if (now >= 16) session.post({Command::Kind::Train});
    });
  }
};

void LiveChangesTest::areKeptWithTheirSteps() {
  changing(at("run"));
  const auto history = read_history(at("run"));
  QVERIFY(history.ok());
  QCOMPARE(history->changes.size(), std::size_t{8});
  QCOMPARE(history->settings_at(2).schedule, std::string("constant"));
  QCOMPARE(history->settings_at(3).schedule, std::string("cosine"));
  QCOMPARE(history->settings_at(5).weight_decay, 0.01);
  QCOMPARE(history->settings_at(7).clip, 0.25);
  QCOMPARE(history->settings_at(6).clip, 0.0);
  QCOMPARE(history->settings().schedule, std::string("plateau"));
  QCOMPARE(history->settings().schedule_epochs, 1);
  QVERIFY(read_checkpoint(at("run") / kLastCheckpoint)->checkpoint.settings.schedule_factor == 0.5);
}

void LiveChangesTest::aForkMakesThemAgain_data() {
  QTest::addColumn<int>("step");
  for (const int step : {0, 3, 7, 10, 14, 16, 18, 21}) QTest::addRow("%d", step) << step;
}

// Where the last changes are behind the fork, they are made there by the settings that are asked for.
void LiveChangesTest::aForkMakesThemAgain() {
  QFETCH(int, step);
  changing(at("run"));
  fs::remove(at("run") / kBestCheckpoint);
  const QByteArray whole = bytes_of(at("run") / kLastCheckpoint);
  fs::copy(at("run"), at("parent"));
  fs::remove(at("parent") / kLastCheckpoint);  // so that all of it is made again, from the seed
  const auto forked = fork(at("parent"), step, at("fork"));
  QVERIFY2(forked.ok(), forked.ok() ? "" : forked.error().sentence().c_str());
  QCOMPARE(forked->from_step, std::int64_t{0});
  if (step >= 16) {
    trainOn(at("fork"));
    QVERIFY(bytes_of(at("fork") / kLastCheckpoint) == whole);
  }
  const auto history = read_history(at("run"));
  QVERIFY(read_checkpoint(at("fork") / kLastCheckpoint)->checkpoint.settings.schedule ==
          history->settings_at(step).schedule);
}

void LiveChangesTest::aResumeWithThemIsTheSame() {
  runStepwise(at("live"), [](Session& session, int now) {
    if (now == 10) {
      session.post({Command::Kind::Set, "schedule", "step"});
      session.post({Command::Kind::Set, "clip", 0.25});
      session.post({Command::Kind::Set, "weight-decay", 0.01});
    }
    session.post({now == 10 ? Command::Kind::Train : Command::Kind::StepBatch});
  });
  runUntil(at("left"), 10);
  Recorder seen;
  auto session = Session::create(
      {.execution = {.threads = 1},
       .data = data_,
       .folder = at("left"),
       .resume = at("left") / kLastCheckpoint,
       .asked = {.numbers = {{"clip", 0.25}, {"weight-decay", 0.01}}, .choices = {{"schedule", "step"}}}},
      seen);
  QVERIFY2(session.ok(), session.ok() ? "" : session.error().sentence().c_str());
  QVERIFY((*session)->run().ok());
  session->reset();
  QVERIFY(bytes_of(at("left") / kLastCheckpoint) == bytes_of(at("live") / kLastCheckpoint));
  QCOMPARE(read_history(at("left"))->resumes.back().changed.size(), std::size_t{3});
}

// The last step of an epoch includes its evaluation: what is changed meanwhile holds behind it.
void LiveChangesTest::waitForAMeasurementThatIsDue() {
  Recorder seen;
  auto session = Session::create({.settings = tiny_settings(), .data = data_, .folder = at("run")}, seen);
  QVERIFY(session.ok());
  seen.after_steps = [&](int) {
    if (seen.losses.size() == 7) (*session)->post({Command::Kind::Set, "schedule", "cosine"});
  };
  QVERIFY((*session)->run().ok());
  QCOMPARE(seen.changes.size(), std::size_t{1});
  QVERIFY((seen.changes.front().position == Position{2, 0}));
}

// Epochs without a better loss that nobody asked about do not count.
void LiveChangesTest::aPlateauIsLookedForFromThereOn() {
  Checkpoint checkpoint;
  checkpoint.settings.schedule_epochs = 1;
  for (const double loss : {1.0, 2.0, 3.0}) checkpoint.plateau.see(checkpoint.settings, loss);
  QVERIFY(checkpoint.plateau.factor < 1);
  Settings plateau = checkpoint.settings;
  plateau.schedule = "plateau";
  adopt_settings(checkpoint, plateau);
  QCOMPARE(checkpoint.plateau.factor, 1.0);
  checkpoint.plateau.see(plateau, 1);
  checkpoint.plateau.see(plateau, 2);
  const double dropped = checkpoint.plateau.factor;
  plateau.learning_rate = 0.5;
  adopt_settings(checkpoint, plateau);
  QVERIFY(dropped < 1 && checkpoint.plateau.factor == dropped);
}

void LiveChangesTest::theRecordsGoOn() {
  changing(at("run"));
  const auto record = RecordReader::open(at("run") / kSynapseRecord);
  QVERIFY(record.ok());
  QCOMPARE(record->frames().back().steps, std::int64_t{21});
  run(at("left"), 1, {}, 9);
  const auto asked = AskedSettings{.numbers = {{"clip", 0.5}}, .choices = {{"schedule", "cosine"}}};
  Recorder seen;
  auto session = Session::create(
      {.data = data_, .folder = at("left"), .resume = at("left") / kLastCheckpoint, .asked = asked}, seen);
  QVERIFY(session.ok() && (*session)->run().ok());
  const auto on = RecordReader::open(at("left") / kSynapseRecord);
  QVERIFY(on.ok() && on->frames().front().steps == 0 && on->frames().back().steps == 21);
}

void LiveChangesTest::nonsenseIsLeftAlone() {
  Recorder seen;
  auto session = Session::create({.settings = tiny_settings(), .data = data_, .folder = at("run")}, seen);
  QVERIFY(session.ok());
  seen.after_steps = [&](int) {
    (*session)->post({Command::Kind::Set, "schedule", "sometimes"});
    (*session)->post({Command::Kind::Set, "schedule", 3.0});
    (*session)->post({Command::Kind::Set, "clip", "much"});
    (*session)->post({Command::Kind::Set, "weight-decay", -1.0});
    (*session)->post({Command::Kind::Set, "optimizer", "adam"});
  };
  QVERIFY((*session)->run().ok());
  QVERIFY(seen.changes.empty());
}

SYNANN_TEST(LiveChangesTest)
#include "live_changes_test.moc"
