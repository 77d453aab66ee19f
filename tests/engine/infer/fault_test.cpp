// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/fault.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include <QTest>

#include "engine/core/random.h"
#include "tests/engine/infer/infer_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::infer;

namespace {

// The back end's word on the same step.
compute::SpanResult trained_step(const Network& network, const data::DataPairPtr& data, bool headroom) {
  auto backend = std::move(
      *compute::make_backend({.device = "cpu", .tier = "eigen", .threads = 1}, network.model, data));
  if (!backend->load(state_of(network))) qFatal("cannot load");
  const auto order = epoch_order(4, 2, data->train.count());
  const std::vector<float> rates(1, 0.01f);
  return *backend->run({.seed = 4,
                        .epoch = 2,
                        .first_step = 3,
                        .step_count = 1,
                        .batch_size = 30,
                        .order = order,
                        .learning_rates = rates,
                        .watch = {.headroom = headroom}},
                       {});
}

FaultQuery query_of(const Network& network, const data::DataPairPtr& data) {
  return {.network = network,
          .train = set_of(data, Part::Train),
          .seed = 4,
          .epoch = 2,
          .step = 3,
          .batch_size = 30};
}

}  // namespace

// Where the numbers of a step broke: the batch, the image, the cell.
class FaultTest : public QObject {
  Q_OBJECT
 private slots:
  void theCellWithoutHeadroom();
  void theImageWithTheLargestLoss();
  void theLayerThatBroke();
  void wrongStepsAreRefused();
};

void FaultTest::theCellWithoutHeadroom() {
  const auto data = testing::few_digits();
  const Network sound = testing::trained("syna-pixel", {}, 1);
  const auto layer = *layer_named(*sound.model, "");
  const std::vector<CellValue> change{{{7, 100}, 5.0f}};
  const Network network = *with_beta(sound, layer, change);
  const auto result = trained_step(network, data, true);
  QVERIFY(result.failure && result.failure->what.find("the headroom") == 0);
  const auto fault = locate_fault(query_of(network, data));
  QVERIFY(fault.ok() && fault->headroom);
  QCOMPARE(fault->headroom->cell, (Cell{7, 100}));
  QVERIFY(result.failure->what.ends_with(fmt::format("{:.4g}", fault->headroom->value)));
  QVERIFY(std::ranges::count(fault->batch, fault->headroom->image) == 1);
  QCOMPARE(fault->batch.size(), std::size_t{30});
}

void FaultTest::theImageWithTheLargestLoss() {
  const auto data = testing::few_digits();
  const Network network = testing::trained("syna-cnn", {}, 1);
  const auto fault = locate_fault(query_of(network, data));
  const auto result = trained_step(network, data, false);
  QVERIFY(!result.failure);
  QVERIFY(fault->loss >= static_cast<double>(result.losses.front()));  // the mean of its batch
  QVERIFY(fault->loss <= 30 * static_cast<double>(result.losses.front()));
  QVERIFY(fault->layer.empty());
  QVERIFY(fault->headroom->value > 0);
}

void FaultTest::theLayerThatBroke() {
  const auto data = testing::few_digits();
  const Network sound = testing::trained("syna-cnn", {}, 1);
  auto values = std::make_shared<std::vector<float>>(*sound.values);
  (*values)[sound.model->parameters.find("fc1.bias")->offset + 3] = INFINITY;
  const Network network{sound.model, values};
  QVERIFY(trained_step(network, data, false).failure.has_value());
  const auto fault = locate_fault(query_of(network, data));
  QVERIFY(!std::isfinite(fault->loss));
  QCOMPARE(fault->layer, std::string("fc1"));
}

void FaultTest::wrongStepsAreRefused() {
  const auto data = testing::few_digits();
  FaultQuery query = query_of(testing::trained("linear", {}, 1), data);
  QVERIFY(locate_fault(query).ok());
  QVERIFY(!locate_fault(query)->headroom);
  query.step = 14;  // 400 images in batches of 30
  QVERIFY(!locate_fault(query).ok());
  query.step = -1;
  QVERIFY(!locate_fault(query).ok());
  query.step = 0;
  query.train = nullptr;
  QVERIFY(!locate_fault(query).ok());
}

SYNANN_TEST(FaultTest)
#include "fault_test.moc"
