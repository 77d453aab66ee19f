// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include <QTest>

#include "engine/compute/cuda/host_block.h"
#include "engine/compute/cuda/memory.h"
#include "tests/engine/compute/cuda/device_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;
using testing::ModelPtr;

namespace {

ModelPtr model_named(const char* id) {
  return testing::shared(*model::build(id, 28, 28, 10));
}

void set_element(const model::Model& m, model::State& state, const char* tensor, float value) {
  state.values[m.parameters.find(tensor)->offset + 3] = value;
}

// Three steps of eight samples, of which the watch forbids some.
Result<SpanResult> run_steps(Backend& backend, const Watch& watch, const CancelFlag& cancel = {}) {
  std::vector<std::uint32_t> order(24);
  std::iota(order.begin(), order.end(), 0u);
  const std::vector<float> rates(3, 0.01f);
  return backend.run({.step_count = 3,
                      .batch_size = 8,
                      .order = order,
                      .learning_rates = rates,
                      .optimiser = {.momentum = 0.5},
                      .watch = watch},
                     cancel);
}

}  // namespace

// What the device back end does when something is wrong: numbers, memory, the device itself.
class DeviceFailuresTest : public QObject {
  Q_OBJECT
 private slots:
  void watchStopsBeforeTheUpdate_data();
  void watchStopsBeforeTheUpdate();
  void stepsBeforeTheFailureAreKept_data();
  void stepsBeforeTheFailureAreKept();
  void brokenGradientOfALaterStepIsNotTaken_data() { stepsBeforeTheFailureAreKept_data(); }
  void brokenGradientOfALaterStepIsNotTaken();
  void cancelStopsBeforeTheFirstStep();
  void tooLittleMemoryIsSaidAndSurvived();
  void lostDeviceIsSaid();
  void foreignStateIsRefused();
  void damagedGuardIsNamed();
  void kernelsAskForTheSharedMemoryTheyUse();
};

void DeviceFailuresTest::watchStopsBeforeTheUpdate_data() {
  QTest::addColumn<QString>("tier");
  QTest::addColumn<QString>("tensor");
  QTest::addColumn<float>("value");
  QTest::addColumn<double>("largestLoss");
  QTest::addColumn<QString>("what");
  const auto add = [](const char* name, const char* tensor, float value, double largest, const char* what) {
    for (const char* tier : {"plain", "fused"})
      QTest::addRow("%s, %s", tier, name)
          << QString(tier) << QString(tensor) << value << largest << QString(what);
  };
  add("not a number", "fc1.bias", NAN, 1000, "the loss is not finite");
  add("exploded", "fc2.bias", 0, 0.5, "the loss exploded to 2.");
  add("gradient", "fcb.weight", 1e38f, 1e39, "the gradient of conv1.weight is not finite");
  add("headroom", "fcn.weight", 200, 1000, "the headroom min(1 − βx) of fcn fell to -");
}

void DeviceFailuresTest::watchStopsBeforeTheUpdate() {
  QFETCH(QString, tier);
  QFETCH(QString, tensor);
  QFETCH(float, value);
  QFETCH(double, largestLoss);
  QFETCH(QString, what);
  const ModelPtr m = model_named("syna-cnn");
  const auto backend =
      std::move(*testing::host_backend(m, testing::random_data(*m, 24, 4), tier.toStdString()));
  auto state = testing::moved_state(*m);
  set_element(*m, state, qPrintable(tensor), value);
  QVERIFY(backend->load(state).ok());
  const auto result = run_steps(*backend, {.largest_loss = largestLoss, .headroom = true});
  QVERIFY(result.ok());
  QVERIFY(result->failure);
  QCOMPARE(result->failure->step, 0);
  QVERIFY2(QString::fromStdString(result->failure->what).startsWith(what), result->failure->what.c_str());
  QVERIFY(result->losses.empty());
  model::State after;
  QVERIFY(backend->fetch(after).ok());
  // Bytes, because a NaN is not equal to itself.
  QVERIFY(std::memcmp(after.values.data(), state.values.data(), state.values.size() * sizeof(float)) == 0);
  QCOMPARE(after.momenta, state.momenta);
  QCOMPARE(after.counters, state.counters);
}

void DeviceFailuresTest::stepsBeforeTheFailureAreKept_data() {
  QTest::addColumn<QString>("tier");
  for (const char* tier : {"plain", "fused"}) QTest::newRow(tier) << QString(tier);
}

void DeviceFailuresTest::stepsBeforeTheFailureAreKept() {
  QFETCH(QString, tier);
  const ModelPtr m = model_named(tier == "fused" ? "syna-cnn" : "linear");
  const auto backend =
      std::move(*testing::host_backend(m, testing::random_data(*m, 24, 4), tier.toStdString()));
  QVERIFY(backend->load(testing::moved_state(*m)).ok());
  // A rate that is not a number breaks the second step's update, so the third's loss.
  std::vector<std::uint32_t> order(24);
  std::iota(order.begin(), order.end(), 0u);
  const std::vector<float> rates{0.01f, std::numeric_limits<float>::infinity(), 0.01f};
  const auto result = backend->run(
      {.epoch = 2, .step_count = 3, .batch_size = 8, .order = order, .learning_rates = rates, .watch = {}},
      CancelFlag{});
  QVERIFY(result.ok());
  QCOMPARE(result->losses.size(), std::size_t{2});
  QVERIFY(result->failure);
  QCOMPARE(result->failure->step, 2);
}

// The first steps are sound, then one has a finite loss and a broken gradient: the state is that behind the
// last sound step.
void DeviceFailuresTest::brokenGradientOfALaterStepIsNotTaken() {
  QFETCH(QString, tier);
  const ModelPtr m = model_named("syna-cnn");
  const auto data = testing::random_data(*m, 40, 4);
  std::vector<std::uint32_t> order(40);
  std::iota(order.begin(), order.end(), 0u);
  // A momentum of −10³⁸ waits for the third step, the only one with a rate: then a scale of batch norm is
  // 10³⁸.
  const std::vector<float> rates{0.0f, 0.0f, 1.0f, 0.0f, 0.0f};
  const auto run = [&](int steps, model::State& after) {
    const auto backend = std::move(*testing::host_backend(m, data, tier.toStdString()));
    auto state = testing::moved_state(*m);
    state.momenta[m->parameters.find("fcb.weight")->offset + 3] = -1e38f;
    if (!backend->load(state)) return SpanResult{};
    auto result = backend->run({.step_count = steps,
                                .batch_size = 8,
                                .order = order,
                                .learning_rates = rates,
                                .optimiser = {.momentum = 1},
                                .dropout = false,
                                .watch = {.largest_loss = 1e39}},
                               CancelFlag{});
    if (!result || !backend->fetch(after)) return SpanResult{};
    return *result;
  };
  model::State sound, stopped;
  const SpanResult before = run(3, sound), all = run(5, stopped);
  QCOMPARE(before.losses.size(), std::size_t{3});
  QVERIFY(!before.failure);
  QVERIFY(all.failure);
  QCOMPARE(all.failure->step, 3);
  QVERIFY2(QString::fromStdString(all.failure->what).startsWith("the gradient of"),
           all.failure->what.c_str());
  QCOMPARE(all.losses, before.losses);
  QVERIFY(std::memcmp(sound.values.data(), stopped.values.data(), sound.values.size() * sizeof(float)) == 0);
  QCOMPARE(sound.counters, stopped.counters);
}

void DeviceFailuresTest::cancelStopsBeforeTheFirstStep() {
  const ModelPtr m = model_named("linear");
  const auto backend = std::move(*testing::host_backend(m, testing::random_data(*m, 24, 4)));
  CancelFlag cancel;
  cancel.set();
  const auto result = run_steps(*backend, {}, cancel);
  QVERIFY(result.ok());
  QVERIFY(result->losses.empty());
  QCOMPARE((*backend->evaluate(EvaluationSet::Test, 4, cancel, {})).count, 0);
}

void DeviceFailuresTest::tooLittleMemoryIsSaidAndSurvived() {
  const ModelPtr m = model_named("syna-cnn");
  const auto backend = std::move(
      *testing::host_backend(m, testing::random_data(*m, 24, 4), "plain", {.memory_bytes = 1'000'000}));
  const auto state = testing::moved_state(*m);
  QVERIFY(backend->load(state).ok());
  const auto result = run_steps(*backend, {});
  QVERIFY(!result.ok());
  QCOMPARE(result.error().kind, ErrorKind::Failed);
  const QString said = QString::fromStdString(result.error().sentence());
  QVERIFY2(said.contains("memory does not suffice") && said.contains("smaller batch"), qPrintable(said));
  model::State after;
  QVERIFY(backend->fetch(after).ok());
  QVERIFY(after == state);
}

void DeviceFailuresTest::lostDeviceIsSaid() {
  const ModelPtr m = model_named("linear");
  const auto backend =
      std::move(*testing::host_backend(m, testing::random_data(*m, 24, 4), "plain", {.lost_after = 12}));
  QVERIFY(backend->load(testing::moved_state(*m)).ok());
  const auto result = run_steps(*backend, {});
  QVERIFY(!result.ok());
  const QString said = QString::fromStdString(result.error().sentence());
  QVERIFY2(said.contains("stopped working") && said.contains("resume from the last checkpoint"),
           qPrintable(said));
  model::State untouched = testing::moved_state(*m, 3);
  const model::State before = untouched;
  QVERIFY(!backend->fetch(untouched).ok());
  QVERIFY(untouched == before);  // a checkpoint is not overwritten with rubbish
}

void DeviceFailuresTest::foreignStateIsRefused() {
  const ModelPtr m = model_named("linear");
  const auto backend = std::move(*testing::host_backend(m, nullptr));
  QVERIFY(!backend->load(model::initialise(*model_named("syna-cnn"), 0)).ok());
}

void DeviceFailuresTest::damagedGuardIsNamed() {
  const auto device = cuda::make_host_device();
  cuda::Memory memory(*device);
  cuda::Buffer<float> first, second;
  first.reserve(memory, 10, "first");
  second.reserve(memory, 10, "second");
  QVERIFY(memory.check().ok());
  QVERIFY(std::isnan(first.data()[9]));                         // fresh memory holds no numbers
  device->launch(cuda::Relu{first.data(), second.data(), 11});  // eleven numbers into ten
  const auto status = memory.check();
  QVERIFY(!status.ok());
  QVERIFY(QString::fromStdString(status.error().sentence()).contains("behind the array \"second\""));
}

void DeviceFailuresTest::kernelsAskForTheSharedMemoryTheyUse() {
  std::vector<std::byte> arena(4);
  cuda::HostBlock block({1, 1, 32, 4}, false, arena);
  block.begin(0, 0);
  (void)block.shared<float>(1);
  QVERIFY(!block.overflowed());
  (void)block.shared<float>(1);
  QVERIFY(block.overflowed());
}

SYNANN_TEST(DeviceFailuresTest)
#include "device_failures_test.moc"
