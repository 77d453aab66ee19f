// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/training_part.h"

#include <algorithm>

#include <QTest>
#include <nlohmann/json.hpp>

#include "engine/infer/fault.h"
#include "engine/std_strings.h"
#include "engine/train/checkpoint.h"
#include "engine/train/session_fixtures.h"
#include "engine/train/settings_json.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;

namespace {

Settings drawing(int count, std::uint64_t subset = 0, int validation = 0) {
  Settings s = tiny_settings();
  s.train_count = count;
  s.train_subset = subset;
  s.validation = validation;
  return s;
}

bool equal_images(const data::Dataset& a, int i, const data::Dataset& b, int j) {
  return std::ranges::equal(a.image(i), b.image(j)) &&
         a.labels[static_cast<std::size_t>(i)] == b.labels[static_cast<std::size_t>(j)];
}

}  // namespace

// A run on some of the training images.
class TrainingPartTest : public QObject, private SessionRuns {
  Q_OBJECT
 private slots:
  void init() { QVERIFY(renew()); }
  void imagesAreThoseOfTheWhole();
  void theSeedOrTheSubsetDraws();
  void whatCannotBeIsRefused();
  void aRunOnAllIsTheRunWithout();
  void aRunKnowsHowManyItHas();
  void settingsWithoutItStayAsTheyWere();
  void faultsNameImagesOfTheWhole();
};

void TrainingPartTest::imagesAreThoseOfTheWhole() {
  const auto part = *training_part(data_, drawing(100, 3, 50));
  QCOMPARE(part->train.count(), 100);
  QCOMPARE(part->validation.count(), 50);
  QCOMPARE(part->sha256, data_->sha256);
  for (int k = 0; k < 100; ++k) {
    const auto number = static_cast<int>(part->train_number(k));
    QVERIFY(number < 200 && equal_images(part->train, k, data_->train, number));
    QVERIFY(k == 0 || part->train_number(k) > part->train_number(k - 1));
  }
  for (int k = 0; k < 50; ++k) {
    QCOMPARE(part->train_number(100 + k), static_cast<std::uint32_t>(200 + k));
    QVERIFY(equal_images(part->validation, k, data_->train, 200 + k));
  }
  // What was taken already stays.
  QCOMPARE((*training_part(part, drawing(100, 3, 50))).get(), part.get());
  QCOMPARE((*training_part(data_, tiny_settings())).get(), data_.get());
}

void TrainingPartTest::theSeedOrTheSubsetDraws() {
  const auto numbers = [this](Settings s, std::uint64_t seed) {
    s.seed = seed;
    return (*training_part(data_, s))->train_numbers;
  };
  QVERIFY(numbers(drawing(100), 1) != numbers(drawing(100), 2));
  QCOMPARE(numbers(drawing(100, 2), 1), numbers(drawing(100, 2), 9));
  QCOMPARE(numbers(drawing(100, 2), 1), numbers(drawing(100), 2));
}

void TrainingPartTest::whatCannotBeIsRefused() {
  const auto sentence = [this](const Settings& s) {
    const auto part = training_part(data_, s);
    return part ? std::string() : part.error().sentence();
  };
  QVERIFY(sentence(drawing(251)).starts_with("--train-count: is more than there are"));
  QVERIFY(sentence(drawing(201, 1, 50)).starts_with("--train-count: is more than --validation leaves"));
  QVERIFY(sentence(drawing(0, 0, 250)).starts_with("--validation: leaves nothing to train on"));
  QVERIFY(sentence(drawing(250)).empty() && sentence(drawing(1)).empty());
}

void TrainingPartTest::aRunOnAllIsTheRunWithout() {
  const Recorder whole = run(at("whole")), drawn = run(at("drawn"), 2, {}, -1, drawing(250, 7));
  QCOMPARE(drawn.losses, whole.losses);
  QCOMPARE(read_history(at("whole"))->start.settings.train_count, 0);
  const auto a = read_checkpoint(at("whole") / kLastCheckpoint),
             b = read_checkpoint(at("drawn") / kLastCheckpoint);
  QCOMPARE(b->checkpoint.state.values, a->checkpoint.state.values);
}

void TrainingPartTest::aRunKnowsHowManyItHas() {
  const Settings some = drawing(90, 4);
  const Recorder seen = run(at("some"), 1, {}, -1, some);
  QCOMPARE(seen.losses.size(), std::size_t{9});  // 3 epochs of 40 + 40 + 10
  QVERIFY(read_history(at("some"))->start.settings == some);
  // Stopped in the middle and resumed it is the same, as any run; its images cannot change there.
  run(at("part"), 1, {}, 4, some);
  run(at("part"), 1, at("part") / kLastCheckpoint, -1, some);
  QCOMPARE(bytes_of(at("part") / kLastCheckpoint), bytes_of(at("some") / kLastCheckpoint));
  Recorder other;
  const auto refused = Session::create({.settings = some,
                                        .data = data_,
                                        .folder = at("some"),
                                        .resume = at("some") / kLastCheckpoint,
                                        .asked = {.numbers = {{"epochs", 5}, {"train-count", 80}}}},
                                       other);
  QVERIFY(!refused.ok() && refused.error().sentence().find("train-count") != std::string::npos);
}

void TrainingPartTest::settingsWithoutItStayAsTheyWere() {
  QVERIFY(!to_json(drawing(0, 5)).contains("train_drawn") &&
          !to_json(drawing(0, 5)).contains("train_subset"));
  const auto back = settings_from_json(to_json(drawing(90, 4)), "here");
  QCOMPARE(back->train_count, 90);
  QCOMPARE(back->train_subset, std::uint64_t{4});
}

void TrainingPartTest::faultsNameImagesOfTheWhole() {
  Settings settings = drawing(90, 4);
  settings.learning_rate = 10;
  Recorder seen;
  auto session = Session::create({.settings = settings, .data = data_, .folder = at("broken")}, seen);
  QVERIFY(session.ok());
  const auto end = (*session)->run();
  QVERIFY(!end.ok() && seen.failure);
  const auto read = read_failure(at("broken"), data_);
  QVERIFY(read.ok());
  QCOMPARE(read->data->train_numbers, seen.failure->data->train_numbers);
  const auto fault = infer::locate_fault(infer::fault_query(*read));
  QVERIFY(fault.ok());
  const auto& numbers = read->data->train_numbers;
  for (const std::uint32_t image : fault->batch) QVERIFY(std::ranges::binary_search(numbers, image));
  QVERIFY(std::ranges::find(fault->batch, fault->image) != fault->batch.end());
  const std::string first = std::to_string(fault->batch[0]) + ", " + std::to_string(fault->batch[1]);
  QVERIFY2(end.error().sentence().find("training images " + first) != std::string::npos,
           end.error().sentence().c_str());
}

SYNANN_TEST(TrainingPartTest)
#include "training_part_test.moc"
