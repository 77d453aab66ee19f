// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numeric>

#include <QTest>

#include "engine/compute/batch_network.h"
#include "engine/compute/isa.h"
#include "engine/compute/reference/network.h"
#include "tests/engine/compute/fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

namespace {

using enum model::LayerKind;
using model::Layer;
using model::Over;
using Options = model::SynapseOptions;

constexpr Options kCoupledExp{.semantics = Options::Semantics::BatchCoupled, .alpha = Options::Alpha::Exp};
constexpr Options kSigmoidZero{
    .beta = Options::Beta::Sigmoid, .alpha = Options::Alpha::Softplus, .diagonal = Options::Diagonal::Zero};
constexpr Options kClampExp{.beta = Options::Beta::Clamp, .alpha = Options::Alpha::Exp};
constexpr Options kCoupledZero{.semantics = Options::Semantics::BatchCoupled,
                               .beta = Options::Beta::Clamp,
                               .diagonal = Options::Diagonal::Zero};

// What a model file may say between other layers, seen by samples of 4 × 9 × 7.
struct AnyCase {
  const char* name;
  std::vector<Layer> layers;
};

std::vector<AnyCase> image_cases() {
  return {
      {"convolution with a stride", {{.kind = Conv2d, .name = "l", .out = 3, .kernel = 3, .stride = 2}}},
      {"padded", {{.kind = Conv2d, .name = "l", .out = 3, .kernel = 3, .padding = 1}}},
      {"padded, with a stride",
       {{.kind = Conv2d, .name = "l", .out = 5, .kernel = 5, .stride = 3, .padding = 4}}},
      {"more padding than kernel", {{.kind = Conv2d, .name = "l", .out = 2, .kernel = 1, .padding = 2}}},
      {"groups", {{.kind = Conv2d, .name = "l", .out = 6, .kernel = 2, .groups = 2}}},
      {"each channel alone",
       {{.kind = Conv2d, .name = "l", .out = 8, .kernel = 3, .padding = 1, .groups = 4}}},
      {"no bias", {{.kind = Conv2d, .name = "l", .out = 3, .kernel = 3, .bias = false}}},
      {"pixels, no bias", {{.kind = Conv2d, .name = "l", .out = 3, .kernel = 1, .bias = false}}},
      {"pixels, in groups", {{.kind = Conv2d, .name = "l", .out = 4, .kernel = 1, .groups = 4}}},
      {"no bias before max-pooling",
       {{.kind = Conv2d, .name = "l", .out = 3, .kernel = 2, .bias = false},
        {.kind = MaxPool2d, .kernel = 2}}},
      {"windows side by side", {{.kind = MaxPool2d, .kernel = 2}}},
      {"windows that overlap", {{.kind = MaxPool2d, .kernel = 3, .stride = 2}}},
      {"windows that leave pixels out", {{.kind = MaxPool2d, .kernel = 2, .stride = 3}}},
      {"means", {{.kind = AvgPool2d, .kernel = 3}}},
      {"means that overlap", {{.kind = AvgPool2d, .kernel = 3, .stride = 1}}},
      {"means that leave pixels out", {{.kind = AvgPool2d, .kernel = 1, .stride = 2}}},
      {"maximum of a channel", {{.kind = GlobalMaxPool2d}}},
      {"mean of a channel", {{.kind = GlobalAvgPool2d}}},
  };
}

std::vector<AnyCase> plain_cases() {
  return {
      {"ReLU", {{.kind = Relu}}},
      {"sigmoid", {{.kind = Sigmoid}}},
      {"tanh", {{.kind = Tanh}}},
      {"GLU of channels", {{.kind = Glu}}},
      {"GLU of a vector", {{.kind = Linear, .name = "v", .out = 10}, {.kind = Glu}}},
      {"clamp", {{.kind = Clamp, .least = -0.5, .most = 0.25}}},
      {"dropout", {{.kind = Dropout, .p = 0.4}}},
      {"dropout of channels", {{.kind = Dropout2d, .p = 0.4}}},
      {"softmax", {{.kind = Softmax}}},
      {"softmax of a temperature", {{.kind = Softmax, .temperature = 0.5, .scale = 30}}},
      {"linear without bias", {{.kind = Linear, .name = "l", .out = 9, .bias = false}}},
      {"large, without bias", {{.kind = Linear, .name = "l", .out = 300, .bias = false}, {.kind = Relu}}},
      {"batch norm of channels", {{.kind = BatchNorm2d, .name = "l"}, {.kind = Tanh}}},
      {"recurrent", {{.kind = SynaRnn, .name = "l", .out = 5}}},
      {"residual block",
       {{.kind = ResidualBegin},
        {.kind = Conv2d, .name = "l", .out = 4, .kernel = 3, .padding = 1},
        {.kind = Tanh},
        {.kind = ResidualEnd}}},
      {"block around a block",
       {{.kind = ResidualBegin},
        {.kind = BatchNorm2d, .name = "n"},
        {.kind = ResidualBegin},
        {.kind = Synapse, .name = "l", .over = Over::Channels},
        {.kind = Conv2d, .name = "m", .out = 4, .kernel = 1},
        {.kind = ResidualEnd},
        {.kind = Sigmoid},
        {.kind = ResidualEnd}}},
      {"empty block", {{.kind = ResidualBegin}, {.kind = ResidualEnd}}},
  };
}

std::vector<AnyCase> synapse_cases() {
  const std::vector<int> some{3, 0, 3}, many{1, 0, 3, 2, 2, 1, 0};
  std::vector<int> pixels(63);
  for (int k = 0; k < 63; ++k) pixels[static_cast<std::size_t>(k)] = 62 - k;
  return {
      {"square", {{.kind = Synapse, .name = "l"}}},
      {"fewer outputs", {{.kind = Synapse, .name = "l", .out = 20}}},
      {"excited by others",
       {{.kind = Synapse, .name = "l", .out = 3, .synapse = kSigmoidZero, .excitatory = some}}},
      {"coupled, fewer", {{.kind = Synapse, .name = "l", .out = 20, .synapse = kCoupledExp}}},
      {"coupled, excited by others",
       {{.kind = Synapse, .name = "l", .out = 3, .synapse = kCoupledZero, .excitatory = some}}},
      {"channels", {{.kind = Synapse, .name = "l", .over = Over::Channels}}},
      {"fewer channels",
       {{.kind = Synapse, .name = "l", .out = 3, .synapse = kClampExp, .over = Over::Channels}}},
      {"more channels",
       {{.kind = Synapse,
         .name = "l",
         .out = 7,
         .synapse = kSigmoidZero,
         .over = Over::Channels,
         .excitatory = many}}},
      {"coupled channels", {{.kind = Synapse, .name = "l", .synapse = kCoupledExp, .over = Over::Channels}}},
      {"more coupled channels",
       {{.kind = Synapse,
         .name = "l",
         .out = 7,
         .synapse = kCoupledZero,
         .over = Over::Channels,
         .excitatory = many}}},
      {"positions", {{.kind = Synapse, .name = "l", .over = Over::Positions}}},
      {"fewer positions",
       {{.kind = Synapse, .name = "l", .out = 5, .synapse = kClampExp, .over = Over::Positions}}},
      {"positions, backwards",
       {{.kind = Synapse,
         .name = "l",
         .synapse = kSigmoidZero,
         .over = Over::Positions,
         .excitatory = pixels}}},
      {"coupled positions",
       {{.kind = Synapse, .name = "l", .out = 5, .synapse = kCoupledExp, .over = Over::Positions}}},
  };
}

std::vector<AnyCase> any_cases() {
  std::vector<AnyCase> all = image_cases();
  for (const auto& more : {plain_cases(), synapse_cases()}) all.insert(all.end(), more.begin(), more.end());
  return all;
}

// As the first layers, or behind a convolution that needs their gradient.
model::Model any_model(const AnyCase& c, bool first) {
  std::vector<Layer> layers = c.layers;
  if (!first) layers.insert(layers.begin(), {.kind = Conv2d, .name = "before", .out = 4, .kernel = 1});
  layers.push_back({.kind = Linear, .name = "behind", .out = 5});
  layers.push_back({.kind = LogSoftmax});
  return testing::resolved(layers, {4, 9, 7}, 5);
}

// Running statistics away from their start, and products of a whole batch that are no zeros.
std::vector<float> any_values(const model::Model& m) {
  auto values = model::initialise(m, 9).values;
  for (std::size_t k = m.parameters.trained_count(); k < values.size(); ++k) values[k] += 0.25f;
  for (const Layer& l : m.layers) {
    if (l.kind != Synapse || l.synapse.semantics != Options::Semantics::BatchCoupled) continue;
    const Parameter* p = m.parameters.find(l.name + ".weight");
    for (std::size_t k = p->offset; k < p->offset + p->size(); ++k) values[k] *= 0.01f;
  }
  return values;
}

constexpr DropoutDraws kAnyDraws{.enabled = true, .seed = 2, .epoch = 3, .step = 4};

struct AnyAnswer {
  std::vector<float> gradients, evaluated;
  std::vector<std::vector<float>> outputs;  // of the layers, in training
  bool operator==(const AnyAnswer&) const = default;
};

AnyAnswer answer_of(const model::Model& m, int threads, const Batch<float>& batch, Isa isa = chosen_isa()) {
  const auto values = any_values(m);
  const auto network = make_eigen_network(m, threads, isa);
  AnyAnswer answer{.gradients = std::vector<float>(values.size(), NAN), .evaluated = {}, .outputs = {}};
  network->gradient(values, batch, kAnyDraws, answer.gradients);
  for (std::size_t k = 0; k < m.layers.size(); ++k) {
    const auto y = network->output(k);
    answer.outputs.emplace_back(y.begin(), y.end());
  }
  const auto evaluated = network->evaluate(values, batch);
  answer.evaluated.assign(evaluated.begin(), evaluated.end());
  return answer;
}

double norm_of(std::span<const double> values) {
  return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
}

// Against the same in double.
void compare_to_oracle(const model::Model& m, const std::vector<float>& values,
                       const testing::RandomBatch<float>& data, const AnyAnswer& answer) {
  reference::Network<double> oracle(m);
  const std::vector<double> wide(values.begin(), values.end()), input(data.input.begin(), data.input.end());
  const Batch<double> batch{static_cast<int>(data.target.size()), input, data.target};
  std::vector<double> gradients(wide.size());
  oracle.forward(wide, batch, Mode::Training, kAnyDraws);
  for (std::size_t k = 0; k < m.layers.size(); ++k) {
    const double error = testing::relative_error(answer.outputs[k], oracle.output(k));
    QVERIFY2(error < 1e-5, qPrintable(QString("layer %1: %2").arg(k).arg(error)));
  }
  oracle.backward(wide, batch, kAnyDraws, gradients);
  for (const Parameter& p : m.parameters.all()) {
    if (p.type != ElementType::F32 || p.role == Role::Unused) continue;
    const auto expected = std::span<const double>(gradients).subspan(p.offset, p.size());
    // A bias before batch norm has no gradient: what is left is rounding, in every number format.
    if (norm_of(expected) < 1e-12) continue;
    const double error =
        testing::relative_error(std::span(answer.gradients).subspan(p.offset, p.size()), expected);
    QVERIFY2(error < 1e-4, qPrintable(QString("%1: %2").arg(QString::fromStdString(p.name)).arg(error)));
  }
  oracle.forward(wide, batch, Mode::Evaluation, {});
  const double error = testing::relative_error(answer.evaluated, oracle.log_probs());
  QVERIFY2(error < 1e-5, qPrintable(QString("evaluation: %1").arg(error)));
}

}  // namespace

// Every kind and option of a layer that a model file may hold: the eigen tier against the plain loops in
// double.
class AnyLayersTest : public QObject {
  Q_OBJECT
 private slots:
  void eigenComputesAllLayers_data();
  void eigenComputesAllLayers();
  void numbersOfThreadsAgree();
  void zeroFactorsAreExact_data();
  void zeroFactorsAreExact();
  void batchNormOfAVectorCanBeFirst();
  void logSoftmaxCanBeAlone();
  void passesDoNotBeginInsideABlock();
};

void AnyLayersTest::eigenComputesAllLayers_data() {
  QTest::addColumn<int>("which");
  QTest::addColumn<bool>("first");
  QTest::addColumn<int>("batch");
  const auto all = any_cases();
  for (std::size_t k = 0; k < all.size(); ++k)
    for (const bool first : {true, false})
      for (const int batch : {1, 7, 50})
        QTest::addRow("%s, %s, batch %d", all[k].name, first ? "first" : "behind", batch)
            << static_cast<int>(k) << first << batch;
}

void AnyLayersTest::eigenComputesAllLayers() {
  QFETCH(int, which);
  QFETCH(bool, first);
  QFETCH(int, batch);
  const auto m = any_model(any_cases()[static_cast<std::size_t>(which)], first);
  const auto data = testing::random_batch<float>(m, batch, 21);
  for (const Isa isa : available_isas())
    compare_to_oracle(m, any_values(m), data, answer_of(m, 2, data.view(), isa));
}

void AnyLayersTest::numbersOfThreadsAgree() {
  for (const auto& c : any_cases()) {
    const auto m = any_model(c, false);
    const auto data = testing::random_batch<float>(m, 50, 8);
    const auto one = answer_of(m, 1, data.view());
    QVERIFY2(one == answer_of(m, 2, data.view()), c.name);
    QVERIFY2(one == answer_of(m, 5, data.view()), c.name);
  }
}

void AnyLayersTest::zeroFactorsAreExact_data() {
  QTest::addColumn<bool>("coupled");
  QTest::addColumn<int>("zeros");
  for (const bool coupled : {false, true})
    for (const int zeros : {1, 2})
      QTest::addRow("%s, %d", coupled ? "coupled" : "per sample", zeros) << coupled << zeros;
}

// Where β x = 1 a factor is zero, and a gradient goes through it alone; where two are, none does.
void AnyLayersTest::zeroFactorsAreExact() {
  QFETCH(bool, coupled);
  QFETCH(int, zeros);
  Options options;
  if (coupled) options.semantics = Options::Semantics::BatchCoupled;
  const auto m =
      testing::resolved({{.kind = Conv2d, .name = "same", .out = 4, .kernel = 1},
                         {.kind = Synapse, .name = "l", .synapse = options, .over = Over::Channels},
                         {.kind = Linear, .name = "behind", .out = 5},
                         {.kind = LogSoftmax}},
                        {4, 3, 1}, 5);
  auto values = model::initialise(m, 9).values;
  const auto at = [&](const char* name) { return values.data() + m.parameters.find(name)->offset; };
  std::fill_n(at("same.weight"), 16, 0.0f);
  std::fill_n(at("same.bias"), 4, 0.0f);
  for (int c = 0; c < 4; ++c) at("same.weight")[5 * c] = 1;
  at("l.weight")[4 * 2 + 1] = at("l.weight")[4 * 2 + 3] = 2;  // of output 2 by inputs 1 and 3
  auto data = testing::random_batch<float>(m, 5, 21);
  data.input[12 * 3 + 3 * 1 + 2] = 0.5f;  // sample 3, channel 1, position 2
  if (zeros == 2) data.input[12 * 3 + 3 * 3 + 2] = 0.5f;
  const auto network = make_eigen_network(m, 2);
  AnyAnswer answer{.gradients = std::vector<float>(values.size(), NAN), .evaluated = {}, .outputs = {}};
  network->gradient(values, data.view(), kAnyDraws, answer.gradients);
  for (std::size_t k = 0; k < m.layers.size(); ++k)
    answer.outputs.emplace_back(network->output(k).begin(), network->output(k).end());
  QCOMPARE(answer.outputs[1][12 * 3 + 3 * 2 + 2], 0.0f);
  const auto evaluated = network->evaluate(values, data.view());
  answer.evaluated.assign(evaluated.begin(), evaluated.end());
  compare_to_oracle(m, values, data, answer);
}

void AnyLayersTest::batchNormOfAVectorCanBeFirst() {
  const auto m = any_model({"", {{.kind = BatchNorm1d, .name = "l"}}}, true);
  const auto data = testing::random_batch<float>(m, 7, 21);
  compare_to_oracle(m, any_values(m), data, answer_of(m, 2, data.view()));
}

void AnyLayersTest::logSoftmaxCanBeAlone() {
  const auto m = testing::resolved({{.kind = LogSoftmax}}, {1, 2, 2}, 4);
  const auto data = testing::random_batch<float>(m, 7, 21);
  compare_to_oracle(m, {}, data, answer_of(m, 2, data.view()));
}

void AnyLayersTest::passesDoNotBeginInsideABlock() {
  const auto m = any_model({"",
                            {{.kind = Tanh},
                             {.kind = ResidualBegin},
                             {.kind = Sigmoid},
                             {.kind = Tanh},
                             {.kind = ResidualEnd},
                             {.kind = Relu}}},
                           true);
  std::vector<bool> inside;
  for (std::size_t k = 0; k < m.layers.size(); ++k) inside.push_back(inside_block(m, k));
  QVERIFY(inside == std::vector<bool>({false, false, true, true, true, false, false, false}));
}

SYNANN_TEST(AnyLayersTest)
#include "any_layers_test.moc"
