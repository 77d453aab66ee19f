// SPDX-License-Identifier: GPL-3.0-or-later
#include <numeric>

#include <QTest>

#include "engine/compute/augmenter.h"
#include "tests/engine/compute/cuda/device_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

namespace {

constexpr data::Augmentation kMoved{
    .rotation = 15, .zoom = 0.15, .shift = 0.1, .shear = 5, .elastic = 20, .elastic_sigma = 4, .erase = 0.2};
constexpr int kTrained = 230, kBatch = 25;

// The data with training images that were augmented beforehand.
data::DataPairPtr augmented_before(const data::DataPair& data, int epoch) {
  auto pair = std::make_shared<data::DataPair>(data);
  const Augmenter augmenter(kMoved, data.train.rows, data.train.columns, Isa::Baseline);
  Augmenter::Scratch scratch;
  for (int k = 0; k < data.train.count(); ++k)
    augmenter.make(
        data.train.image(k).data(), {.seed = 5, .epoch = epoch, .image = static_cast<std::uint32_t>(k)},
        pair->train.pixels.data() + static_cast<std::size_t>(k) * data.train.image_size(), scratch);
  return pair;
}

struct EpochRun {
  std::vector<float> losses;
  model::State state;
  double test_loss = 0;
};

// Epoch 2 in spans of four steps, then an evaluation.
EpochRun run_epoch(Backend& backend, const model::State& state, const data::Augmentation& augmentation) {
  EpochRun run;
  std::vector<std::uint32_t> order(kTrained);
  std::iota(order.rbegin(), order.rend(), 0u);
  const std::vector<float> rates(4, 0.05f);
  const CancelFlag cancel;
  if (!backend.load(state)) return run;
  for (int first = 0; first < 10; first += 4) {
    const auto span = backend.run({.seed = 5,
                                   .epoch = 2,
                                   .first_step = first,
                                   .step_count = std::min(4, 10 - first),
                                   .batch_size = kBatch,
                                   .order = order,
                                   .learning_rates = rates,
                                   .optimiser = {.momentum = 0.5},
                                   .augmentation = augmentation},
                                  cancel);
    if (!span) return run;
    run.losses.insert(run.losses.end(), span->losses.begin(), span->losses.end());
  }
  if (!backend.fetch(run.state)) return run;
  run.test_loss = backend.evaluate(EvaluationSet::Test, 50, cancel, {})->loss_sum;
  return run;
}

using MakeTier = std::function<std::unique_ptr<Backend>(testing::ModelPtr, data::DataPairPtr)>;

MakeTier cpu_tier(const char* name, int threads) {
  return [=](testing::ModelPtr model, data::DataPairPtr data) {
    return std::move(*make_backend({.device = "cpu", .tier = name, .threads = threads}, std::move(model),
                                   std::move(data)));
  };
}
MakeTier device_tier(const char* name) {
  return [=](testing::ModelPtr model, data::DataPairPtr data) {
    return std::move(*testing::host_backend(std::move(model), std::move(data), name));
  };
}

}  // namespace

// Training on images that are augmented on the way is, bit for bit, training on images that were augmented
// before: on every tier, and the test images stay as they are.
class AugmentedTrainingTest : public QObject {
  Q_OBJECT
 private slots:
  void tiersTrainOnTheSameImages_data();
  void tiersTrainOnTheSameImages();
  void theTrainingSetComesBack();
};

void AugmentedTrainingTest::tiersTrainOnTheSameImages_data() {
  QTest::addColumn<MakeTier>("tier");
  QTest::newRow("reference") << cpu_tier("reference", 1);
  QTest::newRow("eigen") << cpu_tier("eigen", 2);
  QTest::newRow("fused, 1 thread") << cpu_tier("fused", 1);
  QTest::newRow("fused, 2 threads") << cpu_tier("fused", 2);
  QTest::newRow("fused, 4 threads") << cpu_tier("fused", 4);
  QTest::newRow("device, plain") << device_tier("plain");
  QTest::newRow("device, fused") << device_tier("fused");
}

void AugmentedTrainingTest::tiersTrainOnTheSameImages() {
  QFETCH(MakeTier, tier);
  const auto model = testing::shared(*model::build("syna-cnn", 28, 28, 10));
  const auto data = testing::random_data(*model, kTrained, 60);
  const auto state = model::initialise(*model, 5);
  const auto before = run_epoch(*tier(model, augmented_before(*data, 2)), state, {});
  const auto on_the_way = run_epoch(*tier(model, data), state, kMoved);
  const auto without = run_epoch(*tier(model, data), state, {});
  QCOMPARE(on_the_way.losses.size(), std::size_t{10});
  QCOMPARE(on_the_way.losses, before.losses);
  QVERIFY(on_the_way.state == before.state);
  QCOMPARE(on_the_way.test_loss, before.test_loss);
  QVERIFY(on_the_way.losses != without.losses);
}

// A span without augmentation behind one with it sees the set as it is.
void AugmentedTrainingTest::theTrainingSetComesBack() {
  const auto model = testing::shared(*model::build("syna-cnn", 28, 28, 10));
  const auto data = testing::random_data(*model, kTrained, 60);
  const auto state = model::initialise(*model, 5);
  for (const MakeTier& tier : {cpu_tier("eigen", 1), cpu_tier("fused", 2), device_tier("fused")}) {
    const auto backend = tier(model, data);
    const auto first = run_epoch(*backend, state, {});
    (void)run_epoch(*backend, state, kMoved);
    const auto again = run_epoch(*backend, state, {});
    QCOMPARE(again.losses, first.losses);
    QVERIFY(again.state == first.state);
  }
}

SYNANN_TEST(AugmentedTrainingTest)
#include "augmented_training_test.moc"
