// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runs/twins.h"

#include <cmath>
#include <filesystem>
#include <thread>

#include <QtTest>

#include "engine/compute/backend.h"
#include "engine/runs/fork_fixtures.h"
#include "engine/train/checkpoint.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::runs;
using namespace synann::testing;
using namespace synann::train;
namespace fs = std::filesystem;

// Two runs, step by step beside each other: equal ones stay equal to the bit, and what differs is found where
// it begins.
class TwinsTest : public QObject, private ForkRuns {
  Q_OBJECT

 private slots:
  void init() { QVERIFY(renew()); }
  void equalOnesNeverDiverge_data();
  void equalOnesNeverDiverge();
  void eachEndsAsByItself();
  void anotherRateShowsAfterTheFirstStep();
  void anotherSeedShowsAtOnce();
  void theSynapsesTwinSharesWhatBothHave();
  void aShorterOneDoesNotHoldTheOtherUp();
  void anEpochEndsWithItsLastStep();
  void stopsWithBothSaved();
  void waitsWhilePaused();
  void whatCannotBeginIsToldAndEndsTheOther();
  void readsBackWhatWasSeen();
  void findsTheImagesThatAreSeenDifferently();

 private:
  TwinsRequest request(Settings a, Settings b) const {
    return {.settings = {std::move(a), std::move(b)},
            .execution = {.device = "cpu", .threads = 2},
            .data = data_,
            .folders = {at("a"), at("b")}};
  }
  static TwinTrace trained(const TwinsRequest& request) {
    auto twins = Twins::create(request);
    if (!twins) qFatal("%s", twins.error().sentence().c_str());
    const auto whole = (*twins)->run();
    if (!whole) qFatal("%s", whole.error().sentence().c_str());
    return (*twins)->trace();
  }
};

void TwinsTest::equalOnesNeverDiverge_data() {
  QTest::addColumn<QString>("tier");
  QTest::addColumn<QString>("model");
  for (const std::string& tier : compute::known_tiers())
    for (const char* model : {"syna-cnn", "syna-mlp"}) {
      const auto built = model::build(model, 28, 28, 10, {});
      if (built.ok() && compute::tier_runs("cpu", tier, *built))
        QTest::addRow("%s %s", tier.c_str(), model) << QString::fromStdString(tier) << model;
    }
}

void TwinsTest::equalOnesNeverDiverge() {
  QFETCH(QString, tier);
  QFETCH(QString, model);
  Settings settings = recommended_settings(model.toStdString(), "digits");
  settings.epochs = tier == "reference" ? 1 : 2;
  settings.batch_size = 40;
  TwinsRequest asked = request(settings, settings);
  asked.execution.tier = tier.toStdString();
  const TwinTrace trace = trained(asked);
  QCOMPARE(trace.steps, std::int64_t{7} * settings.epochs);
  QVERIFY(trace.same_parameters && !trace.divergence);
  QCOMPARE(trace.distances.size(), static_cast<std::size_t>(trace.steps));
  for (const TwinDistance& distance : trace.distances) {
    QCOMPARE(distance.beta, 0.0);
    QCOMPARE(distance.shared, 0.0);
  }
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == bytes_of(at("b") / kLastCheckpoint));
}

void TwinsTest::eachEndsAsByItself() {
  Settings other = tiny_settings();
  other.learning_rate = 0.03;
  trained(request(tiny_settings(), other));
  run(at("alone a"));
  run(at("alone b"), 1, {}, -1, other);
  QVERIFY(bytes_of(at("a") / kLastCheckpoint) == bytes_of(at("alone a") / kLastCheckpoint));
  QVERIFY(bytes_of(at("b") / kLastCheckpoint) == bytes_of(at("alone b") / kLastCheckpoint));
}

// The loss of the first step is measured before its update.
void TwinsTest::anotherRateShowsAfterTheFirstStep() {
  Settings other = tiny_settings();
  other.learning_rate = 0.03;
  const TwinTrace trace = trained(request(tiny_settings(), other));
  QVERIFY(trace.divergence && (*trace.divergence == TwinDivergence{1, false}));
  QCOMPARE(trace.runs[0].losses[0], trace.runs[1].losses[0]);
  QVERIFY(trace.distances.front().steps == 1 && trace.distances.front().beta > 0);
  QVERIFY(trace.distances.back().steps == 21 && trace.distances.back().shared > trace.distances.back().beta);
}

void TwinsTest::anotherSeedShowsAtOnce() {
  Settings other = tiny_settings();
  other.seed += 1;
  const TwinTrace trace = trained(request(tiny_settings(), other));
  QVERIFY(trace.divergence && (*trace.divergence == TwinDivergence{1, true}));
}

void TwinsTest::theSynapsesTwinSharesWhatBothHave() {
  Settings other = tiny_settings();
  other.model = "dense-cnn";  // its linear layer has the shape of β
  const TwinTrace dense = trained(request(tiny_settings(), other));
  QVERIFY(dense.divergence && dense.divergence->losses);
  QVERIFY(dense.distances.front().beta > 0 && dense.distances.front().shared > dense.distances.front().beta);
  fs::remove_all(at("a"));
  fs::remove_all(at("b"));
  other.model = "identity-cnn";
  const TwinTrace identity = trained(request(tiny_settings(), other));
  QVERIFY(!identity.same_parameters);
  QVERIFY(identity.divergence && identity.divergence->losses);
  QVERIFY(identity.distances.front().shared > 0 && std::isnan(identity.distances.front().beta));
}

void TwinsTest::aShorterOneDoesNotHoldTheOtherUp() {
  Settings shorter = tiny_settings();
  shorter.epochs = 1;
  const TwinTrace trace = trained(request(tiny_settings(), shorter));
  QCOMPARE(trace.runs[0].losses.size(), std::size_t{21});
  QCOMPARE(trace.runs[1].losses.size(), std::size_t{7});
  QCOMPARE(trace.steps, std::int64_t{7});
  QVERIFY(!trace.divergence);
}

void TwinsTest::anEpochEndsWithItsLastStep() {
  TwinTrace trace{.steps_per_epoch = 7};
  constexpr std::pair<std::int64_t, int> kEpochs[] = {{0, 1}, {1, 1}, {7, 1}, {8, 2}, {21, 3}};
  for (const auto& [steps, epoch] : kEpochs) {
    trace.steps = steps;
    QCOMPARE(trace.epoch(), epoch);
  }
  QCOMPARE(TwinTrace().epoch(), 1);
}

void TwinsTest::stopsWithBothSaved() {
  Settings longer = tiny_settings();
  longer.epochs = 10'000;
  auto twins = Twins::create(request(longer, longer));
  QVERIFY(twins.ok());
  (*twins)->on_change([&] {
    if ((*twins)->trace().steps >= 9) (*twins)->request_stop();
  });
  const auto whole = (*twins)->run();
  QVERIFY(whole.ok() && !*whole);
  twins->reset();
  for (const char* name : {"a", "b"}) {
    const auto saved = read_checkpoint(at(name) / kLastCheckpoint, OptimiserState::Read);
    QVERIFY(saved.ok());
    QVERIFY((saved->checkpoint.position.epoch - 1) * 7 + saved->checkpoint.position.step >= 9);
  }
}

void TwinsTest::waitsWhilePaused() {
  Settings longer = tiny_settings();
  longer.epochs = 10'000;
  auto twins = Twins::create(request(longer, longer));
  QVERIFY(twins.ok());
  (*twins)->pause();
  QVERIFY((*twins)->paused());
  std::jthread trains([&] { QVERIFY((*twins)->run().ok()); });
  QTRY_VERIFY((*twins)->trace().steps_per_epoch > 0);
  QCOMPARE((*twins)->trace().steps, std::int64_t{0});
  (*twins)->go_on();
  QTRY_VERIFY((*twins)->trace().steps > 2);
  (*twins)->pause();
  std::int64_t steps = -1;
  QTRY_VERIFY(std::exchange(steps, (*twins)->trace().steps) == (*twins)->trace().steps);
  (*twins)->request_stop();  // ends a pause too
  trains.join();
}

void TwinsTest::whatCannotBeginIsToldAndEndsTheOther() {
  Settings other = tiny_settings();
  other.model = "nothing";
  auto twins = Twins::create(request(tiny_settings(), other));
  QVERIFY(twins.ok());
  const auto whole = (*twins)->run();
  QVERIFY(!whole.ok() && whole.error().sentence().find("nothing") != std::string::npos);
  other = tiny_settings();
  other.learning_rate = -1;
  QVERIFY(!Twins::create(request(tiny_settings(), other)).ok());
  QVERIFY(!Twins::create({}).ok());
}

void TwinsTest::readsBackWhatWasSeen() {
  Settings other = tiny_settings();
  other.learning_rate = 0.03;
  const TwinTrace live = trained(request(tiny_settings(), other));
  const auto read = read_twins({at("a"), at("b")});
  QVERIFY(read.ok());
  QCOMPARE(read->runs[0].losses, live.runs[0].losses);
  QCOMPARE(read->runs[1].losses, live.runs[1].losses);
  for (std::size_t side = 0; side < 2; ++side)
    QVERIFY(read->runs[side].start.settings == live.runs[side].start.settings);
  QCOMPARE(read->steps, live.steps);
  QVERIFY(read->divergence == live.divergence);
  QCOMPARE(read->distances.back().steps, live.distances.back().steps);
  QCOMPARE(read->distances.back().beta, live.distances.back().beta);
  QVERIFY(!read_twins({at("a"), at("nothing")}).ok());
}

void TwinsTest::findsTheImagesThatAreSeenDifferently() {
  Settings other = tiny_settings();
  other.seed += 1;
  trained(request(tiny_settings(), other));
  const auto none = differing_predictions({at("a"), at("a")}, *data_, {});
  QVERIFY(none.ok() && none->empty());
  const auto some = differing_predictions({at("a"), at("b")}, *data_, {});
  QVERIFY(some.ok() && !some->empty());
  for (const TwinImage& image : *some) {
    QVERIFY(image.said[0] != image.said[1]);
    QCOMPARE(image.truth, int{data_->test.labels[static_cast<std::size_t>(image.image)]});
  }
  std::stop_source stop;
  stop.request_stop();
  QVERIFY(!differing_predictions({at("a"), at("b")}, *data_, {.stop = stop.get_token()}).ok());
}

SYNANN_TEST(TwinsTest)
#include "twins_test.moc"
