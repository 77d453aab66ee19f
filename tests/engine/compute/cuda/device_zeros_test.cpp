// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QTest>

#include "engine/compute/reference/network.h"
#include "tests/engine/compute/cuda/device_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;
using testing::ModelPtr;

namespace {

// The gradient by the reference in double, of a batch without dropout.
std::vector<double> reference_gradient(const model::Model& m, const testing::RandomBatch<float>& data,
                                       const model::State& state) {
  reference::Network<double> network(m);
  const std::vector<double> values(state.values.begin(), state.values.end()),
      input(data.input.begin(), data.input.end());
  const Batch<double> batch{static_cast<int>(data.target.size()), input, data.target};
  std::vector<double> gradients(values.size());
  network.forward(values, batch, Mode::Training, {});
  network.backward(values, batch, {}, gradients);
  return gradients;
}

}  // namespace

// Factors 1 − βx that are exactly zero: the product is zero, and its derivatives are those of the other
// factors.
class DeviceZerosTest : public QObject {
  Q_OBJECT
 private slots:
  void plainLayer_data();
  void plainLayer();
  void fusedLayer();
};

void DeviceZerosTest::plainLayer_data() {
  QTest::addColumn<bool>("coupled");
  QTest::newRow("per sample") << false;
  QTest::newRow("batch-coupled") << true;
}

void DeviceZerosTest::plainLayer() {
  QFETCH(bool, coupled);
  using enum model::LayerKind;
  using Semantics = model::SynapseOptions::Semantics;
  const model::SynapseOptions options{.semantics = coupled ? Semantics::BatchCoupled : Semantics::PerSample};
  const ModelPtr m = testing::shared(testing::resolved({{.kind = AvgPool2d, .kernel = 1},
                                                        {.kind = Synapse, .name = "fcn", .synapse = options},
                                                        {.kind = Linear, .name = "fc2", .out = 3},
                                                        {.kind = LogSoftmax}},
                                                       {1, 2, 4}, 3));
  auto data = testing::random_batch<float>(*m, 5, 21);
  auto state = testing::moved_state(*m);
  const auto x = [&](int s, int j) -> float& { return data.input[static_cast<std::size_t>(s * 8 + j)]; };
  const auto beta = [&](int i, int j) -> float& {
    return state.values[m->parameters.find("fcn.weight")->offset + static_cast<std::size_t>(i * 8 + j)];
  };
  x(2, 3) = 1.0f;
  x(2, 5) = x(4, 5) = 0.5f;
  beta(0, 3) = 1.0f;  // one zero, in sample 2
  beta(1, 5) = 2.0f;  // one in samples 2 and 4 each, so two in the batch
  beta(2, 3) = 1.0f;  // two in sample 2
  beta(2, 5) = 2.0f;
  const auto backend = std::move(*testing::host_backend(m, nullptr));
  QVERIFY(backend->load(state).ok());
  const auto probe = backend->probe(data.input, data.target);
  QVERIFY(probe.ok());
  const auto expected = reference_gradient(*m, data, state);
  for (const float g : probe->gradients) QVERIFY(std::isfinite(g));
  const Parameter& weight = *m->parameters.find("fcn.weight");
  const auto rows = std::span(probe->gradients).subspan(weight.offset, weight.size());
  QVERIFY(testing::relative_error(rows, std::span(expected).subspan(weight.offset, weight.size())) < 1e-5);
  QVERIFY(rows[3] != 0);  // the lone zero has a derivative
}

// Where softmax is one-hot its one is exact, and β = 1 makes the factor zero.
void DeviceZerosTest::fusedLayer() {
  const ModelPtr m = testing::shared(*model::build("syna-cnn", 28, 28, 10));
  const auto data = testing::random_batch<float>(*m, 24, 3);
  auto state = testing::moved_state(*m);
  const Parameter &fc1 = *m->parameters.find("fc1.weight"), &fcn = *m->parameters.find("fcn.weight");
  // Each unit looks at a feature of its own, so that samples differ in which of them wins.
  std::fill_n(state.values.begin() + static_cast<std::ptrdiff_t>(fc1.offset), fc1.size(), 0.0f);
  for (std::size_t unit = 0; unit < 64; ++unit) state.values[fc1.offset + unit * 320 + unit * 5] = 1e5f;
  for (std::size_t k = fcn.offset; k < fcn.offset + fcn.size(); k += 2) state.values[k] = 1.0f;
  for (const char* tier : {"fused", "plain"}) {
    const auto backend = std::move(*testing::host_backend(m, nullptr, tier));
    QVERIFY(backend->load(state).ok());
    const auto probe = backend->probe(data.input, data.target);
    QVERIFY(probe.ok());
    const auto found = std::span(probe->gradients).subspan(fcn.offset, fcn.size());
    const auto expected = reference_gradient(*m, data, state);
    int live = 0;
    for (const float g : found) live += g != 0 ? 1 : 0;
    QVERIFY(live > 0);
    const double error =
        testing::relative_error(found, std::span<const double>(expected).subspan(fcn.offset, fcn.size()));
    QVERIFY2(error < 1e-4, qPrintable(QString("%1: %2").arg(tier).arg(error)));
  }
}

SYNANN_TEST(DeviceZerosTest)
#include "device_zeros_test.moc"
