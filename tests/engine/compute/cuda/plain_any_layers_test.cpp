// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QDebug>
#include <QTest>

#include "engine/compute/reference/network.h"
#include "tests/engine/compute/cuda/any_models.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;
using testing::any_models;
using testing::AnyModel;
using testing::ModelPtr;
using testing::with_head;

namespace {

using enum model::LayerKind;
using model::Layer;
using model::Over;
using Options = model::SynapseOptions;

struct Answers {
  double loss = 0;
  std::vector<double> gradients, evaluated;
  std::vector<std::vector<double>> outputs;  // of each layer
};

template <class T>
Answers answers_of_reference(const model::Model& m, const testing::RandomBatch<float>& data,
                             const model::State& state) {
  reference::Network<T> network(m);
  const std::vector<T> values(state.values.begin(), state.values.end()),
      input(data.input.begin(), data.input.end());
  const Batch<T> batch{static_cast<int>(data.target.size()), input, data.target};
  Answers answers;
  std::vector<T> gradients(values.size());
  network.forward(values, batch, Mode::Training, {});
  network.backward(values, batch, {}, gradients);
  answers.gradients.assign(gradients.begin(), gradients.end());
  answers.loss = network.loss(batch);
  for (std::size_t k = 0; k < m.layers.size(); ++k)
    answers.outputs.emplace_back(network.output(k).begin(), network.output(k).end());
  network.forward(values, batch, Mode::Evaluation, {});
  answers.evaluated.assign(network.log_probs().begin(), network.log_probs().end());
  return answers;
}

// ‖a − b‖ / ‖b‖ below the tolerance; what is all zero has to be zero.
bool agrees(std::span<const float> found, std::span<const double> expected, double tolerance) {
  const double error = testing::relative_error(found, expected);
  if (!(error < tolerance)) qWarning() << "relative error" << error;
  return error < tolerance;
}

std::span<const double> part(const std::vector<double>& all, const Parameter& p) {
  return std::span(all).subspan(p.offset, p.size());
}

double squares(std::span<const double> values) {
  return std::inner_product(values.begin(), values.end(), values.begin(), 0.0);
}

// Batch norm takes away a bias before it: the gradient is rounding only, as is anything so much smaller than
// the whole.
void compare_gradients(const model::Model& m, std::span<const float> all_found,
                       const std::vector<double>& all_expected) {
  const double whole = squares(all_expected);
  QVERIFY(whole > 1e-12);
  for (const Parameter& p : m.parameters.all()) {
    if (p.type != ElementType::F32) continue;
    const auto found = all_found.subspan(p.offset, p.size());
    const auto expected = part(all_expected, p);
    if (squares(expected) > 1e-16 * whole) {
      QVERIFY2(agrees(found, expected, 1e-4), p.name.c_str());
    } else {
      for (const float g : found)
        QVERIFY2(std::abs(static_cast<double>(g)) < 1e-5 * std::sqrt(whole), p.name.c_str());
    }
  }
}

void compare(const model::Model& m, int batch) {
  const auto data = testing::random_batch<float>(m, batch, 21);
  const auto state = testing::moved_state(m);
  const auto oracle = answers_of_reference<double>(m, data, state);
  const auto backend =
      std::move(*testing::host_backend(std::make_shared<const model::Model>(m), nullptr, "plain"));
  QVERIFY(backend->load(state).ok());
  const auto probe = backend->probe(data.input, data.target);
  QVERIFY2(probe.ok(), probe.ok() ? "" : probe.error().sentence().c_str());
  QVERIFY(std::abs(probe->loss - oracle.loss) < 1e-5 * oracle.loss);
  QVERIFY(agrees(probe->eval_log_probs, oracle.evaluated, 1e-5));
  QCOMPARE(probe->activations.size(), oracle.outputs.size());
  for (std::size_t k = 0; k < oracle.outputs.size(); ++k)
    QVERIFY2(agrees(probe->activations[k].second, oracle.outputs[k], 1e-5),
             probe->activations[k].first.c_str());
  compare_gradients(m, probe->gradients, oracle.gradients);
}

}  // namespace

// The layers that model files add, in the plain kernels of the CUDA back end, run on the host: what they
// compute, against the reference.
class PlainAnyLayersTest : public QObject {
  Q_OBJECT
 private slots:
  void probeMatchesReference_data();
  void probeMatchesReference();
  void trainsAsReference_data() { add_models(); }
  void trainsAsReference();
  void orderOfThreadsChangesNothing_data() { add_models(); }
  void orderOfThreadsChangesNothing();
  void firstLayerHasNoGradientToPass_data();
  void firstLayerHasNoGradientToPass();
  void factorsOfZeroKeepTheOthers_data();
  void factorsOfZeroKeepTheOthers();
  void brokenNumbersStayVisible();
  void smallerBatchFitsBehindALarger_data();
  void smallerBatchFitsBehindALarger();
  void manyRowsAreAddedInStretches();
  void headroomIsWatched_data();
  void headroomIsWatched();
  void largeLayersAreEvaluatedInParts();

 private:
  static void add_models() {
    QTest::addColumn<int>("model");
    const auto all = any_models();
    for (std::size_t k = 0; k < all.size(); ++k) QTest::newRow(all[k].name.c_str()) << static_cast<int>(k);
  }
};

void PlainAnyLayersTest::probeMatchesReference_data() {
  QTest::addColumn<int>("model");
  QTest::addColumn<int>("batch");
  const auto all = any_models();
  for (std::size_t k = 0; k < all.size(); ++k)
    for (const int batch : {1, 11})
      QTest::addRow("%s, batch %d", all[k].name.c_str(), batch) << static_cast<int>(k) << batch;
}

void PlainAnyLayersTest::probeMatchesReference() {
  QFETCH(int, model);
  QFETCH(int, batch);
  compare(*any_models()[static_cast<std::size_t>(model)].model, batch);
}

void PlainAnyLayersTest::trainsAsReference() {
  QFETCH(int, model);
  const ModelPtr m = any_models()[static_cast<std::size_t>(model)].model;
  const auto data = testing::random_data(*m, 31, 19);  // the last batch of an epoch is smaller
  const Optimiser o{.momentum = 0.5};
  const auto found = testing::train(**testing::host_backend(m, data), *m, 31, 12, o, 0.02f);
  const auto expected = testing::train(*testing::reference_backend(m, data), *m, 31, 12, o, 0.02f);
  QCOMPARE(found.losses.size(), expected.losses.size());
  QVERIFY(!found.failure);
  for (std::size_t k = 0; k < expected.losses.size(); ++k)
    QVERIFY(std::abs(found.losses[k] - expected.losses[k]) < 1e-4f * expected.losses[k]);
  QVERIFY(testing::relative_error(found.state.values, expected.state.values) < 1e-5);
  QVERIFY(testing::relative_error(found.state.momenta, expected.state.momenta) < 1e-3);
  QVERIFY(std::abs(found.evaluation.loss_sum - expected.evaluation.loss_sum) <
          1e-4 * expected.evaluation.loss_sum);
}

// A result that depends on which thread came first would show a race inside a kernel.
void PlainAnyLayersTest::orderOfThreadsChangesNothing() {
  QFETCH(int, model);
  const ModelPtr m = any_models()[static_cast<std::size_t>(model)].model;
  const auto data = testing::random_data(*m, 22, 5);
  const Optimiser o{.momentum = 0.5};
  const auto forward = testing::train(**testing::host_backend(m, data), *m, 22, 9, o, 0.02f);
  const auto backward =
      testing::train(**testing::host_backend(m, data, "plain", {.reversed = true}), *m, 22, 9, o, 0.02f);
  QVERIFY(!forward.losses.empty());
  QCOMPARE(forward.losses, backward.losses);
  QVERIFY(forward.state == backward.state);
  QCOMPARE(forward.evaluation.loss_sum, backward.evaluation.loss_sum);
}

void PlainAnyLayersTest::firstLayerHasNoGradientToPass_data() {
  QTest::addColumn<int>("kind");
  for (int k = 0; k < 11; ++k) QTest::addRow("%d", k) << k;
}

void PlainAnyLayersTest::firstLayerHasNoGradientToPass() {
  QFETCH(int, kind);
  const std::vector<Layer> firsts[] = {
      {{.kind = Conv2d, .name = "c", .out = 4, .kernel = 3, .padding = 1}},
      {{.kind = MaxPool2d, .kernel = 3, .stride = 1}},
      {{.kind = AvgPool2d, .kernel = 3, .stride = 2}},
      {{.kind = GlobalMaxPool2d}},
      {{.kind = GlobalAvgPool2d}},
      {{.kind = Sigmoid}},
      {{.kind = Glu}},
      {{.kind = BatchNorm2d, .name = "n"}},
      {{.kind = ResidualBegin}, {.kind = Clamp, .least = -0.5}, {.kind = ResidualEnd}},
      {{.kind = Softmax, .temperature = 0.5}},
      {{.kind = Synapse, .name = "s", .over = Over::Channels}}};
  compare(*with_head(firsts[kind], {4, 5, 3}), 6);
}

void PlainAnyLayersTest::factorsOfZeroKeepTheOthers_data() {
  QTest::addColumn<int>("over");
  QTest::addColumn<bool>("coupled");
  for (const bool coupled : {false, true})
    for (const Over over : {Over::Features, Over::Channels, Over::Positions})
      QTest::addRow("%d %s", static_cast<int>(over), coupled ? "coupled" : "per sample")
          << static_cast<int>(over) << coupled;
}

// Factors 1 − βx that are exactly zero: the product is zero, and its derivatives are those of the others.
void PlainAnyLayersTest::factorsOfZeroKeepTheOthers() {
  QFETCH(int, over);
  QFETCH(bool, coupled);
  using Semantics = Options::Semantics;
  const Options options{.semantics = coupled ? Semantics::BatchCoupled : Semantics::PerSample};
  const ModelPtr m = with_head({{.kind = AvgPool2d, .kernel = 1},
                                {.kind = Synapse,
                                 .name = "s",
                                 .out = 3,
                                 .synapse = options,
                                 .over = static_cast<Over>(over),
                                 .excitatory = {1, 0, 1}}},
                               {3, 2, 2});
  auto data = testing::random_batch<float>(*m, 4, 21);
  auto state = testing::moved_state(*m);
  const Parameter& weight = *m->parameters.find("s.weight");
  const auto inputs = weight.size() / 3;
  const auto beta = [&](std::size_t i, std::size_t j) -> float& {
    return state.values[weight.offset + i * inputs + j];
  };
  data.input[12 + 4] = 1.0f;  // input 1 over the channels or 0 over the positions, of the second sample
  data.input[12 + 8] = data.input[36 + 8] = 0.5f;
  beta(0, inputs == 12 ? 4 : inputs == 3 ? 1 : 0) = 1.0f;  // one zero
  beta(1, inputs == 12 ? 8 : inputs == 3 ? 2 : 0) = 2.0f;  // one in two samples
  const auto oracle = answers_of_reference<double>(*m, data, state);
  const auto backend = std::move(*testing::host_backend(m, nullptr));
  QVERIFY(backend->load(state).ok());
  const auto probe = backend->probe(data.input, data.target);
  QVERIFY(probe.ok());
  for (const float g : probe->gradients) QVERIFY(std::isfinite(g));
  const auto found = std::span(probe->gradients).subspan(weight.offset, weight.size());
  QVERIFY(agrees(found, part(oracle.gradients, weight), 1e-5));
  QVERIFY(agrees(probe->activations[1].second, oracle.outputs[1], 1e-5));
}

void PlainAnyLayersTest::brokenNumbersStayVisible() {
  for (const Layer& layer : {Layer{.kind = Sigmoid}, Layer{.kind = Tanh}, Layer{.kind = Clamp},
                             Layer{.kind = GlobalMaxPool2d}, Layer{.kind = GlobalAvgPool2d},
                             Layer{.kind = MaxPool2d, .kernel = 2, .stride = 1}, Layer{.kind = Glu}}) {
    const ModelPtr m = with_head({layer}, {2, 3, 3});
    auto data = testing::random_batch<float>(*m, 2, 3);
    data.input[4] = NAN;
    const auto backend = std::move(*testing::host_backend(m, nullptr));
    QVERIFY(backend->load(testing::moved_state(*m)).ok());
    const auto probe = backend->probe(data.input, data.target);
    QVERIFY(probe.ok());
    QVERIFY(std::isnan(probe->log_probs[0]));
    QVERIFY(std::isfinite(probe->log_probs[5]));
  }
}

// The parts of a convolution's gradient: batches of 200 are cut into more of them than such of 260.
void PlainAnyLayersTest::smallerBatchFitsBehindALarger_data() {
  QTest::addColumn<int>("padding");
  QTest::newRow("plain") << 0;
  QTest::newRow("padded") << 1;
}

void PlainAnyLayersTest::smallerBatchFitsBehindALarger() {
  QFETCH(int, padding);
  const ModelPtr m =
      with_head({{.kind = Conv2d, .name = "c", .out = 3, .kernel = 2, .padding = padding}}, {1, 3, 3});
  const auto backend = std::move(*testing::host_backend(m, nullptr));
  for (const int batch : {260, 200, 257}) {
    const auto data = testing::random_batch<float>(*m, batch, 3);
    const auto state = testing::moved_state(*m);
    const auto oracle = answers_of_reference<double>(*m, data, state);
    QVERIFY(backend->load(state).ok());
    const auto probe = backend->probe(data.input, data.target);
    QVERIFY2(probe.ok(), probe.ok() ? "" : probe.error().sentence().c_str());
    const Parameter& weight = *m->parameters.find("c.weight");
    QVERIFY(agrees(std::span(probe->gradients).subspan(weight.offset, weight.size()),
                   part(oracle.gradients, weight), 1e-4));
  }
}

void PlainAnyLayersTest::manyRowsAreAddedInStretches() {
  const ModelPtr m = with_head({{.kind = Conv2d, .name = "c", .out = 3, .kernel = 3, .padding = 1},
                                {.kind = Sigmoid},
                                {.kind = Synapse, .name = "s", .out = 2, .over = Over::Channels},
                                {.kind = BatchNorm2d, .name = "n"},
                                {.kind = Tanh},
                                {.kind = GlobalAvgPool2d}},
                               {1, 20, 19});
  compare(*m, 19);  // 7220 rows: no multiple of any stretch
}

void PlainAnyLayersTest::headroomIsWatched_data() {
  QTest::addColumn<int>("over");
  for (const Over over : {Over::Features, Over::Channels, Over::Positions})
    QTest::addRow("%d", static_cast<int>(over)) << static_cast<int>(over);
}

// The first step whose smallest factor is not positive is not taken, and says so as the CPU does.
void PlainAnyLayersTest::headroomIsWatched() {
  QFETCH(int, over);
  const ModelPtr m = with_head({{.kind = Conv2d, .name = "c", .out = 4, .kernel = 2},
                                {.kind = Softmax, .scale = 12},
                                {.kind = Synapse,
                                 .name = "s",
                                 .out = 3,
                                 .synapse = {.alpha = Options::Alpha::Exp},
                                 .over = static_cast<Over>(over)}},
                               {1, 4, 3});
  const auto data = testing::random_data(*m, 24, 8);
  const Optimiser o{.momentum = 0.9};
  const auto found = testing::train(**testing::host_backend(m, data), *m, 24, 8, o, 3);
  const auto expected = testing::train(*testing::reference_backend(m, data), *m, 24, 8, o, 3);
  QVERIFY(expected.failure.has_value());
  QVERIFY(expected.failure->what.find("headroom") != std::string::npos);
  QVERIFY(found.failure.has_value());
  QCOMPARE(found.failure->what, expected.failure->what);
  QCOMPARE(found.losses.size(), expected.losses.size());
}

// Five hundred samples at once would need more than 300 MB.
void PlainAnyLayersTest::largeLayersAreEvaluatedInParts() {
  const ModelPtr m = with_head({{.kind = Conv2d, .name = "c", .out = 100, .kernel = 1},
                                {.kind = MaxPool2d, .kernel = 2, .stride = 28},
                                {.kind = Linear, .name = "l", .out = 3}},
                               {1, 28, 28});
  const auto data = testing::random_data(*m, 1, 500);
  const auto backend = std::move(*testing::host_backend(m, data, "plain", {.memory_bytes = 300u << 20}));
  int calls = 0;
  const auto result = backend->evaluate(EvaluationSet::Test, 8, {}, [&](int) { ++calls; });
  QVERIFY2(result.ok(), result.ok() ? "" : result.error().sentence().c_str());
  QCOMPARE(result->count, 500);
  QCOMPARE(calls, 2);
}

SYNANN_TEST(PlainAnyLayersTest)
#include "plain_any_layers_test.moc"
