// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <QTest>

#include "tests/engine/compute/cuda/device_fixtures.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::compute;

namespace {

constexpr int kFrozenSamples = 40, kFrozenBatch = 16, kFrozenEpochs = 2;
constexpr int kFrozenSteps = 3;  // an epoch: 16, 16 and 8 samples

// One row of β, and a cell of another.
std::vector<std::uint32_t> row_and_cell(const model::Model& model, const std::string& weight) {
  const Parameter& p = *model.parameters.find(weight);
  const auto n = static_cast<std::uint32_t>(p.shape[1]), first = static_cast<std::uint32_t>(p.offset);
  std::vector<std::uint32_t> places;
  for (std::uint32_t j = 0; j < n; ++j) places.push_back(first + 3 * n + j);
  places.push_back(first + 5 * n + 7);
  return places;
}

// Momenta that are not zero, so that what stays can be told from what is set to zero.
model::State begun_state(const model::Model& model, bool adam) {
  model::State state = testing::moved_state(model);
  for (std::size_t k = 0; k < state.momenta.size(); ++k) state.momenta[k] = 1e-4F * static_cast<float>(k % 7);
  if (adam) state.squares.assign(state.momenta.size(), 1e-6F);
  return state;
}

// All steps, so many a span; where they are taken one by one, `between` may change the state behind each.
model::State trained_with(Backend& backend, model::State state, const Optimiser& optimiser,
                          std::span<const std::uint32_t> frozen, int piece,
                          const std::function<void(model::State&)>& between = {}) {
  std::vector<std::uint32_t> order(kFrozenSamples);
  std::iota(order.rbegin(), order.rend(), 0u);
  const std::vector<float> rates(kFrozenSteps, 0.02F);
  const CancelFlag cancel;
  if (!backend.load(state)) qFatal("the state cannot be loaded");
  for (int at = 0; at < kFrozenEpochs * kFrozenSteps; at += piece) {
    const auto done = backend.run({.seed = 5,
                                   .epoch = at / kFrozenSteps + 1,
                                   .first_step = at % kFrozenSteps,
                                   .step_count = piece,
                                   .batch_size = kFrozenBatch,
                                   .order = order,
                                   .learning_rates = rates,
                                   .optimiser = optimiser,
                                   .first_count = at,
                                   .frozen = frozen},
                                  cancel);
    if (!done || done->failure) qFatal("the steps cannot be made");
    if (!between) continue;
    if (!backend.fetch(state)) qFatal("the state cannot be fetched");
    between(state);
    if (!backend.load(state)) qFatal("the state cannot be loaded");
  }
  if (!backend.fetch(state)) qFatal("the state cannot be fetched");
  return state;
}

Result<std::unique_ptr<Backend>> frozen_backend(const testing::ModelPtr& model, const QString& device,
                                                const QString& tier, int threads) {
  const auto data = testing::random_data(*model, kFrozenSamples, 8);
  if (device == "cuda-host") return testing::host_backend(model, data, tier.toStdString());
  return make_backend({.device = device.toStdString(), .tier = tier.toStdString(), .threads = threads}, model,
                      data);
}

const Optimiser kFrozenOptimisers[] = {
    {.momentum = 0.5},
    {.momentum = 0.9, .nesterov = true, .weight_decay = 0.01},
    {.kind = Optimiser::Kind::Adam},
    {.kind = Optimiser::Kind::AdamW, .weight_decay = 0.1},
    {.momentum = 0.5, .clip_norm = 0.3},
};

}  // namespace

// Numbers that training leaves as they are, on every tier.
class FrozenNumbersTest : public QObject {
  Q_OBJECT
 private slots:
  void frozenNumbersStayToTheBit_data();
  void frozenNumbersStayToTheBit();
  void freezingCanChangeBetweenSpans_data();
  void freezingCanChangeBetweenSpans();
};

void FrozenNumbersTest::frozenNumbersStayToTheBit_data() {
  QTest::addColumn<QString>("model");
  QTest::addColumn<QString>("device");
  QTest::addColumn<QString>("tier");
  QTest::addColumn<int>("threads");
  QTest::addColumn<int>("optimiser");
  const auto add = [](const char* model, const char* device, const char* tier, int threads) {
    for (int o = 0; o < static_cast<int>(std::size(kFrozenOptimisers)); ++o)
      QTest::addRow("%s %s %s, %d threads, optimiser %d", model, device, tier, threads, o)
          << model << device << tier << threads << o;
  };
  for (const int threads : {1, 3}) {
    add("syna-cnn", "cpu", "fused", threads);
    add("syna-cnn", "cpu", "eigen", threads);
  }
  add("syna-cnn", "cpu", "reference", 1);
  add("syna-cnn", "cuda-host", "fused", 1);
  add("syna-cnn", "cuda-host", "plain", 1);
  add("syna-rnn", "cpu", "eigen", 2);
  add("syna-rnn", "cuda-host", "plain", 1);
}

// The rest moves exactly as if the frozen numbers had been put back by hand behind every step.
void FrozenNumbersTest::frozenNumbersStayToTheBit() {
  QFETCH(QString, model);
  QFETCH(QString, device);
  QFETCH(QString, tier);
  QFETCH(int, threads);
  QFETCH(int, optimiser);
  const Optimiser& o = kFrozenOptimisers[optimiser];
  const auto m = testing::shared(*model::build(model.toStdString(), 28, 28, 10));
  auto backend = frozen_backend(m, device, tier, threads);
  QVERIFY2(backend.ok(), backend ? "" : backend.error().sentence().c_str());
  const bool recurrent = model == "syna-rnn";
  const auto places = row_and_cell(*m, recurrent ? "rnn.weight" : "fcn.weight");
  const model::State start = begun_state(*m, o.has_squares());
  const model::State free = trained_with(**backend, start, o, {}, kFrozenSteps);
  const model::State frozen = trained_with(**backend, start, o, places, kFrozenSteps);
  std::size_t free_moved = 0, moved = 0;
  for (const std::uint32_t k : places) {
    QCOMPARE(frozen.values[k], start.values[k]);
    QCOMPARE(frozen.momenta[k], start.momenta[k]);
    if (o.has_squares()) QCOMPARE(frozen.squares[k], start.squares[k]);
    free_moved += free.values[k] != start.values[k] ? 1U : 0U;
  }
  const Parameter& weight = *m->parameters.find(recurrent ? "rnn.weight" : "fcn.weight");
  for (std::size_t k = weight.offset; k < weight.offset + weight.size(); ++k)
    moved += frozen.values[k] != start.values[k] ? 1U : 0U;
  // But for the few that a step moves by less than a rounding.
  QVERIFY(free_moved > places.size() * 9 / 10);
  QVERIFY(moved > (weight.size() - places.size()) * 9 / 10);
  const model::State by_hand = trained_with(**backend, start, o, {}, 1, [&](model::State& state) {
    for (const std::uint32_t k : places) {
      state.values[k] = start.values[k];
      state.momenta[k] = start.momenta[k];
      if (o.has_squares()) state.squares[k] = start.squares[k];
    }
  });
  QVERIFY(frozen == by_hand);
  // However the steps are cut into spans.
  QVERIFY(trained_with(**backend, start, o, places, 1) == frozen);
}

void FrozenNumbersTest::freezingCanChangeBetweenSpans_data() {
  QTest::addColumn<QString>("device");
  QTest::addColumn<QString>("tier");
  QTest::newRow("cpu fused") << "cpu"
                             << "fused";
  QTest::newRow("cuda-host fused") << "cuda-host"
                                   << "fused";
  QTest::newRow("cuda-host plain") << "cuda-host"
                                   << "plain";
}

// What one span froze is not what the next one freezes.
void FrozenNumbersTest::freezingCanChangeBetweenSpans() {
  QFETCH(QString, device);
  QFETCH(QString, tier);
  const auto m = testing::shared(*model::build("syna-cnn", 28, 28, 10));
  auto backend = frozen_backend(m, device, tier, 1);
  QVERIFY(backend.ok());
  const Optimiser o{.momentum = 0.5};
  const model::State start = begun_state(*m, false);
  const auto first = row_and_cell(*m, "fcn.weight");
  std::vector<std::uint32_t> second = first;
  for (std::uint32_t& k : second) ++k;
  const model::State one = trained_with(**backend, start, o, first, kFrozenSteps);
  const model::State two = trained_with(**backend, start, o, second, kFrozenSteps);
  const model::State none = trained_with(**backend, start, o, {}, kFrozenSteps);
  QVERIFY(trained_with(**backend, start, o, first, kFrozenSteps) == one);
  QVERIFY(one != two && two != none && one != none);
  for (const std::uint32_t k : second) QCOMPARE(two.values[k], start.values[k]);
}

SYNANN_TEST(FrozenNumbersTest)
#include "frozen_numbers_test.moc"
