// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/rank_model.h"

#include <cmath>

#include <QTest>

#include "engine/bench/rank_bench.h"
#include "engine/data/digits.h"
#include "engine/model/description.h"
#include "tests/engine/compute/ranks/rank_threads.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::bench;

namespace {

bool near(double a, double b, double relative = 1e-12) {
  return std::abs(a - b) <= relative * std::abs(b);
}

}  // namespace

// What steps on many ranks may be expected to take, and what is measured of them.
class RankModelTest : public QObject {
  Q_OBJECT
 private slots:
  void theFormula();
  void withoutJitterTheSimulationIsTheFormula_data();
  void withoutJitterTheSimulationIsTheFormula();
  void jitterOnlyCosts();
  void aMeasurementGivesTheModel();
  void ranksAreMeasured();
};

// By hand: 10 + 80 · 2/8 + 2 · (2 · 5 + 300 · 3/4 / 100).
void RankModelTest::theFormula() {
  const StepModel step{.serial_us = 10, .parallel_us = 80, .parts = 8, .exchanges = 2, .bytes = 600};
  const Network network{.latency_us = 5, .bytes_per_us = 100};
  QVERIFY(near(step_us(step, network, 4), 10 + 20 + 2 * (10 + 2.25)));
  QVERIFY(near(step_us(step, network, 1), 90));
  QVERIFY(near(step_us(step, network, 3), 10 + 30 + 2 * (10 + 2)));
  QVERIFY(near(exchange_us(network, 800, 1024), 50 + 8 * 1023.0 / 1024));
  QCOMPARE(exchange_us(network, 800, 1), 0.0);
}

void RankModelTest::withoutJitterTheSimulationIsTheFormula_data() {
  QTest::addColumn<int>("ranks");
  for (int ranks : {1, 2, 3, 5, 8, 64, 1024}) QTest::addRow("%d", ranks) << ranks;
}

// Message by message, on powers of two and between them.
void RankModelTest::withoutJitterTheSimulationIsTheFormula() {
  QFETCH(int, ranks);
  const StepModel step{.serial_us = 10, .parallel_us = 80, .parts = 1024, .exchanges = 3, .bytes = 90'000};
  const Network network{.latency_us = 2, .bytes_per_us = 1000};
  const double simulated = simulated_step_us(step, network, ranks, 0, 5, 1);
  // Where parts do not divide evenly a rank may wait for its neighbour once, not in every stage.
  QVERIFY(near(simulated, step_us(step, network, ranks), 1e-3));
}

void RankModelTest::jitterOnlyCosts() {
  const StepModel step{.serial_us = 0, .parallel_us = 100, .parts = 32, .exchanges = 3, .bytes = 0};
  const Network network{.latency_us = 0, .bytes_per_us = 1};
  double before = simulated_step_us(step, network, 32, 0, 100, 1);
  for (const double jitter : {0.05, 0.2, 0.5}) {
    const double now = simulated_step_us(step, network, 32, jitter, 100, 1);
    QVERIFY(now > before);
    before = now;
  }
  // One rank alone waits for nobody: its mean is that of the factors, which is 1.
  QVERIFY(near(simulated_step_us(step, network, 1, 0.2, 5000, 1), 100, 0.01));
}

void RankModelTest::aMeasurementGivesTheModel() {
  RankLine line{.model = "a", .ranks = 2, .batch = 100, .parts = 8, .exchanges = 3, .bytes = 500};
  line.alone_us = {100, 100, 100};
  line.together_us = {80, 80, 80};
  line.exchange_us = {15, 15, 15};
  const StepModel step = line.step_model();
  QVERIFY(near(step.parallel_us, 70) && near(step.serial_us, 30));
  QVERIFY(near(line.speedup(), 1.25));
  line.exchange_us = {0, 0, 0};
  line.together_us = {200, 200, 200};  // disturbed: never less than nothing
  QCOMPARE(line.step_model().parallel_us, 0.0);
}

// Three exchanges a step of the fused tier, as docs/scaling.md has it.
void RankModelTest::ranksAreMeasured() {
  auto pair = std::make_shared<data::DataPair>();
  pair->train = data::make_digits(400, 1);
  pair->test = data::make_digits(20, 2);
  pair->sha256 = "tiny";
  const RankBench bench{
      .run = "",
      .work = {.request = {.device = "cpu", .threads = 1},
               .model = std::make_shared<const model::Model>(*model::build("syna-cnn", 28, 28, 10)),
               .data = pair},
      .rounds = 2,
      .seconds = 0.001};
  synann::testing::lead_ranks(
      2, [&](const std::string&) -> Result<compute::RankWork> { return bench.work; },
      [&](compute::Ranks& ranks) {
        const Network network = measure_network(ranks);
        QVERIFY(network.latency_us > 0 && network.bytes_per_us > 0);
        const auto line = measure_ranks(ranks, bench, compute::CancelFlag{});
        QVERIFY(line);
        QCOMPARE(line->ranks, 2);
        QCOMPARE(line->parts, 8);
        QCOMPARE(line->exchanges, 3.0);
        QVERIFY(line->bytes > 400'000 && line->bytes < 700'000);
        QCOMPARE(line->together_us.size(), std::size_t{2});
      });
}

SYNANN_PLAIN_TEST(RankModelTest)
#include "rank_model_test.moc"
