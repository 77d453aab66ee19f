// SPDX-License-Identifier: GPL-3.0-or-later
// The table that a circuit learns from.
#include "engine/synapse/circuit_targets.h"

#include <fmt/format.h>

#include <QTest>

#include "closeness.h"
#include "engine/synapse/circuit_examples.h"
#include "tests/test_main.h"

namespace synann::synapse {

class SynapseCircuitTargetsTest : public QObject {
  Q_OBJECT

 private slots:
  void tablesAreRead();
  void namesStandAsInTheCircuit();
  void manyColumnsAreRead();
  void badTablesAreRefused_data();
  void badTablesAreRefused();
};

void SynapseCircuitTargetsTest::tablesAreRead() {
  const Circuit circuit = circuit_example("chain")->make();
  const std::string text = "\xEF\xBB\xBFs3, y1 ,\"x\"\r\n0.25,1e-1,\"0.5\"\r\n\n +1 ,0,0.75";
  const auto targets = parse_circuit_targets(text, "t.csv", circuit);
  QVERIFY2(targets.ok(), targets.ok() ? "" : targets.error().sentence().c_str());
  QCOMPARE(targets->rows, std::size_t{2});
  QCOMPARE(targets->inputs, (std::vector<std::size_t>{1, 0}));
  QCOMPARE(targets->synapses, std::vector<std::size_t>{2});
  QCOMPARE(targets->input_values, (test::Numbers{0.1, 0.5, 0, 0.75}));
  QCOMPARE(targets->target_values, (test::Numbers{0.25, 1}));
}

void SynapseCircuitTargetsTest::namesStandAsInTheCircuit() {
  // They may hold commas and quotation marks, differ in case alone, and be numbers.
  Circuit odd = circuit_example("chain")->make();
  odd.synapses[2].name = "a, \"b\"";
  odd.outputs.clear();
  QVERIFY(parse_circuit_targets("\"a, \"\"b\"\"\"\n1\n", "t.csv", odd).ok());
  odd.synapses[0].name = "S";
  odd.synapses[1].name = "s";
  odd.synapses[2].name = "3";
  const auto targets = parse_circuit_targets("s,S,3\n0.1,0.2,0.3\n", "t.csv", odd);
  QVERIFY2(targets.ok(), targets.ok() ? "" : targets.error().sentence().c_str());
  QCOMPARE(targets->synapses, (std::vector<std::size_t>{1, 0, 2}));
}

// A layer on pixels has hundreds of inputs.
void SynapseCircuitTargetsTest::manyColumnsAreRead() {
  constexpr int kColumns = 20'000;
  Circuit wide{.name = "wide", .inputs = {}, .synapses = {}, .outputs = {}};
  wide.synapses.push_back({.name = "s", .excitatory = {}, .inhibitory = {}});
  std::string names, row;
  for (int k = 0; k < kColumns; ++k) {
    wide.inputs.push_back({fmt::format("x{}", k), 0});
    names += wide.inputs.back().name + ",";
    row += "0.5,";
  }
  const auto targets = parse_circuit_targets(names + "s\n" + row + "1\n", "t.csv", wide);
  QVERIFY2(targets.ok(), targets.ok() ? "" : targets.error().sentence().c_str());
  QCOMPARE(targets->inputs.size(), std::size_t{kColumns});
  QCOMPARE(targets->inputs.back(), std::size_t{kColumns - 1});
}

void SynapseCircuitTargetsTest::badTablesAreRefused_data() {
  QTest::addColumn<QString>("text");
  QTest::addColumn<QString>("sentence");
  QTest::newRow("empty") << ""
                         << "t.csv: holds no table";
  QTest::newRow("no rows") << "x,s3\n"
                           << "t.csv: has no rows";
  QTest::newRow("unknown") << "x,s33\n1,1\n"
                           << "t.csv, line 1, column 2: is neither an input nor a synapse";
  QTest::newRow("near") << "x,yy11,s3\n"
                        << "did you mean \"y1\"?";
  QTest::newRow("twice") << "x,s3,x\n1,1,1\n"
                         << "t.csv, line 1, column 3: has a name that stands twice";
  QTest::newRow("no target") << "x,y1\n1,1\n"
                             << "t.csv: has no column of a synapse";
  QTest::newRow("number") << "x,s3\n1,1\n1,much\n"
                          << "t.csv, line 3, column 2 (s3): is no number";
  QTest::newRow("missing") << "x,s3\n1,\n"
                           << "t.csv, line 2, column 2 (s3): is no number";
  QTest::newRow("infinite") << "x,s3\ninf,1\n"
                            << "t.csv, line 2, column 1 (x)";
  QTest::newRow("short") << "x,s3\n\n1\n"
                         << "t.csv, line 3: has another number of fields";
  QTest::newRow("long") << "x,s3\n1,1,1\n"
                        << "expected 2, found 3";
  QTest::newRow("quotes") << "x,\"s3\n1,1\n"
                          << "t.csv, line 1, column 2: has a quoted field without its end";
  QTest::newRow("behind quotes") << "x,s3\n1,\"1\"0\n"
                                 << "t.csv, line 2, column 2: goes on behind the closing quotes";
  QTest::newRow("semicolons") << "x;s3\n1;1\n"
                              << "t.csv, line 1: looks separated by semicolons";
  QTest::newRow("behind an empty line") << "\nx,s3\n\n1,1\n1,z\n"
                                        << "t.csv, line 5, column 2 (s3)";
  QTest::newRow("too many") << "s3\n" + QString("1\n").repeated(100'001) << "t.csv: has too many rows";
}

void SynapseCircuitTargetsTest::badTablesAreRefused() {
  QFETCH(QString, text);
  QFETCH(QString, sentence);
  const auto parsed = parse_circuit_targets(text.toStdString(), "t.csv", circuit_example("chain")->make());
  QVERIFY(!parsed.ok());
  const QString found = QString::fromStdString(parsed.error().sentence());
  QVERIFY2(found.contains(sentence), qPrintable(found));
  QVERIFY(!found.contains('\n'));
  QVERIFY(!read_circuit_targets("/nowhere/t.csv", circuit_example("chain")->make()).ok());
}

}  // namespace synann::synapse

SYNANN_PLAIN_TEST(synann::synapse::SynapseCircuitTargetsTest)
#include "circuit_targets_test.moc"
