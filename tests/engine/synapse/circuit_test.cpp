// SPDX-License-Identifier: GPL-3.0-or-later
// Circuits of synapses: gates, order, feedback, and what is refused.
#include "engine/synapse/circuit.h"

#include <cmath>
#include <fmt/format.h>
#include <map>

#include <QTest>

#include "closeness.h"
#include "engine/synapse/circuit_examples.h"
#include "engine/synapse/circuit_file.h"
#include "engine/synapse/circuit_parameter.h"
#include "tests/test_main.h"

namespace synann::synapse {

namespace {

// α e (1 − β i) with the same circuit read anew, wire by wire, in extended precision; no order, no state.
class Oracle {
 public:
  explicit Oracle(const Circuit& circuit) : circuit_(circuit) {
    for (const CircuitInput& input : circuit.inputs)
      known_[input.name] = static_cast<long double>(input.value);
  }
  long double value(const std::string& name) {
    if (const auto found = known_.find(name); found != known_.end()) return found->second;
    for (const CircuitSynapse& s : circuit_.synapses)
      if (s.name == name) {
        const long double e = of(s.excitatory), i = of(s.inhibitory);
        return known_[name] =
                   static_cast<long double>(s.alpha) * e * (1 - static_cast<long double>(s.beta) * i);
      }
    return NAN;
  }

 private:
  long double of(const CircuitSource& source) {
    return source.kind == SourceKind::Constant ? static_cast<long double>(source.value) : value(source.name);
  }
  const Circuit& circuit_;
  std::map<std::string, long double> known_;
};

// Synapses in a random order, each fed by earlier ones, inputs and constants.
Circuit randomCircuit(test::Draw& draw, int count) {
  Circuit circuit{.name = "random", .inputs = {}, .synapses = {}, .outputs = {}};
  for (int k = 0; k < 8; ++k) circuit.inputs.push_back({fmt::format("in{}", k), draw.between(0, 1)});
  const auto source = [&](int below) -> CircuitSource {
    const double kind = draw.between(0, 1);
    if (kind < 0.1) return {.kind = SourceKind::Constant, .value = draw.between(0, 1)};
    if (kind < 0.3 || below == 0)
      return {.kind = SourceKind::Input, .name = fmt::format("in{}", static_cast<int>(draw.between(0, 8)))};
    return {.kind = SourceKind::Synapse,
            .name = fmt::format("s{}", static_cast<int>(draw.between(0, below)))};
  };
  for (int k = 0; k < count; ++k)
    circuit.synapses.push_back({.name = fmt::format("s{}", k),
                                .excitatory = source(k),
                                .inhibitory = source(k),
                                .alpha = draw.between(0.5, 1),
                                .beta = draw.between(0, 1)});
  // The order in the file says nothing.
  for (std::size_t k = circuit.synapses.size(); k > 1; --k)
    std::swap(circuit.synapses[k - 1],
              circuit.synapses[static_cast<std::size_t>(draw.between(0, static_cast<double>(k)))]);
  return circuit;
}

std::string refusal(const std::string& synapses, const std::string& more = {}) {
  const auto parsed = parse_circuit(
      R"({"format": "synann-circuit-1")" + more + R"(, "synapses": [)" + synapses + "]}", "c.json");
  return parsed ? std::string() : parsed.error().sentence();
}

}  // namespace

class SynapseCircuitTest : public QObject {
  Q_OBJECT

 private slots:
  void gatesHaveTheirTruthTables_data();
  void gatesHaveTheirTruthTables();
  void xorIsNoProbabilityInside();
  void aChainIsARowOfTheTensor();
  void randomCircuitsEqualAnIndependentEvaluation();
  void previousIsOneStepBefore();
  void theLatchRemembersWhatTheTheorySays();
  void theNetworkIsThreeLayersOfTheTensor();
  void settingsReachInputsAndParameters();
  void filesReadBackToTheBit();
  void largeFilesAreReadAndWritten();
  void namesAreLookedUpInATable();
  void whatIsWrongIsNamed_data();
  void whatIsWrongIsNamed();
  void brokenFilesAreRefused();
};

void SynapseCircuitTest::gatesHaveTheirTruthTables_data() {
  QTest::addColumn<QString>("table");  // of (0,0), (0,1), (1,0), (1,1)
  QTest::newRow("and") << "0001";
  QTest::newRow("or") << "0111";
  QTest::newRow("nor") << "1000";
  QTest::newRow("nand") << "1110";
  QTest::newRow("xor") << "0110";
}

void SynapseCircuitTest::gatesHaveTheirTruthTables() {
  QFETCH(QString, table);
  const Circuit circuit = circuit_example(QTest::currentDataTag())->make();
  auto run = CircuitRun::create(circuit);
  QVERIFY(run.ok());
  for (int row = 0; row < 4; ++row) {
    run->set_input(0, row / 2);
    run->set_input(1, row % 2);
    run->step();
    QCOMPARE(run->values().back(), table[row] == '1' ? 1.0 : 0.0);
  }
  auto negation = CircuitRun::create(circuit_example("not")->make());
  for (const double x : {0.0, 1.0}) {
    negation->set_input(0, x);
    negation->step();
    QCOMPARE(negation->values()[0], 1 - x);
  }
}

// Its halves share their inputs: the gates give .4896 where the probability is .54 (docs/theory.md).
void SynapseCircuitTest::xorIsNoProbabilityInside() {
  auto run = CircuitRun::create(circuit_example("xor")->make());
  run->set_input(0, 0.3);
  run->set_input(1, 0.6);
  run->step();
  VERIFY_CLOSE(run->values().back(), 0.4896, 1e-15);
}

void SynapseCircuitTest::aChainIsARowOfTheTensor() {
  const Circuit circuit = circuit_example("chain")->make();
  auto run = CircuitRun::create(circuit);
  run->step();
  double expected = 0.9;
  for (const auto& [beta, y] : {std::pair(0.9, 0.2), std::pair(0.5, 0.5), std::pair(0.25, 0.8)})
    expected *= 1 - beta * y;
  VERIFY_CLOSE(run->values().back(), expected, 1e-15);
}

void SynapseCircuitTest::randomCircuitsEqualAnIndependentEvaluation() {
  // Each synapse rounds four times (βi, 1 − βi, α e, their product). With all numbers in [0, 1] and β i of
  // relative error d, 1 − βi errs by at most d + u absolutely; errors add along the longest path, and their
  // product is at most the number of synapses on it times 4 u, absolutely, because every factor is at most 1.
  constexpr double kRounding = 0x1p-53;
  test::Draw draw(7);
  for (int repeat = 0; repeat < 20; ++repeat) {
    const Circuit circuit = randomCircuit(draw, 200);
    auto run = CircuitRun::create(circuit);
    QVERIFY(run.ok());
    run->step();
    // The errors of both sources of a synapse meet in it: a bound for each, from the sources on.
    std::map<std::string, double> bound;
    Oracle oracle(circuit);
    for (const std::uint32_t k : run->order()) {
      const CircuitSynapse& s = circuit.synapses[k];
      const auto of = [&](const CircuitSource& source) {
        return source.kind == SourceKind::Synapse ? bound[source.name] : 0.0;
      };
      bound[s.name] = of(s.excitatory) + of(s.inhibitory) + 4 * kRounding;
      const auto exact = static_cast<double>(oracle.value(s.name));
      const double error = std::abs(run->values()[k] - exact);
      QVERIFY2(error <= bound[s.name] + kRounding, s.name.c_str());
    }
  }
}

void SynapseCircuitTest::previousIsOneStepBefore() {
  // a counts down by halves; b is a, one step late.
  const auto circuit = parse_circuit(R"({"format": "synann-circuit-1", "name": "late", "synapses": [
    {"name": "b", "excitatory": {"previous": "a"}, "inhibitory": 0},
    {"name": "a", "excitatory": {"previous": "a"}, "inhibitory": 0, "alpha": 0.5, "start": 1}]})",
                                     "late.json");
  QVERIFY2(circuit.ok(), circuit.ok() ? "" : circuit.error().sentence().c_str());
  auto run = CircuitRun::create(*circuit);
  for (int t = 1; t <= 10; ++t) {
    run->step();
    QCOMPARE(run->values()[1], std::pow(0.5, t));
    QCOMPARE(run->values()[0], std::pow(0.5, t - 1));
  }
  run->reset();
  QCOMPARE(run->steps(), std::int64_t{0});
  QCOMPARE(run->values()[1], 1.0);
}

// Inside the unit square it is bistable exactly when 1 < α < 3 and β_c > β_s.
void SynapseCircuitTest::theLatchRemembersWhatTheTheorySays() {
  test::Draw draw(11);
  int remembers = 0;
  for (int repeat = 0; repeat < 200; ++repeat) {
    const double alpha = draw.between(1.1, 2.9), self = draw.between(1 - 1 / alpha, 1);
    const double cross = draw.between(0, 1);
    if (std::abs(cross - self) < 0.05) continue;  // settles too slowly to be told
    Circuit circuit = circuit_example("latch")->make();
    for (const char* synapse : {"x_self", "y_self"}) {
      QVERIFY(set_in_circuit(circuit, fmt::format("{}.alpha", synapse), alpha).ok());
      QVERIFY(set_in_circuit(circuit, fmt::format("{}.beta", synapse), self).ok());
    }
    for (const char* synapse : {"x.beta", "y.beta"}) QVERIFY(set_in_circuit(circuit, synapse, cross).ok());
    auto run = CircuitRun::create(circuit);
    for (int t = 0; t < 20'000; ++t) run->step();
    const bool winner = run->values()[1] > 1e-6 && run->values()[3] < 1e-6;
    QVERIFY2(winner == (cross > self), qPrintable(QString("α %1, β_s %2, β_c %3: %4, %5")
                                                      .arg(alpha)
                                                      .arg(self)
                                                      .arg(cross)
                                                      .arg(run->values()[1])
                                                      .arg(run->values()[3])));
    remembers += winner ? 1 : 0;
  }
  QVERIFY(remembers > 20);
}

// 8 – 5 – 5 – 3 units: each layer is y_i = x_i Π_j (1 − β_ij x_j) of the one before, β_ij = 0.5 / (1 + |i −
// j|).
void SynapseCircuitTest::theNetworkIsThreeLayersOfTheTensor() {
  const Circuit circuit = circuit_example("network")->make();
  QCOMPARE(circuit.inputs.size(), std::size_t{8});
  QCOMPARE(circuit.synapses.size(), std::size_t{5 * 8 + 5 * 5 + 3 * 5});
  QCOMPARE(circuit.outputs, (std::vector<std::string>{"c1_5", "c2_5", "c3_5"}));
  std::vector<double> layer;
  for (const CircuitInput& input : circuit.inputs) layer.push_back(input.value);
  for (const std::size_t units : {5UL, 5UL, 3UL}) {
    std::vector<double> next;
    for (std::size_t i = 0; i < units; ++i) {
      double y = layer[i];
      for (std::size_t j = 0; j < layer.size(); ++j)
        y *= 1 - 0.5 / (1 + std::abs(static_cast<double>(i) - static_cast<double>(j))) * layer[j];
      next.push_back(y);
    }
    layer = next;
  }
  auto run = CircuitRun::create(circuit);
  run->step();
  for (std::size_t i = 0; i < 3; ++i) VERIFY_CLOSE(run->values()[65 + 5 * i + 4], layer[i], 1e-14);
}

void SynapseCircuitTest::settingsReachInputsAndParameters() {
  Circuit circuit = circuit_example("synapse")->make();
  QVERIFY(set_in_circuit(circuit, "x", 0.25).ok());
  QVERIFY(set_in_circuit(circuit, "s.alpha", 2).ok());
  QVERIFY(set_in_circuit(circuit, "s.beta", -1).ok());
  auto run = CircuitRun::create(circuit);
  run->step();
  VERIFY_CLOSE(run->values()[0], 2 * 0.25 * 1.4, 1e-15);
  QVERIFY(!set_in_circuit(circuit, "x", NAN).ok());
  const auto unknown = set_in_circuit(circuit, "s.alfa", 1);
  QVERIFY(QString::fromStdString(unknown.error().sentence()).contains("did you mean s.alpha?"));
}

void SynapseCircuitTest::filesReadBackToTheBit() {
  test::Draw draw(3);
  std::vector<Circuit> circuits = {randomCircuit(draw, 50)};
  for (const CircuitExample& example : circuit_examples()) circuits.push_back(example.make());
  for (Circuit& circuit : circuits) {
    circuit.synapses.front().alpha = 0.1 + 0.2;  // 17 digits
    const auto read = parse_circuit(circuit_text(circuit), "c.json");
    QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
    QVERIFY(*read == circuit);
  }
}

// As many parts as are allowed, each with a place: what grew with the square of their number would take
// hours.
void SynapseCircuitTest::largeFilesAreReadAndWritten() {
  DrawnCircuit drawn{.circuit = {.name = "large", .inputs = {}, .synapses = {}, .outputs = {}}, .layout = {}};
  Circuit& circuit = drawn.circuit;
  for (std::size_t k = 0; k < kMostInputs; ++k)
    circuit.inputs.push_back({fmt::format("x{}", k), static_cast<double>(k) / 3});
  for (std::size_t k = 0; k < kMostSynapses; ++k) {
    circuit.synapses.push_back({.name = fmt::format("s{}", k),
                                .excitatory = {.kind = SourceKind::Input, .name = fmt::format("x{}", k)},
                                .inhibitory = {.kind = SourceKind::Previous, .name = fmt::format("s{}", k)},
                                .alpha = 0.5});
    circuit.outputs.push_back(circuit.synapses.back().name);
    drawn.layout[circuit.synapses.back().name] = {static_cast<double>(k), 1};
    drawn.layout[circuit.inputs[k].name] = {static_cast<double>(k), 2};
  }
  const auto read = parse_drawn_circuit(circuit_text(circuit, drawn.layout), "c.json");
  QVERIFY2(read.ok(), read.ok() ? "" : read.error().sentence().c_str());
  QVERIFY(*read == drawn);
}

void SynapseCircuitTest::namesAreLookedUpInATable() {
  test::Draw draw(13);
  Circuit circuit = randomCircuit(draw, 60);
  circuit.synapses[7].name = "a.alpha";
  circuit.inputs.push_back({"s3.beta", 0.5});  // an input goes before the parameter of this name
  const CircuitNames names(circuit);
  std::vector<std::string> asked = {"a.alpha", "a.alpha.beta", "s3", "s3.beta", "s3.alpha",
                                    "s3.alfa", "in0",          "",   "."};
  for (const CircuitSynapse& s : circuit.synapses)
    for (const char* part : {"", ".alpha", ".beta", ".start", ".x"}) asked.push_back(s.name + part);
  for (const std::string& name : asked) {
    const auto parameter = find_parameter(circuit, name);
    const auto same = names.parameter(name);
    QCOMPARE(same.has_value(), parameter.ok());
    if (same) QVERIFY(*same == *parameter);
    if (!parameter) QCOMPARE(names.no_such_parameter(name).sentence(), parameter.error().sentence());
    const auto synapse = find_synapse(circuit, name);
    QCOMPARE(names.synapse(name).has_value(), synapse.ok());
    if (synapse) QCOMPARE(*names.synapse(name), *synapse);
    if (!synapse) QCOMPARE(names.no_such_synapse(name).sentence(), synapse.error().sentence());
  }
  QCOMPARE(*names.input("in0"), std::size_t{0});
  QVERIFY(!names.input("s3"));
}

void SynapseCircuitTest::whatIsWrongIsNamed_data() {
  QTest::addColumn<QString>("synapses");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("cycle")
      << R"({"name": "p", "excitatory": "q", "inhibitory": 0}, {"name": "q", "excitatory": "p", "inhibitory": 0})"
      << "has a cycle within one step: p → q → p";
  QTest::newRow("itself") << R"({"name": "p", "excitatory": "p", "inhibitory": 0})"
                          << "has a cycle within one step: p → p";
  QTest::newRow("nothing") << R"({"name": "p", "excitatory": "z", "inhibitory": 0})"
                           << "its excitatory source is the name of nothing";
  QTest::newRow("twice")
      << R"({"name": "p", "excitatory": 1, "inhibitory": 0}, {"name": "p", "excitatory": 1, "inhibitory": 0})"
      << "\"p\": is the name of two parts";
  QTest::newRow("no name") << R"({"excitatory": 1, "inhibitory": 0})"
                           << "synapse 1: has no \"name\"";
  QTest::newRow("empty name") << R"({"name": "", "excitatory": 1, "inhibitory": 0})"
                              << "has an empty name";
  QTest::newRow("line break") << R"({"name": "a\nb", "excitatory": "z", "inhibitory": 0})"
                              << "has a control character in its name";
  QTest::newRow("no source") << R"({"name": "p", "excitatory": 1})"
                             << "has no \"inhibitory\" source";
  QTest::newRow("odd source") << R"({"name": "p", "excitatory": [1], "inhibitory": 0})"
                              << "is no source";
  QTest::newRow("key") << R"({"name": "p", "excitatory": 1, "inhibitory": 0, "alfa": 1})"
                       << "did you mean \"alpha\"?";
  QTest::newRow("text") << R"({"name": "p", "excitatory": 1, "inhibitory": 0, "beta": "1"})"
                        << "its \"beta\" is no number";
  QTest::newRow("none") << ""
                        << "has no synapses";
}

void SynapseCircuitTest::whatIsWrongIsNamed() {
  QFETCH(QString, synapses);
  QFETCH(QString, sentence);
  const QString found = QString::fromStdString(refusal(synapses.toStdString()));
  QVERIFY2(found.startsWith("c.json") && found.contains(sentence), qPrintable(found));
  QVERIFY(!found.contains('\n'));
}

void SynapseCircuitTest::brokenFilesAreRefused() {
  const auto sentence = [](const std::string& text) {
    const auto parsed = parse_circuit(text, "c.json");
    return parsed ? QString() : QString::fromStdString(parsed.error().sentence());
  };
  QVERIFY(sentence("").contains("is no JSON"));
  QVERIFY(sentence("{\"format\": ").contains("c.json, line 1, column 12: is no JSON"));
  QVERIFY(sentence("[]").contains("is no circuit"));
  QVERIFY(sentence("{\"format\": \"synann-circuit-2\"}").contains("is no circuit"));
  const std::string one = R"({"name": "p", "excitatory": 1, "inhibitory": 0})";
  QVERIFY(QString::fromStdString(refusal(one, R"(, "speed": 1)")).contains("unknown key \"speed\""));
  QVERIFY(
      QString::fromStdString(refusal(one, R"(, "inputs": {"p": 1})")).contains("is the name of two parts"));
  QVERIFY(QString::fromStdString(refusal(one, R"(, "inputs": {"x": "1"})"))
              .contains("input \"x\": is no number"));
  QVERIFY(QString::fromStdString(refusal(one, R"(, "inputs": {"x": 1e999})")).contains("beyond the range"));
  QVERIFY(
      QString::fromStdString(refusal(one, R"(, "name": "a", "name": "b")")).contains("twice in one object"));
  QVERIFY(QString::fromStdString(refusal(one, R"(, "outputs": ["z"])")).contains("no synapse \"z\""));
  QVERIFY(QString::fromStdString(refusal(one, R"(, "outputs": [7])")).contains("holds what is no name"));
  QVERIFY(QString::fromStdString(refusal(fmt::format(R"({{"name": "{}", "excitatory": 1, "inhibitory": 0}})",
                                                     std::string(200, 'a'))))
              .contains("too long a name"));
  // Deep nesting is no trouble, whether it ends or not.
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  for (const char* key : {"inputs", "layout", "outputs", "name"})
    QVERIFY(QString::fromStdString(refusal(one, fmt::format(", \"{}\": {}", key, deep)))
                .contains("nested too deep"));
  QVERIFY(sentence(std::string(1'000'000, '[')).contains("nested too deep"));
  for (const char* value : {"NaN", "Infinity", "-Infinity"})
    QVERIFY(QString::fromStdString(refusal(one, fmt::format(", \"inputs\": {{\"x\": {}}}", value)))
                .contains("neither NaN nor infinities"));
  QVERIFY(!read_circuit("/nowhere/c.json").ok());
}

}  // namespace synann::synapse

SYNANN_PLAIN_TEST(synann::synapse::SynapseCircuitTest)
#include "circuit_test.moc"
