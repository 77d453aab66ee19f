// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <numeric>

#include <QTest>

#include "engine/compute/batch_network.h"
#include "engine/compute/reference/network.h"
#include "tests/engine/compute/fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

namespace {

struct TierAnswer {
  double loss = 0;
  std::vector<float> gradients, log_probs, evaluated;
  bool operator==(const TierAnswer&) const = default;
};

TierAnswer ask_tier(BatchNetwork& network, const model::Model& model, const Batch<float>& batch) {
  auto state = model::initialise(model, 9);
  // Running statistics away from their start, so that evaluation mode cannot pass by luck.
  for (std::size_t k = model.parameters.trained_count(); k < state.values.size(); ++k)
    state.values[k] += 0.25f;
  TierAnswer answer;
  answer.gradients.assign(state.values.size(), NAN);
  answer.loss = network.gradient(state.values, batch, {.enabled = true, .seed = 2, .epoch = 3, .step = 4},
                                 answer.gradients);
  answer.log_probs.assign(network.log_probs().begin(), network.log_probs().end());
  const auto evaluated = network.evaluate(state.values, batch);
  answer.evaluated.assign(evaluated.begin(), evaluated.end());
  return answer;
}

std::vector<model::Model> tier_models() {
  using enum model::LayerKind;
  using Options = model::SynapseOptions;
  std::vector<model::Model> all;
  for (const auto& info : model::known_models()) {
    if (info.id != "identity-cnn" && info.id != "linear") all.push_back(*model::build(info.id, 28, 28, 10));
  }
  constexpr Options kConstrained{
      .beta = Options::Beta::Sigmoid, .alpha = Options::Alpha::Softplus, .diagonal = Options::Diagonal::Zero};
  constexpr Options kClamped{.beta = Options::Beta::Clamp, .alpha = Options::Alpha::Exp};
  constexpr Options kCoupled{.semantics = Options::Semantics::BatchCoupled, .alpha = Options::Alpha::Exp};
  for (const Options& options : {kConstrained, kClamped, kCoupled})
    all.push_back(*model::build("syna-cnn", 28, 28, 10, options));
  // 37 synapses: not a multiple of the kernels' lanes.
  all.push_back(testing::resolved({{.kind = Linear, .name = "a", .out = 37},
                                   {.kind = Softmax},
                                   {.kind = Synapse, .name = "fcn"},
                                   {.kind = BatchNorm1d, .name = "fcb"},
                                   {.kind = Synapse, .name = "again"},
                                   {.kind = Relu},
                                   {.kind = Linear, .name = "b", .out = 5},
                                   {.kind = LogSoftmax}},
                                  {1, 9, 7}, 5));
  return all;
}

}  // namespace

// The eigen tier against the reference, tensor by tensor, and its independence of the number of threads.
class TiersTest : public QObject {
  Q_OBJECT
 private slots:
  void eigenMatchesReference_data();
  void eigenMatchesReference();
  void shutGatesAreZero();
  void threadsChangeNothing();
  void samplesDoNotSeeEachOtherInEvaluation();
};

void TiersTest::eigenMatchesReference_data() {
  QTest::addColumn<int>("model");
  QTest::addColumn<int>("batch");
  const auto all = tier_models();
  for (std::size_t model = 0; model < all.size(); ++model) {
    for (const int batch : {1, 7, 64}) {
      QTest::addRow("%zu %s, batch %d", model, all[model].id.c_str(), batch)
          << static_cast<int>(model) << batch;
    }
  }
  QTest::newRow("syna-cnn, batch 333") << 0 << 333;
}

void TiersTest::eigenMatchesReference() {
  QFETCH(int, model);
  QFETCH(int, batch);
  const auto m = tier_models()[static_cast<std::size_t>(model)];
  const auto data = testing::random_batch<float>(m, batch, 21);

  // The oracle in double: float against float would hide an error both share.
  reference::Network<double> oracle(m);
  auto state = model::initialise(m, 9);
  for (std::size_t k = m.parameters.trained_count(); k < state.values.size(); ++k) state.values[k] += 0.25f;
  const std::vector<double> values(state.values.begin(), state.values.end()),
      input(data.input.begin(), data.input.end());
  const Batch<double> wide{batch, input, data.target};
  const DropoutDraws draws{.enabled = true, .seed = 2, .epoch = 3, .step = 4};
  std::vector<double> gradients(values.size());
  oracle.forward(values, wide, Mode::Training, draws);
  oracle.backward(values, wide, draws, gradients);

  const auto answer = ask_tier(*make_eigen_network(m, 2), m, data.view());
  QVERIFY(std::abs(answer.loss - oracle.loss(wide)) < 1e-5 * oracle.loss(wide));
  QVERIFY(testing::relative_error(answer.log_probs, oracle.log_probs()) < 1e-5);
  for (const Parameter& p : m.parameters.all()) {
    if (p.type != ElementType::F32 || p.role == Role::Unused) continue;
    // A batch of one has no variance: what BatchNorm passes back is rounding only, in PyTorch as well.
    if (batch == 1 && m.parameters.find("fcb.weight")) continue;
    const auto expected = std::span<const double>(gradients).subspan(p.offset, p.size());
    // A bias before BatchNorm has no gradient: what is left is rounding, in every number format.
    const double norm =
        std::sqrt(std::inner_product(expected.begin(), expected.end(), expected.begin(), 0.0));
    if (norm < 1e-12) continue;
    const double error =
        testing::relative_error(std::span(answer.gradients).subspan(p.offset, p.size()), expected);
    QVERIFY2(error < 1e-4, qPrintable(QString("%1: %2").arg(QString::fromStdString(p.name)).arg(error)));
  }
  oracle.forward(values, wide, Mode::Evaluation, {});
  QVERIFY(testing::relative_error(answer.evaluated, oracle.log_probs()) < 1e-5);
}

// Far out a gate of the recurrent cell is 0 or 1, not NaN: e^300 is no float.
void TiersTest::shutGatesAreZero() {
  for (const char* id : {"syna-rnn", "dense-rnn", "identity-rnn"}) {
    const auto m = *model::build(id, 28, 28, 10);
    auto values = model::initialise(m, 9).values;
    for (const char* bias : {"rnn.bias_e", "rnn.bias_f"})
      for (std::size_t k = 0; k < 64; k += 3)
        values[m.parameters.find(bias)->offset + k] = k % 2 ? 300 : -300;
    const auto data = testing::random_batch<float>(m, 7, 21);
    reference::Network<double> oracle(m);
    const std::vector<double> wide(values.begin(), values.end()), input(data.input.begin(), data.input.end());
    oracle.forward(wide, {7, input, data.target}, Mode::Training, {});
    const auto network = make_eigen_network(m, 1);
    std::vector<float> gradients(values.size());
    QVERIFY(std::isfinite(network->gradient(values, data.view(), {}, gradients)));
    QVERIFY(all_finite(gradients));
    QVERIFY(testing::relative_error(network->log_probs(), oracle.log_probs()) < 1e-5);
  }
}

void TiersTest::threadsChangeNothing() {
  for (const auto& m : tier_models()) {
    const auto data = testing::random_batch<float>(m, 60, 8);
    const auto one = ask_tier(*make_eigen_network(m, 1), m, data.view());
    QVERIFY(one == ask_tier(*make_eigen_network(m, 2), m, data.view()));
    QVERIFY(one == ask_tier(*make_eigen_network(m, 5), m, data.view()));
  }
}

void TiersTest::samplesDoNotSeeEachOtherInEvaluation() {
  const auto m = tier_models()[0];
  const auto data = testing::random_batch<float>(m, 60, 8);
  const auto network = make_eigen_network(m, 2);
  const auto all = ask_tier(*network, m, data.view()).evaluated;
  const Batch<float> tail{20, std::span(data.input).subspan(40u * 784u), std::span(data.target).subspan(40)};
  QVERIFY(testing::relative_error(ask_tier(*network, m, tail).evaluated, std::span(all).subspan(400)) < 1e-6);
}

SYNANN_TEST(TiersTest)
#include "tiers_test.moc"
