// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/compute/cpu/fused_network.h"

#include <cmath>

#include <QTest>

#include "engine/compute/reference/network.h"
#include "tests/engine/compute/fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;
using fused::FusedNetwork;

namespace {

std::vector<model::Layer> syna_cnn_layers(int classes, bool synapse, double p2d, double p) {
  auto layers = model::build("syna-cnn", 28, 28, classes)->layers;
  std::erase_if(layers,
                [&](const model::Layer& l) { return l.kind == model::LayerKind::Synapse && !synapse; });
  for (auto& l : layers) {
    if (l.kind == model::LayerKind::Dropout2d) l.p = p2d;
    if (l.kind == model::LayerKind::Dropout) l.p = p;
  }
  return layers;
}

// The model as it is, one without its synapse layer, and one with other probabilities and classes.
std::vector<model::Model> fused_models() {
  return {*model::build("syna-cnn", 28, 28, 10),
          testing::resolved(syna_cnn_layers(10, false, 0.5, 0.5), {1, 28, 28}, 10),
          testing::resolved(syna_cnn_layers(16, true, 0.9, 0.25), {1, 28, 28}, 16)};
}

float rounded(float x, float step) {
  return std::round(x / step) * step;
}

// Every parameter moved, so that nothing agrees because it still stands where it started. Convolutions of
// short binary fractions are exact in float, so float and double see the same maxima, ties included: a
// maximum that moves by rounding would move a whole gradient.
std::vector<float> random_values(const model::Model& m) {
  auto values = model::initialise(m, 9).values;
  const auto stream = random_stream(4, Purpose::Check);
  for (std::size_t k = 0; k < values.size(); ++k)
    values[k] += 0.1f * (stream.uniform(static_cast<std::uint32_t>(k)) - 0.5f);
  for (const Parameter& p : m.parameters.all()) {
    if (!p.name.starts_with("conv")) continue;
    for (std::size_t k = p.offset; k < p.offset + p.size(); ++k) values[k] = rounded(values[k], 1.0f / 64);
  }
  return values;
}

// Short binary fractions; every other image is blank on its left half and in its last rows, as digits are
// around their ink.
testing::RandomBatch<float> short_batch(const model::Model& m, int count, std::uint64_t seed) {
  auto batch = testing::random_batch<float>(m, count, seed);
  for (std::size_t k = 0; k < batch.input.size(); ++k) {
    const std::size_t pixel = k % 784, sample = k / 784;
    const bool blank = sample % 2 == 0 && (pixel % 28 < 14 || pixel >= 20u * 28u);
    batch.input[k] = blank ? -0.5f : rounded(batch.input[k], 1.0f / 8);
  }
  return batch;
}

const DropoutDraws kDraws{.enabled = true, .seed = 2, .epoch = 3, .step = 4};

struct Answer {
  double loss = 0;
  std::vector<float> gradients, log_probs, evaluated;
  bool operator==(const Answer&) const = default;
};

std::vector<float> rows(const float* padded, int count, int classes) {
  std::vector<float> dense;
  for (int s = 0; s < count; ++s)
    dense.insert(dense.end(), padded + s * fused::kClasses, padded + s * fused::kClasses + classes);
  return dense;
}

Answer ask(const model::Model& m, const std::vector<float>& values, const Batch<float>& batch, Isa isa,
           int threads) {
  FusedNetwork network(m, *fused::plan(m), threads, fused::kernels(isa));
  network.load(values.data());
  const fused::Samples samples{
      .count = batch.count, .scaled = batch.input.data(), .target = batch.target.data()};
  Answer answer;
  answer.gradients.assign(values.size(), 0.0f);
  answer.loss = network.step(samples, kDraws, answer.gradients).loss;
  answer.log_probs = rows(network.activations().log_probs(), batch.count, m.classes);
  answer.evaluated = rows(network.evaluate(samples), batch.count, m.classes);
  return answer;
}

}  // namespace

// The fused arithmetic of one batch against the reference in double, for every instruction set of this
// machine.
class FusedNetworkTest : public QObject {
  Q_OBJECT
 private slots:
  void matchesReference_data();
  void matchesReference();
  void threadsChangeNothing();
  void drawsAreTheSharedOnes();
  void longBatchesAreSummedWhole();
  void otherModelsAreDeclined();
  void optionsOfModelFilesAreSeen();
};

void FusedNetworkTest::matchesReference_data() {
  QTest::addColumn<int>("model");
  QTest::addColumn<int>("batch");
  for (int model = 0; model < 3; ++model)
    for (const int batch : {1, 7, 100, 333})
      QTest::addRow("model %d, batch %d", model, batch) << model << batch;
}

void FusedNetworkTest::matchesReference() {
  QFETCH(int, model);
  QFETCH(int, batch);
  const auto m = fused_models()[static_cast<std::size_t>(model)];
  const auto data = short_batch(m, batch, 21);
  const auto values = random_values(m);

  reference::Network<double> oracle(m);
  const std::vector<double> wide_values(values.begin(), values.end()),
      input(data.input.begin(), data.input.end());
  const Batch<double> wide{batch, input, data.target};
  std::vector<double> gradients(values.size());
  oracle.forward(wide_values, wide, Mode::Training, kDraws);
  oracle.backward(wide_values, wide, kDraws, gradients);

  const double loss = oracle.loss(wide);
  const std::vector<double> log_probs(oracle.log_probs().begin(), oracle.log_probs().end());
  oracle.forward(wide_values, wide, Mode::Evaluation, {});
  for (const Isa isa : available_isas()) {
    const auto answer = ask(m, values, data.view(), isa, 2);
    QVERIFY(std::abs(answer.loss - loss) < 1e-5 * loss);
    QVERIFY(testing::relative_error(answer.log_probs, log_probs) < 1e-5);
    QVERIFY(testing::relative_error(answer.evaluated, oracle.log_probs()) < 1e-5);
    for (const Parameter& p : m.parameters.all()) {
      if (p.type != ElementType::F32 || p.role == Role::Unused) continue;
      // A batch of one has no variance: what BatchNorm passes back is rounding only, in PyTorch as well.
      if (batch == 1 && !p.name.starts_with("fc2")) continue;
      const double error =
          testing::relative_error(std::span(answer.gradients).subspan(p.offset, p.size()),
                                  std::span<const double>(gradients).subspan(p.offset, p.size()));
      QVERIFY2(
          error < 2e-5,
          qPrintable(
              QString("%1, %2: %3").arg(fused::kernels(isa).isa, QString::fromStdString(p.name)).arg(error)));
    }
  }
}

void FusedNetworkTest::threadsChangeNothing() {
  for (const Isa isa : available_isas())
    for (const auto& m : fused_models()) {
      const auto data = short_batch(m, 103, 8);
      const auto values = random_values(m);
      const auto one = ask(m, values, data.view(), isa, 1);
      QVERIFY(one == ask(m, values, data.view(), isa, 2));
      QVERIFY(one == ask(m, values, data.view(), isa, 5));
    }
}

void FusedNetworkTest::drawsAreTheSharedOnes() {
  const RandomStream stream = random_stream(0x123456789abcdefull, Purpose::Dropout, 7, 11, 13);
  for (const Isa isa : available_isas())
    for (const int count : {4, 20, 64})
      for (const std::uint32_t first : {0u, 20u, 64u * 999u}) {
        const std::uint32_t threshold = dropout_threshold(0.3);
        const auto bits = fused::kernels(isa).draw(stream.seed, stream.purpose, stream.step, stream.epoch,
                                                   first, count, threshold);
        for (int k = 0; k < 64; ++k) {
          const bool kept = k < count && stream.word(first + static_cast<std::uint32_t>(k)) >= threshold;
          QCOMPARE((bits >> k & 1u) != 0, kept);
        }
      }
}

// fc1's gradient lists at most 512 samples at a time; the mean gradient of a batch repeated is the batch's
// own.
void FusedNetworkTest::longBatchesAreSummedWhole() {
  const auto m = testing::resolved(syna_cnn_layers(10, true, 0, 0), {1, 28, 28}, 10);
  const auto values = random_values(m);
  auto data = short_batch(m, 150, 3);
  const auto once = ask(m, values, data.view(), chosen_isa(), 2);
  const auto input = data.input;
  const auto target = data.target;
  for (int k = 1; k < 8; ++k) {
    data.input.insert(data.input.end(), input.begin(), input.end());
    data.target.insert(data.target.end(), target.begin(), target.end());
  }
  const auto often = ask(m, values, data.view(), chosen_isa(), 2);
  QVERIFY(std::abs(once.loss - often.loss) < 1e-6);
  const Parameter* weight = m.parameters.find("fc1.weight");
  QVERIFY(testing::relative_error(std::span(often.gradients).subspan(weight->offset, weight->size()),
                                  std::span(once.gradients).subspan(weight->offset, weight->size())) < 1e-5);
}

void FusedNetworkTest::otherModelsAreDeclined() {
  QVERIFY(fused::plan(*model::build("syna-cnn", 28, 28, 10)));
  QVERIFY(!fused::plan(*model::build("linear", 28, 28, 10)));
  QVERIFY(!fused::plan(*model::build("syna-cnn", 32, 32, 10)));
  QVERIFY(!fused::plan(*model::build("syna-cnn", 28, 28, 17)));
  const auto layers = syna_cnn_layers(10, true, 0.5, 0.5);
  for (std::size_t k = 0; k + 1 < layers.size(); ++k) {
    if (layers[k].kind == model::LayerKind::Synapse) continue;
    auto fewer = layers;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(k));
    QVERIFY2(!fused::plan(testing::resolved(fewer, {1, 28, 28}, 10)), qPrintable(QString::number(k)));
  }
  auto wider = layers;
  wider[7].out = 65;
  QVERIFY(!fused::plan(testing::resolved(wider, {1, 28, 28}, 10)));
}

// An option that a model file sets is either what the kernels do or no model for them.
void FusedNetworkTest::optionsOfModelFilesAreSeen() {
  const auto planned = [](const auto& change) {
    auto m = *model::build("syna-cnn", 28, 28, 10);
    for (model::Layer& l : m.layers) change(l);
    return fused::plan(m).has_value();
  };
  using enum model::LayerKind;
  using model::Layer;
  QVERIFY(planned([](Layer& l) { l.stride = l.kind == Conv2d || l.kind == MaxPool2d ? l.step() : 0; }));
  QVERIFY(planned([](Layer& l) { l.out = l.kind == Synapse ? 64 : l.out; }));
  QVERIFY(!planned([](Layer& l) { l.stride = l.kind == MaxPool2d ? 1 : 0; }));
  QVERIFY(!planned([](Layer& l) { l.stride = l.kind == Conv2d ? 2 : 0; }));
  QVERIFY(!planned([](Layer& l) { l.padding = l.kind == Conv2d ? 1 : 0; }));
  QVERIFY(!planned([](Layer& l) { l.groups = l.kind == Conv2d ? 5 : 1; }));
  QVERIFY(!planned([](Layer& l) { l.bias = l.kind != Conv2d; }));
  QVERIFY(!planned([](Layer& l) { l.bias = l.kind != Linear; }));
  QVERIFY(!planned([](Layer& l) { l.temperature = l.kind == Softmax ? 2 : 1; }));
  QVERIFY(!planned([](Layer& l) { l.scale = l.kind == Softmax ? 2 : 1; }));
  QVERIFY(!planned([](Layer& l) { l.out = l.kind == Synapse ? 32 : l.out; }));
  QVERIFY(
      !planned([](Layer& l) { l.over = l.kind == Synapse ? model::Over::Channels : model::Over::Features; }));
  QVERIFY(!planned([](Layer& l) {
    if (l.kind == Synapse) l.excitatory.assign(64, 0);
  }));
}

SYNANN_TEST(FusedNetworkTest)
#include "fused_network_test.moc"
