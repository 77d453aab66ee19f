// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/train/synapse_layers.h"

#include <cmath>

#include <QTest>

#include "engine/compute/backend.h"
#include "engine/compute/reference/network.h"
#include "engine/data/digits.h"
#include "engine/model/state.h"
#include "engine/synapse/tensor.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::train;

namespace {

struct Fixture {
  explicit Fixture(const char* id, model::SynapseOptions options = {})
      : model(std::make_shared<const model::Model>(*model::build(id, 28, 28, 10, options))),
        values(model::initialise(*model, 3).values),
        digits(data::make_digits(40, 1)) {}
  std::shared_ptr<const model::Model> model;
  std::vector<float> values;
  data::Dataset digits;
};

}  // namespace

// The parameters and inputs that are shown are those the network computes with.
class SynapseLayersTest : public QObject {
  Q_OBJECT
 private slots:
  void everyModelNamesItsLayers();
  void inputsAndParametersGiveTheLayersOutput_data();
  void inputsAndParametersGiveTheLayersOutput();
  void theGradientIsTheBackEnds();
  void parametersFollowTheOptions();
  void imagesComeClassByClass();
  void wrongRequestsAreRefused();
  void otherFormsAreNotShown();
};

void SynapseLayersTest::everyModelNamesItsLayers() {
  const auto layers = [](const char* id) { return synapse_layers(*model::build(id, 28, 28, 10)); };
  QCOMPARE(layers("syna-cnn").at(0).name, std::string("fcn"));
  QCOMPARE(layers("syna-cnn").at(0).n, 64);
  QCOMPARE(layers("syna-mlp").at(0).n, 300);
  QVERIFY(layers("syna-rnn").at(0).recurrent);
  for (const char* id : {"dense-cnn", "identity-pixel", "dense-rnn", "linear"}) QVERIFY(layers(id).empty());
}

void SynapseLayersTest::inputsAndParametersGiveTheLayersOutput_data() {
  QTest::addColumn<QString>("id");
  for (const char* id : {"syna-cnn", "syna-mlp", "syna-pixel"}) QTest::newRow(id) << id;
}

void SynapseLayersTest::inputsAndParametersGiveTheLayersOutput() {
  QFETCH(QString, id);
  const Fixture f(id.toUtf8().constData(), {.alpha = model::SynapseOptions::Alpha::Softplus});
  const SynapseLayer layer = synapse_layers(*f.model).front();
  const auto n = static_cast<std::size_t>(layer.n);
  const std::vector<int> images{3, 11, 5};
  const auto x = synapse_inputs(*f.model, layer, f.values, f.digits, images);
  QVERIFY(x.ok());
  QCOMPARE(x->size(), 3 * n);

  const SynapseParameters p = synapse_parameters(*f.model, layer, f.values);
  const std::vector<double> beta(p.beta.begin(), p.beta.end()), alpha(p.alpha.begin(), p.alpha.end());
  const auto y = synapse::tensor_forward({n, beta, alpha}, *x, {.extended = true});
  QVERIFY(y.ok());

  std::vector<float> pixels(3 * 784);
  std::vector<std::uint8_t> target(3);
  const std::vector<std::uint32_t> order(images.begin(), images.end());
  compute::gather(f.digits, order, compute::scaling_table(f.model->scaling), pixels, target);
  compute::reference::Network<float> network(*f.model);
  network.forward(f.values, {.count = 3, .input = pixels, .target = target}, compute::Mode::Evaluation, {});
  const auto expected = network.output(layer.index);
  for (std::size_t k = 0; k < expected.size(); ++k)
    QVERIFY(std::abs(y->y[k] - static_cast<double>(expected[k])) <= 1e-5 * std::abs(y->y[k]) + 1e-12);
}

void SynapseLayersTest::theGradientIsTheBackEnds() {
  const Fixture f("syna-cnn");
  const SynapseLayer layer = synapse_layers(*f.model).front();
  const auto images = images_by_class(f.digits, 2);
  const auto found = synapse_gradient(*f.model, layer, f.values, f.digits, images);
  QVERIFY(found.ok());
  auto backend = compute::make_backend({.tier = "eigen", .threads = 1}, f.model, nullptr);
  QVERIFY((*backend)->load(model::initialise(*f.model, 3)).ok());
  std::vector<float> pixels(images.size() * 784);
  std::vector<std::uint8_t> target(images.size());
  const std::vector<std::uint32_t> order(images.begin(), images.end());
  compute::gather(f.digits, order, compute::scaling_table(f.model->scaling), pixels, target);
  const auto probe = (*backend)->probe(pixels, target);
  const Parameter* p = f.model->parameters.find("fcn.weight");
  double difference = 0, size = 0;
  for (std::size_t k = 0; k < found->size(); ++k) {
    const auto a = static_cast<double>((*found)[k]), b = static_cast<double>(probe->gradients[p->offset + k]);
    difference += (a - b) * (a - b);
    size += a * a;
  }
  QVERIFY(size > 0);
  QVERIFY(std::sqrt(difference / size) < 2e-5);
}

void SynapseLayersTest::parametersFollowTheOptions() {
  const Fixture sigmoid("syna-cnn", {.beta = model::SynapseOptions::Beta::Sigmoid,
                                     .diagonal = model::SynapseOptions::Diagonal::Zero});
  const SynapseLayer layer = synapse_layers(*sigmoid.model).front();
  const SynapseParameters p = synapse_parameters(*sigmoid.model, layer, sigmoid.values);
  const float* weight = sigmoid.values.data() + sigmoid.model->parameters.find("fcn.weight")->offset;
  QCOMPARE(p.beta[1], 1 / (1 + std::exp(-weight[1])));
  QCOMPARE(p.beta[65], 0.0F);  // on the diagonal
  QCOMPARE(p.alpha, std::vector<float>(64, 1.0F));

  const Fixture rnn("syna-rnn");
  for (const float beta : synapse_parameters(*rnn.model, synapse_layers(*rnn.model).front(), rnn.values).beta)
    QVERIFY(beta > 0 && beta < 1);
}

void SynapseLayersTest::imagesComeClassByClass() {
  const Fixture f("syna-cnn");
  const auto images = images_by_class(f.digits, 2);
  QCOMPARE(images.size(), std::size_t{20});
  for (std::size_t k = 0; k < 20; ++k)
    QCOMPARE(int{f.digits.labels[static_cast<std::size_t>(images[k])]}, static_cast<int>(k / 2));
}

void SynapseLayersTest::wrongRequestsAreRefused() {
  const Fixture f("syna-cnn"), rnn("syna-rnn");
  const auto inputs = [](const Fixture& g, const data::Dataset& set, int image) {
    return synapse_inputs(*g.model, synapse_layers(*g.model).front(), g.values, set, std::vector<int>{image});
  };
  QVERIFY(!inputs(f, f.digits, 40).ok());
  QVERIFY(!inputs(f, f.digits, -1).ok());
  QVERIFY(!inputs(rnn, f.digits, 0).ok());
  data::Dataset small = f.digits;
  small.rows = 14;
  QVERIFY(QString::fromStdString(inputs(f, small, 0).error().sentence())
              .contains("28 × 28 pixels, found 14 × 28"));
}

// Layers that are no square β over all features stand in no list, and one asked for by name says why.
void SynapseLayersTest::otherFormsAreNotShown() {
  using enum model::LayerKind;
  auto m = *model::build({.id = "own",
                          .title = "Own",
                          .help = {},
                          .layers = {{.kind = Synapse, .name = "places", .over = model::Over::Positions},
                                     {.kind = Synapse, .name = "square"},
                                     {.kind = Synapse, .name = "fewer", .out = 10},
                                     {.kind = LogSoftmax}}},
                         28, 28, 10);
  QCOMPARE(synapse_layers(m).size(), std::size_t{1});
  QCOMPARE(layer_named(m, {})->name, std::string("square"));
  QVERIFY(QString::fromStdString(layer_named(m, "fewer").error().sentence()).contains("not available"));
  m.layers.erase(m.layers.begin() + 1);
  QVERIFY(synapse_layers(m).empty());
  QVERIFY(QString::fromStdString(layer_named(m, {}).error().sentence())
              .contains("places: this is not available"));
}

SYNANN_TEST(SynapseLayersTest)
#include "synapse_layers_test.moc"
