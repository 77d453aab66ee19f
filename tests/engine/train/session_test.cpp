// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/session.h"

#include <algorithm>
#include <array>
#include <utility>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "engine/core/random.h"
#include "engine/train/checkpoint.h"
#include "engine/train/history.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

// The training session end to end on a tiny data set.
class SessionTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void trainsAndRecords();
  void equalRunsGiveEqualFiles();
  void resumeGoesOnBitForBit();
  void validationIsHeldBack();
  void stopCriteriaEndTheRun();
  void stopInTheMiddleLosesNothing();
  void stepsAndPauses();
  void pauseStopsAnEvaluationWithoutLosingIt();
  void liveSettingsTakeEffect();
  void epochsThatHaveBegunAreTrained();
  void fixedSettingsStay();
  void schedulesSetTheRateOfEachStep();
  void aForkIsTold();
  void earlierRunIsKept();
  void batchNormRunningStatisticsMove();
};

void SessionTest::trainsAndRecords() {
  const auto seen = run(at("a"));
  QCOMPARE(seen.losses.size(), std::size_t{3 * 7});
  QCOMPARE(seen.start.steps_per_epoch, 7);
  QCOMPARE(seen.start.parameter_count, 30'762);
  QVERIFY(seen.states.back() == State::Finished);
  QCOMPARE(seen.evaluations.size(), std::size_t{4});  // before training, then each epoch
  QCOMPARE(seen.evaluations[0].epoch, 0);
  QCOMPARE(seen.evaluations[0].examples, std::int64_t{0});
  QCOMPARE(seen.evaluations[3].examples, std::int64_t{750});
  double sum = 0;
  for (std::size_t k = 14; k < 21; ++k) sum += static_cast<double>(seen.losses[k]);
  QVERIFY(std::abs(seen.evaluations[3].train_loss - sum / 7) < 1e-12);

  const auto history = read_history(at("a"));
  QVERIFY2(history.ok(), history.ok() ? "" : history.error().sentence().c_str());
  QCOMPARE(history->losses, seen.losses);  // every step, bit for bit
  QCOMPARE(history->examples[7], std::int64_t{250});
  QCOMPARE(history->examples[8], std::int64_t{290});
  QCOMPARE(history->evaluations.size(), std::size_t{4});
  QCOMPARE(history->evaluations[2].correct, seen.evaluations[2].correct);
  QCOMPARE(history->start.data_sha256, data_->sha256);
  const auto last = read_checkpoint(at("a") / kLastCheckpoint);
  QVERIFY(last.ok());
  QVERIFY((last->checkpoint.position == Position{4, 0}));
  QVERIFY(read_checkpoint(at("a") / kBestCheckpoint).ok());
}

void SessionTest::equalRunsGiveEqualFiles() {
  run(at("a"), 1);
  run(at("b"), 1);
  run(at("c"), 2);
  run(at("d"), 4);
  const auto bytes = bytes_of(at("a") / kLastCheckpoint);
  QVERIFY(bytes.size() > 100'000);
  for (const char* other : {"b", "c", "d"}) {
    QVERIFY2(bytes == bytes_of(at(other) / kLastCheckpoint), other);
    QVERIFY2(bytes_of(at("a") / kBestCheckpoint) == bytes_of(at(other) / kBestCheckpoint), other);
  }
  auto settings = tiny_settings();
  settings.seed = 6;
  run(at("e"), 1, {}, -1, settings);
  QVERIFY(bytes != bytes_of(at("e") / kLastCheckpoint));
}

void SessionTest::resumeGoesOnBitForBit() {
  const auto whole = run(at("a"));
  // Stopped twice, once in the middle of an epoch; resumed in another folder, then in its own.
  const auto first = run(at("b"), 1, {}, 9);
  const auto second = run(at("c"), 2, at("b") / kLastCheckpoint, 3);
  const auto third = run(at("c"), 1, at("c") / kLastCheckpoint);
  QVERIFY(first.states.back() == State::Stopped);
  QCOMPARE(first.losses.size() + second.losses.size() + third.losses.size(), whole.losses.size());
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == bytes_of(at("c") / kLastCheckpoint));
  QVERIFY(bytes_of(at("a") / kBestCheckpoint) == bytes_of(at("c") / kBestCheckpoint) ||
          whole.evaluations.back().best == false);
  const auto history = read_history(at("c"));
  QVERIFY(history.ok());
  QCOMPARE(history->losses, whole.losses);
  QCOMPARE(history->evaluations.size(), whole.evaluations.size());
  for (std::size_t k = 0; k < whole.evaluations.size(); ++k) {
    QCOMPARE(history->evaluations[k].test_loss, whole.evaluations[k].test_loss);
    QCOMPARE(history->evaluations[k].train_loss, whole.evaluations[k].train_loss);
    QCOMPARE(history->evaluations[k].best, whole.evaluations[k].best);
  }
}

void SessionTest::validationIsHeldBack() {
  auto settings = tiny_settings();
  settings.validation = 50;
  const auto seen = run(at("a"), 1, {}, -1, settings);
  QCOMPARE(seen.start.train_count, 200);
  QCOMPARE(seen.start.data_sha256, data_->sha256);  // the digest names the whole data
  for (const auto& e : seen.evaluations) {
    QCOMPARE(e.validation_count, 50);
    QCOMPARE(e.count, 60);
  }
  QCOMPARE(read_history(at("a"))->evaluations.back().validation_correct,
           seen.evaluations.back().validation_correct);
  settings.validation = 250;
  Recorder none;
  const auto session = Session::create({.settings = settings, .data = data_, .folder = at("b")}, none);
  QVERIFY(!session.ok());
  QVERIFY(session.error().sentence().find("--validation") == 0);
}

void SessionTest::stopCriteriaEndTheRun() {
  auto settings = tiny_settings();
  settings.epochs = 50;
  settings.target_accuracy = 1;
  const auto target = run(at("a"), 1, {}, -1, settings);
  QVERIFY(target.states.back() == State::Finished);
  QVERIFY(target.evaluations.size() < 20);
  QVERIFY2(QString::fromStdString(target.reason).contains("target"), target.reason.c_str());
  settings.target_accuracy = 0;
  settings.patience = 2;
  settings.learning_rate = 0;  // nothing ever gets better
  const auto patience = run(at("b"), 1, {}, -1, settings);
  QVERIFY(patience.evaluations.back().epoch <= 12);
  QVERIFY(QString::fromStdString(patience.reason).contains("no better accuracy for 2 epochs"));
}

void SessionTest::stopInTheMiddleLosesNothing() {
  const auto seen = run(at("a"), 1, {}, 3);
  QVERIFY(seen.states.back() == State::Stopped);
  QCOMPARE(QString::fromStdString(seen.reason), QString("stopped by you"));
  const auto last = read_checkpoint(at("a") / kLastCheckpoint);
  QVERIFY(last.ok());
  QCOMPARE(last->checkpoint.position.step, static_cast<int>(seen.losses.size()));
  QCOMPARE(read_history(at("a"))->losses, seen.losses);
}

void SessionTest::stepsAndPauses() {
  // At each pause the script notes how far the run is and asks for the next thing.
  struct Script : Recorder {
    Session* session = nullptr;
    std::vector<std::size_t> steps_at_pause, evaluations_at_pause;
    void on_state(State state, const std::string& why) override {
      Recorder::on_state(state, why);
      if (state != State::Paused) return;
      steps_at_pause.push_back(losses.size());
      evaluations_at_pause.push_back(evaluations.size());
      using enum Command::Kind;
      constexpr std::array kNext = {StepBatch, StepEpoch, StepBatch, Train};
      session->post({kNext[std::min(steps_at_pause.size(), kNext.size()) - 1]});
    }
  } script;
  auto session = Session::create(
      {.settings = tiny_settings(), .data = data_, .folder = at("a"), .start_paused = true}, script);
  QVERIFY(session.ok());
  script.session = session->get();
  const auto end = (*session)->run();
  QVERIFY(end.ok() && *end == State::Finished);
  QCOMPARE(script.steps_at_pause, (std::vector<std::size_t>{0, 1, 7, 8}));
  QCOMPARE(script.evaluations_at_pause, (std::vector<std::size_t>{0, 1, 2, 2}));
  // Stepping is the same training.
  QCOMPARE(script.losses, run(at("b")).losses);
}

void SessionTest::pauseStopsAnEvaluationWithoutLosingIt() {
  struct Script : Recorder {
    Session* session = nullptr;
    bool asked = false;
    void on_evaluation_progress(int, int) override {
      if (!std::exchange(asked, true)) session->post({Command::Kind::Pause});
    }
    void on_state(State state, const std::string& why) override {
      Recorder::on_state(state, why);
      if (state == State::Paused) session->post({Command::Kind::Train});
    }
  } script;
  auto settings = tiny_settings();
  settings.test_batch_size = 20;  // three batches: the pause comes between them
  auto session = Session::create({.settings = settings, .data = data_, .folder = at("a")}, script);
  QVERIFY(session.ok());
  script.session = session->get();
  QVERIFY((*session)->run().ok());
  QVERIFY(std::find(script.states.begin(), script.states.end(), State::Paused) != script.states.end());
  QCOMPARE(script.evaluations.size(), std::size_t{4});
  for (const auto& e : script.evaluations) QCOMPARE(e.count, 60);
}

void SessionTest::liveSettingsTakeEffect() {
  Recorder seen;
  auto session = Session::create({.settings = tiny_settings(), .data = data_, .folder = at("a")}, seen);
  QVERIFY(session.ok());
  seen.after_steps = [&](int) {
    (*session)->post({Command::Kind::Set, "lr", 0.0});
    (*session)->post({Command::Kind::Set, "momentum", 0.0});
    (*session)->post({Command::Kind::Set, "epochs", 1.0});
    (*session)->post({Command::Kind::Set, "lr", 1e9});  // out of range: refused
  };
  QVERIFY((*session)->run().ok());
  QCOMPARE(seen.losses.size(), std::size_t{7});
  const auto last = read_checkpoint(at("a") / kLastCheckpoint);
  QVERIFY(last.ok());
  QCOMPARE(last->checkpoint.settings.learning_rate, 0.0);
  QCOMPARE(last->checkpoint.settings.epochs, 1);
  // Each change is an event of the history, once, and stays one when the run is resumed, which is another.
  std::vector<SettingChange> expected{
      {{1, 1}, "lr", 0.0}, {{1, 1}, "momentum", 0.0}, {{1, 1}, "epochs", 1.0}};
  QVERIFY(seen.changes == expected);
  QVERIFY(read_history(at("a"))->changes == expected);
  session->reset();  // it holds the folder's lock
  run(at("a"), 1, at("a") / kLastCheckpoint);
  expected.push_back({{2, 0}, "epochs", 3.0});
  QVERIFY(read_history(at("a"))->changes == expected);
  // With a rate of zero nothing moves after the first step: equal to a run stopped there, but for running
  // statistics.
  run(at("b"), 1, {}, 1);
  const auto first = read_checkpoint(at("b") / kLastCheckpoint);
  const auto trained = last->model->parameters.trained_count();
  QVERIFY(std::equal(last->checkpoint.state.values.begin(),
                     last->checkpoint.state.values.begin() + static_cast<std::ptrdiff_t>(trained),
                     first->checkpoint.state.values.begin()));
}

// Nobody has trained thirteen epochs of ten: what has begun counts.
void SessionTest::epochsThatHaveBegunAreTrained() {
  Recorder seen;
  auto session = Session::create({.settings = tiny_settings(), .data = data_, .folder = at("a")}, seen);
  QVERIFY(session.ok());
  seen.after_steps = [&](int) {
    if (seen.losses.size() == 8)
      (*session)->post({Command::Kind::Set, "epochs", 1.0});  // in the second of three
  };
  QVERIFY((*session)->run().ok());
  QCOMPARE(seen.losses.size(), std::size_t{14});
  QCOMPARE(read_checkpoint(at("a") / kLastCheckpoint)->checkpoint.settings.epochs, 2);
  QVERIFY(seen.changes == (std::vector<SettingChange>{{{2, 1}, "epochs", 2.0}}));
  QVERIFY(std::find(seen.notices.begin(), seen.notices.end(), "epoch 2 has begun: the run ends with it") !=
          seen.notices.end());
}

// A setting that is fixed while a run is open is left alone, whoever asks.
void SessionTest::fixedSettingsStay() {
  Recorder seen;
  auto session = Session::create({.settings = tiny_settings(), .data = data_, .folder = at("a")}, seen);
  QVERIFY(session.ok());
  seen.after_steps = [&](int) {
    (*session)->post({Command::Kind::Set, "seed", 77.0});
    (*session)->post({Command::Kind::Set, "batch-size", 3.0});
    (*session)->post({Command::Kind::Set, "no-such-key", 3.0});
  };
  QVERIFY((*session)->run().ok());
  QVERIFY(seen.changes.empty());
  const Settings kept = read_checkpoint(at("a") / kLastCheckpoint)->checkpoint.settings;
  QCOMPARE(kept.seed, tiny_settings().seed);
  QCOMPARE(kept.batch_size, tiny_settings().batch_size);
}

// A schedule is what changing the rate by hand at the same steps would be, to the bit.
void SessionTest::schedulesSetTheRateOfEachStep() {
  auto dropping = tiny_settings();
  dropping.schedule = "step";
  dropping.schedule_epochs = 1;
  dropping.schedule_factor = 0.25;
  run(at("a"), 1, {}, -1, dropping);

  Recorder seen;
  auto session = Session::create({.settings = tiny_settings(), .data = data_, .folder = at("b")}, seen);
  QVERIFY(session.ok());
  double rate = tiny_settings().learning_rate;
  seen.after_evaluation = [&](const Evaluation& e) {
    if (e.epoch > 0) (*session)->post({Command::Kind::Set, "lr", rate *= 0.25});
  };
  QVERIFY((*session)->run().ok());
  const auto by_schedule = read_checkpoint(at("a") / kLastCheckpoint),
             by_hand = read_checkpoint(at("b") / kLastCheckpoint);
  QVERIFY(by_schedule->checkpoint.state == by_hand->checkpoint.state);

  // A cosine falls within the epoch, and ends at nothing: the last step moves next to nothing.
  auto cosine = tiny_settings();
  cosine.epochs = 1;
  cosine.schedule = "cosine";
  run(at("c"), 1, {}, -1, cosine);
  auto constant = tiny_settings();
  constant.epochs = 1;
  run(at("d"), 1, {}, -1, constant);
  QVERIFY(!(read_checkpoint(at("c") / kLastCheckpoint)->checkpoint.state ==
            read_checkpoint(at("d") / kLastCheckpoint)->checkpoint.state));
}

// A run that goes on from another one's checkpoint says so; one that goes on from its own does not.
void SessionTest::aForkIsTold() {
  run(at("a"), 1, {}, 9);
  const fs::path source = at("a") / kLastCheckpoint;
  const Position there = read_checkpoint(source)->checkpoint.position;
  run(at("b"), 1, source, 2);
  const std::vector<Fork> expected = {{there, source.string()}};
  QVERIFY(read_history(at("b"))->forks == expected);
  run(at("b"), 1, at("b") / kLastCheckpoint);
  QVERIFY(read_history(at("b"))->forks == expected);
  run(at("a"), 1, source);
  QVERIFY(read_history(at("a"))->forks.empty());
}

void SessionTest::earlierRunIsKept() {
  run(at("a"));
  const auto bytes = bytes_of(at("a") / kLastCheckpoint);
  auto settings = tiny_settings();
  settings.seed = 77;
  run(at("a"), 1, {}, -1, settings);
  QVERIFY(bytes_of(at("a") / "earlier-1" / kLastCheckpoint) == bytes);
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) != bytes);
  QVERIFY(read_history(at("a") / "earlier-1").ok());
}

void SessionTest::batchNormRunningStatisticsMove() {
  run(at("a"), 1, {}, 5);
  const auto loaded = read_checkpoint(at("a") / kLastCheckpoint);
  const auto& table = loaded->model->parameters;
  const auto value = [&](const char* name) {
    return loaded->checkpoint.state.values[table.find(name)->offset];
  };
  QVERIFY(value("fcb.running_mean") > 0);  // outputs of a softmax are positive
  QVERIFY(value("fcb.running_var") < 0.999f);
  QCOMPARE(loaded->checkpoint.state.counters[table.find("fcb.num_batches_tracked")->offset],
           std::int64_t{loaded->checkpoint.position.step});
}

SYNANN_TEST(SessionTest)
#include "session_test.moc"
