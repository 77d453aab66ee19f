// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numeric>

#include <QDebug>
#include <QTest>

#include "engine/compute/reference/network.h"
#include "tests/engine/compute/cuda/device_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;
using testing::ModelPtr;

namespace {

// ‖a − b‖ / ‖b‖ where b has a length worth the name.
bool close(std::span<const float> found, std::span<const double> expected, double tolerance) {
  const double norm = std::sqrt(std::inner_product(expected.begin(), expected.end(), expected.begin(), 0.0));
  const double error = testing::relative_error(found, expected);
  if (norm >= 1e-12 && !(error < tolerance)) qWarning() << "relative error" << error;
  return norm < 1e-12 || error < tolerance;
}

struct Oracle {
  double loss = 0;
  std::vector<double> gradients, log_probs, evaluated;
  std::vector<std::vector<double>> activations;
};

template <class T>
Oracle ask_reference(const model::Model& m, const testing::RandomBatch<float>& data,
                     const model::State& state) {
  reference::Network<T> network(m);
  const std::vector<T> values(state.values.begin(), state.values.end()),
      input(data.input.begin(), data.input.end());
  const Batch<T> batch{static_cast<int>(data.target.size()), input, data.target};
  Oracle oracle;
  std::vector<T> gradients(values.size());
  network.forward(values, batch, Mode::Training, {});
  network.backward(values, batch, {}, gradients);
  oracle.gradients.assign(gradients.begin(), gradients.end());
  oracle.loss = network.loss(batch);
  oracle.log_probs.assign(network.log_probs().begin(), network.log_probs().end());
  for (std::size_t k = 0; k < m.layers.size(); ++k)
    if (!m.layers[k].exposes.empty())
      oracle.activations.emplace_back(network.output(k).begin(), network.output(k).end());
  network.forward(values, batch, Mode::Evaluation, {});
  oracle.evaluated.assign(network.log_probs().begin(), network.log_probs().end());
  return oracle;
}

void add_rows(std::initializer_list<int> batches) {
  QTest::addColumn<int>("model");
  QTest::addColumn<QString>("tier");
  QTest::addColumn<int>("batch");
  const auto all = testing::device_models();
  for (std::size_t model = 0; model < all.size(); ++model)
    for (const char* tier : {"plain", "fused"})
      for (const int batch : batches) {
        if (QString(tier) == "fused" && !tier_runs("cuda-host", "fused", *all[model])) continue;
        QTest::addRow("%zu %s %s, batch %d", model, all[model]->id.c_str(), tier, batch)
            << static_cast<int>(model) << QString(tier) << batch;
      }
}

}  // namespace

// The kernels of the CUDA back end, run on the host: what they compute, against the reference.
class DeviceBackendTest : public QObject {
  Q_OBJECT
 private slots:
  void probeMatchesReference_data() { add_rows({1, 7, 33}); }
  void probeMatchesReference();
  void trainsAsReference_data() { add_rows({12}); }
  void trainsAsReference();
  void everyOptimiserIsTheCpus_data();
  void everyOptimiserIsTheCpus();
  void orderOfThreadsChangesNothing_data() { add_rows({9}); }
  void orderOfThreadsChangesNothing();
  void cutsBetweenSpansChangeNothing_data();
  void cutsBetweenSpansChangeNothing();
  void wideLayerFitsAndMatches();
};

void DeviceBackendTest::probeMatchesReference() {
  QFETCH(int, model);
  QFETCH(QString, tier);
  QFETCH(int, batch);
  const ModelPtr m = testing::device_models()[static_cast<std::size_t>(model)];
  const auto data = testing::random_batch<float>(*m, batch, 21);
  const auto state = testing::moved_state(*m);
  const Oracle oracle = ask_reference<double>(*m, data, state);
  const auto backend = std::move(*testing::host_backend(m, nullptr, tier.toStdString()));
  QVERIFY(backend->load(state).ok());
  const auto probe = backend->probe(data.input, data.target);
  QVERIFY2(probe.ok(), probe.ok() ? "" : probe.error().sentence().c_str());

  QVERIFY(std::abs(probe->loss - oracle.loss) < 1e-5 * oracle.loss);
  QVERIFY(close(probe->log_probs, oracle.log_probs, 1e-5));
  QVERIFY(close(probe->eval_log_probs, oracle.evaluated, 1e-5));
  QCOMPARE(probe->activations.size(), oracle.activations.size());
  // Batch norm behind a linear layer magnifies the rounding of single precision, whoever computes it: then
  // the reference in single precision is the measure.
  const Oracle single = ask_reference<float>(*m, data, state);
  for (std::size_t k = 0; k < oracle.activations.size(); ++k) {
    const double rounding = testing::relative_error(single.activations[k], oracle.activations[k]);
    QVERIFY2(close(probe->activations[k].second, oracle.activations[k], std::max(1e-5, 2 * rounding)),
             probe->activations[k].first.c_str());
  }
  for (const Parameter& p : m->parameters.all()) {
    if (p.type != ElementType::F32) continue;
    // A batch of one has no variance: what batch norm passes back is rounding only, in PyTorch as well.
    if (batch == 1 && m->parameters.find("fcb.weight")) continue;
    QVERIFY2(close(std::span(probe->gradients).subspan(p.offset, p.size()),
                   std::span(oracle.gradients).subspan(p.offset, p.size()), 1e-4),
             p.name.c_str());
  }
}

void DeviceBackendTest::trainsAsReference() {
  QFETCH(int, model);
  QFETCH(QString, tier);
  QFETCH(int, batch);
  const ModelPtr m = testing::device_models()[static_cast<std::size_t>(model)];
  const auto data = testing::random_data(*m, 31, 19);  // the last batch of an epoch is smaller
  const auto found = testing::train(**testing::host_backend(m, data, tier.toStdString()), *m, 31, batch,
                                    {.momentum = 0.5}, 0.02f);
  const auto expected =
      testing::train(*testing::reference_backend(m, data), *m, 31, batch, {.momentum = 0.5}, 0.02f);
  QCOMPARE(found.losses.size(), expected.losses.size());
  QCOMPARE(found.failure.has_value(), expected.failure.has_value());
  for (std::size_t k = 0; k < expected.losses.size(); ++k)
    QVERIFY(std::abs(found.losses[k] - expected.losses[k]) < 1e-4f * expected.losses[k]);
  QVERIFY(testing::relative_error(found.state.values, expected.state.values) < 1e-5);
  QVERIFY(testing::relative_error(found.state.momenta, expected.state.momenta) < 1e-3);
  QCOMPARE(found.state.counters, expected.state.counters);
  QCOMPARE(found.evaluation.count, 19);
  QVERIFY(std::abs(found.evaluation.loss_sum - expected.evaluation.loss_sum) <
          1e-4 * expected.evaluation.loss_sum);
  QVERIFY(std::abs(found.evaluation.correct - expected.evaluation.correct) <= 1);
}

void DeviceBackendTest::everyOptimiserIsTheCpus_data() {
  QTest::addColumn<QString>("tier");
  QTest::addColumn<int>("kind");
  for (const char* tier : {"plain", "fused"}) {
    int kind = 0;
    for (const char* name : {"momentum", "nesterov", "decay", "clip", "adam", "adam, clip", "adamw"})
      QTest::newRow(qPrintable(QString("%1, %2").arg(tier, name))) << QString(tier) << kind++;
  }
}

void DeviceBackendTest::everyOptimiserIsTheCpus() {
  QFETCH(QString, tier);
  QFETCH(int, kind);
  const Optimiser all[] = {{.momentum = 0.9},
                           {.momentum = 0.9, .nesterov = true},
                           {.momentum = 0.5, .weight_decay = 0.01},
                           {.momentum = 0.5, .clip_norm = 0.1},
                           {.kind = Optimiser::Kind::Adam, .weight_decay = 1e-4},
                           {.kind = Optimiser::Kind::Adam, .weight_decay = 1e-4, .clip_norm = 2},
                           {.kind = Optimiser::Kind::AdamW, .weight_decay = 0.1}};
  const bool fused = tier == "fused";
  const auto models = testing::device_models();
  const ModelPtr m = fused ? models.front() : models.back();
  const auto data = testing::random_data(*m, 40, 10);
  const Optimiser& o = all[kind];
  const bool adam = o.has_squares();
  const float rate = adam ? 0.002f : 0.01f;
  const auto found =
      testing::train(**testing::host_backend(m, data, tier.toStdString()), *m, 40, 10, o, rate);
  const auto expected = testing::train(*testing::reference_backend(m, data), *m, 40, 10, o, rate);
  QCOMPARE(found.losses.size(), std::size_t{8});
  // Adam divides tiny gradients by themselves, so that rounding grows faster than with SGD.
  const float tolerance = adam && fused ? 1e-2f : 1e-4f;
  for (std::size_t k = 0; k < 8; ++k)
    QVERIFY(std::abs(found.losses[k] - expected.losses[k]) < tolerance * expected.losses[k]);
  QCOMPARE(found.state.squares.size(), expected.state.squares.size());
  if (adam && fused) return;
  QVERIFY(testing::relative_error(found.state.values, expected.state.values) < 1e-4);
  QVERIFY(testing::relative_error(found.state.momenta, expected.state.momenta) < 1e-3);
  QVERIFY(testing::relative_error(found.state.squares, expected.state.squares) < 1e-3);
}

// A result that depends on which thread came first would show a race inside a kernel.
void DeviceBackendTest::orderOfThreadsChangesNothing() {
  QFETCH(int, model);
  QFETCH(QString, tier);
  QFETCH(int, batch);
  const ModelPtr m = testing::device_models()[static_cast<std::size_t>(model)];
  const auto data = testing::random_data(*m, 22, 5);
  const Optimiser o{.momentum = 0.5};
  const auto forward =
      testing::train(**testing::host_backend(m, data, tier.toStdString()), *m, 22, batch, o, 0.02f);
  const auto backward = testing::train(
      **testing::host_backend(m, data, tier.toStdString(), {.reversed = true}), *m, 22, batch, o, 0.02f);
  QVERIFY(!forward.losses.empty());
  QCOMPARE(forward.losses, backward.losses);
  QVERIFY(forward.state == backward.state);
  QCOMPARE(forward.evaluation.loss_sum, backward.evaluation.loss_sum);
}

void DeviceBackendTest::cutsBetweenSpansChangeNothing_data() {
  QTest::addColumn<QString>("tier");
  for (const char* tier : {"plain", "fused"}) QTest::newRow(tier) << QString(tier);
}

void DeviceBackendTest::cutsBetweenSpansChangeNothing() {
  QFETCH(QString, tier);
  const auto models = testing::device_models();
  const ModelPtr m = tier == "fused" ? models.front() : models.back();
  const auto data = testing::random_data(*m, 98, 5);
  const Optimiser o{.kind = Optimiser::Kind::Adam};
  const auto name = tier.toStdString();
  const auto whole = testing::train(**testing::host_backend(m, data, name), *m, 98, 3, o, 0.01f);
  const auto cut = testing::train(**testing::host_backend(m, data, name), *m, 98, 3, o, 0.01f, 7);
  QCOMPARE(whole.losses.size(), std::size_t{66});
  QCOMPARE(whole.losses, cut.losses);
  QVERIFY(whole.state == cut.state);
}

void DeviceBackendTest::wideLayerFitsAndMatches() {
  using enum model::LayerKind;
  const ModelPtr m = testing::shared(testing::resolved({{.kind = Softmax},
                                                        {.kind = Synapse, .name = "fcn"},
                                                        {.kind = BatchNorm1d, .name = "fcb"},
                                                        {.kind = Linear, .name = "fc2", .out = 3},
                                                        {.kind = LogSoftmax}},
                                                       {1, 20, 51}, 3));
  const auto data = testing::random_batch<float>(*m, 5, 3);
  const auto state = testing::moved_state(*m);
  const Oracle oracle = ask_reference<double>(*m, data, state);
  // n² numbers of weights, gradients, momenta; batch · n of everything else; no batch · n².
  const std::size_t square = 1020u * 1020u * 4u;
  const auto backend = std::move(*testing::host_backend(m, nullptr, "plain", {.memory_bytes = 4 * square}));
  QVERIFY(backend->load(state).ok());
  const auto probe = backend->probe(data.input, data.target);
  QVERIFY2(probe.ok(), probe.ok() ? "" : probe.error().sentence().c_str());
  QVERIFY(close(probe->log_probs, oracle.log_probs, 1e-5));
  const Parameter& beta = *m->parameters.find("fcn.weight");
  QVERIFY(close(std::span(probe->gradients).subspan(beta.offset, beta.size()),
                std::span(oracle.gradients).subspan(beta.offset, beta.size()), 1e-4));
}

SYNANN_TEST(DeviceBackendTest)
#include "device_backend_test.moc"
