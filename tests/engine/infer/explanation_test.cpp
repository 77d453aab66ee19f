// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/explanation.h"

#include <cmath>

#include <QTest>

#include "engine/infer/occlusion.h"
#include "tests/engine/infer/infer_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::infer;

// Why a network says one class rather than another.
class ExplanationTest : public QObject {
  Q_OBJECT
 private slots:
  void contributionsAddUp_data();
  void contributionsAddUp();
  void changingBetaMovesItsUnitAlone();
  void whatIsNotLinearIsRefused();
  void hidingIsWhatTheNetworkSeesHidden();
  void wrongPatchesAreRefused();
};

void ExplanationTest::contributionsAddUp_data() {
  QTest::addColumn<QString>("id");
  for (const char* id : {"syna-cnn", "syna-mlp", "syna-pixel"}) QTest::newRow(id) << id;
}

// To the difference of the network's own log-probabilities, and each unit's terms to its surprisal.
void ExplanationTest::contributionsAddUp() {
  QFETCH(QString, id);
  const Network network = testing::trained(id.toStdString(), {}, id == "syna-mlp" ? 1 : 3);
  const SetPtr set = set_of(testing::few_digits());
  Asker asker(testing::asking("reference"));
  const std::vector<std::uint32_t> images{0, 31, 200};
  const auto said = asker.predict(network, *set, images, {});
  for (int k = 0; k < 3; ++k) {
    const auto e = explain({network, set, images[static_cast<std::size_t>(k)], 4, 9});
    QVERIFY(e.ok());
    const auto row = said->row(k);
    const double expected = static_cast<double>(row[4]) - static_cast<double>(row[9]);
    QVERIFY2(std::abs(e->difference - expected) < 1e-4 * (1 + std::abs(expected)),
             qPrintable(QString("%1, the network: %2").arg(e->difference).arg(expected)));
    double sum = e->rest;
    for (const double c : e->contribution) sum += c;
    QVERIFY(std::abs(sum - e->difference) < 1e-12);
    for (std::size_t i = 0; i < e->y.size(); ++i) {
      const synapse::Decomposition& unit = e->units[i];
      double terms = unit.theta + unit.u;
      for (const double t : unit.inhibition) terms += t;
      if (e->y[i] > 0) QVERIFY(std::abs(terms + std::log(e->y[i])) < 1e-9 * (1 + std::abs(terms)));
    }
    for (std::size_t i = 1; i < e->order.size(); ++i)
      QVERIFY(std::abs(e->contribution[static_cast<std::size_t>(e->order[i - 1])]) >=
              std::abs(e->contribution[static_cast<std::size_t>(e->order[i])]));
  }
}

void ExplanationTest::changingBetaMovesItsUnitAlone() {
  const Network network = testing::trained("syna-pixel");
  const SetPtr set = set_of(testing::few_digits());
  const auto layer = *layer_named(*network.model, "");
  const std::vector<CellValue> change{{{90, 91}, 0.8f}};
  const auto before = explain({network, set, 3, 2, 7}),
             after = explain({*with_beta(network, layer, change), set, 3, 2, 7});
  for (std::size_t i = 0; i < before->contribution.size(); ++i)
    if (i != 90) QCOMPARE(after->contribution[i], before->contribution[i]);
}

void ExplanationTest::whatIsNotLinearIsRefused() {
  const SetPtr set = set_of(testing::few_digits());
  QVERIFY(!explain({testing::trained("syna-rnn", {}, 1), set, 0, 0, 1}).ok());
  QVERIFY(!explain({testing::trained("linear", {}, 1), set, 0, 0, 1}).ok());
  const Network network = testing::trained("syna-pixel", {}, 1);
  QVERIFY(!explain({network, set, 0, 0, 10}).ok());
  QVERIFY(!explain({network, set, 230, 0, 1}).ok());
  QVERIFY(!explain({network, nullptr, 0, 0, 1}).ok());
}

void ExplanationTest::hidingIsWhatTheNetworkSeesHidden() {
  const Network network = testing::trained("syna-cnn");
  const SetPtr set = set_of(testing::few_digits());
  Asker asker(testing::asking("fused"));
  const auto map = occlude(asker, {.network = network, .set = set, .image = 12, .label = 3, .side = 6}, {});
  QVERIFY(map.ok());
  QCOMPARE(map->rows, 23);
  QCOMPARE(map->change.size(), std::size_t{23 * 23});
  data::Dataset hidden = *set;
  auto* image = hidden.pixels.data() + 12 * 784;
  for (int r = 9; r < 15; ++r)
    for (int c = 11; c < 17; ++c) image[28 * r + c] = 0;
  const std::vector<std::uint32_t> one{12};
  const auto before = asker.predict(network, *set, one, {}), after = asker.predict(network, hidden, one, {});
  QCOMPARE(map->log_prob, static_cast<double>(before->row(0)[3]));
  QCOMPARE(map->change[9 * 23 + 11],
           static_cast<double>(after->row(0)[3]) - static_cast<double>(before->row(0)[3]));
  // The corner's pixel is hidden by one patch alone.
  QCOMPARE(map->pixels.front(), map->change.front());
  QCOMPARE(map->pixels.size(), std::size_t{784});
}

void ExplanationTest::wrongPatchesAreRefused() {
  const Network network = testing::trained("syna-pixel", {}, 1);
  const SetPtr set = set_of(testing::few_digits());
  Asker asker(testing::asking("eigen"));
  QVERIFY(!occlude(asker, {.network = network, .set = set, .side = 29}, {}).ok());
  QVERIFY(!occlude(asker, {.network = network, .set = set, .label = 10}, {}).ok());
  QVERIFY(!occlude(asker, {.network = network, .set = set, .image = 230}, {}).ok());
  QVERIFY(occlude(asker, {.network = network, .set = set, .side = 28}, {}).ok());
}

SYNANN_TEST(ExplanationTest)
#include "explanation_test.moc"
