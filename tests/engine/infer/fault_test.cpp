// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/fault.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>

#include <QTemporaryDir>
#include <QTest>

#include "engine/compute/augmenter.h"
#include "engine/compute/reference/network.h"
#include "engine/core/random.h"
#include "engine/infer/asker.h"
#include "engine/train/failure.h"
#include "engine/train/session.h"
#include "tests/engine/infer/infer_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::infer;

namespace {

constexpr std::size_t kPlanted = 17;  // place in the batch

// The back end's word on the same step.
compute::SpanResult trained_step(const Network& network, const data::DataPairPtr& data,
                                 const compute::Watch& watch, bool dropout = true) {
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
                        .dropout = dropout,
                        .watch = watch},
                       {});
}

FaultQuery query_of(const Network& network, const data::DataPairPtr& data) {
  return {.network = network,
          .set = set_of(data, Part::Train),
          .seed = 4,
          .epoch = 2,
          .step = 3,
          .batch_size = 30};
}

// The images of that step.
std::vector<std::uint32_t> batch_of_step(const data::DataPairPtr& data) {
  const auto order = epoch_order(4, 2, data->train.count());
  return {order.begin() + 90, order.begin() + 120};
}

// The network with some of its numbers planted.
Network planted(const Network& sound, const std::string& name,
                const std::vector<std::pair<std::size_t, float>>& numbers) {
  auto values = std::make_shared<std::vector<float>>(*sound.values);
  for (const auto& [place, value] : numbers)
    (*values)[sound.model->parameters.find(name)->offset + place] = value;
  return {sound.model, values};
}

// Few digits with ink in the corner of one image of the step alone.
data::DataPairPtr ink_in_the_corner() {
  auto data = std::make_shared<data::DataPair>(*testing::few_digits());
  const std::uint32_t image = batch_of_step(data)[kPlanted];
  for (std::uint32_t k = 0; k < static_cast<std::uint32_t>(data->train.count()); ++k)
    for (const std::size_t pixel : {0u, 1u, 2u, 3u, 28u, 29u, 30u, 31u})
      data->train.pixels[k * data->train.image_size() + pixel] = k == image ? 255 : 0;
  return data;
}

struct FailureSeen : train::Observer {
  std::shared_ptr<const train::Failure> failure;
  void on_failure(std::shared_ptr<const train::Failure> f) override { failure = std::move(f); }
};

}  // namespace

// Where the numbers of a step broke: the batch, the image, the layer, the cell.
class FaultTest : public QObject {
  Q_OBJECT
 private slots:
  void augmentedImagesAreThoseOfTheStep();
  void theCellWithoutHeadroom();
  void theImageWithTheLargestLoss();
  void theImageThatBrokeItsBatch();
  void theLayerThatBroke();
  void theImageWhoseGradientBroke();
  void theImageThatBrokeAMeasurement();
  void aMeasurementIsGivenUp();
  void theRunThatExploded_data();
  void theRunThatExploded();
  void wrongStepsAreRefused();
};

// x of SynaPixel's layer are means of 2 × 2 pixels, so that the smallest factor can be told from the data.
void FaultTest::theCellWithoutHeadroom() {
  const auto data = testing::few_digits();
  const Network sound = testing::trained("syna-pixel", {}, 1);
  const std::vector<CellValue> change{{{7, 100}, 5.0f}};
  const Network network = *with_beta(sound, *layer_named(*sound.model, ""), change);
  const auto fault = locate_fault(query_of(network, data));
  QVERIFY(fault.ok() && fault->headroom);
  double most = 0;
  std::uint32_t image = 0;
  for (const std::uint32_t sample : batch_of_step(data)) {
    const auto pixels = data->train.image(static_cast<int>(sample));
    const std::size_t corner = 100 / 14 * 2 * 28 + 100 % 14 * 2;
    const double x =
        (pixels[corner] + pixels[corner + 1] + pixels[corner + 28] + pixels[corner + 29]) / (4 * 255.0);
    if (x > most) most = x, image = sample;
  }
  QVERIFY2(most > 0.5, "the test's own data leave the factor above 0");
  QCOMPARE(fault->headroom->cell, (Cell{7, 100}));
  QCOMPARE(fault->headroom->layer, std::string("fcn"));
  QCOMPARE(fault->headroom->image, image);
  QVERIFY(std::abs(fault->headroom->value - (1 - 5 * most)) < 1e-6);
  QCOMPARE(fault->batch, batch_of_step(data));
  const auto result = trained_step(network, data, {.headroom = true});
  QVERIFY(result.failure && result.failure->what.find("the headroom") == 0);
  QVERIFY(result.failure->what.ends_with(fmt::format("{:.4g}", fault->headroom->value)));
  const std::string words = fault_words(*fault);
  QVERIFY2(
      words.find(fmt::format("the smallest 1 − βx is {:.4g}, in cell (7, 100) of fcn for training image {}",
                             fault->headroom->value, image)) != std::string::npos,
      words.c_str());
}

// Without batch norm and dropout a step's losses are an evaluation's.
void FaultTest::theImageWithTheLargestLoss() {
  const auto data = testing::few_digits();
  const Network network = testing::trained("linear", {}, 1);
  Asker asker(testing::asking("eigen"));
  const auto batch = batch_of_step(data);
  const auto said = asker.predict(network, data->train, batch, {});
  QVERIFY(said.ok());
  int worst = 0;
  for (int k = 1; k < said->count(); ++k)
    if (said->surprisal(k) > said->surprisal(worst)) worst = k;
  const auto fault = locate_fault(query_of(network, data));
  QCOMPARE(fault->image, batch[static_cast<std::size_t>(worst)]);
  QVERIFY(std::abs(fault->loss - said->surprisal(worst)) < 1e-5 * fault->loss);
  QVERIFY(!fault->not_finite());
  QVERIFY(!fault->headroom);
  const auto exploded = trained_step(network, data, {.largest_loss = 1e-3});
  QVERIFY(exploded.failure && exploded.failure->what.find("the loss exploded") == 0);
}

// (1 + 3e38)² overflows for the one image that has ink there; batch norm behind it spreads that over all.
void FaultTest::theImageThatBrokeItsBatch() {
  const auto data = ink_in_the_corner();
  const Network network = planted(testing::trained("syna-pixel", {}, 1), "fcn.weight",
                                  {{5 * 196, -3e38f}, {5 * 196 + 1, -3e38f}});
  QVERIFY(trained_step(network, data, {}).failure.has_value());
  const auto fault = locate_fault(query_of(network, data));
  QVERIFY(fault.ok());
  QCOMPARE(fault->layer, std::string("fcn"));
  QCOMPARE(fault->image, batch_of_step(data)[kPlanted]);
  QVERIFY(!std::isfinite(fault->loss));
  QVERIFY(fault_words(*fault).starts_with(
      fmt::format("fcn is the first layer whose output is not finite, for training image {} (batch of 30)",
                  fault->image)));
}

void FaultTest::theLayerThatBroke() {
  const auto data = testing::few_digits();
  const Network network = planted(testing::trained("syna-cnn", {}, 1), "fc1.bias", {{3, INFINITY}});
  QVERIFY(trained_step(network, data, {}).failure.has_value());
  const auto fault = locate_fault(query_of(network, data));
  QVERIFY(!std::isfinite(fault->loss));
  QCOMPARE(fault->layer, std::string("fc1"));
  QCOMPARE(fault->image, batch_of_step(data).front());  // all of them at once
}

// Batch norm's scale of 3.3e38 leaves the loss finite and makes the gradient before it too large for a float,
// for some images; in double precision it can be told for which.
void FaultTest::theImageWhoseGradientBroke() {
  const auto data = testing::few_digits();
  const auto model =
      std::make_shared<const model::Model>(*model::build("syna-cnn", 28, 28, 10, model::SynapseOptions{}));
  const Network sound{model, std::make_shared<const std::vector<float>>(model::initialise(*model, 5).values)};
  const Network network = planted(sound, "fcb.weight", {{3, 3.3e38f}});
  const auto result = trained_step(network, data, {.largest_loss = 1e39}, false);
  QVERIFY(result.failure && result.failure->what.find("the gradient of ") == 0);
  FaultQuery query = query_of(network, data);
  query.dropout = false;
  const auto fault = locate_fault(query);
  QVERIFY(fault->layer.empty() && fault->gradient);
  QVERIFY(std::isfinite(fault->loss));
  QVERIFY(fault_words(*fault).find("is the first whose gradient is not finite") != std::string::npos);

  const auto batch = batch_of_step(data);
  std::vector<float> pixels(batch.size() * data->train.image_size());
  std::vector<std::uint8_t> target(batch.size());
  compute::gather(data->train, batch, compute::scaling_table(model->scaling), pixels, target);
  const std::vector<double> input(pixels.begin(), pixels.end()),
      values(network.values->begin(), network.values->end());
  std::vector<double> gradients(values.size());
  compute::reference::Network<double> exact(*model);
  const compute::Batch<double> whole{.count = 30, .input = input, .target = target};
  exact.forward(values, whole, compute::Mode::Training, {});
  exact.backward(values, whole, {}, gradients);
  const std::size_t before_norm = model->layers.size() - 4;  // batch norm, linear, softmax follow
  const auto delta = exact.delta(before_norm);
  const auto first = std::find_if(delta.begin(), delta.end(), [](double d) {
    return std::abs(d) > static_cast<double>(std::numeric_limits<float>::max());
  });
  QVERIFY(first != delta.end());
  QCOMPARE(fault->image, batch[static_cast<std::size_t>(first - delta.begin()) / 64]);
}

void FaultTest::theImageThatBrokeAMeasurement() {
  auto data = std::make_shared<data::DataPair>(*testing::few_digits());
  constexpr std::size_t kImage = 203;  // of 230, behind two whole batches
  for (std::size_t k = 0; k < 230; ++k)
    for (const std::size_t pixel : {0u, 1u, 2u, 3u, 28u, 29u, 30u, 31u})
      data->test.pixels[k * data->test.image_size() + pixel] = k == kImage ? 255 : 0;
  const Network network = planted(testing::trained("syna-pixel", {}, 1), "fcn.weight",
                                  {{5 * 196, -3e38f}, {5 * 196 + 1, -3e38f}});
  std::vector<int> told;
  const auto fault = locate_fault({.network = network, .set = set_of(data, Part::Test), .part = Part::Test},
                                  {.progress = [&](int done, int) { told.push_back(done); }});
  QVERIFY(fault.ok());
  QCOMPARE(fault->image, static_cast<std::uint32_t>(kImage));
  QCOMPARE(fault->layer, std::string("fcn"));
  QCOMPARE(fault->batch.front(), 200u);
  QCOMPARE(told, (std::vector<int>{1, 2}));
  QVERIFY(fault_words(*fault).find("for test image 203 ") != std::string::npos);
}

void FaultTest::aMeasurementIsGivenUp() {
  const auto data = testing::few_digits();
  std::stop_source stop;
  const auto fault = locate_fault(
      {.network = testing::trained("linear", {}, 1), .set = set_of(data, Part::Test), .part = Part::Test},
      {.stop = stop.get_token(), .progress = [&](int, int) { stop.request_stop(); }});
  QVERIFY(!fault.ok());
  QCOMPARE(fault.error().kind, ErrorKind::Cancelled);
}

void FaultTest::theRunThatExploded_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<bool>("watch");
  QTest::addColumn<QString>("what");
  QTest::newRow("headroom") << "syna-pixel" << true << "the headroom min(1 − βx) of fcn fell to ";
  QTest::newRow("loss") << "dense-mlp" << false << "the loss exploded to ";
}

// An absurd learning rate ends the run in a step; the session hands over what the step broke with, and its
// folder tells the same, to the bit.
void FaultTest::theRunThatExploded() {
  QFETCH(QString, model);
  QFETCH(bool, watch);
  QFETCH(QString, what);
  const QTemporaryDir folder;
  const std::filesystem::path run = std::filesystem::path(folder.path().toStdString()) / "run";
  const auto data = testing::few_digits();
  train::Settings settings;
  settings.model = model.toStdString();
  settings.learning_rate = 10;
  settings.epochs = 20;
  settings.batch_size = 20;
  settings.watch_headroom = watch;
  FailureSeen seen;
  {
    auto session = train::Session::create({.settings = settings, .data = data, .folder = run}, seen);
    QVERIFY(session.ok());
    QVERIFY(!(*session)->run().ok());
  }
  QVERIFY(seen.failure && seen.failure->place == train::FaultPlace::Step);
  const QString reason = QString::fromStdString(seen.failure->reason);
  QVERIFY2(reason.contains(what), qPrintable(reason));
  const auto fault = locate_fault(fault_query(*seen.failure));
  QVERIFY(fault.ok());
  // The sentence of the session holds the batch and the number that broke.
  QVERIFY2(reason.contains(QString("training images %1, %2, ").arg(fault->batch[0]).arg(fault->batch[1])),
           qPrintable(reason));
  if (watch) {
    QVERIFY(fault->headroom && fault->headroom->value <= 0);
    QVERIFY2(reason.contains(QString::fromStdString(fmt::format("fell to {:.4g} (", fault->headroom->value))),
             qPrintable(reason));
    const auto read = train::read_failure(run, data);
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
    QVERIFY(read->place == seen.failure->place && read->position == seen.failure->position);
    QVERIFY(read->weights->values == seen.failure->weights->values);
    QCOMPARE(locate_fault(fault_query(*read))->image, fault->image);
  } else {
    QVERIFY(fault->loss > 1000 && !fault->not_finite());
    QVERIFY(!train::read_failure(run, data).ok());  // a model without synapses keeps no record
  }
}

void FaultTest::wrongStepsAreRefused() {
  const auto data = testing::few_digits();
  FaultQuery query = query_of(testing::trained("linear", {}, 1), data);
  QVERIFY(locate_fault(query).ok());
  query.step = 14;  // 400 images in batches of 30
  QVERIFY(!locate_fault(query).ok());
  query.step = -1;
  QVERIFY(!locate_fault(query).ok());
  query.step = 0;
  query.set = nullptr;
  QVERIFY(!locate_fault(query).ok());
}

// The step is made again with the images it saw, not with those of the set.
void FaultTest::augmentedImagesAreThoseOfTheStep() {
  const Network network = testing::trained("syna-pixel", {}, 1);
  const auto data = testing::few_digits();
  auto moved = std::make_shared<data::DataPair>(*data);
  FaultQuery query = query_of(network, data);
  query.augmentation = {.rotation = 30, .shift = 0.2, .elastic = 20};
  compute::BatchAugmenter augmenter(1);
  const auto batch = batch_of_step(data);
  const data::Dataset& made = augmenter.make(data->train, batch, query.augmentation, 4, 2);
  for (std::size_t k = 0; k < batch.size(); ++k) {
    const auto image = made.image(static_cast<int>(k));
    std::copy(image.begin(), image.end(),
              moved->train.pixels.begin() + static_cast<std::ptrdiff_t>(batch[k] * image.size()));
  }
  const auto found = locate_fault(query), expected = locate_fault(query_of(network, moved)),
             unmoved = locate_fault(query_of(network, data));
  QVERIFY(found.ok() && expected.ok() && unmoved.ok());
  QCOMPARE(found->loss, expected->loss);
  QCOMPARE(found->image, expected->image);
  QVERIFY(found->loss != unmoved->loss);
}

SYNANN_TEST(FaultTest)
#include "fault_test.moc"
