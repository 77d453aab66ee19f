// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/bench/suite.h"

#include <cmath>

#include <QTest>

#include "engine/bench/flops.h"
#include "engine/bench/peak.h"
#include "engine/data/digits.h"
#include "tests/test_main.h"

using namespace synann;
using namespace synann::bench;

namespace {

data::DataPairPtr small_digits() {
  return std::make_shared<const data::DataPair>(data::DataPair{.name = "small",
                                                               .spec = "small",
                                                               .sha256 = {},
                                                               .train = data::make_digits(60, 1, 1),
                                                               .test = data::make_digits(30, 2, 1)});
}

Options small_options() {
  return {.models = {"syna-cnn", "linear"},
          .threads = {1, 2},
          .widths = {5},
          .batch = 20,
          .rounds = 2,
          .seconds = 1e-4};
}

}  // namespace

// What is measured and how it is told, with nothing asserted about how long anything took.
class SuiteTest : public QObject {
  Q_OBJECT
 private slots:
  void summaryOfKnownNumbers();
  void operationsOfSynaCnn();
  void operationsOfOneLayer();
  void operationsOfTheRecurrentCell();
  void measuresEveryPieceOfWork();
  void ratiosAreTakenWithinARound();
  void floorIsUsefulWorkAtThePeak();
  void unknownModelIsRefused();
  void cancelEnds();
};

void SuiteTest::summaryOfKnownNumbers() {
  const Summary s = summarise({4, 1, 3, 2, 5});
  QCOMPARE(s.least, 1.0);
  QCOMPARE(s.median, 3.0);
  QCOMPARE(s.spread, (4.0 - 2.0) / 3.0);
  QCOMPARE(s.rounds, 5);
  QCOMPARE(summarise({1, 2}).median, 1.5);
  QCOMPARE(summarise({}).rounds, 0);
}

// 2 · 576 · 10 · 25 and so on, by hand.
void SuiteTest::operationsOfSynaCnn() {
  const auto model = *model::build("syna-cnn", 28, 28, 10);
  const double conv1 = 288'000, conv2 = 640'000, fc1 = 40'960, fc2 = 1'280;
  const Flops flops = dense_flops(model);
  QCOMPARE(flops.forward, conv1 + conv2 + fc1 + fc2 + 3 * 4096);
  QCOMPARE(flops.backward, conv1 + 2 * (conv2 + fc1 + fc2) + 8 * 4096);
  QCOMPARE(useful_step_flops(model), 835e3);
  const auto linear = *model::build("linear", 28, 28, 10);
  QCOMPARE(useful_step_flops(linear), 2 * 15'680.0);  // forward and weights; the pixels need no gradient
}

// y = W x + b of 3 by 4: 24 operations forward and for the weights, and 24 more for x unless x is the pixels.
void SuiteTest::operationsOfOneLayer() {
  const model::Layer linear{.kind = model::LayerKind::Linear, .in = {4, 1, 1}, .result = {3, 1, 1}};
  QCOMPARE(layer_flops(linear, true).forward, 24.0);
  QCOMPARE(layer_flops(linear, true).backward, 24.0);
  QCOMPARE(layer_flops(linear, false).backward, 48.0);
  const model::Layer relu{.kind = model::LayerKind::Relu, .in = {4, 1, 1}, .result = {4, 1, 1}};
  QCOMPARE(layer_flops(relu, false).step(), 0.0);
  // Two groups of 3 × 3 taps halve the work; four channels inhibit each other at 5 × 2 places.
  const model::Layer groups{
      .kind = model::LayerKind::Conv2d, .kernel = 3, .in = {4, 7, 4}, .result = {6, 5, 2}, .groups = 2};
  QCOMPARE(layer_flops(groups, true).forward, 2.0 * 60 * 2 * 9);
  const model::Layer channels{.kind = model::LayerKind::Synapse,
                              .out = 3,
                              .in = {4, 5, 2},
                              .result = {3, 5, 2},
                              .over = model::Over::Channels};
  QCOMPARE(layer_flops(channels, false).forward, 3.0 * 3 * 4 * 10);
  QCOMPARE(layer_flops(channels, false).backward, 8.0 * 3 * 4 * 10);
  const auto m = *model::build("syna-pixel", 28, 28, 10);
  double forward = 0;
  for (const model::Layer& l : m.layers) forward += layer_flops(l, false).forward;
  QCOMPARE(forward, dense_flops(m).forward);
}

void SuiteTest::operationsOfTheRecurrentCell() {
  const auto model = *model::build("syna-rnn", 28, 28, 10);
  const double gates = 2 * 2 * 64.0 * (28 + 64);
  QCOMPARE(dense_flops(model).forward, 28 * (gates + 3 * 4096) + 1'280);
}

void SuiteTest::measuresEveryPieceOfWork() {
  const compute::CancelFlag cancel;
  int told = 0;
  const auto report = run_suite(small_options(), small_digits(), cancel, [&](const std::string&) { ++told; });
  QVERIFY(report.ok());
  QCOMPARE(report->lines.size(), std::size_t{2 * 2 * 2 + 2 * 2});
  for (const Line& line : report->lines) {
    QCOMPARE(line.micros.size(), std::size_t{2});
    for (const double micros : line.micros) QVERIFY(micros > 0 && std::isfinite(micros));
    QVERIFY(line.useful_flops > 0 && line.useful_flops <= line.dense_flops);
  }
  QCOMPARE(report->lines[0].backend.tier, std::string("fused"));
  QCOMPARE(report->lines[0].backend.threads, 1);
  QCOMPARE(report->lines[1].backend.threads, 2);
  QCOMPARE(report->lines[4].backend.tier, std::string("eigen"));
  QCOMPARE(report->lines.back().width, 5);
  QCOMPARE(told, 12 + 2 * 12);
  QCOMPARE(report->peaks.size(), 2 * compute::available_isas().size());
  for (const Peak& peak : report->peaks) QVERIFY(peak.most() > 0);
}

void SuiteTest::ratiosAreTakenWithinARound() {
  Line one, two;
  one.micros = {10, 40, 12};
  two.micros = {5, 20, 4};  // the second round was disturbed; the ratios are 2, 2 and 3
  QCOMPARE(speedup(one, two), 2.0);
}

void SuiteTest::floorIsUsefulWorkAtThePeak() {
  Report report{.data = {},
                .batch = 100,
                .peaks = {{.isa = "slow", .threads = 1, .chosen = false, .gflops = {1}},
                          {.isa = "fast", .threads = 1, .gflops = {90, 100}}},
                .lines = {}};
  Line line;
  line.backend = {.device = "CPU", .tier = "fused", .isa = "fast", .threads = 1};
  line.useful_flops = 1e6;  // ten microseconds at 100 GFLOP/s
  line.micros = {30, 25};
  QCOMPARE(floor_ratio(report, line), 2.5);
  line.backend.threads = 2;  // no peak on two threads was measured
  QCOMPARE(floor_ratio(report, line), 0.0);
}

void SuiteTest::unknownModelIsRefused() {
  Options options = small_options();
  options.models = {"none"};
  const auto report = run_suite(options, small_digits(), {}, [](const std::string&) {});
  QVERIFY(!report.ok());
  QVERIFY(report.error().kind == ErrorKind::Input);
  QCOMPARE(report.error().where, std::string("--models"));
}

void SuiteTest::cancelEnds() {
  compute::CancelFlag cancel;
  cancel.set();
  const auto report = run_suite(small_options(), small_digits(), cancel, [](const std::string&) {});
  QVERIFY(!report.ok());
  QVERIFY(report.error().kind == ErrorKind::Cancelled);
}

SYNANN_TEST(SuiteTest)
#include "suite_test.moc"
