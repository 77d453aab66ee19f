// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/fused_backend.h"

#include <cmath>
#include <map>
#include <numeric>

#include <QTest>

#include "engine/compute/backend.h"
#include "engine/model/model_file.h"
#include "engine/model/ready_models.h"
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

using ModelPtr = std::shared_ptr<const model::Model>;

ModelPtr network(const QString& id) {
  static std::map<QString, ModelPtr> all;
  if (all[id]) return all[id];
  const auto ready = model::find_ready_model(id.toStdString());
  auto built = ready ? model::build(*ready, 28, 28, 10) : model::build(id.toStdString(), 28, 28, 10);
  return all[id] = std::make_shared<const model::Model>(std::move(*built));
}

ModelPtr syna_cnn() {
  return network("syna-cnn");
}

// A row for each network that has fused kernels.
void every_network() {
  QTest::addColumn<QString>("id");
  for (const char* id : {"syna-cnn", "syna-fast"}) QTest::newRow(id) << QString(id);
}

struct Trained {
  std::vector<float> losses;
  model::State state;
  EvaluationResult evaluation;
};

// Two epochs of 230 samples in steps of 25, 30 samples left over in an odd last step.
// syna-fast takes five small steps: without a softmax, and learning noise by heart, rounding grows tenfold in
// two steps.
bool grows(const ModelPtr& model) {
  return model->id == "syna-fast";
}

Trained train(const ModelPtr& model, Backend& backend, const Optimiser& optimiser = {.momentum = 0.5}) {
  const float rate = (optimiser.has_squares() ? 0.002f : 0.05f) * (grows(model) ? 0.1f : 1.0f);
  Trained trained;
  std::vector<std::uint32_t> order(230);
  std::iota(order.rbegin(), order.rend(), 0u);
  const std::vector<float> rates(10, rate);
  const CancelFlag cancel;
  if (!backend.load(model::initialise(*model, 5)).ok()) return trained;
  for (int epoch = 1; epoch <= (grows(model) ? 1 : 2); ++epoch) {
    const auto span = backend.run({.seed = 5,
                                   .epoch = epoch,
                                   .step_count = grows(model) ? 5 : 10,
                                   .batch_size = 25,
                                   .order = order,
                                   .learning_rates = rates,
                                   .optimiser = optimiser,
                                   .first_count = (epoch - 1) * 10,
                                   .watch = {.headroom = model == syna_cnn()}},
                                  cancel);
    trained.losses.insert(trained.losses.end(), span->losses.begin(), span->losses.end());
  }
  if (!backend.fetch(trained.state).ok()) return trained;
  trained.evaluation = *backend.evaluate(EvaluationSet::Test, 50, cancel, {});
  return trained;
}

std::unique_ptr<Backend> tier(const char* name, int threads = 2, const ModelPtr& model = syna_cnn()) {
  return std::move(*make_backend({.device = "cpu", .tier = name, .threads = threads}, model, small_data()));
}

}  // namespace

// The fused tier as a back end: whole training runs, evaluation and failure, against the other tiers.
class FusedBackendTest : public QObject {
  Q_OBJECT
 private slots:
  void automaticTierIsFused_data() { every_network(); }
  void automaticTierIsFused();
  void otherLayersAreDeclined();
  void trainsAsTheEigenTier_data() { every_network(); }
  void trainsAsTheEigenTier();
  void trainsWithAdamAsTheEigenTier_data();
  void trainsWithAdamAsTheEigenTier();
  void headroomStopsBeforeTheUpdate();
  void frozenCellsStay_data() { every_network(); }
  void frozenCellsStay();
  void everyInstructionSetAgrees_data() { every_network(); }
  void everyInstructionSetAgrees();
  void threadsChangeNothing_data() { every_network(); }
  void threadsChangeNothing();
  void probeMatchesReference_data() { every_network(); }
  void probeMatchesReference();
  void brokenWeightsStopBeforeTheUpdate();
  void brokenGradientsStopBeforeTheUpdate();
  void cancelStopsBetweenSteps();
};

void FusedBackendTest::automaticTierIsFused() {
  QFETCH(QString, id);
  QCOMPARE(tier("auto", 2, network(id))->info().tier, std::string("fused"));
  const auto linear = std::make_shared<const model::Model>(*model::build("linear", 28, 28, 10));
  QCOMPARE((*make_backend({}, linear, small_data()))->info().tier, std::string("eigen"));
  const auto refused = make_backend({.device = "cpu", .tier = "fused", .threads = 1}, linear, small_data());
  QVERIFY(!refused.ok());
}

// syna-fast without one of its layers, or with one more, is another network; the synapse layer alone may be
// missing.
void FusedBackendTest::otherLayersAreDeclined() {
  const auto layers = network("syna-fast")->layers;
  QVERIFY(tier_runs("cpu", "fused", *network("syna-fast")));
  // The GPU's fused tier is SynaCNN's alone; its plain one takes the other.
  QVERIFY(tier_runs("cuda-host", "fused", *syna_cnn()));
  QVERIFY(!tier_runs("cuda-host", "fused", *network("syna-fast")));
  const auto device = make_backend({.device = "cuda-host"}, network("syna-fast"), small_data());
  QVERIFY(device.ok());
  QCOMPARE((*device)->info().tier, std::string("plain"));
  for (std::size_t k = 0; k + 1 < layers.size(); ++k) {
    auto fewer = layers, more = layers;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(k));
    more.insert(more.begin() + static_cast<std::ptrdiff_t>(k), {.kind = model::LayerKind::Dropout, .p = 0.5});
    const bool synapse = layers[k].kind == model::LayerKind::Synapse;
    QVERIFY2(fused_runs(testing::resolved(fewer, {1, 28, 28}, 10)) == synapse,
             qPrintable(QString::number(k)));
    QVERIFY2(!fused_runs(testing::resolved(more, {1, 28, 28}, 10)), qPrintable(QString::number(k)));
  }
}

void FusedBackendTest::trainsAsTheEigenTier() {
  QFETCH(QString, id);
  const ModelPtr model = network(id);
  const auto fused = train(model, *tier("fused", 2, model)), eigen = train(model, *tier("eigen", 2, model));
  const std::size_t steps = grows(model) ? 5 : 20;
  QCOMPARE(fused.losses.size(), steps);
  QCOMPARE(eigen.losses.size(), steps);
  for (std::size_t k = 0; k < steps; ++k)
    QVERIFY(std::abs(fused.losses[k] - eigen.losses[k]) < 1e-4f * eigen.losses[k]);
  QVERIFY(testing::relative_error(fused.state.values, eigen.state.values) < 1e-5);
  QVERIFY(testing::relative_error(fused.state.momenta, eigen.state.momenta) < 1e-3);
  QCOMPARE(fused.state.counters, eigen.state.counters);
  QCOMPARE(fused.evaluation.count, 123);
  QVERIFY(std::abs(fused.evaluation.loss_sum - eigen.evaluation.loss_sum) < 1e-3);
  QVERIFY(std::abs(fused.evaluation.correct - eigen.evaluation.correct) <= 1);
}

void FusedBackendTest::trainsWithAdamAsTheEigenTier_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<Optimiser>("adam");
  const Optimiser plain{.kind = Optimiser::Kind::Adam, .beta1 = 0.7, .beta2 = 0.9};
  for (const char* id : {"syna-cnn", "syna-fast"}) {
    QTest::addRow("%s, Adam", id) << QString(id) << plain;
    QTest::addRow("%s, Adam, decay, clip", id)
        << QString(id) << Optimiser{.kind = Optimiser::Kind::Adam, .weight_decay = 1e-4, .clip_norm = 2};
    QTest::addRow("%s, AdamW", id) << QString(id)
                                   << Optimiser{.kind = Optimiser::Kind::AdamW,
                                                .weight_decay = 0.1,
                                                .clip_norm = 2};
  }
}

void FusedBackendTest::trainsWithAdamAsTheEigenTier() {
  QFETCH(QString, id);
  QFETCH(Optimiser, adam);
  const ModelPtr model = network(id);
  const auto fused = train(model, *tier("fused", 2, model), adam),
             eigen = train(model, *tier("eigen", 2, model), adam);
  QCOMPARE(fused.losses.size(), std::size_t{grows(model) ? 5u : 20u});
  QVERIFY(grows(model) || fused.losses.back() < fused.losses.front());
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

// Adam's update of the fused step leaves frozen numbers as they are, with the optimiser's of theirs.
void FusedBackendTest::frozenCellsStay() {
  QFETCH(QString, id);
  const ModelPtr model = network(id);
  const auto beta = static_cast<std::uint32_t>(model->parameters.find("fcn.weight")->offset);
  const std::vector<std::uint32_t> frozen{beta + 3, beta + 64}, order{0, 1, 2, 3, 4, 5, 6, 7};
  const std::vector<float> rates(2, 0.01f);
  const auto backend = tier("fused", 2, model);
  const auto state = model::initialise(*model, 5);
  QVERIFY(backend->load(state).ok());
  QVERIFY(!backend
               ->run({.step_count = 2,
                      .batch_size = 4,
                      .order = order,
                      .learning_rates = rates,
                      .optimiser = {.kind = Optimiser::Kind::Adam},
                      .frozen = frozen},
                     {})
               ->failure);
  model::State after;
  QVERIFY(backend->fetch(after).ok());
  for (const std::uint32_t place : frozen) {
    QCOMPARE(after.values[place], state.values[place]);
    QCOMPARE(after.squares[place], 0.0f);
  }
  QVERIFY(after.values[beta + 4] != state.values[beta + 4]);
}

void FusedBackendTest::everyInstructionSetAgrees() {
  QFETCH(QString, id);
  const ModelPtr model = network(id);
  const auto chosen = train(model, *tier("fused", 2, model));
  for (const Isa isa : available_isas()) {
    const auto other = train(model, *make_fused_backend(model, small_data(), 2, isa));
    QVERIFY(testing::relative_error(other.losses, chosen.losses) < 1e-5);
    QVERIFY(testing::relative_error(other.state.values, chosen.state.values) < 1e-5);
    QVERIFY(std::abs(other.evaluation.loss_sum - chosen.evaluation.loss_sum) < 1e-3);
  }
}

void FusedBackendTest::threadsChangeNothing() {
  QFETCH(QString, id);
  const ModelPtr model = network(id);
  const Optimiser adam{.kind = Optimiser::Kind::Adam};
  const auto one = train(model, *tier("fused", 1, model)),
             one_adam = train(model, *tier("fused", 1, model), adam);
  for (const int threads : {2, 5}) {
    const auto more = train(model, *tier("fused", threads, model));
    QVERIFY(train(model, *tier("fused", threads, model), adam).state == one_adam.state);
    QCOMPARE(more.losses, one.losses);
    QVERIFY(more.state == one.state);
    QCOMPARE(more.evaluation.loss_sum, one.evaluation.loss_sum);
  }
}

void FusedBackendTest::probeMatchesReference() {
  QFETCH(QString, id);
  const ModelPtr model = network(id);
  const auto batch = testing::random_batch<float>(*model, 30, 6);
  const auto fused = tier("fused", 2, model), reference = tier("reference", 2, model);
  const auto state = model::initialise(*model, 5);
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
