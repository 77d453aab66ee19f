// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/synapse_frame.h"

#include <algorithm>
#include <cmath>

#include <QTemporaryDir>
#include <QTest>

#include "engine/model/state.h"
#include "engine/synapse/lens.h"
#include "engine/train/session.h"
#include "tests/engine/train/session_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;

namespace {

namespace fs = std::filesystem;

}  // namespace

// Questions about a run are answered with the run's own numbers.
class SynapseFrameTest : public QObject {
  Q_OBJECT
 private slots:
  void initTestCase();
  void everyRecordedStepIsAnswered();
  void betweenTwoFramesTheEarlierOneIsShown();
  void inputsAreKnownWhereTheNetworkIs();
  void samplesAreTheInputsOfEveryClass();
  void theLensesAreTheEngines();
  void theDifferenceToTheStartIsTheChange();
  void liveNumbersAreTheirOwn();
  void aCheckpointAloneIsEnough();
  void theNetworkIsTheRecordsAtOrBefore();
  void aModelWithoutSynapsesHasANetwork();
  void theRangeOfTheRunIsThatOfAllFrames();
  void whatCannotBeHadIsTold();

 private:
  fs::path at(const char* name) const { return fs::path(folder_.path().toStdString()) / name; }
  SynapseFrame ask(SynapseQuery query) {
    query.run = query.run.empty() ? at("run") : query.run;
    query.data = data_;
    return reader_.answer(query);
  }
  void train(const fs::path& out, const char* model, int batch_size, RecordBudget budget) {
    SessionOptions options;
    options.settings = recommended_settings(model, "digits");
    options.settings.epochs = 2;
    options.settings.batch_size = batch_size;
    options.data = data_;
    options.folder = out;
    options.record = budget;
    Observer nobody;
    auto session = Session::create(std::move(options), nobody);
    QVERIFY(session.ok());
    QVERIFY((*session)->run().ok());
  }

  QTemporaryDir folder_;
  data::DataPairPtr data_ = testing::tiny_digits();
  SynapseReader reader_;
};

void SynapseFrameTest::initTestCase() {
  train(at("run"), "syna-cnn", 25, {.frames = 10});  // 10 steps an epoch, every second one recorded
  train(at("mlp"), "syna-mlp", 25, {});
  train(at("bare"), "syna-cnn", 25, {.frames = 0, .bytes = 0});
  train(at("dense"), "dense-pixel", 25, {});
}

void SynapseFrameTest::everyRecordedStepIsAnswered() {
  auto record = RecordReader::open(at("run") / kSynapseRecord);
  QVERIFY(record.ok());
  QCOMPARE(record->frames().size(), std::size_t{11});
  for (std::size_t k = 0; k < record->frames().size(); ++k) {
    const SynapseFrame frame = ask({.steps = record->frames()[k].steps});
    QVERIFY2(frame.error.empty(), frame.error.c_str());
    QVERIFY(frame.at == record->frames()[k]);
    QVERIFY(frame.parameters.beta == *record->read(k));  // β is free and α fixed: the weights themselves
    QVERIFY(frame.shown == frame.parameters.beta);
    QVERIFY(frame.initial == *record->read(0));
  }
  const SynapseFrame latest = ask({});
  QCOMPARE(latest.at.steps, std::int64_t{20});
  QCOMPARE(latest.frames->size(), std::size_t{11});
  QCOMPARE(latest.layers, std::vector<std::string>{"fcn"});
  QCOMPARE(latest.n(), 64);
  QCOMPARE(latest.run.data_sha256, data_->sha256);
  QCOMPARE(latest.run.settings.seed, 5ull);
}

void SynapseFrameTest::betweenTwoFramesTheEarlierOneIsShown() {
  QCOMPARE(ask({.steps = 7}).at.steps, std::int64_t{6});
  QVERIFY((ask({.steps = 11}).at.position == Position{2, 0}));
  QCOMPARE(ask({.steps = -1}).at.steps, std::int64_t{0});
}

void SynapseFrameTest::inputsAreKnownWhereTheNetworkIs() {
  const SynapseFrame end = ask({.steps = 10, .image = 7});
  QCOMPARE(end.x.size(), std::size_t{64});
  QCOMPARE(end.image_label, int{data_->test.labels[7]});
  double sum = 0;
  for (const double x : end.x) sum += x;
  QVERIFY(std::abs(sum - 1) < 1e-6);  // the layer's inputs are a softmax
  const SynapseFrame between = ask({.steps = 6, .lens = Lens::Image});
  QVERIFY(between.x.empty());
  QVERIFY(
      QString::fromStdString(between.missing).startsWith("step 6: the whole network was not recorded here"));
  QVERIFY(between.shown == between.parameters.beta);
}

void SynapseFrameTest::samplesAreTheInputsOfEveryClass() {
  const SynapseFrame frame = ask({.steps = 20, .samples = true});
  QCOMPARE(frame.samples.size(), frame.labels.size() * 64);
  QVERIFY(frame.labels.size() >= 10);
  const std::vector<int> images = images_by_class(data_->test, kImagesPerClass);
  QCOMPARE(images.size(), frame.labels.size());
  for (const std::size_t k : {std::size_t{0}, images.size() - 1}) {
    const SynapseFrame one = ask({.steps = 20, .image = images[k]});
    QCOMPARE(frame.labels[k], one.image_label);
    for (std::size_t j = 0; j < 64; ++j) QCOMPARE(frame.samples[64 * k + j], one.x[j]);
  }
  QVERIFY(ask({.steps = 6, .samples = true}).samples.empty());  // the network is not known there
  QVERIFY(ask({.steps = 20}).samples.empty());
  // A comparison that cannot be had takes nothing from them.
  const SynapseFrame wrong = ask({.steps = 20, .compare = true, .other_run = at("mlp"), .samples = true});
  QVERIFY(!wrong.missing.empty());
  QVERIFY(wrong.samples == frame.samples);
}

void SynapseFrameTest::theLensesAreTheEngines() {
  const SynapseFrame image = ask({.steps = 20, .lens = Lens::Image, .image = 3});
  const DoubleTensor tensor(image);
  const auto expected = synapse::effective_inhibition(tensor.view(), image.x);
  for (std::size_t k = 0; k < expected.size(); ++k) QCOMPARE(image.shown[k], static_cast<float>(expected[k]));

  const SynapseFrame a = ask({.steps = 20, .lens = Lens::ClassMean, .class_a = 4}),
                     b = ask({.steps = 20, .lens = Lens::ClassMean, .class_a = 9}),
                     difference =
                         ask({.steps = 20, .lens = Lens::ClassDifference, .class_a = 4, .class_b = 9});
  QVERIFY(a.missing.empty() && difference.missing.empty());
  QVERIFY(a.shown != b.shown);
  for (std::size_t k = 0; k < a.shown.size(); ++k)
    QVERIFY(std::abs(a.shown[k] - b.shown[k] - difference.shown[k]) < 1e-7F);
}

void SynapseFrameTest::theDifferenceToTheStartIsTheChange() {
  const SynapseFrame frame = ask({.steps = 20, .compare = true, .other_steps = 0});
  QVERIFY(frame.missing.empty());
  bool any = false;
  for (std::size_t k = 0; k < frame.shown.size(); ++k) {
    QCOMPARE(frame.shown[k], frame.parameters.beta[k] - frame.initial[k]);
    any = any || frame.shown[k] != 0.0F;
  }
  QVERIFY(any);
  const SynapseFrame other = ask({.steps = 20, .compare = true, .other_run = at("bare")});
  for (const float value : other.shown) QCOMPARE(value, 0.0F);  // the same run without a record
  const SynapseFrame wrong = ask({.steps = 20, .compare = true, .other_run = at("mlp")});
  QVERIFY(QString::fromStdString(wrong.missing).contains("expected 64 units, found 300"));
}

void SynapseFrameTest::liveNumbersAreTheirOwn() {
  const auto model = std::make_shared<const model::Model>(*model::build("syna-cnn", 28, 28, 10));
  auto weights = std::make_shared<Weights>();
  weights->position = {2, 5};
  weights->steps = 15;
  weights->model = model;
  weights->values = model::initialise(*model, 77).values;
  SynapseQuery query{.live = weights, .gradient = true};
  const SynapseFrame frame = ask(query);
  QVERIFY(frame.live);
  QCOMPARE(frame.at.steps, std::int64_t{15});
  const auto expected = model->parameters.find("fcn.weight")->offset;
  QCOMPARE(frame.parameters.beta[5], weights->values[expected + 5]);
  QCOMPARE(frame.x.size(), std::size_t{64});
  QCOMPARE(frame.gradient.size(), frame.shown.size());
  QCOMPARE(frame.frames->size(), std::size_t{11});
}

void SynapseFrameTest::aCheckpointAloneIsEnough() {
  for (const fs::path& path : {at("bare"), at("bare") / kLastCheckpoint}) {
    const SynapseFrame frame = ask({.run = path});
    QVERIFY2(frame.error.empty(), frame.error.c_str());
    QCOMPARE(frame.n(), 64);
    QCOMPARE(frame.x.size(), std::size_t{64});
    QVERIFY(frame.initial.empty());
  }
  QVERIFY(ask({.run = at("bare")}).parameters.beta == ask({}).parameters.beta);
}

void SynapseFrameTest::theNetworkIsTheRecordsAtOrBefore() {
  auto record = RecordReader::open(at("run") / kNetworkRecord);
  QVERIFY(record.ok());
  QVERIFY(record->frames().size() > 1);
  const auto model = recorded_model(record->header());
  const auto recorded = [&](std::size_t k) {  // in the order of the flat block
    std::vector<float> values((*model)->parameters.float_count());
    scatter(record->header(), **model, *record->read(k), values);
    return values;
  };
  for (const std::int64_t steps : {std::int64_t{20}, std::int64_t{12}, std::int64_t{0}, std::int64_t{10}}) {
    const SynapseFrame frame = ask({.steps = steps, .network = true});
    const std::size_t k = *record->at_or_before(steps);
    QVERIFY(frame.network && frame.model && frame.network_at_start);
    QVERIFY(frame.network_at == record->frames()[k]);
    QVERIFY(*frame.network == recorded(k));
    QVERIFY(*frame.network_at_start == recorded(0));
    QCOMPARE(frame.network_frames->size(), record->frames().size());
    QCOMPARE(frame.at.steps, steps / 2 * 2);  // β is its own moment's
  }
  QVERIFY(!ask({}).network);  // not asked for
  const SynapseFrame bare = ask({.run = at("bare"), .network = true});
  QVERIFY(*bare.network == *ask({.network = true}).network);
  QVERIFY(!bare.network_at_start);
}

void SynapseFrameTest::aModelWithoutSynapsesHasANetwork() {
  const SynapseFrame frame = ask({.run = at("dense"), .network = true});
  QVERIFY(QString::fromStdString(frame.error).contains("has no synapse layer"));
  QCOMPARE(frame.model->id, std::string("dense-pixel"));
  QCOMPARE(frame.network->size(), frame.model->parameters.float_count());
  QCOMPARE(frame.run.data_sha256, data_->sha256);
}

void SynapseFrameTest::theRangeOfTheRunIsThatOfAllFrames() {
  SynapseReader reader;
  SynapseQuery query{.run = at("run")};
  QVERIFY(!reader.answer(query).run_range_whole);
  while (reader.scan()) {
  }
  const SynapseFrame frame = reader.answer(query);
  QVERIFY(frame.run_range_whole);
  float least = 0, most = 0;
  for (std::int64_t steps = 0; steps <= 20; ++steps)
    for (const float value : ask({.steps = steps}).parameters.beta) {
      least = std::min(least, value);
      most = std::max(most, value);
    }
  QCOMPARE(frame.run_least, least);
  QCOMPARE(frame.run_most, most);
}

void SynapseFrameTest::whatCannotBeHadIsTold() {
  const auto error = [&](SynapseQuery query) { return QString::fromStdString(reader_.answer(query).error); };
  QVERIFY(error({}).contains("there is no run yet; train, or open a run"));
  QVERIFY(error({.run = at("nowhere")}).contains("nowhere"));
  const SynapseFrame no_data = reader_.answer({.run = at("run"), .lens = Lens::Image});
  QVERIFY(QString::fromStdString(no_data.missing).contains("no data set is open"));
  QVERIFY(no_data.shown == no_data.parameters.beta);
}

SYNANN_TEST(SynapseFrameTest)
#include "synapse_frame_test.moc"
