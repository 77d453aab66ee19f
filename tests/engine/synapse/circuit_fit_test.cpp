// SPDX-License-Identifier: GPL-3.0-or-later
// What a circuit learns: its gradient, and the fit.
#include "engine/synapse/circuit_fit.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <stop_token>

#include <QTest>

#include "closeness.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_gradient.h"
#include "engine/synapse/circuit_parameter.h"
#include "tests/test_main.h"

namespace synann::synapse {

class SynapseCircuitFitTest : public QObject {
  Q_OBJECT

 private slots:
  void theGradientIsThatOfFiniteDifferences_data();
  void theGradientIsThatOfFiniteDifferences();
  void startsAndInputsHaveGradientsToo();
  void clampedValuesPassNothingOn();
  void aFitFindsTheNumbersThatMadeTheTargets_data();
  void aFitFindsTheNumbersThatMadeTheTargets();
  void oneStepOfEachOptimiserIsItsFormula();
  void constraintsHold_data();
  void constraintsHold();
  void onlyWhatIsNamedIsLearned();
  void aStoppedFitKeepsTheBest();
  void bothPassesStopBetweenTwoSteps();
  void aFitThatDivergesKeepsTheBest();
  void badOptionsAreRefused();
};

namespace {

// Synapses that read inputs, others of the same step and all of them one step before.
Circuit tangled(test::Draw& draw, int count) {
  Circuit circuit{.name = "tangled", .inputs = {{"x", 0.6}, {"y", 0.3}}, .synapses = {}, .outputs = {}};
  const auto source = [&](int below) -> CircuitSource {
    const double kind = draw.between(0, 1);
    if (kind < 0.1) return {.kind = SourceKind::Constant, .value = draw.between(0.3, 1)};
    if (kind < 0.4) return {.kind = SourceKind::Input, .name = draw.between(0, 1) < 0.5 ? "x" : "y"};
    if (kind < 0.7 || below == 0)
      return {.kind = SourceKind::Previous,
              .name = fmt::format("s{}", static_cast<int>(draw.between(0, count)))};
    return {.kind = SourceKind::Synapse,
            .name = fmt::format("s{}", static_cast<int>(draw.between(0, below)))};
  };
  for (int k = 0; k < count; ++k)
    circuit.synapses.push_back({.name = fmt::format("s{}", k),
                                .excitatory = source(k),
                                .inhibitory = source(k),
                                .alpha = draw.between(0.7, 1.3),
                                .beta = draw.between(-0.2, 0.9),
                                .start = draw.between(0.2, 0.8)});
  return circuit;
}

CircuitTargets random_targets(test::Draw& draw, std::size_t rows, std::vector<std::size_t> synapses) {
  CircuitTargets targets{.inputs = {0, 1},
                         .synapses = std::move(synapses),
                         .rows = rows,
                         .input_values = {},
                         .target_values = {}};
  targets.input_values = draw.many(2 * rows, 0, 1);
  targets.target_values = draw.many(targets.synapses.size() * rows, 0, 1);
  return targets;
}

// What the circuit gives for these inputs, as targets.
CircuitTargets targets_of(const Circuit& circuit, test::Draw& draw, std::size_t rows, int steps) {
  CircuitTargets targets{.inputs = {}, .synapses = {}, .rows = rows, .input_values = {}, .target_values = {}};
  for (std::size_t k = 0; k < circuit.inputs.size(); ++k) targets.inputs.push_back(k);
  for (const std::string& output : circuit.outputs)
    targets.synapses.push_back(*find_synapse(circuit, output));
  auto run = CircuitRun::create(circuit);
  for (std::size_t row = 0; row < rows; ++row) {
    for (const std::size_t k : targets.inputs) {
      targets.input_values.push_back(draw.between(0.1, 1));
      run->set_input(k, targets.input_values.back());
    }
    run->reset();
    for (int t = 0; t < steps; ++t) run->step();
    for (const std::size_t k : targets.synapses) targets.target_values.push_back(run->values()[k]);
  }
  return targets;
}

// Compares a slope with central differences D(h) and D(h/2) of the same function. D(h) = f′ + c h² + …, so
// that D(h/2) errs by about |D(h) − D(h/2)| / 3; three times that, all of the difference, is allowed. The
// rounding of f, of relative size `roundings` u, is divided by h.
template <class F>
QString slope_error(double slope, const F& f, double at, double roundings) {
  constexpr double kStep = 1e-3;
  const auto central = [&](double h) { return (f(at + h) - f(at - h)) / (2 * h); };
  const double coarse = central(kStep), fine = central(kStep / 2);
  const double bound = std::abs(coarse - fine) + 2 * roundings * 0x1p-53 * std::abs(f(at)) / kStep;
  return std::abs(slope - fine) <= bound ? QString()
                                         : QString("%1, but %2 ± %3").arg(slope).arg(fine).arg(bound);
}

}  // namespace

void SynapseCircuitFitTest::theGradientIsThatOfFiniteDifferences_data() {
  QTest::addColumn<int>("synapses");
  QTest::addColumn<int>("steps");
  QTest::newRow("one step") << 12 << 1;
  QTest::newRow("two steps") << 12 << 2;
  QTest::newRow("many steps") << 8 << 25;
  QTest::newRow("many synapses") << 60 << 5;
}

void SynapseCircuitFitTest::theGradientIsThatOfFiniteDifferences() {
  QFETCH(int, synapses);
  QFETCH(int, steps);
  test::Draw draw(31);
  Circuit circuit = tangled(draw, synapses);
  const auto last = static_cast<std::size_t>(synapses - 1);
  const CircuitTargets targets = random_targets(draw, 3, {last, 2, last / 2});
  const auto loss = circuit_loss(circuit, targets, steps);
  QVERIFY(loss.ok());
  // Each synapse rounds four times in each step; errors meet at most along all of them.
  const double roundings = 4.0 * synapses * steps;
  int slopes = 0;
  for (std::size_t k = 0; k <= last; ++k)
    for (const ParameterKind kind : {ParameterKind::Alpha, ParameterKind::Beta}) {
      double& number = parameter_in(circuit, {kind, k});
      const double at = number;
      const double slope = kind == ParameterKind::Alpha ? loss->alpha[k] : loss->beta[k];
      const QString error = slope_error(
          slope,
          [&](double value) {
            number = value;
            return circuit_loss(circuit, targets, steps)->loss;
          },
          at, roundings);
      number = at;
      QVERIFY2(error.isEmpty(), qPrintable(error));
      slopes += slope != 0 ? 1 : 0;
    }
  QVERIFY(slopes > 4);
}

void SynapseCircuitFitTest::startsAndInputsHaveGradientsToo() {
  test::Draw draw(37);
  const Circuit circuit = tangled(draw, 10);
  constexpr int kSteps = 6;
  auto unrolled = UnrolledCircuit::create(circuit, kSteps, false);
  QVERIFY(unrolled.ok());
  // L = the sum of all values after the last step.
  const auto loss_of = [&](CircuitParameter parameter, double value) {
    set_parameter(unrolled->run(), parameter, value);
    double sum = 0;
    for (const double v : unrolled->forward()) sum += v;
    return sum;
  };
  unrolled->forward();
  CircuitGradients sum = unrolled->zero_gradients();
  unrolled->backward(test::Numbers(10, 1.0), sum);
  Circuit copy = circuit;
  for (std::size_t k = 0; k < 12; ++k) {
    const CircuitParameter parameter =
        k < 10 ? CircuitParameter{ParameterKind::Start, k} : CircuitParameter{ParameterKind::Input, k - 10};
    const double at = parameter_in(copy, parameter);
    const QString error = slope_error(
        k < 10 ? sum.start[k] : sum.inputs[k - 10], [&](double value) { return loss_of(parameter, value); },
        at, 4.0 * 10 * kSteps);
    loss_of(parameter, at);
    QVERIFY2(error.isEmpty(), qPrintable(error));
  }
}

void SynapseCircuitFitTest::clampedValuesPassNothingOn() {
  Circuit circuit = circuit_example("chain")->make();
  circuit.synapses[0].alpha = 5;  // gives 3.69, clamped to 1
  const CircuitTargets targets{
      .inputs = {}, .synapses = {2}, .rows = 1, .input_values = {}, .target_values = {0}};
  const auto clamped = circuit_loss(circuit, targets, 1, true);
  QCOMPARE(clamped->alpha[0], 0.0);
  QCOMPARE(clamped->beta[0], 0.0);
  const auto free = circuit_loss(circuit, targets, 1, false);
  QVERIFY(free->alpha[0] > 0 && free->beta[0] < 0);
  // The synapses behind it read 1.
  const double second = 1 - 0.5 * 0.5, third = 1 - 0.25 * 0.8;
  VERIFY_CLOSE(clamped->loss, second * third * second * third, 1e-15);
  VERIFY_CLOSE(clamped->beta[2], -2 * second * third * second * 0.8, 1e-15);
}

void SynapseCircuitFitTest::aFitFindsTheNumbersThatMadeTheTargets_data() {
  QTest::addColumn<QString>("optimiser");
  QTest::addColumn<double>("rate");
  QTest::addColumn<int>("iterations");
  QTest::newRow("adam") << "adam" << 0.02 << 4000;
  QTest::newRow("sgd") << "sgd" << 0.5 << 60'000;
}

// The chain α x (1 − β₁ y₁)(1 − β₂ y₂)(1 − β₃ y₃) with α of its first synapse: four numbers, all of them
// determined by enough rows.
void SynapseCircuitFitTest::aFitFindsTheNumbersThatMadeTheTargets() {
  QFETCH(QString, optimiser);
  QFETCH(double, rate);
  QFETCH(int, iterations);
  test::Draw draw(41);
  const Circuit truth = circuit_example("chain")->make();
  const CircuitTargets targets = targets_of(truth, draw, 60, 1);
  Circuit start = truth;
  start.synapses[0].alpha = 0.7;
  for (CircuitSynapse& s : start.synapses) s.beta = 0.6;
  const auto fit =
      fit_circuit(start, targets,
                  {.iterations = iterations,
                   .rate = rate,
                   .optimiser = optimiser == "adam" ? FitOptimiser::Adam : FitOptimiser::GradientDescent,
                   .train = {"s1", "s2.beta", "s3.beta"}});
  QVERIFY(fit.ok());
  QCOMPARE(fit->end, FitEnd::Iterations);
  QCOMPARE(fit->losses.size(), static_cast<std::size_t>(iterations) + 1);
  QVERIFY2(fit->best_loss < 1e-10, qPrintable(QString::number(fit->best_loss)));
  QCOMPARE(fit->best_loss, fit->losses[static_cast<std::size_t>(fit->best_iteration)]);
  QVERIFY(std::abs(fit->circuit.synapses[0].alpha - 1) < 1e-3);
  for (std::size_t k = 0; k < 3; ++k)
    QVERIFY(std::abs(fit->circuit.synapses[k].beta - truth.synapses[k].beta) < 1e-3);
  // The loss that it tells is that of the circuit that it gives.
  VERIFY_CLOSE(circuit_loss(fit->circuit, targets, 1)->loss, fit->best_loss, 1e-12);
  QCOMPARE(fit->outputs.size(), targets.target_values.size());
}

void SynapseCircuitFitTest::oneStepOfEachOptimiserIsItsFormula() {
  const Circuit circuit = circuit_example("synapse")->make();  // S = .7 (1 − .5 · .4) = .56
  const CircuitTargets targets{
      .inputs = {}, .synapses = {0}, .rows = 1, .input_values = {}, .target_values = {0.2}};
  const double alpha_slope = 2 * 0.36 * 0.7 * 0.8;  // 2 (v − t) x (1 − β y)
  const auto after = [&](FitOptimiser optimiser) {
    auto fit = fit_circuit(circuit, targets,
                           {.iterations = 1, .rate = 0.1, .optimiser = optimiser, .train = {"s.alpha"}});
    return fit->circuit.synapses[0].alpha;
  };
  VERIFY_CLOSE(after(FitOptimiser::GradientDescent), 1 - 0.1 * alpha_slope, 1e-14);
  VERIFY_CLOSE(after(FitOptimiser::Adam), 1 - 0.1 * alpha_slope / (alpha_slope + 1e-8), 1e-14);
}

void SynapseCircuitFitTest::constraintsHold_data() {
  QTest::addColumn<bool>("smooth");
  QTest::newRow("smooth") << true;
  QTest::newRow("clamp") << false;
}

// Targets that ask for α < 0 and β outside [0, 1] pull against the bounds.
void SynapseCircuitFitTest::constraintsHold() {
  QFETCH(bool, smooth);
  const Circuit circuit = circuit_example("synapse")->make();
  CircuitTargets targets{
      .inputs = {1}, .synapses = {0}, .rows = 2, .input_values = {0, 1}, .target_values = {0.3, 0.9}};
  const auto constraint = smooth ? FitConstraint::Smooth : FitConstraint::Clamped;
  const auto up = fit_circuit(circuit, targets, {.iterations = 3000, .constraint = constraint});
  QVERIFY(up.ok());
  QVERIFY(up->circuit.synapses[0].beta >= 0 && up->circuit.synapses[0].beta < 0.02);  // free it is −2
  targets.target_values = {-0.5, -0.4};
  const auto down = fit_circuit(circuit, targets, {.iterations = 3000, .constraint = constraint});
  QVERIFY(down->circuit.synapses[0].alpha > 0 && down->circuit.synapses[0].alpha < 0.02);
  // The gates of logic begin at the bounds; they can be learned nevertheless.
  const auto gate =
      fit_circuit(circuit_example("and")->make(),
                  {.inputs = {}, .synapses = {1}, .rows = 1, .input_values = {}, .target_values = {0.5}},
                  {.iterations = 500, .constraint = constraint});
  QVERIFY2(gate->best_loss < 1e-3, qPrintable(QString::number(gate->best_loss)));
}

void SynapseCircuitFitTest::onlyWhatIsNamedIsLearned() {
  test::Draw draw(43);
  const Circuit circuit = circuit_example("chain")->make();
  const CircuitTargets targets{
      .inputs = {}, .synapses = {2}, .rows = 1, .input_values = {}, .target_values = {0.1}};
  const auto fit = fit_circuit(circuit, targets, {.iterations = 50, .train = {"s2.beta", "s2.beta", "s3"}});
  QCOMPARE(fit->trained, (std::vector<std::string>{"s2.beta", "s3.alpha", "s3.beta"}));
  Circuit back = fit->circuit;
  QVERIFY(back.synapses[1].beta != circuit.synapses[1].beta);
  QVERIFY(back.synapses[2].alpha != circuit.synapses[2].alpha);
  back.synapses[1].beta = circuit.synapses[1].beta;
  back.synapses[2].alpha = circuit.synapses[2].alpha;
  back.synapses[2].beta = circuit.synapses[2].beta;
  QVERIFY(back == circuit);
  // All where none is named.
  QCOMPARE(fit_circuit(circuit, targets, {.iterations = 1})->trained.size(), std::size_t{6});
}

void SynapseCircuitFitTest::aStoppedFitKeepsTheBest() {
  test::Draw draw(47);
  const Circuit circuit = circuit_example("chain")->make();
  const CircuitTargets targets{
      .inputs = {}, .synapses = {2}, .rows = 1, .input_values = {}, .target_values = {0.1}};
  std::stop_source stop;
  double told = 0;
  const auto fit = fit_circuit(
      circuit, targets, {},
      [&](const FitPoint& point) {
        told = point.best;
        if (point.iteration == 20) stop.request_stop();
      },
      stop.get_token());
  QVERIFY(fit.ok());
  QCOMPARE(fit->end, FitEnd::Stopped);
  QCOMPARE(fit->losses.size(), std::size_t{21});
  QCOMPARE(fit->best_loss, told);
  QVERIFY(fit->best_loss < fit->losses[0]);
  QVERIFY(!(fit->circuit == circuit));
  QVERIFY(fit->outputs.empty());
  // Before the first loss is known there is no best.
  const auto nothing = fit_circuit(circuit, targets, {}, {}, stop.get_token());
  QVERIFY(nothing.ok() && nothing->losses.empty());
  QVERIFY(nothing->circuit == circuit);
}

// A row may take millions of steps: Stop does not wait for its end.
void SynapseCircuitFitTest::bothPassesStopBetweenTwoSteps() {
  test::Draw draw(53);
  auto unrolled = UnrolledCircuit::create(tangled(draw, 10), 1000, false);
  QVERIFY(unrolled.ok());
  std::stop_source stop;
  stop.request_stop();
  unrolled->forward(stop.get_token());
  QCOMPARE(unrolled->run().steps(), std::int64_t{0});
  unrolled->forward();
  QCOMPARE(unrolled->run().steps(), std::int64_t{1000});
  CircuitGradients sum = unrolled->zero_gradients();
  unrolled->backward(test::Numbers(10, 1.0), sum, stop.get_token());
  QVERIFY(std::all_of(sum.alpha.begin(), sum.alpha.end(), [](double slope) { return slope == 0; }));
}

void SynapseCircuitFitTest::aFitThatDivergesKeepsTheBest() {
  const Circuit circuit = circuit_example("flip")->make();
  const CircuitTargets targets{
      .inputs = {}, .synapses = {0}, .rows = 1, .input_values = {}, .target_values = {0.5}};
  const auto fit =
      fit_circuit(circuit, targets, {.steps = 20, .rate = 1e6, .optimiser = FitOptimiser::GradientDescent});
  QVERIFY(fit.ok());
  QCOMPARE(fit->end, FitEnd::Diverged);
  QCOMPARE(fit->best_loss, fit->losses[static_cast<std::size_t>(fit->best_iteration)]);
  // What is endless from the beginning is an error.
  Circuit wild = circuit;
  for (CircuitSynapse& s : wild.synapses) s.beta = -9;
  const auto failed = fit_circuit(wild, targets, {.steps = 50});
  QVERIFY(!failed && failed.error().kind == ErrorKind::Failed);
}

void SynapseCircuitFitTest::badOptionsAreRefused() {
  const Circuit circuit = circuit_example("synapse")->make();
  const CircuitTargets targets{
      .inputs = {}, .synapses = {0}, .rows = 1, .input_values = {}, .target_values = {0.5}};
  const auto sentence = [&](const FitOptions& options) {
    const auto fit = fit_circuit(circuit, targets, options);
    return fit ? QString() : QString::fromStdString(fit.error().sentence());
  };
  QVERIFY(sentence({.iterations = 0}).contains("iterations: are out of range"));
  QVERIFY(sentence({.rate = 0}).contains("learning rate: is out of range"));
  QVERIFY(sentence({.rate = NAN}).contains("learning rate: is out of range"));
  QVERIFY(sentence({.steps = 0}).contains("steps: are out of range"));
  QVERIFY(sentence({.train = {"x"}}).contains("x: is not learned"));
  QVERIFY(sentence({.train = {"s.start"}}).contains("s.start: is not learned"));
  QVERIFY(sentence({.train = {"s.alfa"}}).contains("did you mean s.alpha?"));
  QVERIFY(sentence({.train = {"q"}}).contains("q: there is no such synapse"));
  const auto none = fit_circuit(circuit, {}, {});
  QVERIFY(!none && none.error().sentence().find("hold no number") != std::string::npos);
}

}  // namespace synann::synapse

SYNANN_PLAIN_TEST(synann::synapse::SynapseCircuitFitTest)
#include "circuit_fit_test.moc"
