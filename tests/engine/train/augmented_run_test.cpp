// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>
#include <nlohmann/json.hpp>

#include "engine/train/checkpoint.h"
#include "engine/train/event_json.h"
#include "engine/train/history.h"
#include "engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

Settings moved_settings() {
  Settings s = tiny_settings();
  s.augment_rotation = 15;
  s.augment_zoom = 0.15;
  s.augment_shift = 0.1;
  s.augment_elastic = 20;
  s.augment_erase = 0.2;
  return s;
}

}  // namespace

// A run on augmented images: it is resumed to the bit, its settings are written down, and where there is no
// augmentation nothing of it is seen.
class AugmentedRunTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void resumesInMidEpochToTheBit();
  void threadsChangeNoCheckpoint();
  void changesWhileTheRunIsOpen();
  void settingsAreWrittenDown();
  void nothingIsWrittenWithoutIt();
  void refusesAreasInTheWrongOrder();
};

void AugmentedRunTest::resumesInMidEpochToTheBit() {
  const auto whole = run(at("whole"), 1, {}, -1, moved_settings());
  const auto plain = run(at("plain"));
  QVERIFY(whole.losses != plain.losses);
  for (const int stop : {3, 7, 10}) {
    const fs::path cut = at(qPrintable(QString("cut%1").arg(stop)));
    run(cut, 2, {}, stop, moved_settings());
    run(cut, 1, cut / kLastCheckpoint, -1, moved_settings());
    QVERIFY(bytes_of(cut / kLastCheckpoint) == bytes_of(at("whole") / kLastCheckpoint));
    QVERIFY(read_history(cut)->losses == read_history(at("whole"))->losses);
  }
}

void AugmentedRunTest::threadsChangeNoCheckpoint() {
  run(at("one"), 1, {}, -1, moved_settings());
  for (const int threads : {2, 4}) {
    const fs::path more = at(qPrintable(QString("threads%1").arg(threads)));
    run(more, threads, {}, -1, moved_settings());
    QVERIFY(bytes_of(more / kLastCheckpoint) == bytes_of(at("one") / kLastCheckpoint));
  }
}

// It is live: from the next step on images are moved as said, and the history says so.
void AugmentedRunTest::changesWhileTheRunIsOpen() {
  QVERIFY(is_live("augment-rotation") && is_live("augment-erase-max"));
  Recorder seen;
  auto session = Session::create(
      {.settings = moved_settings(), .execution = {.threads = 1}, .data = data_, .folder = at("live")}, seen);
  QVERIFY(session.ok());
  bool asked = false;
  seen.after_steps = [&](int steps) {
    if (steps < 7 || std::exchange(asked, true)) return;
    (*session)->post({.kind = Command::Kind::Set, .key = "augment-rotation", .value = 0.0});
  };
  QVERIFY((*session)->run().ok());
  QCOMPARE(seen.changes.size(), std::size_t{1});
  QCOMPARE(seen.changes.front().key, std::string("augment-rotation"));
  const auto checkpoint = read_checkpoint(at("live") / kLastCheckpoint, OptimiserState::Leave);
  QVERIFY(checkpoint.ok());
  QCOMPARE(checkpoint->checkpoint.settings.augment_rotation, 0.0);
  QCOMPARE(checkpoint->checkpoint.settings.augment_zoom, 0.15);
}

void AugmentedRunTest::settingsAreWrittenDown() {
  const auto j = to_json(moved_settings());
  QCOMPARE(j.at("augment_rotation").get<double>(), 15.0);
  QCOMPARE(j.at("augment_elastic_sigma").get<double>(), 4.0);
  QCOMPARE(j.at("augment_erase_max").get<double>(), 0.33);
  QVERIFY(!j.contains("augment_shear"));
  const auto read = settings_from_json(nlohmann::json::parse(j.dump()), "here");
  QVERIFY(read.ok() && *read == moved_settings());
}

void AugmentedRunTest::nothingIsWrittenWithoutIt() {
  QVERIFY(to_json(tiny_settings()).dump().find("augment") == std::string::npos);
  Settings quiet = tiny_settings();
  quiet.augment_elastic_sigma = 6;  // has no effect, and is kept
  const auto read = settings_from_json(nlohmann::json::parse(to_json(quiet).dump()), "here");
  QVERIFY(read.ok() && *read == quiet);
  QVERIFY(!augmentation(quiet).on());
}

void AugmentedRunTest::refusesAreasInTheWrongOrder() {
  Settings s = moved_settings();
  s.augment_erase_min = 0.5;
  const auto status = validate(s);
  QVERIFY(!status.ok());
  QVERIFY(status.error().sentence().find("is above --augment-erase-max") != std::string::npos);
}

SYNANN_TEST(AugmentedRunTest)
#include "augmented_run_test.moc"
