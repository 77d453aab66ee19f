// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/fused_backend.h"

#include <cmath>
#include <numeric>

#include <QTest>

#include "engine/compute/backend.h"
#include "tests/engine/compute/fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

namespace {

// Random ink on a blank ground with random labels: enough to learn by heart.
data::Dataset random_set(int count, std::uint64_t seed) {
  data::Dataset set{.rows = 28, .columns = 28, .classes = 10, .pixels = {}, .labels = {}};
  const auto stream = random_stream(seed, Purpose::Check);
  for (int k = 0; k < count * 784; ++k) {
    const auto word = stream.word(static_cast<std::uint32_t>(k));
    set.pixels.push_back(word % 4 == 0 ? static_cast<std::uint8_t>(word >> 24) : std::uint8_t{0});
  }
  for (int k = 0; k < count; ++k) set.labels.push_back(static_cast<std::uint8_t>(k * 7 % 10));
  return set;
}

data::DataPairPtr small_data() {
  static const auto pair = std::make_shared<const data::DataPair>(data::DataPair{.name = "random",
                                                                                 .spec = "random",
                                                                                 .sha256 = {},
                                                                                 .train = random_set(230, 1),
                                                                                 .test = random_set(123, 2)});
  return pair;
}

std::shared_ptr<const model::Model> syna_cnn() {
  static const auto model = std::make_shared<const model::Model>(*model::build("syna-cnn", 28, 28, 10));
  return model;
}

struct Trained {
  std::vector<float> losses;
  model::State state;
  EvaluationResult evaluation;
};

// Two epochs of 230 samples in steps of 25, 30 samples left over in an odd last step.
Trained train(Backend& backend, const Optimiser& optimiser = {.momentum = 0.5}, float rate = 0.05f) {
  Trained trained;
  std::vector<std::uint32_t> order(230);
  std::iota(order.rbegin(), order.rend(), 0u);
  const std::vector<float> rates(10, rate);
  const CancelFlag cancel;
  if (!backend.load(model::initialise(*syna_cnn(), 5)).ok()) return trained;
  for (int epoch = 1; epoch <= 2; ++epoch) {
    const auto span = backend.run({.seed = 5,
                                   .epoch = epoch,
                                   .step_count = 10,
                                   .batch_size = 25,
                                   .order = order,
                                   .learning_rates = rates,
                                   .optimiser = optimiser,
                                   .first_count = (epoch - 1) * 10,
                                   .watch = {.headroom = true}},
                                  cancel);
    trained.losses.insert(trained.losses.end(), span->losses.begin(), span->losses.end());
  }
  if (!backend.fetch(trained.state).ok()) return trained;
  trained.evaluation = *backend.evaluate(EvaluationSet::Test, 50, cancel, {});
  return trained;
}

std::unique_ptr<Backend> tier(const char* name, int threads = 2) {
  return std::move(
      *make_backend({.device = "cpu", .tier = name, .threads = threads}, syna_cnn(), small_data()));
}

}  // namespace

// The fused tier as a back end: whole training runs, evaluation and failure, against the other tiers.
class FusedBackendTest : public QObject {
  Q_OBJECT
 private slots:
  void automaticTierIsFused();
  void trainsAsTheEigenTier();
  void trainsWithAdamAsTheEigenTier_data();
  void trainsWithAdamAsTheEigenTier();
  void headroomStopsBeforeTheUpdate();
  void everyInstructionSetAgrees();
  void threadsChangeNothing();
  void probeMatchesReference();
  void brokenWeightsStopBeforeTheUpdate();
  void brokenGradientsStopBeforeTheUpdate();
  void cancelStopsBetweenSteps();
};

void FusedBackendTest::automaticTierIsFused() {
  QCOMPARE(tier("auto")->info().tier, std::string("fused"));
  const auto linear = std::make_shared<const model::Model>(*model::build("linear", 28, 28, 10));
  QCOMPARE((*make_backend({}, linear, small_data()))->info().tier, std::string("eigen"));
  const auto refused = make_backend({.device = "cpu", .tier = "fused", .threads = 1}, linear, small_data());
  QVERIFY(!refused.ok());
}

void FusedBackendTest::trainsAsTheEigenTier() {
  const auto fused = train(*tier("fused")), eigen = train(*tier("eigen"));
  QCOMPARE(fused.losses.size(), std::size_t{20});
  QCOMPARE(eigen.losses.size(), std::size_t{20});
  for (std::size_t k = 0; k < 20; ++k)
    QVERIFY(std::abs(fused.losses[k] - eigen.losses[k]) < 1e-4f * eigen.losses[k]);
  QVERIFY(testing::relative_error(fused.state.values, eigen.state.values) < 1e-5);
  QVERIFY(testing::relative_error(fused.state.momenta, eigen.state.momenta) < 1e-3);
  QCOMPARE(fused.state.counters, eigen.state.counters);
  QCOMPARE(fused.evaluation.count, 123);
  QVERIFY(std::abs(fused.evaluation.loss_sum - eigen.evaluation.loss_sum) < 1e-3);
  QVERIFY(std::abs(fused.evaluation.correct - eigen.evaluation.correct) <= 1);
}

void FusedBackendTest::trainsWithAdamAsTheEigenTier_data() {
  QTest::addColumn<bool>("apart");
  QTest::newRow("Adam") << false;
  QTest::newRow("AdamW") << true;
}

void FusedBackendTest::trainsWithAdamAsTheEigenTier() {
  QFETCH(bool, apart);
  const Optimiser adam{.kind = apart ? Optimiser::Kind::AdamW : Optimiser::Kind::Adam,
                       .weight_decay = apart ? 0.1 : 1e-4,
                       .clip_norm = 2};
  const auto fused = train(*tier("fused"), adam, 0.002f), eigen = train(*tier("eigen"), adam, 0.002f);
  QCOMPARE(fused.losses.size(), std::size_t{20});
  QVERIFY(fused.losses.back() < fused.losses.front());
  for (std::size_t k = 0; k < fused.losses.size(); ++k) {
    // Adam divides tiny gradients by themselves, so rounding grows faster than with SGD.
    QVERIFY(std::abs(fused.losses[k] - eigen.losses[k]) < 1e-2f * eigen.losses[k]);
  }
  QCOMPARE(fused.state.squares.size(), fused.state.momenta.size());
}

void FusedBackendTest::headroomStopsBeforeTheUpdate() {
  for (const char* name : {"fused", "eigen"}) {
    const auto backend = tier(name);
    auto state = model::initialise(*syna_cnn(), 5);
    const Parameter* beta = syna_cnn()->parameters.find("fcn.weight");
    std::fill_n(state.values.begin() + static_cast<std::ptrdiff_t>(beta->offset), beta->size(),
                200.0f);  // x is about 1/64
    QVERIFY(backend->load(state).ok());
    const std::vector<std::uint32_t> order{0, 1, 2, 3};
    const std::vector<float> rates{0.01f};
    const auto result = backend->run({.step_count = 1,
                                      .batch_size = 4,
                                      .order = order,
                                      .learning_rates = rates,
                                      .watch = {.largest_loss = 1e30, .headroom = true}},
                                     {});
    QVERIFY(result.ok() && result->failure.has_value());
    QVERIFY2(result->failure->what.find("headroom") != std::string::npos, result->failure->what.c_str());
    model::State after;
    QVERIFY(backend->fetch(after).ok());
    QVERIFY(after == state);
  }
}

void FusedBackendTest::everyInstructionSetAgrees() {
  const auto chosen = train(*tier("fused"));
  for (const Isa isa : available_isas()) {
    const auto other = train(*make_fused_backend(syna_cnn(), small_data(), 2, isa));
    QVERIFY(testing::relative_error(other.losses, chosen.losses) < 1e-5);
    QVERIFY(testing::relative_error(other.state.values, chosen.state.values) < 1e-5);
    QVERIFY(std::abs(other.evaluation.loss_sum - chosen.evaluation.loss_sum) < 1e-3);
  }
}

void FusedBackendTest::threadsChangeNothing() {
  const auto one = train(*tier("fused", 1));
  for (const int threads : {2, 5}) {
    const auto more = train(*tier("fused", threads));
    QCOMPARE(more.losses, one.losses);
    QVERIFY(more.state == one.state);
    QCOMPARE(more.evaluation.loss_sum, one.evaluation.loss_sum);
  }
}

void FusedBackendTest::probeMatchesReference() {
  const auto batch = testing::random_batch<float>(*syna_cnn(), 30, 6);
  const auto fused = tier("fused"), reference = tier("reference");
  const auto state = model::initialise(*syna_cnn(), 5);
  QVERIFY(fused->load(state).ok() && reference->load(state).ok());
  const auto found = *fused->probe(batch.input, batch.target),
             expected = *reference->probe(batch.input, batch.target);
  QCOMPARE(found.activations.size(), expected.activations.size());
  for (std::size_t k = 0; k < expected.activations.size(); ++k) {
    QCOMPARE(found.activations[k].first, expected.activations[k].first);
    QCOMPARE(found.activations[k].second.size(), expected.activations[k].second.size());
    QVERIFY(testing::relative_error(found.activations[k].second, expected.activations[k].second) < 2e-5);
  }
  QVERIFY(testing::relative_error(found.gradients, expected.gradients) < 1e-4);
  QVERIFY(testing::relative_error(found.log_probs, expected.log_probs) < 1e-5);
  QVERIFY(testing::relative_error(found.eval_log_probs, expected.eval_log_probs) < 1e-5);
  model::State after;
  QVERIFY(fused->fetch(after).ok());
  QVERIFY(after == state);
}

void FusedBackendTest::brokenWeightsStopBeforeTheUpdate() {
  const auto backend = tier("fused");
  auto state = model::initialise(*syna_cnn(), 5);
  state.values[syna_cnn()->parameters.find("conv1.weight")->offset + 30] = NAN;
  QVERIFY(backend->load(state).ok());
  std::vector<std::uint32_t> order(230);
  std::iota(order.begin(), order.end(), 0u);
  const std::vector<float> rates(3, 0.01f);
  const auto span = backend->run(
      {.first_step = 2, .step_count = 3, .batch_size = 10, .order = order, .learning_rates = rates}, {});
  QVERIFY(span->losses.empty());
  QVERIFY(span->failure.has_value());
  QCOMPARE(span->failure->step, 2);
  QCOMPARE(span->failure->what,
           std::string("the loss is not finite, and conv1 is the first layer whose output is not"));
}

// A finite loss with an infinite gradient: batch norm's scale of 3.3e38 makes a loss of about 3e37, and its
// gradient by what stands before batch norm is a few hundred times that.
void FusedBackendTest::brokenGradientsStopBeforeTheUpdate() {
  const Parameter* scale = syna_cnn()->parameters.find("fcb.weight");
  auto state = model::initialise(*syna_cnn(), 5);
  state.values[scale->offset + 3] = 3.3e38f;
  std::vector<std::uint32_t> order(230);
  std::iota(order.begin(), order.end(), 0u);
  const std::vector<float> rates(1, 0.01f);
  const StepSpan span{.step_count = 1,
                      .batch_size = 50,
                      .order = order,
                      .learning_rates = rates,
                      .dropout = false,
                      .watch = {.largest_loss = 1e39}};
  for (const char* name : {"fused", "eigen"}) {
    const auto backend = tier(name);
    QVERIFY(backend->load(state).ok());
    const auto result = backend->run(span, {});
    QVERIFY(result->failure.has_value());
    QCOMPARE(result->failure->what, std::string("the gradient of conv1.weight is not finite"));
    model::State after;
    QVERIFY(backend->fetch(after).ok());
    QVERIFY(after == state);
    // It goes on from the old numbers as if nothing had been tried.
    auto mended = state;
    mended.values[scale->offset + 3] = 1;
    QVERIFY(backend->load(mended).ok());
    QVERIFY(!backend->run(span, {})->failure.has_value());
  }
}

void FusedBackendTest::cancelStopsBetweenSteps() {
  const auto backend = tier("fused");
  CancelFlag cancel;
  cancel.set();
  const std::vector<std::uint32_t> order(100, 0u);
  const std::vector<float> rates(1, 0.01f);
  const auto span = backend->run({.step_count = 1, .order = order, .learning_rates = rates}, cancel);
  QVERIFY(span->losses.empty() && !span->failure.has_value());
  QCOMPARE(backend->evaluate(EvaluationSet::Test, 10, cancel, {})->count, 0);
  cancel.clear();
  int calls = 0;
  const auto cut = backend->evaluate(EvaluationSet::Test, 50, cancel, [&](int done) {
    ++calls;
    if (done >= 50) cancel.set();
  });
  QCOMPARE(cut->count, 50);
  QCOMPARE(calls, 1);
}

SYNANN_TEST(FusedBackendTest)
#include "fused_backend_test.moc"
