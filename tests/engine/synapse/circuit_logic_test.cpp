// SPDX-License-Identifier: GPL-3.0-or-later
// Circuits as logic, with values kept in [0, 1], and made of a unit of a synapse layer.
#include "engine/synapse/circuit_logic.h"

#include <cmath>
#include <fmt/format.h>

#include <QTest>

#include "closeness.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_row.h"
#include "engine/synapse/tensor.h"
#include "tests/test_main.h"

namespace synann::synapse {

class SynapseCircuitLogicTest : public QObject {
  Q_OBJECT

 private slots:
  void gatesHaveTheirTables_data();
  void gatesHaveTheirTables();
  void aTableAsAPolynomialGivesTheProbability();
  void manyInputsAreCountedInOrder();
  void tablesThatAreTooLargeAreRefused();
  void sharedInputsAreFound();
  void pathsAreCounted();
  void theSearchForSharedInputsHasAnEnd();
  void clampedValuesStayProbabilities();
  void whatLeftTheProbabilitiesIsNamed();
  void aUnitEqualsTheTensor();
  void aUnitThatIsNoneIsRefused();
};

namespace {

Circuit gate(const char* id) {
  return circuit_example(id)->make();
}

QString table_refusal(const Result<TruthTable>& table) {
  return table ? QString() : QString::fromStdString(table.error().sentence());
}

// a1 = S(x, x), a2 = S(a1, a1), …: the paths double in each.
Circuit doubling(int count) {
  Circuit circuit{.name = "doubling", .inputs = {{"x", 0.5}}, .synapses = {}, .outputs = {}};
  CircuitSource source{.kind = SourceKind::Input, .name = "x"};
  for (int k = 1; k <= count; ++k) {
    circuit.synapses.push_back(
        {.name = fmt::format("a{}", k), .excitatory = source, .inhibitory = source, .beta = 0.5});
    source = {.kind = SourceKind::Synapse, .name = circuit.synapses.back().name};
  }
  return circuit;
}

}  // namespace

void SynapseCircuitLogicTest::gatesHaveTheirTables_data() {
  QTest::addColumn<QString>("values");
  QTest::newRow("not") << "10";
  QTest::newRow("and") << "0001";
  QTest::newRow("or") << "0111";
  QTest::newRow("nor") << "1000";
  QTest::newRow("nand") << "1110";
  QTest::newRow("xor") << "0110";
}

void SynapseCircuitLogicTest::gatesHaveTheirTables() {
  QFETCH(QString, values);
  const auto table = truth_table(gate(QTest::currentDataTag()));
  QVERIFY(table.ok());
  QCOMPARE(table->outputs.size(), std::size_t{1});
  QCOMPARE(table->rows(), static_cast<std::size_t>(values.size()));
  for (std::size_t row = 0; row < table->rows(); ++row)
    QCOMPARE(table->at(row, 0), values[static_cast<int>(row)] == '1' ? 1.0 : 0.0);
  QVERIFY(table->boolean());
}

// The truth for independent inputs, which the gates of XOR miss in between: .54, not .4896.
void SynapseCircuitLogicTest::aTableAsAPolynomialGivesTheProbability() {
  const auto table = truth_table(gate("xor"));
  QVERIFY(table.ok());
  VERIFY_CLOSE(independent_means(*table, test::Numbers{0.3, 0.6})[0], 0.54, 1e-15);
  // Where no input is shared, the circuit itself is the probability.
  test::Draw draw(5);
  auto nor = CircuitRun::create(gate("nor"));
  const auto nor_table = truth_table(gate("nor"));
  for (int repeat = 0; repeat < 20; ++repeat) {
    const test::Numbers p = draw.many(2, 0, 1);
    nor->set_input(0, p[0]);
    nor->set_input(1, p[1]);
    nor->step();
    VERIFY_CLOSE(nor->values().back(), independent_means(*nor_table, p)[0], 1e-14);
  }
}

void SynapseCircuitLogicTest::manyInputsAreCountedInOrder() {
  // S(1, x_k) for each input: the table is the complement of the inputs.
  Circuit circuit{.name = "nots", .inputs = {}, .synapses = {}, .outputs = {}};
  for (int k = 0; k < 10; ++k) {
    circuit.inputs.push_back({fmt::format("x{}", k), 0.5});
    circuit.synapses.push_back({.name = fmt::format("n{}", k),
                                .excitatory = {.kind = SourceKind::Constant, .value = 1},
                                .inhibitory = {.kind = SourceKind::Input, .name = fmt::format("x{}", k)}});
  }
  const auto table = truth_table(circuit);
  QVERIFY(table.ok());
  QCOMPARE(table->rows(), std::size_t{1024});
  for (std::size_t row = 0; row < table->rows(); ++row)
    for (std::size_t k = 0; k < 10; ++k) {
      QCOMPARE(table->input(row, k), static_cast<int>(row / (std::size_t{1} << (9 - k)) % 2));
      QCOMPARE(table->at(row, k), 1.0 - table->input(row, k));
    }
}

void SynapseCircuitLogicTest::tablesThatAreTooLargeAreRefused() {
  Circuit circuit = gate("and");
  QVERIFY(
      table_refusal(truth_table(circuit, 0)).contains("steps: is out of range: expected 1 or more, found 0"));
  for (std::size_t k = 0; k < kMostTruthInputs; ++k) circuit.inputs.push_back({fmt::format("z{}", k), 0});
  QVERIFY(table_refusal(truth_table(circuit)).contains("too many inputs for a truth table"));
  QVERIFY(table_refusal(truth_table(gate("flip"))).contains("has no inputs"));
  Circuit wide = doubling(300);
  for (int k = 1; k < 16; ++k) wide.inputs.push_back({fmt::format("z{}", k), 0});
  QVERIFY(table_refusal(truth_table(wide)).contains("too many outputs for a truth table"));
  std::stop_source stop;
  stop.request_stop();
  const auto stopped = truth_table(gate("and"), 1, stop.get_token());
  QVERIFY(!stopped && stopped.error().kind == ErrorKind::Cancelled);
}

void SynapseCircuitLogicTest::sharedInputsAreFound() {
  const auto shared = reconvergences(gate("xor"));
  QVERIFY(shared.ok() && shared->complete);
  QCOMPARE(shared->found.size(), std::size_t{2});
  for (std::size_t k = 0; k < 2; ++k) {
    const Reconvergence& r = shared->found[k];
    QCOMPARE(r.source, std::string(k == 0 ? "x" : "y"));
    QVERIFY(!r.previous);
    QCOMPARE(r.output, std::string("xor"));
    QCOMPARE(r.meets, std::string("neither"));
    QCOMPARE(r.paths, 2.0);
  }
  for (const char* id : {"synapse", "chain", "disinhibition", "not", "and", "or", "nor", "nand", "flip"})
    QVERIFY2(reconvergences(gate(id))->found.empty(), id);
  // The latch reads each of its values of the step before twice.
  const auto latch = reconvergences(gate("latch"));
  QCOMPARE(latch->found.size(), std::size_t{2});
  QVERIFY(latch->found[0].previous);
  QCOMPARE(latch->found[0].source, std::string("x"));
  QCOMPARE(latch->found[0].output, std::string("x"));
  QCOMPARE(latch->found[0].meets, std::string("x_self"));
}

void SynapseCircuitLogicTest::pathsAreCounted() {
  const auto shared = reconvergences(doubling(50));
  QVERIFY(shared.ok());
  // No outputs are named: of the last one, which feeds no other.
  QCOMPARE(shared->found.size(), std::size_t{1});
  QCOMPARE(shared->found[0].output, std::string("a50"));
  QCOMPARE(shared->found[0].meets, std::string("a1"));
  QCOMPARE(shared->found[0].paths, 0x1p50);
}

void SynapseCircuitLogicTest::theSearchForSharedInputsHasAnEnd() {
  Circuit circuit = doubling(1500);
  for (const CircuitSynapse& s : circuit.synapses) circuit.outputs.push_back(s.name);
  const auto shared = reconvergences(circuit);
  QVERIFY(shared.ok() && !shared->complete);
  QCOMPARE(shared->found.size(), kMostReconvergences);
}

// α = 3.9, β = −0.5: unclamped the flip goes to infinity, clamped it stays where probabilities are.
void SynapseCircuitLogicTest::clampedValuesStayProbabilities() {
  Circuit circuit = gate("flip");
  for (CircuitSynapse& s : circuit.synapses) {
    s.alpha = 3.9;
    s.beta = -0.5;
  }
  auto run = CircuitRun::create(circuit);
  for (int t = 0; t < 50; ++t) run->step();
  QVERIFY(!std::isfinite(run->values()[0]));
  run->reset();
  run->set_clamped(true);
  for (int t = 0; t < 50; ++t) {
    run->step();
    for (const double v : run->values()) QVERIFY(v >= 0 && v <= 1);
  }
  QCOMPARE(run->values()[0], 1.0);
  QCOMPARE(run->unclamped()[0], 3.9 * 1.5);
  // What reads it reads the clamped value, also within a step.
  Circuit chain = gate("chain");
  chain.synapses[0].alpha = 5;
  auto clamped = CircuitRun::create(chain);
  clamped->set_clamped(true);
  clamped->step();
  QCOMPARE(clamped->values()[0], 1.0);
  VERIFY_CLOSE(clamped->values()[1], 1 - 0.5 * 0.5, 1e-15);
}

void SynapseCircuitLogicTest::whatLeftTheProbabilitiesIsNamed() {
  Circuit chain = gate("chain");
  chain.synapses[1].beta = 3;  // 1 − 3 · 0.5 < 0
  auto run = CircuitRun::create(chain);
  QVERIFY(run->outside().empty());
  run->step();
  QCOMPARE(run->outside(), (std::vector<std::uint32_t>{1, 2}));
  QCOMPARE(run->unclamped()[1], run->values()[1]);
  run->set_clamped(true);
  run->step();
  QCOMPARE(run->outside(), std::vector<std::uint32_t>{1});  // the next one reads 0
  QVERIFY(run->unclamped()[1] < 0);
  QCOMPARE(run->values()[1], 0.0);
  run->reset();
  QVERIFY(run->outside().empty());
}

void SynapseCircuitLogicTest::aUnitEqualsTheTensor() {
  test::Draw draw(17);
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{11}, std::size_t{100}}) {
    const test::Numbers beta = draw.many(n * n, 0, 1), alpha = draw.many(n, 0.5, 2), x = draw.many(n, 0, 1);
    const auto whole = tensor_forward({.n = n, .beta = beta, .alpha = alpha}, x);
    QVERIFY(whole.ok());
    for (std::size_t i = 0; i < n; ++i) {
      const auto circuit = circuit_of_row(std::span(beta).subspan(i * n, n), alpha[i], i, x);
      QVERIFY(circuit.ok());
      QCOMPARE(circuit->inputs.size(), n);
      QCOMPARE(circuit->synapses.size(), n);
      auto run = CircuitRun::create(*circuit);
      run->step();
      // n factors, each rounded once, and n + 1 products, each with one rounding, on both sides.
      const double bound = 2 * (2 * static_cast<double>(n) + 2) * 0x1p-53;
      VERIFY_CLOSE(run->values().back(), whole->y[i], bound);
    }
  }
  const std::vector<float> row = {0.25F, 0.5F};
  const auto circuit = circuit_of_row(row, 1, 1, test::Numbers{0.5, 0.5});
  QVERIFY(circuit.ok());
  QCOMPARE(circuit->synapses[1].beta, 0.5);
  QCOMPARE(circuit->synapses[0].excitatory.name, std::string("x2"));
}

void SynapseCircuitLogicTest::aUnitThatIsNoneIsRefused() {
  const test::Numbers two = {0.5, 0.5}, three = {0.5, 0.5, 0.5};
  const auto sentence = [](const Result<Circuit>& c) {
    return c ? QString() : QString::fromStdString(c.error().sentence());
  };
  QVERIFY(sentence(circuit_of_row(test::Numbers{}, 1, 0, test::Numbers{})).contains("too few"));
  QVERIFY(sentence(circuit_of_row(two, 1, 0, three)).contains("expected 2, found 3"));
  QVERIFY(sentence(circuit_of_row(two, 1, 2, two)).contains("expected 0 to 1, found 2"));
  QVERIFY(sentence(circuit_of_row(two, NAN, 0, two)).contains("its α is no finite number"));
  QVERIFY(sentence(circuit_of_row(test::Numbers{0.5, NAN}, 1, 0, two)).contains("its β 1"));
  QVERIFY(sentence(circuit_of_row(two, 1, 0, test::Numbers{NAN, 0})).contains("its input 0"));
}

}  // namespace synann::synapse

SYNANN_PLAIN_TEST(synann::synapse::SynapseCircuitLogicTest)
#include "circuit_logic_test.moc"
