// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/ranking.h"

#include <cmath>

#include <QTest>

#include "engine/compute/reference/network.h"
#include "tests/engine/infer/infer_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::infer;

namespace {

// The mean loss in double precision, by the plain loops of the reference.
double exact_loss(const Network& network, const data::Dataset& set) {
  std::vector<std::uint32_t> order(static_cast<std::size_t>(set.count()));
  std::iota(order.begin(), order.end(), 0u);
  std::vector<float> pixels(order.size() * set.image_size());
  std::vector<std::uint8_t> target(order.size());
  compute::gather(set, order, compute::scaling_table(network.model->scaling), pixels, target);
  const std::vector<double> input(pixels.begin(), pixels.end()),
      values(network.values->begin(), network.values->end());
  compute::reference::Network<double> truth(*network.model);
  const compute::Batch<double> batch{.count = set.count(), .input = input, .target = target};
  truth.forward(values, batch, compute::Mode::Evaluation, {});
  return truth.loss(batch);
}

// Inputs of the synapse layer are small behind a softmax: a β as large as this moves the logits far.
Network with_large_beta(const Network& network) {
  const auto layer = *layer_named(*network.model, "");
  std::vector<CellValue> changes;
  for (int k = 0; k < layer.n; ++k)
    changes.push_back({{k, (3 * k + 1) % layer.n}, k % 2 == 0 ? 30.0f : -60.0f});
  return *with_beta(network, layer, changes);
}

}  // namespace

// All cells at once are each cell by itself.
class RankingTest : public QObject {
  Q_OBJECT
 private slots:
  void rankingIsEveryCellByItself_data();
  void rankingIsEveryCellByItself();
  void aFactorOfZeroIsNoObstacle();
  void networksWithoutALinearHeadAreMeasured();
  void threadsChangeNoBit();
  void theTopIsMeasured();
  void whoAsksCanGiveUp();
};

void RankingTest::rankingIsEveryCellByItself_data() {
  QTest::addColumn<QString>("id");
  QTest::addColumn<bool>("large");
  QTest::addColumn<float>("value");
  QTest::newRow("syna-cnn") << "syna-cnn" << false << 0.0f;
  QTest::newRow("syna-cnn, large β") << "syna-cnn" << true << 0.0f;
  QTest::newRow("syna-cnn, to 0.7") << "syna-cnn" << true << 0.7f;
  QTest::newRow("syna-pixel") << "syna-pixel" << false << 0.0f;
}

// Within 1e-6 of the loss: against the back end's float32, and closer in double precision.
void RankingTest::rankingIsEveryCellByItself() {
  QFETCH(QString, id);
  QFETCH(bool, large);
  QFETCH(float, value);
  Network network = testing::trained(id.toStdString());
  if (large) network = with_large_beta(network);
  const auto data = testing::few_digits(20, 120);
  Ablator ablator(testing::asking("auto"));
  const auto ranking = rank_cells(
      ablator, {.network = network, .set = set_of(data), .value = value, .top = 0, .threads = 2}, {});
  QVERIFY2(ranking.ok(), ranking ? "" : ranking.error().sentence().c_str());
  const int n = ranking->layer.n;
  const double before = exact_loss(network, data->test);
  for (int k = 0; k < n * n; k += n * n / 29 + 1) {
    const std::vector<CellValue> change{{{k / n, k % n}, value}};
    const double found = ranking->loss_change[static_cast<std::size_t>(k)];
    const auto alone = ablator.ablate({network, set_of(data), "", change}, {});
    const double single = alone->after.loss();
    QVERIFY2(std::abs(ranking->before.loss() + found - single) <= 1e-6 * single,
             qPrintable(QString("cell %1: %2, alone %3").arg(k).arg(found).arg(single - before)));
    const double exact = exact_loss(alone->changed, data->test) - before;
    QVERIFY2(std::abs(found - exact) <= 1e-7 * before,
             qPrintable(QString("cell %1: %2, exactly %3").arg(k).arg(found).arg(exact)));
  }
}

// 1 − β x = 0 for an image: dividing the factor out would give 0 / 0.
void RankingTest::aFactorOfZeroIsNoObstacle() {
  auto pair = std::make_shared<data::DataPair>(*testing::few_digits());
  std::fill(pair->test.pixels.begin(), pair->test.pixels.begin() + 784, std::uint8_t{255});
  const Network plain = testing::trained("syna-pixel");
  const auto layer = *layer_named(*plain.model, "");
  // x = 1 exactly where four white pixels are averaged.
  const std::vector<CellValue> one{{{4, 9}, 1.0f}};
  const Network network = *with_beta(plain, layer, one);
  Ablator ablator(testing::asking("eigen"));
  const auto ranking = rank_cells(ablator, {.network = network, .set = set_of(pair), .top = 0}, {});
  QVERIFY(ranking.ok());
  const double before = exact_loss(network, pair->test);
  for (const int column : {9, 10}) {
    const std::vector<CellValue> change{{{4, column}, 0.0f}};
    const double exact = exact_loss(*with_beta(network, layer, change), pair->test) - before;
    const double found = ranking->loss_change[static_cast<std::size_t>(4 * 196 + column)];
    QVERIFY2(std::abs(found - exact) <= 1e-7 * before,
             qPrintable(QString("%1, exactly %2").arg(found).arg(exact)));
  }
}

// Coupled samples: each cell is a measurement of its own.
void RankingTest::networksWithoutALinearHeadAreMeasured() {
  model::SynapseOptions options;
  options.semantics = model::SynapseOptions::Semantics::BatchCoupled;
  auto model = std::make_shared<const model::Model>(*model::build("syna-cnn", 28, 28, 10, options));
  const Network network{model, std::make_shared<std::vector<float>>(model::initialise(*model, 1).values)};
  auto pair = std::make_shared<data::DataPair>(*testing::few_digits(20, 12));
  Ablator ablator(testing::asking("eigen"));
  int told = 0;
  const auto ranking = rank_cells(ablator, {.network = network, .set = set_of(pair), .top = 1},
                                  {{}, [&](int done, int) { told = done; }});
  QVERIFY(ranking.ok());
  QCOMPARE(told, 64 * 64);
  const std::vector<CellValue> change{{{2, 3}, 0.0f}};
  const auto alone = ablator.ablate({network, set_of(pair), "", change}, {});
  QCOMPARE(ranking->loss_change[2 * 64 + 3], (alone->after.loss_sum - alone->before.loss_sum) / 12);
}

void RankingTest::threadsChangeNoBit() {
  const Network network = testing::trained("syna-cnn");
  const SetPtr set = set_of(testing::few_digits());
  Ablator ablator(testing::asking("fused"));
  const auto one = rank_cells(ablator, {.network = network, .set = set, .top = 0, .threads = 1}, {});
  const auto three = rank_cells(ablator, {.network = network, .set = set, .top = 0, .threads = 3}, {});
  QVERIFY(one->loss_change == three->loss_change);
}

void RankingTest::theTopIsMeasured() {
  const Network network = with_large_beta(testing::trained("syna-cnn"));
  const auto data = testing::few_digits();
  Ablator ablator(testing::asking("fused"));
  const auto ranking = rank_cells(ablator, {.network = network, .set = set_of(data), .top = 10}, {});
  QCOMPARE(ranking->top.size(), std::size_t{10});
  double last = INFINITY;
  for (const RankedCell& r : ranking->top) {
    QVERIFY(std::abs(r.loss_change) <= last);
    last = std::abs(r.loss_change);
    const std::vector<CellValue> change{{r.cell, 0.0f}};
    const auto changed = with_beta(network, ranking->layer, change);
    QCOMPARE(r.after, testing::evaluated(*changed, data, "fused"));
    QCOMPARE(r.beta, ranking->beta[static_cast<std::size_t>(r.cell.row * 64 + r.cell.column)]);
  }
}

void RankingTest::whoAsksCanGiveUp() {
  const Network network = testing::trained("syna-cnn", {}, 1);
  const SetPtr set = set_of(testing::few_digits());
  Ablator ablator(testing::asking("fused"));
  QVERIFY(ablator.ablate({network, set, "", {}}, {}).ok());  // so that the ranking is at its own work
  std::stop_source stop;
  stop.request_stop();
  const auto none = rank_cells(ablator, {.network = network, .set = set}, {stop.get_token(), {}});
  QVERIFY(!none.ok());
  QCOMPARE(static_cast<int>(none.error().kind), static_cast<int>(ErrorKind::Cancelled));
}

SYNANN_TEST(RankingTest)
#include "ranking_test.moc"
