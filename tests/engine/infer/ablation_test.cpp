// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/ablation.h"

#include <cmath>

#include <QTest>

#include "tests/engine/infer/infer_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::infer;

// Knocking out cells of β is evaluating the state dict without them.
class AblationTest : public QObject {
  Q_OBJECT
 private slots:
  void aRowIsTheEditedStateDict_data();
  void aRowIsTheEditedStateDict();
  void classesAndImagesThatChangeAddUp();
  void cellsAreChosen();
  void constrainedBetaIsReached_data();
  void constrainedBetaIsReached();
  void theBaseIsKept();
  void wrongRequestsAreRefused();
  void whoAsksCanGiveUp();
};

void AblationTest::aRowIsTheEditedStateDict_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<QString>("tier");
  for (const char* tier : {"fused", "eigen", "reference"})
    QTest::addRow("syna-cnn, %s", tier) << "syna-cnn" << tier;
  QTest::newRow("syna-pixel") << "syna-pixel"
                              << "eigen";
  QTest::newRow("syna-mlp") << "syna-mlp"
                            << "eigen";
  QTest::newRow("syna-rnn") << "syna-rnn"
                            << "eigen";
}

// To the bit, although only what follows the layer is computed again.
void AblationTest::aRowIsTheEditedStateDict() {
  QFETCH(QString, id);
  QFETCH(QString, tier);
  const QByteArray name = tier.toUtf8();
  const Network network = testing::trained(id.toStdString(), {}, id == "syna-mlp" ? 1 : 3);
  const auto data = testing::few_digits();
  Ablator ablator(testing::asking(name.constData()));
  const auto layer = *layer_named(*network.model, "");
  const float value = layer.recurrent ? 0.25f : 0.0f;
  const auto result = ablator.ablate(
      {.network = network, .set = set_of(data), .changes = set_to(cells_of_row(layer.n, 5), value)}, {});
  QVERIFY2(result.ok(), result ? "" : result.error().sentence().c_str());

  auto values = std::make_shared<std::vector<float>>(*network.values);
  const Parameter& weight = *network.model->parameters.find(layer.name + ".weight");
  const auto n = static_cast<std::size_t>(layer.n);
  for (std::size_t j = 0; j < n; ++j)
    (*values)[weight.offset + 5 * n + j] = layer.recurrent ? static_cast<float>(-std::log(3.0)) : 0.0f;
  QCOMPARE(result->after, testing::evaluated({network.model, values}, data, name.constData()));
  QCOMPARE(result->before, testing::evaluated(network, data, name.constData()));
  QVERIFY(result->before.loss_sum != result->after.loss_sum);
  if (!layer.recurrent) QVERIFY(*result->changed.values == *values);
}

void AblationTest::classesAndImagesThatChangeAddUp() {
  const Network network = testing::trained("syna-pixel");
  const auto data = testing::few_digits();
  Ablator ablator(testing::asking("eigen"));
  const auto strongest = strongest_cells(beta_of(network, *layer_named(*network.model, "")), 196, 3000);
  const auto result =
      ablator.ablate({.network = network, .set = set_of(data), .changes = set_to(strongest, 0.9f)}, {});
  int count = 0, before = 0, after = 0, gained = 0;
  for (std::size_t k = 0; k < 10; ++k) {
    count += result->class_counts[k];
    before += result->correct_before[k];
    after += result->correct_after[k];
  }
  QCOMPARE(count, 230);
  QCOMPARE(before, result->before.correct);
  QCOMPARE(after, result->after.correct);
  QVERIFY(!result->switched.empty());
  for (const auto& s : result->switched) {
    QVERIFY(s.before != s.after);
    QCOMPARE(s.truth, static_cast<int>(data->test.labels[s.sample]));
    gained += (s.after == s.truth ? 1 : 0) - (s.before == s.truth ? 1 : 0);
  }
  QCOMPARE(gained, after - before);
}

void AblationTest::cellsAreChosen() {
  QCOMPARE(cells_of_row(3, 1), (std::vector<Cell>{{1, 0}, {1, 1}, {1, 2}}));
  QCOMPARE(cells_of_column(2, 0), (std::vector<Cell>{{0, 0}, {1, 0}}));
  QCOMPARE(cells_of_rectangle({2, 1}, {1, 2}), (std::vector<Cell>{{1, 1}, {1, 2}, {2, 1}, {2, 2}}));
  QCOMPARE(cells_of_mask(std::vector<std::uint8_t>{0, 1, 1, 0}, 2), (std::vector<Cell>{{0, 1}, {1, 0}}));
  const std::vector<float> beta{0.1f, -0.5f, 0.5f, 0.0f};
  QCOMPARE(strongest_cells(beta, 2, 3), (std::vector<Cell>{{0, 1}, {1, 0}, {0, 0}}));
  QCOMPARE(strongest_cells(beta, 2, 99).size(), std::size_t{4});
}

void AblationTest::constrainedBetaIsReached_data() {
  using Beta = model::SynapseOptions::Beta;
  QTest::addColumn<int>("kind");
  QTest::addColumn<float>("value");
  for (const float value : {0.0f, 0.3f, 0.999f}) {
    QTest::addRow("free %g", static_cast<double>(value)) << static_cast<int>(Beta::Free) << value;
    QTest::addRow("sigmoid %g", static_cast<double>(value)) << static_cast<int>(Beta::Sigmoid) << value;
    QTest::addRow("clamp %g", static_cast<double>(value)) << static_cast<int>(Beta::Clamp) << value;
  }
}

// The state dict holds what is behind β.
void AblationTest::constrainedBetaIsReached() {
  QFETCH(int, kind);
  QFETCH(float, value);
  model::SynapseOptions options;
  options.beta = static_cast<model::SynapseOptions::Beta>(kind);
  auto model = std::make_shared<const model::Model>(*model::build("syna-pixel", 28, 28, 10, options));
  const Network network{model, std::make_shared<std::vector<float>>(model::initialise(*model, 1).values)};
  const auto layer = *layer_named(*model, "fcn");
  const std::vector<CellValue> change{{{3, 7}, value}};
  const auto changed = with_beta(network, layer, change);
  QVERIFY(changed.ok());
  const BetaRange range = beta_range(*model, layer);
  QCOMPARE(range.free(), options.beta == model::SynapseOptions::Beta::Free);
  QVERIFY(value >= range.least && value <= range.most);
  const std::vector<CellValue> beyond{{{3, 7}, std::nextafter(range.most, 2 * range.most)}};
  QCOMPARE(with_beta(network, layer, beyond).ok(), false);
  const auto before = beta_of(network, layer), after = beta_of(*changed, layer);
  for (std::size_t k = 0; k < before.size(); ++k) {
    if (k == 3 * 196 + 7) {
      QVERIFY(std::abs(after[k] - value) <= 1e-7f);
    } else {
      QCOMPARE(after[k], before[k]);
    }
  }
}

// A second question about the same network and set does not look at the images again.
void AblationTest::theBaseIsKept() {
  const Network network = testing::trained("syna-cnn", {}, 1);
  const SetPtr set = set_of(testing::few_digits());
  Ablator ablator(testing::asking("fused"));
  int first = 0, second = 0;
  const std::vector<CellValue> change{{{1, 2}, 0.0f}};
  QVERIFY(ablator.ablate({network, set, "fcn", change}, {{}, [&](int, int) { ++first; }}).ok());
  QVERIFY(ablator.ablate({network, set, "fcn", change}, {{}, [&](int, int) { ++second; }}).ok());
  QCOMPARE(first, 2 * second);
}

void AblationTest::wrongRequestsAreRefused() {
  const Network network = testing::trained("syna-pixel", {}, 1);
  const SetPtr set = set_of(testing::few_digits());
  Ablator ablator(testing::asking("eigen"));
  const std::vector<CellValue> beyond{{{0, 196}, 0.0f}}, nan{{{0, 0}, NAN}};
  auto error = ablator.ablate({network, set, "", beyond}, {}).error();
  QCOMPARE(error.found, std::string("0,196"));
  QVERIFY(!ablator.ablate({network, set, "", nan}, {}).ok());
  error = ablator.ablate({network, set, "fc9", {}}, {}).error();
  QCOMPARE(error.expected, std::string("fcn"));
  QVERIFY(!ablator.ablate({network, nullptr, "", {}}, {}).ok());
  const Network linear = testing::trained("linear", {}, 1);
  QVERIFY(ablator.ablate({linear, set, "", {}}, {}).error().problem == "has no synapse layer");
  model::SynapseOptions options;
  options.beta = model::SynapseOptions::Beta::Sigmoid;
  const Network sigmoid = testing::trained("syna-pixel", options, 1);
  const std::vector<CellValue> two{{{0, 0}, 2.0f}};
  QVERIFY(!ablator.ablate({sigmoid, set, "", two}, {}).ok());
}

void AblationTest::whoAsksCanGiveUp() {
  const Network network = testing::trained("syna-pixel", {}, 1);
  const SetPtr set = set_of(testing::few_digits());
  Ablator ablator(testing::asking("eigen"));
  std::stop_source stop;
  stop.request_stop();
  const auto none = ablator.ablate({network, set, "", {}}, {stop.get_token(), {}});
  QCOMPARE(static_cast<int>(none.error().kind), static_cast<int>(ErrorKind::Cancelled));
  QVERIFY(ablator.ablate({network, set, "", {}}, {}).ok());
}

SYNANN_TEST(AblationTest)
#include "ablation_test.moc"
