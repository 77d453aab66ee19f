// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/rank_run.h"

#include <QTest>

#include "engine/data/registry.h"
#include "engine/model/model_file.h"
#include "engine/std_strings.h"
#include "engine/train/history.h"
#include "engine/train/own_model.h"
#include "engine/train/session_fixtures.h"
#include "engine/train/training_part.h"
#include "tests/engine/compute/ranks/rank_threads.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

// Runs on several ranks, here threads: what each gets to know, and what rank 0 leaves behind.
class RankRunTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void anotherRankMakesTheSameOfIt();
  void aModelFileGoesAlong();
  void runsLeaveTheFilesOfOne();
  void aRunGoesOnWithOtherRanks();
  void aRefusalLeavesNothing();

 private:
  Recorder run_on(int ranks, const fs::path& out, const Settings& settings, const fs::path& resume = {},
                  int stop_after = -1);
};

namespace {

Settings small(const std::string& model) {
  Settings s = tiny_settings();
  s.model = model;
  s.train_count = 230;
  s.validation = 40;
  s.epochs = 2;
  return s;
}

}  // namespace

Recorder RankRunTest::run_on(int ranks, const fs::path& out, const Settings& settings, const fs::path& resume,
                             int stop_after) {
  static const data::DataPairPtr digits = *data::open_dataset("digits");
  Recorder seen;
  const auto lead = [&](compute::Ranks* all) {
    auto session = Session::create({.settings = settings,
                                    .execution = {.threads = 1},
                                    .data = digits,
                                    .folder = out,
                                    .resume = resume,
                                    .asked = {.numbers = {{"epochs", settings.epochs}}},
                                    .ranks = all},
                                   seen);
    if (!session) qFatal("%s", session.error().sentence().c_str());
    seen.after_steps = [&](int steps) {
      if (stop_after >= 0 && steps >= stop_after) (*session)->request_stop();
    };
    const auto end = (*session)->run();
    if (!end) qFatal("%s", end.error().sentence().c_str());
  };
  if (ranks == 1) {
    lead(nullptr);
  } else {
    lead_ranks(ranks, rank_work, [&](compute::Ranks& all) { lead(&all); });
  }
  return seen;
}

void RankRunTest::anotherRankMakesTheSameOfIt() {
  const auto digits = *data::open_dataset("digits");
  Settings settings = small("syna-mlp");
  settings.beta = "sigmoid";
  settings.seed = 77;
  const auto part = *training_part(digits, settings);
  const auto work = rank_work(rank_run(settings, *part, {.tier = "eigen", .threads = 3}));
  QVERIFY2(work, work ? "" : work.error().sentence().c_str());
  QCOMPARE(work->request.tier, std::string("eigen"));
  QCOMPARE(work->request.threads, 3);
  QCOMPARE(work->batch_size, 40);
  QCOMPARE(work->data->sha256, part->sha256);
  QCOMPARE(work->data->train_numbers, part->train_numbers);
  QCOMPARE(work->data->validation.count(), 40);
  QVERIFY(work->model->layers == build_model(settings, 28, 28, 10)->layers);
  QVERIFY(!rank_work("no JSON"));
  QVERIFY(!rank_work(R"({"settings": {}, "data": "/nowhere"})"));
}

void RankRunTest::aModelFileGoesAlong() {
  const auto digits = *data::open_dataset("digits");
  Settings settings = *settings_for("syna-best", "digits");
  QVERIFY(settings.own);
  settings.train_count = 100;
  const auto work = rank_work(rank_run(settings, **training_part(digits, settings), {}));
  QVERIFY2(work, work ? "" : work.error().sentence().c_str());
  QVERIFY(work->model->layers == build_model(settings, 28, 28, 10)->layers);
}

// Checkpoints to the byte, and the history says how many they were.
void RankRunTest::runsLeaveTheFilesOfOne() {
  for (const std::string model : {"syna-cnn", "syna-mlp"}) {
    const Settings settings = small(model);
    const fs::path alone = at((model + "1").c_str()), three = at((model + "3").c_str());
    const Recorder expected = run_on(1, alone, settings), seen = run_on(3, three, settings);
    QCOMPARE(seen.losses, expected.losses);
    for (const char* name : {"last.safetensors", "best.safetensors"})
      QVERIFY2(bytes_of(three / name) == bytes_of(alone / name), name);
    QCOMPARE(seen.start.ranks, 3);
    QCOMPARE(seen.evaluations.back().numbers.headroom, expected.evaluations.back().numbers.headroom);
    const auto history = read_history(three);
    QVERIFY(history);
    QCOMPARE(history->start.ranks, 3);
    QCOMPARE(read_history(alone)->start.ranks, 1);
  }
}

void RankRunTest::aRunGoesOnWithOtherRanks() {
  const Settings settings = small("syna-cnn");
  run_on(1, at("whole"), settings);
  run_on(2, at("cut"), settings, {}, 3);
  QVERIFY(bytes_of(at("cut") / "last.safetensors") != bytes_of(at("whole") / "last.safetensors"));
  run_on(4, at("cut"), settings, at("cut") / "last.safetensors");
  QVERIFY(bytes_of(at("cut") / "history.jsonl").contains(R"("threads":1,"ranks":4)"));
  QVERIFY(bytes_of(at("cut") / "last.safetensors") == bytes_of(at("whole") / "last.safetensors"));
}

// A rank whose data are others: nothing is made for a run that cannot begin.
void RankRunTest::aRefusalLeavesNothing() {
  lead_ranks(2, rank_work, [&](compute::Ranks& all) {
    Recorder seen;
    const auto session = Session::create({.settings = tiny_settings(),
                                          .execution = {.threads = 1},
                                          .data = data_,
                                          .folder = at("run"),
                                          .ranks = &all},
                                         seen);
    QVERIFY(!session);
    QVERIFY(QString::fromStdString(session.error().sentence()).contains("its data are not those of rank 0"));
  });
  QVERIFY(!fs::exists(at("run") / "history.jsonl"));
}

SYNANN_PLAIN_TEST(RankRunTest)
#include "rank_run_test.moc"
