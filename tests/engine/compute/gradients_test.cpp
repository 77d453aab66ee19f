// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QTest>

#include "engine/compute/exact/headroom.h"
#include "engine/compute/reference/layers.h"
#include "engine/compute/reference/network.h"
#include "engine/core/random.h"
#include "tests/engine/compute/finite_differences.h"
#include "tests/engine/compute/fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;
using enum model::LayerKind;

namespace {

using testing::kGradientDraws;

// For each trained tensor: the derivative of the loss along its gradient and along a random direction, by a
// central difference of fourth order, against what the gradient says; relative to the gradient's length.
std::vector<std::pair<std::string, double>> directional_errors(const model::Model& model, int batch_size) {
  reference::Network<double> network(model);
  auto data = testing::random_batch<double>(model, batch_size, 11);
  // Pixels, which lie in [0, 1]: with β x < 1 the coupled product over a batch neither vanishes nor explodes.
  if (model.scaling.mean == 0)
    for (double& v : data.input) v = (v + 1) / 2;
  const auto batch = data.view();
  const auto start = model::initialise(model, 5);
  const std::vector<double> values(start.values.begin(), start.values.end());
  std::vector<double> gradients(values.size());
  network.forward(values, batch, Mode::Training, kGradientDraws);
  network.backward(values, batch, kGradientDraws, gradients);
  const auto noise = random_stream(6, Purpose::Check);

  std::vector<std::pair<std::string, double>> errors;
  for (const Parameter& p : model.parameters.all()) {
    if (p.role != Role::Trained || p.type != ElementType::F32) continue;
    const auto g = std::span(gradients).subspan(p.offset, p.size());
    const double length = std::sqrt(std::inner_product(g.begin(), g.end(), g.begin(), 0.0));
    if (length < 1e-10) continue;  // vanishes mathematically: a bias before batch norm
    for (const bool along : {true, false}) {
      std::vector<double> direction(g.begin(), g.end());
      for (std::size_t k = 0; k < direction.size() && !along; ++k)
        direction[k] = static_cast<double>(noise.uniform(static_cast<std::uint32_t>(k))) - 0.5;
      const double norm =
          std::sqrt(std::inner_product(direction.begin(), direction.end(), direction.begin(), 0.0));
      const double slope = std::inner_product(g.begin(), g.end(), direction.begin(), 0.0) / norm;
      // Short where the loss is steep, so that no ReLU turns; long where it is flat, so that digits are left.
      const double h = std::clamp(1e-9 / length, 1e-7, 1e-3) / norm;
      const auto loss_at = [&](double t) {
        auto moved = values;
        for (std::size_t k = 0; k < direction.size(); ++k) moved[p.offset + k] += t * h * direction[k];
        network.forward(moved, batch, Mode::Training, kGradientDraws);
        return network.loss(batch);
      };
      const double numeric = (8 * (loss_at(1) - loss_at(-1)) - (loss_at(2) - loss_at(-2))) / (12 * h * norm);
      errors.emplace_back(p.name, std::abs(numeric - slope) / length);
    }
  }
  return errors;
}

}  // namespace

// Every layer's backward pass against finite differences in double, and the synapse against the theory's
// numbers.
class GradientsTest : public QObject {
  Q_OBJECT
 private slots:
  void everyLayer_data();
  void everyLayer();
  void everyTensorOfEveryModel_data();
  void everyTensorOfEveryModel();
  void synapseGoldenNumbers();
  void coupledGoldenNumbers();
  void headroomIsTheSmallestFactor();
  void synapseWithZeroFactors();
  void poolTiesTakeTheFirst();
  void softmaxSumsToOne();
  void batchNormNormalises();
  void dropoutKeepsTheMean();
};

void GradientsTest::everyLayer_data() {
  QTest::addColumn<std::vector<model::Layer>>("layers");
  const model::Layer head{.kind = Linear, .name = "head", .out = 3}, loss{.kind = LogSoftmax};
  const model::Layer first{.kind = Linear, .name = "first", .out = 8};
  const auto row = [&](const char* name, std::vector<model::Layer> layers) {
    layers.push_back(head);
    layers.push_back(loss);
    QTest::newRow(name) << layers;
  };
  row("linear", {first});
  row("conv2d", {{.kind = Conv2d, .name = "a", .out = 3, .kernel = 3},
                 {.kind = Conv2d, .name = "b", .out = 2, .kernel = 2}});
  row("max_pool2d", {{.kind = Conv2d, .name = "a", .out = 2, .kernel = 3}, {.kind = MaxPool2d, .kernel = 2}});
  row("relu", {first, {.kind = Relu}});
  row("dropout2d", {{.kind = Conv2d, .name = "a", .out = 4, .kernel = 3}, {.kind = Dropout2d, .p = 0.5}});
  row("dropout", {first, {.kind = Dropout, .p = 0.3}});
  row("softmax", {first, {.kind = Softmax}});
  row("synapse", {first, {.kind = Synapse, .name = "fcn"}});
  row("softmax, synapse", {first, {.kind = Softmax}, {.kind = Synapse, .name = "fcn"}});
  row("batch_norm1d", {first, {.kind = BatchNorm1d, .name = "fcb"}});
  row("avg_pool2d", {{.kind = Conv2d, .name = "a", .out = 2, .kernel = 3}, {.kind = AvgPool2d, .kernel = 2}});
  using Options = model::SynapseOptions;
  const auto synapse = [&](const char* name, Options options) {
    row(name, {first, {.kind = Softmax}, {.kind = Synapse, .name = "fcn", .synapse = options}});
  };
  synapse("synapse, sigmoid", {.beta = Options::Beta::Sigmoid});
  synapse("synapse, clamp", {.beta = Options::Beta::Clamp});
  synapse("synapse, α = exp", {.alpha = Options::Alpha::Exp});
  synapse("synapse, α = softplus", {.alpha = Options::Alpha::Softplus});
  synapse("synapse, no diagonal", {.diagonal = Options::Diagonal::Zero});
  synapse(
      "synapse, everything",
      {.beta = Options::Beta::Sigmoid, .alpha = Options::Alpha::Exp, .diagonal = Options::Diagonal::Zero});
  synapse("batch-coupled", {.semantics = Options::Semantics::BatchCoupled});
  synapse("batch-coupled, α = exp",
          {.semantics = Options::Semantics::BatchCoupled, .alpha = Options::Alpha::Exp});
  row("syna_rnn", {{.kind = SynaRnn, .name = "rnn", .out = 5}});
  row("dense rnn", {{.kind = SynaRnn, .name = "rnn", .out = 5, .twin = model::Twin::Dense}});
  row("identity rnn", {{.kind = SynaRnn, .name = "rnn", .out = 5, .twin = model::Twin::Identity}});
}

void GradientsTest::everyLayer() {
  QFETCH(std::vector<model::Layer>, layers);
  const auto model = testing::resolved(layers, {1, 6, 6}, 3);
  const double worst = testing::worst_gradient_error(model, 5);
  QVERIFY2(worst < 1e-7, qPrintable(QString::number(worst)));
}

void GradientsTest::everyTensorOfEveryModel_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<model::SynapseOptions>("options");
  using Options = model::SynapseOptions;
  for (const auto& info : model::known_models())
    QTest::newRow(std::string(info.id).c_str()) << QString::fromUtf8(info.id.data()) << Options{};
  const auto variant = [](const char* name, Options options) {
    for (const char* id : {"syna-cnn", "syna-pixel"})
      QTest::addRow("%s, %s", id, name) << QString(id) << options;
  };
  variant("sigmoid", {.beta = Options::Beta::Sigmoid});
  variant("clamp", {.beta = Options::Beta::Clamp});
  variant("α = exp", {.alpha = Options::Alpha::Exp});
  variant("α = softplus, no diagonal",
          {.alpha = Options::Alpha::Softplus, .diagonal = Options::Diagonal::Zero});
  variant("batch-coupled", {.semantics = Options::Semantics::BatchCoupled});
}

// Tensor by tensor, so that the small gradients of β are not lost beside those of the convolutions.
void GradientsTest::everyTensorOfEveryModel() {
  QFETCH(QString, id);
  QFETCH(model::SynapseOptions, options);
  const auto model = model::build(id.toStdString(), 28, 28, 10, options);
  QVERIFY(model.ok());
  const auto errors = directional_errors(*model, 4);
  QVERIFY(errors.size() >= 4);
  for (const auto& [tensor, error] : errors)
    QVERIFY2(error < 1e-6, qPrintable(QString("%1: %2").arg(QString::fromStdString(tensor)).arg(error)));
}

void GradientsTest::synapseGoldenNumbers() {
  const std::vector<double> x{.2, .5, .7, .9, .35, .05}, beta{.1, .6, .3, .8, .2, .5, .4, .9, .7},
      alpha{1, 1.25, .8};
  const std::vector<double> expected{.108388, .307125, .1445136, .63730485, .111076875, .01692224};
  std::vector<double> y(6);
  reference::synapse_forward(2, 3, x.data(), alpha.data(), beta.data(), y.data());
  for (std::size_t k = 0; k < y.size(); ++k) QVERIFY(std::abs(y[k] - expected[k]) < 1e-14);

  const std::vector<double> dy{1, -2, .5, .25, 3, -1};
  const std::vector<double> expected_dx{1.084464, -1.3031424, .435388, -.78199035, .78165135, -.54558285};
  const std::vector<double> expected_dbeta{-.179695375, -.1480075625, -.104127625, -.9248484375, .215840625,
                                           .64441125,   .0080889,     -.0570416,   -.0982992};
  const std::vector<double> expected_dalpha{.2677142125, -.2248155, .0691682};
  std::vector<double> dx(6, NAN), dalpha(3, 0), dbeta(9, 0);
  reference::synapse_backward(2, 3, x.data(), alpha.data(), beta.data(), dy.data(), dx.data(), dalpha.data(),
                              dbeta.data());
  for (std::size_t k = 0; k < dx.size(); ++k) QVERIFY(std::abs(dx[k] - expected_dx[k]) < 1e-13);
  for (std::size_t k = 0; k < dbeta.size(); ++k) QVERIFY(std::abs(dbeta[k] - expected_dbeta[k]) < 1e-13);
  for (std::size_t k = 0; k < dalpha.size(); ++k) QVERIFY(std::abs(dalpha[k] - expected_dalpha[k]) < 1e-13);
}

void GradientsTest::coupledGoldenNumbers() {
  const std::vector<double> x{.2, .5, .7, .9, .35, .05}, beta{.1, .6, .3, .8, .2, .5, .4, .9, .7},
      alpha{1, 1, 1};
  const std::vector<double> expected{.076751331202,  .062380773,  .076421681952,
                                     .3453809904090, .0436665411, .005458691568};
  std::vector<double> y(6);
  reference::coupled_forward(2, 3, x.data(), alpha.data(), beta.data(), y.data());
  for (std::size_t k = 0; k < y.size(); ++k) QVERIFY(std::abs(y[k] - expected[k]) < 1e-12);

  const std::vector<double> dy{1, -2, .5, .25, 3, -1};
  const std::vector<double> expected_dx{.34693305700875, -.4443008252505, -.0571009455525,
                                        .0397232916550,  .206040275535,   -.185804966115};
  const std::vector<double> expected_dw{-.19458932479,  -.18875553424, -.152794970055,
                                        -.02153621925,  -.005813262,   -.0070378308,
                                        -.053177742585, -.04650935616, -.04665093312};
  std::vector<double> dx(6, 0), dalpha(3, 0), dw(9, 0);
  for (int i = 0; i < 3; ++i) {
    reference::coupled_backward_row(2, 3, x.data(), 1.0, beta.data(), dy.data(), i, dx.data(),
                                    dalpha[static_cast<std::size_t>(i)], dw.data() + 3 * i);
  }
  for (std::size_t k = 0; k < dx.size(); ++k) QVERIFY(std::abs(dx[k] - expected_dx[k]) < 1e-11);
  for (std::size_t k = 0; k < dw.size(); ++k) QVERIFY(std::abs(dw[k] - expected_dw[k]) < 1e-11);
}

void GradientsTest::synapseWithZeroFactors() {
  // β_00 x_0 = 1 exactly: one zero factor. Row 1 has two. Only the derivative by the single zero factor
  // survives.
  const std::vector<double> x{.5, .25, .8}, beta{2, .4, -.3, 2, 4, .1, .2, .3, .4}, alpha{1, 1, 1},
      dy{1, 1, 1};
  std::vector<double> y(3), dx(3), dalpha(3, 0), dbeta(9, 0);
  reference::synapse_forward(1, 3, x.data(), alpha.data(), beta.data(), y.data());
  reference::synapse_backward(1, 3, x.data(), alpha.data(), beta.data(), dy.data(), dx.data(), dalpha.data(),
                              dbeta.data());
  QCOMPARE(y[0], 0.0);
  QCOMPARE(y[1], 0.0);
  const double others = (1 - .4 * .25) * (1 + .3 * .8);
  QVERIFY(std::abs(dbeta[0] + .5 * .5 * others) < 1e-15);
  QCOMPARE(std::abs(dbeta[1]), 0.0);
  for (std::size_t j = 3; j < 6; ++j) QCOMPARE(std::abs(dbeta[j]), 0.0);
  for (const double v : dx) QVERIFY(std::isfinite(v));
  // The coupled variant divides, and counts zeros instead: for one sample both are the same function.
  std::vector<double> coupled_dx(3, 0), coupled_dbeta(9, 0);
  double ignored = 0;
  for (int i = 0; i < 3; ++i) {
    reference::coupled_backward_row(1, 3, x.data(), 1.0, beta.data(), dy.data(), i, coupled_dx.data(),
                                    ignored, coupled_dbeta.data() + 3 * i);
  }
  for (std::size_t k = 0; k < 9; ++k) QVERIFY(std::abs(coupled_dbeta[k] - dbeta[k]) < 1e-14);
  for (std::size_t k = 0; k < 3; ++k) QVERIFY(std::abs(coupled_dx[k] - dx[k]) < 1e-14);
}

void GradientsTest::headroomIsTheSmallestFactor() {
  const std::vector<double> x{.2, -.5, .7, .9, .35, .05}, beta{.1, .6, -.3, .8, -.9, .5, .4, .9, .7};
  double least = 1;
  for (int s = 0; s < 2; ++s)
    for (int i = 0; i < 3; ++i)
      for (int j = 0; j < 3; ++j)
        least = std::min(
            least, 1 - beta[static_cast<std::size_t>(3 * i + j)] * x[static_cast<std::size_t>(3 * s + j)]);
  QCOMPARE(exact::headroom(2, 3, x.data(), beta.data()), least);
}

void GradientsTest::poolTiesTakeTheFirst() {
  const auto model =
      testing::resolved({{.kind = MaxPool2d, .kernel = 2}, {.kind = LogSoftmax}}, {1, 2, 2}, 1);
  const std::vector<float> x{.5f, .5f, .5f, .5f};
  float y = 0;
  std::int32_t where = -1;
  reference::max_pool2d_forward(model.layers[0], 1, x.data(), &y, &where);
  QCOMPARE(where, 0);
  QCOMPARE(y, .5f);
}

void GradientsTest::softmaxSumsToOne() {
  const std::vector<double> x{1000, 1001, 999, -1000};  // would overflow without the shift by the maximum
  std::vector<double> y(4);
  reference::softmax_forward(1, 4, x.data(), y.data());
  QVERIFY(std::abs(y[0] + y[1] + y[2] + y[3] - 1) < 1e-15);
  QVERIFY(y[1] > y[0] && y[0] > y[2] && y[3] == 0);
}

void GradientsTest::batchNormNormalises() {
  const auto model =
      testing::resolved({{.kind = BatchNorm1d, .name = "fcb"}, {.kind = LogSoftmax}}, {6, 1, 1}, 6);
  reference::Network<double> network(model);
  const auto data = testing::random_batch<double>(model, 50, 4);
  const auto state = model::initialise(model, 1);
  const std::vector<double> values(state.values.begin(), state.values.end());
  network.forward(values, data.view(), Mode::Training, {});
  const auto y = network.output(0);
  for (std::size_t f = 0; f < 6; ++f) {
    double mean = 0, square = 0;
    for (std::size_t s = 0; s < 50; ++s) mean += y[s * 6 + f] / 50;
    for (std::size_t s = 0; s < 50; ++s) square += (y[s * 6 + f] - mean) * (y[s * 6 + f] - mean) / 50;
    QVERIFY(std::abs(mean) < 1e-12);
    QVERIFY(std::abs(square - 1) < 1e-3);  // ε = 1e-5 under a variance of about 1/3
  }
}

void GradientsTest::dropoutKeepsTheMean() {
  const auto model =
      testing::resolved({{.kind = Dropout, .p = 0.25}, {.kind = LogSoftmax}}, {1, 100, 100}, 10);
  const std::vector<double> ones(40'000, 1.0);
  std::vector<double> y(ones.size());
  reference::dropout(model.layers[0], 4, 1, kGradientDraws, 0, ones.data(), y.data());
  double sum = 0;
  for (const double v : y) {
    QVERIFY(v == 0.0 || std::abs(v - 1 / 0.75) < 1e-12);
    sum += v;
  }
  QVERIFY(std::abs(sum / 40'000 - 1) < 0.02);  // five standard deviations are 0.0144
  std::vector<double> again(ones.size());
  DropoutDraws other = kGradientDraws;
  other.step += 1;
  reference::dropout(model.layers[0], 4, 1, other, 0, ones.data(), again.data());
  QVERIFY(again != y);
}

SYNANN_TEST(GradientsTest)
#include "gradients_test.moc"
