// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/epoch_numbers.h"

#include <cmath>
#include <limits>
#include <string>

#include <QtTest>

#include "engine/compute/batch.h"
#include "engine/train/session_fixtures.h"
#include "engine/train/synapse_layers.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::testing;
using namespace synann::train;

namespace {

struct Held {
  std::shared_ptr<const model::Model> model;
  std::unique_ptr<compute::Backend> backend;
  model::State state;
};

Held hold(const data::DataPairPtr& data, const std::string& id, const std::string& tier, int threads = 1) {
  Held held;
  held.model = std::make_shared<const model::Model>(*model::build(id, 28, 28, 10));
  auto made = compute::make_backend({.device = "cpu", .tier = tier, .threads = threads}, held.model, data);
  if (!made) qFatal("%s", made.error().sentence().c_str());
  held.backend = std::move(*made);
  held.state = model::initialise(*held.model, 7);
  if (!held.backend->load(held.state)) qFatal("not loaded");
  return held;
}

EpochNumbers numbers_of(Held& held, const data::Dataset& set) {
  return epoch_numbers(*held.backend, *held.model, held.state, set);
}

bool nearly_same(const std::optional<double>& a, const std::optional<double>& b) {
  return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) <= 1e-4 * (1 + std::abs(*b)));
}

}  // namespace

// What is recorded of each epoch beside loss and accuracy.
class EpochNumbersTest : public QObject {
  Q_OBJECT

 private slots:
  void areTheReferencesOnEveryTier_data();
  void areTheReferencesOnEveryTier();
  void headroomAndNormAreTheirFormulas();
  void aUnitThatNeverFiresIsDead();
  void aModelHasOnlyItsOwn();
  void areTheSameOnAnyNumberOfThreads();
  void leaveTheTrainingAsItWas_data();
  void leaveTheTrainingAsItWas();
  void numbersThatAreNotFiniteAreLeftOut();
  void standInTheHistory();

 private:
  data::DataPairPtr data_ = tiny_digits();
};

void EpochNumbersTest::areTheReferencesOnEveryTier_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("tier");
  for (const char* model : {"syna-cnn", "syna-mlp"})
    QTest::addRow("%s, eigen", model) << QString(model) << QStringLiteral("eigen");
  QTest::newRow("syna-cnn, fused") << QStringLiteral("syna-cnn") << QStringLiteral("fused");
}

void EpochNumbersTest::areTheReferencesOnEveryTier() {
  QFETCH(QString, model);
  QFETCH(QString, tier);
  Held reference = hold(data_, model.toStdString(), "reference");
  Held other = hold(data_, model.toStdString(), tier.toStdString());
  const EpochNumbers a = numbers_of(reference, data_->train), b = numbers_of(other, data_->train);
  QVERIFY(a.gradient_norm && *a.gradient_norm > 0);
  QVERIFY(nearly_same(a.gradient_norm, b.gradient_norm));
  QVERIFY(nearly_same(a.dead_share, b.dead_share));
  QVERIFY(nearly_same(a.headroom, b.headroom));
  QVERIFY(nearly_same(a.beta_norm, b.beta_norm));
}

// Every factor 1 − β_ij x_j of every watched image, one after the other.
void EpochNumbersTest::headroomAndNormAreTheirFormulas() {
  Held held = hold(data_, "syna-cnn", "reference");
  const EpochNumbers numbers = numbers_of(held, data_->train);
  const SynapseLayer layer = synapse_layers(*held.model).at(0);
  const auto beta = synapse_parameters(*held.model, layer, held.state.values).beta;
  std::vector<int> images(kWatchedImages);
  for (int k = 0; k < kWatchedImages; ++k) images[static_cast<std::size_t>(k)] = k;
  const auto x = synapse_inputs(*held.model, layer, held.state.values, data_->train, images);
  QVERIFY(x.ok());
  const auto n = static_cast<std::size_t>(layer.n);
  double least = 1, squares = 0;
  for (std::size_t image = 0; image < images.size(); ++image)
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j < n; ++j)
        least = std::min(least, 1 - static_cast<double>(beta[i * n + j]) * (*x)[image * n + j]);
  for (const float b : beta) squares += static_cast<double>(b) * static_cast<double>(b);
  QVERIFY(std::abs(*numbers.headroom - least) < 1e-6);
  QVERIFY(std::abs(*numbers.beta_norm - std::sqrt(squares)) < 1e-9);
}

void EpochNumbersTest::aUnitThatNeverFiresIsDead() {
  Held held = hold(data_, "syna-cnn", "reference");
  const double before = *numbers_of(held, data_->train).dead_share;
  int units = 0;
  for (const model::Layer& layer : held.model->layers)
    if (layer.kind == model::LayerKind::Relu || layer.kind == model::LayerKind::Synapse)
      units += layer.result.channels;
  // A bias far below zero, for 5 units of the hidden layer that fire.
  const Parameter& bias = *held.model->parameters.find("fc1.bias");
  for (std::size_t k = 0; k < bias.size(); ++k) held.state.values[bias.offset + k] = k < 5 ? -1e4F : 1e4F;
  QVERIFY(held.backend->load(held.state));
  const double after = *numbers_of(held, data_->train).dead_share;
  QVERIFY2(before < after, qPrintable(QString("%1 %2").arg(before).arg(after)));
  QVERIFY(std::abs(std::remainder(after * units, 1)) < 1e-9);  // a count of units
  QVERIFY(after * units >= 5);
}

void EpochNumbersTest::aModelHasOnlyItsOwn() {
  Held dense = hold(data_, "dense-mlp", "reference");
  const EpochNumbers numbers = numbers_of(dense, data_->train);
  QVERIFY(numbers.gradient_norm);
  QVERIFY(!numbers.headroom && !numbers.beta_norm);
}

void EpochNumbersTest::areTheSameOnAnyNumberOfThreads() {
  for (const char* tier : {"eigen", "fused"}) {
    Held one = hold(data_, "syna-cnn", tier, 1), many = hold(data_, "syna-cnn", tier, 3);
    const EpochNumbers a = numbers_of(one, data_->train), b = numbers_of(many, data_->train);
    QCOMPARE(*a.gradient_norm, *b.gradient_norm);
    QCOMPARE(*a.dead_share, *b.dead_share);
    QCOMPARE(*a.headroom, *b.headroom);
    QCOMPARE(*a.beta_norm, *b.beta_norm);
  }
}

void EpochNumbersTest::leaveTheTrainingAsItWas_data() {
  QTest::addColumn<QString>("tier");
  for (const char* tier : {"reference", "eigen", "fused"}) QTest::newRow(tier) << QString(tier);
}

// Two steps, with a look at the numbers between them and without.
void EpochNumbersTest::leaveTheTrainingAsItWas() {
  QFETCH(QString, tier);
  const auto trained = [&](bool looks) {
    Held held = hold(data_, "syna-cnn", tier.toStdString());
    const std::vector<std::uint32_t> order = epoch_order(3, 1, data_->train.count());
    for (int step = 0; step < 2; ++step) {
      const float rate = 0.01F;
      const auto result = held.backend->run({.seed = 3,
                                             .epoch = 1,
                                             .first_step = step,
                                             .step_count = 1,
                                             .batch_size = 40,
                                             .order = order,
                                             .learning_rates = {&rate, 1}},
                                            {});
      if (!result || result->losses.size() != 1) qFatal("no step");
      if (looks) (void)numbers_of(held, data_->train);
    }
    model::State end;
    if (!held.backend->fetch(end)) qFatal("no state");
    return end;
  };
  QVERIFY(trained(true) == trained(false));
}

void EpochNumbersTest::numbersThatAreNotFiniteAreLeftOut() {
  Held held = hold(data_, "syna-mlp", "reference");
  const Parameter& beta = *held.model->parameters.find(synapse_layers(*held.model).at(0).name + ".weight");
  held.state.values[beta.offset] = std::numeric_limits<float>::infinity();
  QVERIFY(held.backend->load(held.state));
  const EpochNumbers numbers = numbers_of(held, data_->train);
  QVERIFY(!numbers.beta_norm && !numbers.headroom);
}

// Of each epoch, and of the start; the same on any number of threads.
void EpochNumbersTest::standInTheHistory() {
  QTemporaryDir folder;
  std::vector<History> histories;
  for (const int threads : {1, 2}) {
    const fs::path out = fs::path(folder.path().toStdString()) / std::to_string(threads);
    Recorder seen;
    auto session = Session::create(
        {.settings = tiny_settings(), .execution = {.threads = threads}, .data = data_, .folder = out}, seen);
    QVERIFY(session && (*session)->run());
    auto history = read_history(out);
    QVERIFY(history.ok());
    histories.push_back(std::move(*history));
  }
  QCOMPARE(histories[0].evaluations.size(), std::size_t{4});
  for (std::size_t k = 0; k < 4; ++k) {
    const Evaluation &a = histories[0].evaluations[k], &b = histories[1].evaluations[k];
    QVERIFY(a.numbers.gradient_norm && a.numbers.headroom);
    QCOMPARE(*a.numbers.gradient_norm, *b.numbers.gradient_norm);
    QCOMPARE(*a.numbers.headroom, *b.numbers.headroom);
    QCOMPARE(*a.numbers.beta_norm, *b.numbers.beta_norm);
    QCOMPARE(*a.numbers.dead_share, *b.numbers.dead_share);
    QVERIFY(a.unix_time > 1.7e9 && (k == 0 || a.unix_time >= histories[0].evaluations[k - 1].unix_time));
  }
}

SYNANN_TEST(EpochNumbersTest)
#include "epoch_numbers_test.moc"
