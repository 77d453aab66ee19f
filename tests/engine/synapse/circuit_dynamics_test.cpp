// SPDX-License-Identifier: GPL-3.0-or-later
// Circuits over time: traces, rest and cycles, and bifurcations.
#include <cmath>
#include <limits>

#include <QTest>

#include "closeness.h"
#include "engine/synapse/circuit_bifurcation.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_latch.h"
#include "engine/synapse/circuit_parameter.h"
#include "engine/synapse/circuit_trace.h"
#include "tests/test_main.h"

namespace synann::synapse {

class SynapseCircuitDynamicsTest : public QObject {
  Q_OBJECT

 private slots:
  void aTraceIsEveryStep();
  void aTraceSaysWhereItLeft();
  void longWorkCanBeStopped();
  void theFlipRestsWhereTheFormulaSays();
  void cyclesAreFound_data();
  void cyclesAreFound();
  void aDelayLineHasItsPeriod_data();
  void aDelayLineHasItsPeriod();
  void aSlowApproachIsNoCycle();
  void growthIsTold();
  void theDiagramHoldsFixedPointsAndCycles();
  void theDiagramIsTheSameOnAnyNumberOfThreads();
  void everyKindOfNumberCanBeVaried();
  void badPlansAreRefused_data();
  void badPlansAreRefused();
};

namespace {

Circuit flip_at(double alpha, double beta) {
  Circuit circuit = circuit_example("flip")->make();
  for (CircuitSynapse& s : circuit.synapses) {
    s.alpha = alpha;
    s.beta = beta;
  }
  return circuit;
}

// The 2-cycle of w' = α w (1 − w): w± = (α + 1 ± √((α + 1)(α − 3))) / 2α, and z = w / β.
std::pair<double, double> two_cycle(double alpha, double beta) {
  const double root = std::sqrt((alpha + 1) * (alpha - 3));
  return {(alpha + 1 - root) / (2 * alpha * beta), (alpha + 1 + root) / (2 * alpha * beta)};
}

// A ring of synapses that hand on what they were given a step before.
Circuit ring(int length) {
  Circuit circuit{.name = "ring", .inputs = {}, .synapses = {}, .outputs = {}};
  for (int k = 0; k < length; ++k)
    circuit.synapses.push_back({.name = "r" + QString::number(k).toStdString(),
                                .excitatory = {.kind = SourceKind::Previous,
                                               .name = "r" + QString::number((k + 1) % length).toStdString()},
                                .inhibitory = {.kind = SourceKind::Constant, .value = 0},
                                .start = k == 0 ? 1.0 : 0.0});
  return circuit;
}

template <class T>
QString refusal_of(const Result<T>& result) {
  return result ? QString() : QString::fromStdString(result.error().sentence());
}

}  // namespace

void SynapseCircuitDynamicsTest::aTraceIsEveryStep() {
  const Circuit circuit = circuit_example("latch")->make();
  const auto traced = trace(circuit, 100, false);
  QVERIFY(traced.ok());
  QCOMPARE(traced->rows(), std::size_t{101});
  auto run = CircuitRun::create(circuit);
  for (std::size_t t = 0; t <= 100; ++t) {
    for (std::size_t k = 0; k < 4; ++k) QCOMPARE(traced->at(t, k), run->values()[k]);
    run->step();
  }
  QCOMPARE(traced->first_outside, std::int64_t{0});
  QVERIFY(refusal_of(trace(circuit, 0, false)).contains("steps: is out of range"));
  QVERIFY(refusal_of(trace(circuit, 1'000'000'000, false)).contains("too many to keep"));
}

void SynapseCircuitDynamicsTest::aTraceSaysWhereItLeft() {
  // 2 · 0.4, then 0.8 · 2 · (1 − 0.5 · 0.8) = 0.96, then 0.9984, …: the values never leave; with β = 0 they
  // do.
  const auto inside = trace(flip_at(2, 0.5), 60, false);
  QCOMPARE(inside->first_outside, std::int64_t{0});
  const auto left = trace(flip_at(2, 0), 60, true);  // .2, .4, .8, 1.6
  QCOMPARE(left->first_outside, std::int64_t{3});
  QCOMPARE(left->at(3, 0), 1.0);
}

void SynapseCircuitDynamicsTest::longWorkCanBeStopped() {
  std::stop_source stop;
  stop.request_stop();
  const auto cancelled = [](const auto& result) {
    return !result.ok() && result.error().kind == ErrorKind::Cancelled;
  };
  const Circuit circuit = flip_at(3.9, 1);
  QVERIFY(cancelled(trace(circuit, 1000, false, {}, stop.get_token())));
  QVERIFY(cancelled(settle(circuit, {}, stop.get_token())));
  QVERIFY(cancelled(bifurcation(circuit, {.parameters = {"x.alpha"}, .from = 1, .to = 4, .synapse = "x"}, 2,
                                {}, stop.get_token())));
  QVERIFY(cancelled(latch_map({}, 2, {}, stop.get_token())));
  // In the middle as well: after the first block.
  std::stop_source later;
  double last = 0;
  QVERIFY(cancelled(bifurcation(
      circuit, {.parameters = {"x.alpha"}, .from = 1, .to = 4, .synapse = "x"}, 2,
      [&](double done) {
        last = done;
        later.request_stop();
      },
      later.get_token())));
  QVERIFY(last > 0 && last < 0.1);
}

void SynapseCircuitDynamicsTest::theFlipRestsWhereTheFormulaSays() {
  test::Draw draw(23);
  for (int repeat = 0; repeat < 50; ++repeat) {
    const double alpha = draw.between(1.05, 2.95), beta = draw.between(0.3, 1);
    const auto settled = settle(flip_at(alpha, beta));
    QVERIFY(settled.ok());
    QCOMPARE(settled->rest, Rest::Fixed);
    QVERIFY(settled->residual <= 1e-12);
    // A step that moves by no more than d is within d / (1 − |2 − α|) of the fixed point.
    const double bound = 1e-12 / (1 - std::abs(2 - alpha)) + 1e-13;
    QVERIFY(std::abs(settled->values[0] - (1 - 1 / alpha) / beta) < bound);
  }
  // Below α = 1 it dies.
  const auto dead = settle(flip_at(0.5, 1));
  QCOMPARE(dead->rest, Rest::Fixed);
  QVERIFY(dead->values[0] < 1e-11);
}

void SynapseCircuitDynamicsTest::cyclesAreFound_data() {
  QTest::addColumn<double>("alpha");
  QTest::addColumn<int>("period");
  QTest::newRow("2") << 3.2 << 2;
  QTest::newRow("just above 3") << 3.01 << 2;
  QTest::newRow("just below 1 + √6") << 3.44 << 2;
  QTest::newRow("4") << 3.5 << 4;
  QTest::newRow("8") << 3.555 << 8;
  QTest::newRow("16") << 3.567 << 16;
  QTest::newRow("3") << 3.835 << 3;
  QTest::newRow("5") << 3.7389 << 5;
}

void SynapseCircuitDynamicsTest::cyclesAreFound() {
  QFETCH(double, alpha);
  QFETCH(int, period);
  const double beta = 0.9;
  const auto settled = settle(flip_at(alpha, beta));
  QVERIFY(settled.ok());
  QCOMPARE(settled->rest, Rest::Periodic);
  QCOMPARE(settled->period, period);
  QCOMPARE(settled->values.size(), static_cast<std::size_t>(2 * period));
  if (period == 2) {
    const auto [low, high] = two_cycle(alpha, beta);
    const auto [least, most] = std::minmax(settled->values[0], settled->values[2]);
    VERIFY_CLOSE(least, low, 1e-8);
    VERIFY_CLOSE(most, high, 1e-8);
  }
  // It is a cycle: the map leads from each value to the next.
  for (int k = 0; k < period; ++k) {
    const auto at = [&](int j) { return settled->values[static_cast<std::size_t>(2 * (j % period))]; };
    QVERIFY(std::abs(alpha * at(k) * (1 - beta * at(k)) - at(k + 1)) < 1e-10);
  }
}

void SynapseCircuitDynamicsTest::aDelayLineHasItsPeriod_data() {
  QTest::addColumn<int>("length");
  for (const int length : {2, 3, 7, 63, 64, 65, 100})
    QTest::newRow(qPrintable(QString::number(length))) << length;
}

void SynapseCircuitDynamicsTest::aDelayLineHasItsPeriod() {
  QFETCH(int, length);
  const auto settled = settle(ring(length), {.most_steps = 1000});
  QVERIFY(settled.ok());
  QCOMPARE(settled->rest, length <= kLongestPeriod ? Rest::Periodic : Rest::Unsettled);
  if (length <= kLongestPeriod) QCOMPARE(settled->period, length);
}

void SynapseCircuitDynamicsTest::aSlowApproachIsNoCycle() {
  // Multiplier 2 − α = −0.99999: the values alternate around the fixed point for long, and shrink by 10⁻⁵.
  const auto slow = settle(flip_at(2.99999, 1), {.tolerance = 1e-9, .most_steps = 2'000'000});
  QVERIFY(slow.ok());
  QCOMPARE(slow->rest, Rest::Fixed);
  // Chaos settles nowhere.
  QCOMPARE(settle(flip_at(3.9, 1), {.most_steps = 20'000})->rest, Rest::Unsettled);
  QVERIFY(refusal_of(settle(flip_at(2, 1), {.tolerance = -1})).contains("tolerance: is out of range"));
  QVERIFY(refusal_of(settle(flip_at(2, 1), {.most_steps = 0})).contains("steps: is out of range"));
}

void SynapseCircuitDynamicsTest::growthIsTold() {
  const auto grown = settle(flip_at(3.9, -1));
  QCOMPARE(grown->rest, Rest::Infinite);
  QVERIFY(grown->steps < 100);
  // Clamped it stays at 1.
  const auto clamped = settle(flip_at(3.9, -1), {.clamped = true});
  QCOMPARE(clamped->rest, Rest::Fixed);
  QCOMPARE(clamped->values[0], 1.0);
}

void SynapseCircuitDynamicsTest::theDiagramHoldsFixedPointsAndCycles() {
  const double beta = 0.8;
  const BifurcationPlan plan{.parameters = {"x.alpha", "y.alpha"},
                             .from = 1.1,
                             .to = 3.4,
                             .points = 116,
                             .synapse = "x",
                             .drop = 20'000,
                             .keep = 8};
  const auto diagram = bifurcation(flip_at(2, beta), plan);
  QVERIFY(diagram.ok());
  QCOMPARE(diagram->values.size(), std::size_t{116 * 8});
  int fixed = 0, cycles = 0;
  for (std::size_t p = 0; p < diagram->points(); ++p) {
    const double alpha = diagram->parameter[p];
    if (std::abs(alpha - 3) < 0.015) continue;  // settles like 1/√t
    const auto [low, high] =
        alpha > 3 ? two_cycle(alpha, beta) : std::pair((1 - 1 / alpha) / beta, (1 - 1 / alpha) / beta);
    const bool first_low = diagram->at(p, 0) < diagram->at(p, 1);
    for (std::size_t k = 0; k < 8; ++k)
      VERIFY_CLOSE(diagram->at(p, k), (k % 2 == 0) == first_low ? low : high, 1e-9);
    ++(alpha > 3 ? cycles : fixed);
  }
  QVERIFY(fixed > 80 && cycles > 15);
}

void SynapseCircuitDynamicsTest::theDiagramIsTheSameOnAnyNumberOfThreads() {
  const Circuit circuit = flip_at(2, 1);
  const BifurcationPlan plan{
      .parameters = {"x.alpha", "y.alpha"}, .from = 1, .to = 4, .points = 301, .synapse = "y", .keep = 50};
  const auto one = bifurcation(circuit, plan, 1);
  QVERIFY(one.ok());
  QCOMPARE(one->parameter.front(), 1.0);
  QCOMPARE(one->parameter.back(), 4.0);
  for (const int threads : {2, 3, 7}) {
    double last = 0;
    const auto several = bifurcation(circuit, plan, threads, [&](double done) {
      QVERIFY(done > last);
      last = done;
    });
    QVERIFY(several->values == one->values);
    QCOMPARE(last, 1.0);
  }
}

void SynapseCircuitDynamicsTest::everyKindOfNumberCanBeVaried() {
  const auto ends = [](const Circuit& circuit, const char* parameter) {
    const auto diagram = bifurcation(circuit, {.parameters = {parameter},
                                               .from = 0.25,
                                               .to = 0.75,
                                               .points = 2,
                                               .synapse = circuit.synapses.back().name,
                                               .drop = 0,
                                               .keep = 1});
    return diagram.ok() ? std::pair(diagram->at(0, 0), diagram->at(1, 0)) : std::pair(0.0, 0.0);
  };
  const Circuit single = circuit_example("synapse")->make();  // x .7, y .4, α 1, β .5
  QCOMPARE(ends(single, "x"), std::pair(0.25 * 0.8, 0.75 * 0.8));
  QCOMPARE(ends(single, "s.alpha"), std::pair(0.25 * 0.7 * 0.8, 0.75 * 0.7 * 0.8));
  QCOMPARE(ends(single, "s.beta"), std::pair(0.7 * (1 - 0.25 * 0.4), 0.7 * (1 - 0.75 * 0.4)));
  const auto [low, high] = ends(flip_at(2, 0), "x.start");  // both are 2 x
  QCOMPARE(low, 0.5);
  QCOMPARE(high, 1.5);
  // A name with a dot in it, and one that is told anew.
  Circuit dotted = single;
  dotted.synapses[0].name = "a.alpha";
  QCOMPARE(parameter_name(dotted, *find_parameter(dotted, "a.alpha.beta")), std::string("a.alpha.beta"));
  QVERIFY(!find_parameter(dotted, "a.alpha").ok());
}

void SynapseCircuitDynamicsTest::badPlansAreRefused_data() {
  QTest::addColumn<QString>("parameter");
  QTest::addColumn<QString>("synapse");
  QTest::addColumn<double>("from");
  QTest::addColumn<double>("to");
  QTest::addColumn<int>("points");
  QTest::addColumn<int>("keep");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("parameter") << "x.alfa"
                             << "x" << 1.0 << 4.0 << 10 << 10 << "did you mean x.alpha?";
  QTest::newRow("synapse") << "x.alpha"
                           << "q" << 1.0 << 4.0 << 10 << 10 << "q: there is no such synapse";
  QTest::newRow("range") << "x.alpha"
                         << "x" << 4.0 << 1.0 << 10 << 10 << "the first below the second";
  QTest::newRow("endless") << "x.alpha"
                           << "x" << 1.0 << std::numeric_limits<double>::infinity() << 10 << 10
                           << "is varied over no interval";
  QTest::newRow("points") << "x.alpha"
                          << "x" << 1.0 << 4.0 << 1 << 10 << "points: is out of range";
  QTest::newRow("keep") << "x.alpha"
                        << "x" << 1.0 << 4.0 << 10 << 0 << "values kept: is out of range";
  QTest::newRow("both") << "x.alpha"
                        << "x" << 1.0 << 4.0 << 20'000 << 20'000 << "points times values kept";
}

void SynapseCircuitDynamicsTest::badPlansAreRefused() {
  QFETCH(QString, parameter);
  QFETCH(QString, synapse);
  QFETCH(double, from);
  QFETCH(double, to);
  QFETCH(int, points);
  QFETCH(int, keep);
  QFETCH(QString, sentence);
  const QString found = refusal_of(bifurcation(flip_at(2, 1), {.parameters = {parameter.toStdString()},
                                                               .from = from,
                                                               .to = to,
                                                               .points = points,
                                                               .synapse = synapse.toStdString(),
                                                               .keep = keep}));
  QVERIFY2(found.contains(sentence), qPrintable(found));
}

}  // namespace synann::synapse

SYNANN_PLAIN_TEST(synann::synapse::SynapseCircuitDynamicsTest)
#include "circuit_dynamics_test.moc"
