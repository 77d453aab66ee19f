// SPDX-License-Identifier: GPL-3.0-or-later
// What is told of a model's layers: their numbers add up, and their words name what is there.
#include "engine/bench/model_summary.h"

#include <cmath>

#include <QTest>

#include "engine/model/layer_words.h"
#include "tests/test_main.h"

namespace synann::bench {

class ModelSummaryTest : public QObject {
  Q_OBJECT

 private slots:
  void synaCnnIsPyTorchs();
  void everyModelAddsUp();
  void formulasFollowTheOptions();
  void twinsAreNamed();
  void layersAreFound();
};

void ModelSummaryTest::synaCnnIsPyTorchs() {
  const ModelSummary summary = summarise(*model::build("syna-cnn", 28, 28, 10));
  // sum(p.numel() for p in module.parameters()) of each module in PyTorch, without the unused fcn.bias.
  const std::vector<std::pair<const char*, std::int64_t>> expected = {
      {"conv1", 260}, {"conv2", 5020}, {"fc1", 20544}, {"fcn", 4096}, {"fcb", 128}, {"fc2", 650}};
  for (const auto& [name, count] : expected) {
    const LayerSummary* const layer = summary.find(name);
    QVERIFY2(layer, name);
    QCOMPARE(layer->trained, count);
  }
  QCOMPARE(summary.trained, std::int64_t{30698});
  const LayerSummary& conv1 = *summary.find("conv1");
  QCOMPARE(conv1.title, std::string("Convolution 5 × 5"));
  QCOMPARE(model::shape_text(conv1.in), std::string("1 × 28 × 28"));
  QCOMPARE(model::shape_text(conv1.out), std::string("10 × 24 × 24"));
  QCOMPARE(conv1.flops.forward, 2.0 * 10 * 24 * 24 * 25);
  QCOMPARE(conv1.flops.backward, conv1.flops.forward);  // no gradient of the pixels
  QCOMPARE(model::shape_text(summary.find("fcn")->out), std::string("64"));
  QCOMPARE(summary.find("fcn")->flops.step(), 11.0 * 64 * 64);
}

void ModelSummaryTest::everyModelAddsUp() {
  for (const model::ModelInfo& info : model::known_models()) {
    const auto built = model::build(info.id, 28, 28, 10);
    const ModelSummary summary = summarise(*built);
    QCOMPARE(summary.layers.size(), built->layers.size());
    QCOMPARE(summary.trained, static_cast<std::int64_t>(built->parameters.trained_count()));
    double share = 0, forward = 0;
    std::size_t tensors = 0;
    for (const LayerSummary& l : summary.layers) {
      share += l.share;
      forward += l.flops.forward;
      tensors += l.parameters.size();
      QVERIFY2(!l.kind.empty() && !l.title.empty() && !l.formula.empty(), l.kind.c_str());
    }
    QVERIFY(std::abs(share - 1) < 1e-12);
    QCOMPARE(forward, dense_flops(*built).forward);
    QCOMPARE(tensors, built->parameters.all().size());
  }
}

void ModelSummaryTest::formulasFollowTheOptions() {
  using Choice = model::SynapseOptions;
  const auto formula = [](const Choice& options) {
    return summarise(*model::build("syna-pixel", 28, 28, 10, options)).find("fcn")->formula;
  };
  QCOMPARE(formula({}), std::string("y_i = x_i Π_j (1 − β_ij x_j)"));
  QCOMPARE(formula({.beta = Choice::Beta::Sigmoid, .alpha = Choice::Alpha::Exp}),
           std::string("y_i = α_i x_i Π_j (1 − β_ij x_j), β = σ(w), α = exp(a)"));
  QVERIFY(formula({.diagonal = Choice::Diagonal::Zero}).ends_with("β_ii = 0"));
  QVERIFY(formula({.semantics = Choice::Semantics::BatchCoupled}).find("samples of the batch") !=
          std::string::npos);
}

void ModelSummaryTest::twinsAreNamed() {
  const auto twins = [](const char* model, const char* layer) {
    return summarise(*model::build(model, 28, 28, 10)).find(layer)->twins;
  };
  QCOMPARE(twins("syna-cnn", "fcn"), std::string("a linear layer in DenseCNN, nothing in IdentityCNN"));
  QCOMPARE(twins("dense-pixel", "fcn"),
           std::string("the synapse layer in SynaPixel, nothing in IdentityPixel"));
  QCOMPARE(twins("syna-rnn", "rnn"), std::string("σ(B h) as q in DenseRNN, 1 as q in IdentityRNN"));
  QCOMPARE(twins("syna-cnn", "fc1"), std::string());  // all of them have it
  QCOMPARE(twins("linear", "fc2"), std::string());    // a model without twins
}

void ModelSummaryTest::layersAreFound() {
  const ModelSummary summary = summarise(*model::build("syna-cnn", 28, 28, 10));
  QCOMPARE(summary.find("2")->kind, std::string("max_pool2d"));
  QCOMPARE(summary.find("1"), summary.find("conv1"));
  QVERIFY(!summary.find("") && !summary.find("0") && !summary.find("99") && !summary.find("conv9"));
}

}  // namespace synann::bench

SYNANN_PLAIN_TEST(synann::bench::ModelSummaryTest)
#include "model_summary_test.moc"
